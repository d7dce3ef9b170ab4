//! The way in.

use super::{
    page::{self, Refused, email_field},
    passkeys::passkey_button,
};
use crate::{
    api, link,
    model::WaysIn,
    ui::{Alert, BareFrame, Button, ButtonKind, Field, Hidden, LinkButton, TextInput, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

#[component]
pub fn SignIn() -> impl IntoView {
    let refused = Refused::of::<api::SignIn>();
    let next = page::query().get("next").to_owned();
    let wrong = refused.beside(&["email", "password"]).or_else(|| Refused::of::<api::PasskeySignIn>().error);
    view! {
        <Title text="Sign in"/>
        <BareFrame>
            <h1>"Sign in"</h1>
            {(next.starts_with('/') && next != "/" && wrong.is_none())
                .then(|| view! { <p class="lead">"Sign in to open the page you asked for."</p> })}
            {wrong.map(|error| view! { <Alert tone=Tone::Bad title=error.message/> })}
            {page::loaded(api::load_ways_in(), move |ways| whole(&ways, &next, &refused))}
        </BareFrame>
    }
    .into_any()
}

fn whole(ways: &WaysIn, next: &str, refused: &Refused) -> impl IntoView + use<> {
    let provider = ways.provider.as_deref().map(|name| provider(name, next, !ways.password));
    let both = ways.password && provider.is_some();
    view! {
        {provider}
        {both.then(|| view! { <p class="either">"or by password"</p> })}
        {ways.password.then(|| form(next, refused, !both))}
        {ways.passkey
            .then(|| {
                view! {
                    <p class="either">"or"</p>
                    {passkey_button("Sign in with a passkey", ButtonKind::Plain, next, true)}
                }
            })}
    }
    .into_any()
}

fn provider(name: &str, next: &str, alone: bool) -> impl IntoView + use<> {
    let href = link::with_query("/sign-in/oidc", [("next", next)]);
    let kind = if alone { ButtonKind::Primary } else { ButtonKind::Plain };
    view! { <LinkButton kind href label=format!("Sign in with {name}")/> }.into_any()
}

fn form(next: &str, refused: &Refused, alone: bool) -> impl IntoView + use<> {
    let password = refused.field("password", "");
    let known = !refused.field("email", "").value.is_empty();
    let next = link::local(next).to_owned();
    view! {
        <form method="post" action=api::SignIn::url() class="form">
            <Hidden name="next" value=next/>
            {email_field(refused, "username", alone && !known)}
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
    }
    .into_any()
}
