//! An invitation: whoever was sent the link makes their account.

use super::page::{self, Refused, account_fields};
use crate::{
    api::{self, JoinForm},
    model::Invite,
    ui::{Alert, BareFrame, Button, ButtonKind, Hidden, LinkButton, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

#[component]
pub fn Join() -> impl IntoView {
    let token = page::segment(1);
    let refused = Refused::of::<JoinForm>();
    view! {
        <Title text="Join"/>
        <BareFrame>
            <h1>"Welcome to Creditdesk"</h1>
            {page::loaded(api::invitation(token.clone()), move |invite| match invite {
                Some(invite) => form(token, &invite, &refused).into_any(),
                None => closed().into_any(),
            })}
        </BareFrame>
    }
    .into_any()
}

fn form(token: String, invite: &Invite, refused: &Refused) -> impl IntoView + use<> {
    let error = refused.beside(&["name", "password"]);
    let lead = format!("You are invited as {}, with the e-mail {}.", invite.role.as_str(), invite.email);
    view! {
        <p class="lead">{lead}</p>
        {error.map(|error| view! { <Alert tone=Tone::Bad title=error.message/> })}
        <form method="post" action=JoinForm::url() class="form">
            <Hidden name="token" value=token/>
            {account_fields(refused, None)}
            <Button kind=ButtonKind::Primary label="Join"/>
        </form>
    }
    .into_any()
}

fn closed() -> impl IntoView {
    view! {
        <p class="lead">"This invitation was used, taken back or has expired. Ask an admin for a new one."</p>
        <LinkButton href="/sign-in" label="Sign in"/>
    }
    .into_any()
}
