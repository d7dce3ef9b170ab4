//! Above which amounts a second person is needed.

use crate::{
    api::SetLimitsForm,
    model::{Credits, Limits},
    pages::page::Refused,
    ui::{Button, ErrorBox, Field, Hidden, Section, TextInput},
};
use leptos::{prelude::*, server_fn::ServerFn};

const FIELDS: [(&str, &str, &str); 5] = [
    ("support_refund", "Support: refunds", "Credits of one charge, all its refunds together."),
    ("support_grant", "Support: goodwill grants", "Credits to one user within 24 hours. 0: every grant waits."),
    ("admin_refund", "Admin: refunds", "Credits of one charge, all its refunds together."),
    ("admin_grant", "Admin: credits added", "Credits to one user within 24 hours."),
    ("admin_cap", "Admin: raised caps", "A cap raised above this, or taken away, waits."),
];

/// The fields are parts of one argument.
fn sent(field: &str) -> String {
    format!("limits[{field}]")
}

fn current(limits: &Limits, field: &str) -> String {
    let amount = match field {
        "support_refund" => limits.support_refund,
        "support_grant" => limits.support_grant,
        "admin_refund" => limits.admin_refund,
        "admin_grant" => limits.admin_grant,
        _ => limits.admin_cap,
    };
    amount.as_ref().map(Credits::to_string).unwrap_or_default()
}

pub fn view(limits: &Limits, refused: &Refused) -> impl IntoView + use<> {
    let fields: Vec<_> = FIELDS
        .into_iter()
        .map(|(name, label, hint)| {
            let told = refused.field(name, &current(limits, name));
            view! {
                <Field name=sent(name) label hint nostrip:error=told.error>
                    <TextInput
                        name=sent(name)
                        value=told.value
                        inputmode="decimal"
                        autocomplete="off"
                        placeholder="No limit"
                        autofocus=told.wrong
                        invalid=told.wrong
                    />
                </Field>
            }
        })
        .collect();
    let hours = refused.field("hours", &limits.hours.to_string());
    let activation =
        if refused.error.is_some() { !refused.typed("activation", "").is_empty() } else { limits.activation };
    let was = serde_json::to_string(limits).unwrap_or_default();
    let known: Vec<&str> = FIELDS.iter().map(|(name, ..)| *name).chain(["hours"]).collect();
    let error = refused.beside(&known);
    view! {
        <div id="limits">
            <Section title="Limits and approvals" note="above a limit, somebody else must approve; nobody approves their own">
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=SetLimitsForm::url() class="form form-grid" data-once="">
                    <Hidden name="limits[was]" value=was/>
                    {fields}
                    <Field name=sent("hours") label="A request waits" hint="Hours; then it has to be asked for anew." nostrip:error=hours.error>
                        <TextInput name=sent("hours") value=hours.value inputmode="numeric" autocomplete="off" invalid=hours.wrong/>
                    </Field>
                    <label class="check">
                        <input type="checkbox" name="limits[activation]" value="yes" checked=activation/>
                        <span>"Making a pricing version active needs a second admin"</span>
                    </label>
                    <p class="quiet">"Changes of caps by support always wait for an admin."</p>
                    <div class="form-go"><Button label="Set the limits"/></div>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
