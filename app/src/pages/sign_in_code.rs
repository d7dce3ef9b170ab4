//! The second step of the way in.

use super::{
    page::{self, Refused, code_field},
    passkeys::passkey_button,
};
use crate::{
    api::{self, EnterCode, PasskeySignIn},
    link,
    model::StepsAsked,
    ui::{Alert, BareFrame, Button, ButtonKind, Hidden, LinkButton, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

#[component]
pub fn SignInCode() -> impl IntoView {
    let refused = Refused::of::<EnterCode>();
    let passkey = Refused::of::<PasskeySignIn>().error;
    let next = page::query().get("next").to_owned();
    view! {
        <Title text="Sign in"/>
        <BareFrame>
            <h1>"Sign in"</h1>
            {page::loaded(api::load_steps_asked(), move |asked| match asked {
                Some(asked) => {
                    view! {
                        {passkey.map(|error| view! { <Alert tone=Tone::Bad title=error.message/> })}
                        {steps(asked, &next, &refused)}
                    }
                        .into_any()
                }
                None => late().into_any(),
            })}
        </BareFrame>
    }
    .into_any()
}

fn steps(asked: StepsAsked, next: &str, refused: &Refused) -> impl IntoView + use<> {
    let words = match (asked.passkey, asked.authenticator) {
        (true, _) => "Your password is right. Now your passkey.",
        (false, true) => "Your password is right. Now the code of your authenticator, or a recovery code.",
        (false, false) => "Your password is right. Now a recovery code.",
    };
    let code = asked.authenticator || asked.recovery_code;
    let or = match (asked.passkey && code, asked.authenticator) {
        (false, _) => None,
        (true, true) => Some("or a code of your authenticator, or a recovery code"),
        (true, false) => Some("or a recovery code"),
    };
    let kind = if asked.passkey { ButtonKind::Plain } else { ButtonKind::Primary };
    view! {
        <p class="lead">{words}</p>
        {asked.passkey.then(|| passkey_button("Use a passkey", ButtonKind::Primary, next, false))}
        {or.map(|or| view! { <p class="either">{or}</p> })}
        {code.then(|| form(next, refused, kind, !asked.passkey))}
        <p class="quiet">"None at hand? An admin can turn your second step off, on the page of the people."</p>
    }
    .into_any()
}

fn form(next: &str, refused: &Refused, kind: ButtonKind, first: bool) -> impl IntoView + use<> {
    let error = refused.beside(&["code"]);
    let code = code_field(refused, first || refused.error.is_some()).into_any();
    let next = link::local(next).to_owned();
    view! {
        {error.map(|error| view! { <Alert tone=Tone::Bad title=error.message/> })}
        <form method="post" action=EnterCode::url() class="form">
            <Hidden name="next" value=next/>
            {code}
            <Button kind label="Sign in"/>
        </form>
    }
    .into_any()
}

fn late() -> impl IntoView {
    view! {
        <p class="lead">"The password comes first, and the second step within ten minutes."</p>
        <LinkButton kind=ButtonKind::Primary href="/sign-in" label="Begin again"/>
    }
}
