//! The step in between: says what activating changes, and asks for the number to be typed.

use super::changes;
use crate::{
    api::ActivateForm,
    islands::forms::Forms,
    model::VersionDetail,
    pages::page::Refused,
    pricing::ChangedTerm,
    ui::{Button, ButtonKind, ErrorBox, Field, Hidden, LinkButton, Section, TextInput},
};
use leptos::{prelude::*, server_fn::ServerFn};

pub fn confirm(detail: &VersionDetail, changes: Vec<ChangedTerm>, refused: &Refused) -> impl IntoView + use<> {
    let version = detail.version.version;
    let typed = refused.field("confirm", "");
    let error = refused.beside(&["confirm"]);
    let active = detail.active;
    let from = active.map(|active| format!(" instead of version {active}")).unwrap_or_default();
    let lead = format!("From then on version {version} prices every charge{from}, with its own plans and floor.");
    let caption = "What activating changes";
    view! {
        <Forms/>
        <div id="activate">
            <Section title=format!("Activate version {version}?")>
                <p class="before-form">{lead} " Past charges and open reservations keep the version they have."</p>
                {error.map(|error| view! { <ErrorBox error/> })}
                {active.map(|active| changes::table(caption, changes, changes::file(active, version)))}
                <form method="post" action=ActivateForm::url() class="form activate-form" data-once="">
                    <Hidden name="version" value=version.to_string()/>
                    <Hidden name="active_was" value=active.map(|active| active.to_string()).unwrap_or_default()/>
                    <Field name="confirm" label=format!("Type {version} to confirm") nostrip:error=typed.error>
                        <TextInput
                            name="confirm"
                            value=typed.value
                            inputmode="numeric"
                            autocomplete="off"
                            required=true
                            autofocus=true
                            invalid=typed.wrong
                        />
                    </Field>
                    <div class="form-go">
                        <Button kind=ButtonKind::Danger label=format!("Activate version {version}")/>
                        <LinkButton kind=ButtonKind::Ghost href=format!("/pricing/versions/{version}") label="Cancel"/>
                    </div>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
