//! A report of a ledger without entries: how to make the first one.

use crate::ui::{Empty, Glyph};
use axum::http::{header::HOST, request::Parts};
use leptos::prelude::*;

/// The commands of the REST API in the order in which they are needed; `{site}` is this site.
const FIRST_CHARGE: &str = "\
export CREDITDESK_KEY=$(creditdesk key add first)

curl {site}/api/v1/users/ana/credits \\
  -H \"Authorization: Bearer $CREDITDESK_KEY\" \\
  -H \"Idempotency-Key: first-grant\" \\
  --json '{\"amount\": 100, \"kind\": \"grant\"}'

curl {site}/api/v1/users/ana/deductions \\
  -H \"Authorization: Bearer $CREDITDESK_KEY\" \\
  -H \"Idempotency-Key: first-charge\" \\
  --json '{\"amount\": 2.5}'";

#[component]
pub(super) fn FirstCharge() -> impl IntoView {
    view! {
        <section class="section">
            <Empty title="Nothing yet: the ledger has no entry" glyph=Glyph::Inbox>
                <p>"Grant a user some credits and charge for the first call, from any terminal:"</p>
                <pre tabindex="0">{FIRST_CHARGE.replace("{site}", &site())}</pre>
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

/// Where this page was asked for, so that the commands work as they are.
fn site() -> String {
    let host = use_context::<Parts>().and_then(|parts| parts.headers.get(HOST)?.to_str().ok().map(str::to_owned));
    let host = host.unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let plain = host.starts_with("127.") || host.starts_with("localhost");
    format!("{}://{host}", if plain { "http" } else { "https" })
}
