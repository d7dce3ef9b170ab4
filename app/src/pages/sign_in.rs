//! The way in.

use super::page::{self, Refused, email_field};
use crate::{
    api, link,
    ui::{Alert, BareFrame, Button, ButtonKind, Field, Hidden, TextInput, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

#[component]
pub fn SignIn() -> impl IntoView {
    let refused = Refused::of::<api::SignIn>();
    let next = page::query().get("next").to_owned();
    let wrong = refused.beside(&["email", "password"]);
    let password = refused.field("password", "");
    let known = !refused.field("email", "").value.is_empty();
    view! {
        <Title text="Sign in"/>
        <BareFrame>
            <h1>"Sign in"</h1>
            {(next.starts_with('/') && next != "/" && refused.error.is_none())
                .then(|| view! { <p class="lead">"Sign in to open the page you asked for."</p> })}
            {wrong.map(|error| view! { <Alert tone=Tone::Bad title=error.message/> })}
            <form method="post" action=api::SignIn::url() class="form">
                <Hidden name="next" value=link::local(&next)/>
                {email_field(&refused, "username", !known)}
                <Field name="password" label="Password" nostrip:error=password.error>
                    <TextInput
                        name="password"
                        kind="password"
                        autocomplete="current-password"
                        required=true
                        autofocus=known
                        invalid=password.wrong
                    />
                </Field>
                <Button kind=ButtonKind::Primary label="Sign in"/>
            </form>
        </BareFrame>
    }
    .into_any()
}
