//! The state of the chain: its head, and whether every row up to it holds.

use crate::{
    format,
    model::AuditCheck,
    ui::{Alert, ButtonKind, CopyId, Fact, Facts, LinkButton, Tone},
};
use leptos::prelude::*;

/// `verify` is the address of this page that walks the chain whatever its length.
pub fn view(check: &AuditCheck, verify: &str) -> impl IntoView + use<> {
    let AuditCheck { head, checked, broken } = check.clone();
    if let Some(broken) = broken {
        return view! {
            <Alert tone=Tone::Bad title="The chain is broken">
                <p>
                    {broken}
                    ". Somebody changed the table past the program. Compare with a backup or with a head that was kept elsewhere; "
                    <code>"creditdesk verify"</code> " names it too."
                </p>
            </Alert>
        }
        .into_any();
    }
    if head.seq == 0 {
        return ().into_any();
    }
    let short = format!("{}…{}", head.hash.get(..8).unwrap_or_default(), head.hash.get(56..).unwrap_or_default());
    view! {
        <div class="chain">
            <Facts>
                <Fact label="Chain">
                    {if checked {
                        view! { <strong class="chain-good">"verified"</strong> {format!(", all {} rows", format::count(head.seq))} }.into_any()
                    } else {
                        view! { <span>{format!("{} rows, not walked unasked", format::count(head.seq))}</span> }.into_any()
                    }}
                </Fact>
                <Fact label="Head"><CopyId id=head.hash short=short/></Fact>
            </Facts>
            {(!checked).then(|| view! { <LinkButton kind=ButtonKind::Ghost href=verify.to_owned() label="Verify now"/> })}
        </div>
    }
    .into_any()
}
