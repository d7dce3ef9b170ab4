//! The overview of a ledger without entries: how to make the first one.

use crate::ui::{Empty, Glyph};
use leptos::prelude::*;

/// The commands of the REST API in the order in which they are needed.
const FIRST_CHARGE: &str = "\
export CREDITDESK_KEY=$(creditdesk key add first)

curl http://127.0.0.1:3000/api/v1/users/ana/credits \\
  -H \"Authorization: Bearer $CREDITDESK_KEY\" \\
  -H \"Idempotency-Key: first-grant\" \\
  --json '{\"amount\": 100, \"kind\": \"grant\"}'

curl http://127.0.0.1:3000/api/v1/users/ana/deductions \\
  -H \"Authorization: Bearer $CREDITDESK_KEY\" \\
  -H \"Idempotency-Key: first-charge\" \\
  --json '{\"amount\": 2.5}'";

#[component]
pub(super) fn FirstCharge() -> impl IntoView {
    view! {
        <section class="section">
            <Empty title="Nothing yet: the ledger has no entry" glyph=Glyph::Inbox>
                <p>"Grant a user some credits and charge for the first call, from any terminal:"</p>
                <pre tabindex="0">{FIRST_CHARGE}</pre>
                <p>
                    "Or look around with made-up data first: " <code>"creditdesk demo"</code>
                    " fills this database, and " <code>"make run"</code>
                    " starts a fresh one with it. Your own history comes in with "
                    <code>"creditdesk import-usage FILE"</code> "."
                </p>
            </Empty>
        </section>
    }
}
