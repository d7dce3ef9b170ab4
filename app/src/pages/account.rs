//! One's own account: who one is here, and the second step of the sign-in.

use super::{
    page::{self, Refused, code_field},
    passkeys::passkeys,
    settings::saved,
};
use crate::{
    api::{
        self, AccountPageData, AddPasskeyForm, BeginSecondStepForm, ConfirmSecondStepForm, EndSecondStepForm,
        RemovePasskeyForm,
    },
    islands::forms::Forms,
    link::Query,
    model::{Authenticator, Timestamp},
    ui::{
        Alert, Badge, Button, ButtonKind, CopyButton, CopyId, ErrorBox, Fact, Facts, Glyph, PageHead, Section, Tone,
        When,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn AccountPage() -> impl IntoView {
    let query = page::query();
    let begin = Refused::of::<BeginSecondStepForm>().error;
    let (confirm, end) = (Refused::of::<ConfirmSecondStepForm>(), Refused::of::<EndSecondStepForm>());
    let keys = (Refused::of::<AddPasskeyForm>(), Refused::of::<RemovePasskeyForm>());
    view! {
        <PageHead title="Your account" lead="Who you are here, and how you sign in."/>
        {page::loaded(api::load_account(), move |data| {
            view! {
                <Forms/>
                {notice(&query)}
                {begin.map(|error| view! { <ErrorBox error/> })}
                {whole(data, &confirm, &end, &keys)}
            }
        })}
    }
    .into_any()
}

fn notice(query: &Query) -> Option<impl IntoView + use<>> {
    saved(
        query,
        &[
            ("on", "Two-step sign-in is on"),
            ("off", "The authenticator is off"),
            ("passkey", "The passkey is added: it is asked for from now on"),
            ("removed", "The passkey is removed"),
        ],
    )
}

fn whole(data: AccountPageData, confirm: &Refused, end: &Refused, keys: &(Refused, Refused)) -> impl IntoView + use<> {
    let AccountPageData { me, second_step, codes, recent, held } = data;
    let required = second_step.required && !held;
    let keys = passkeys(&second_step, recent, &keys.0, &keys.1);
    let body = match (second_step.since, second_step.begun) {
        (Some(since), _) => on(since, second_step.recovery_codes, end).into_any(),
        (None, Some(authenticator)) => begun(authenticator, confirm).into_any(),
        (None, None) => off(second_step.passkeys.is_empty()).into_any(),
    };
    view! {
        {held.then(asked)}
        <Section title="You">
            <Facts>
                <Fact label="Name"><bdi>{me.name}</bdi></Fact>
                <Fact label="E-mail">{me.email}</Fact>
                <Fact label="Role">{me.role.as_str()}</Fact>
            </Facts>
            {required
                .then(|| {
                    view! {
                        <p class="quiet">
                            "This desk asks everybody for two steps who signs in with a password. Without any, this page alone is "
                            "open until you have set one up again."
                        </p>
                    }
                })}
        </Section>
        {(!codes.is_empty()).then(|| recovery(&codes))}
        <div id="two-step" class="two-step">
            <Section title="Authenticator" note="a code from your phone beside the password">
                {body}
            </Section>
        </div>
        {keys}
    }
    .into_any()
}

/// What is said to whom a second step is asked of before anything else.
fn asked() -> impl IntoView {
    view! {
        <Alert tone=Tone::Warn title="Set up a second step to go on">
            <p>
                "This desk asks everybody for two steps who signs in with a password, and you have no second one yet. Set up an "
                "authenticator or a passkey here; everything else opens at once. Whoever signs in by the identity provider is not "
                "asked: there it is the provider's part."
            </p>
        </Alert>
    }
    .into_any()
}

fn recovery(codes: &[String]) -> impl IntoView + use<> {
    let all = codes.join("\n");
    let items = codes.iter().map(|code| view! { <li><code>{code.clone()}</code></li> }).collect_view();
    view! {
        <Alert tone=Tone::Good title="Keep these recovery codes; they are shown this once">
            <p>"Each lets you in once, if you lose your phone or your passkey. A password manager is a good place."</p>
            <ul class="codes">{items}</ul>
            <CopyButton text=all label="Copy all"/>
        </Alert>
    }
    .into_any()
}

fn off(alone: bool) -> impl IntoView {
    let words = if alone {
        "It is off: whoever has your password can come in. With it on, they need your phone as well."
    } else {
        "It is off. With it on, a code from your phone will do where you have no passkey at hand."
    };
    view! {
        <p>{words}</p>
        <form method="post" action=BeginSecondStepForm::url() class="form-go" data-once="">
            <Button kind=ButtonKind::Primary label="Set it up"/>
        </form>
    }
}

fn begun(authenticator: Authenticator, refused: &Refused) -> impl IntoView + use<> {
    let Authenticator { secret, squares, path } = authenticator;
    // Four light squares around it: readers need them.
    let frame = format!("-4 -4 {side} {side}", side = squares + 8);
    let error = refused.beside(&["code"]);
    let code = code_field(refused, false).into_any();
    view! {
        <p>"Photograph this with an authenticator (any app for TOTP codes will do), then type the code that it shows."</p>
        <div class="two-step-pair">
            <svg class="qr" viewBox=frame role="img" aria-label="QR code for an authenticator" shape-rendering="crispEdges">
                <rect x="-4" y="-4" width=squares + 8 height=squares + 8 fill="#fff"/>
                <path d=path fill="#000"/>
            </svg>
            <div>
                <p class="quiet">"Or type this key into it:"</p>
                <p><CopyId id=secret/></p>
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=ConfirmSecondStepForm::url() class="form" data-once="">
                    {code}
                    <Button kind=ButtonKind::Primary label="Turn it on"/>
                </form>
            </div>
        </div>
    }
    .into_any()
}

fn on(since: Timestamp, left: i64, refused: &Refused) -> impl IntoView + use<> {
    let error = refused.beside(&["code"]);
    let code = code_field(refused, false).into_any();
    let left = crate::format::counted(left, "recovery code is left", "recovery codes are left");
    view! {
        <p>
            <Badge tone=Tone::Good text="on"/>
            " since " <When at=since/> ". " {left} "."
        </p>
        <p class="quiet">"For a new phone, or new recovery codes: turn it off and set it up again."</p>
        {error.map(|error| view! { <ErrorBox error/> })}
        <form method="post" action=EndSecondStepForm::url() class="form" data-once="">
            {code}
            <Button kind=ButtonKind::Danger label="Turn it off" glyph=Glyph::Warning/>
        </form>
    }
    .into_any()
}
