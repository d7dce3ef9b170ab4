//! The first start: the one-time link from the terminal creates the first admin.

use super::page::{self, Refused, account_fields, email_field};
use crate::{
    api,
    ui::{Alert, BareFrame, Button, ButtonKind, Hidden, LinkButton, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

#[component]
pub fn Welcome() -> impl IntoView {
    let token = page::segment(1);
    let refused = Refused::of::<api::CreateFirstAdmin>();
    view! {
        <Title text="Welcome"/>
        <BareFrame>
            <h1>"Welcome to Creditdesk"</h1>
            {page::loaded(
                api::welcome(token.clone()),
                move |open| if open { form(token, &refused).into_any() } else { closed().into_any() },
            )}
        </BareFrame>
    }
    .into_any()
}

fn form(token: String, refused: &Refused) -> impl IntoView + use<> {
    let error = refused.beside(&["name", "email", "password"]);
    let email = email_field(refused, "username", false).into_any();
    view! {
        <p class="lead">"Create the first admin. You can add the others once you are in."</p>
        {error.map(|error| view! { <Alert tone=Tone::Bad title=error.message/> })}
        <form method="post" action=api::CreateFirstAdmin::url() class="form">
            <Hidden name="token" value=token/>
            {account_fields(refused, Some(email))}
            <Button kind=ButtonKind::Primary label="Create account"/>
        </form>
    }
    .into_any()
}

fn closed() -> impl IntoView {
    api::response_status(crate::error::Code::NotFound);
    view! {
        <Alert tone=Tone::Warn title="This link does not work">
            <p>
                "It works once, to create the first admin. Either somebody has used it already, or it was not copied whole. \
                 A new one is printed on the terminal when the server starts and there is no account yet."
            </p>
        </Alert>
        <LinkButton href="/sign-in" label="Sign in"/>
    }
    .into_any()
}
