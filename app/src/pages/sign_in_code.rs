//! The second step of the way in.

use super::page::{self, Refused, code_field};
use crate::{
    api::{self, EnterCode},
    link,
    ui::{Alert, BareFrame, Button, ButtonKind, Hidden, LinkButton, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

#[component]
pub fn SignInCode() -> impl IntoView {
    let refused = Refused::of::<EnterCode>();
    let next = page::query().get("next").to_owned();
    view! {
        <Title text="Sign in"/>
        <BareFrame>
            <h1>"Sign in"</h1>
            {page::loaded(
                api::code_asked(),
                move |asked| if asked { form(&next, &refused).into_any() } else { late().into_any() },
            )}
        </BareFrame>
    }
    .into_any()
}

fn form(next: &str, refused: &Refused) -> impl IntoView + use<> {
    let error = refused.beside(&["code"]);
    let code = code_field(refused, true).into_any();
    let next = link::local(next).to_owned();
    view! {
        <p class="lead">"Your password is right. Now the code of your authenticator, or a recovery code."</p>
        {error.map(|error| view! { <Alert tone=Tone::Bad title=error.message/> })}
        <form method="post" action=EnterCode::url() class="form">
            <Hidden name="next" value=next/>
            {code}
            <Button kind=ButtonKind::Primary label="Sign in"/>
        </form>
        <p class="quiet">"Neither at hand? An admin can turn your second step off, on the page of the people."</p>
    }
    .into_any()
}

fn late() -> impl IntoView {
    view! {
        <p class="lead">"The password comes first, and the code within ten minutes."</p>
        <LinkButton kind=ButtonKind::Primary href="/sign-in" label="Begin again"/>
    }
}
