//! One's own account: who one is here, and the second step of the sign-in.

#[cfg(feature = "ssr")]
use crate::model::Role;
use crate::{
    error::AppError,
    model::{SecondStep, Staff},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The page of one's own account.
pub const ACCOUNT: &str = "/account";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountPageData {
    pub me: Staff,
    pub second_step: SecondStep,
    /// The recovery codes that were just made, this once.
    pub codes: Vec<String>,
    /// True when the sign-in is so recent that passkeys may be changed.
    pub recent: bool,
    /// True when a second step must be set up before anything else.
    pub held: bool,
}

#[server(prefix = "/ui", endpoint = "account")]
pub async fn load_account() -> Result<AccountPageData, AppError> {
    let load = async {
        let (me, held) = super::require_account().await?;
        let second_step = super::access()?.second_step(&me).await?;
        let codes = super::once::take("recovery").unwrap_or_default();
        let codes = codes.split_whitespace().map(str::to_owned).collect();
        Ok(AccountPageData { me, second_step, codes, recent: super::visit()?.is_recent().await?, held })
    };
    super::answer(load.await)
}

/// Makes an authenticator to photograph.
#[server(name = BeginSecondStepForm, prefix = "/ui", endpoint = "begin_two_step")]
pub async fn begin_second_step() -> Result<(), AppError> {
    use super::form::Form;
    use leptos::server_fn::ServerFn;
    let begin = async {
        let (me, _) = super::require_account().await?;
        super::access()?.begin_second_step(&me).await
    };
    Form::new(ACCOUNT, BeginSecondStepForm::PATH).finish(begin.await, |()| format!("{ACCOUNT}#two-step"))
}

/// Turns two-step sign-in on, with the first code of the authenticator.
#[server(name = ConfirmSecondStepForm, prefix = "/ui", endpoint = "confirm_two_step")]
pub async fn confirm_second_step(#[server(default)] code: String) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let confirm = async {
        let (me, _) = super::require_account().await?;
        let code = parse::needed("code", &code)?;
        let codes = super::access()?.confirm_second_step(&super::actor(&me), &me, &code).await?;
        super::once::show("recovery", &codes.join(" "));
        Ok(())
    };
    let form = Form::new(format!("{ACCOUNT}#two-step"), ConfirmSecondStepForm::PATH);
    form.finish(confirm.await, |()| format!("{ACCOUNT}?saved=on#two-step"))
}

/// Turns it off, with a code.
#[server(name = EndSecondStepForm, prefix = "/ui", endpoint = "end_two_step")]
pub async fn end_second_step(#[server(default)] code: String) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let end = async {
        let (me, _) = super::require_account().await?;
        let code = parse::needed("code", &code)?;
        super::access()?.end_second_step(&super::actor(&me), &me, &code).await
    };
    let form = Form::new(format!("{ACCOUNT}#two-step"), EndSecondStepForm::PATH);
    form.finish(end.await, |()| format!("{ACCOUNT}?saved=off#two-step"))
}

/// What a script hands to the browser to make a passkey, as JSON.
#[server(prefix = "/ui", endpoint = "begin_passkey")]
pub async fn begin_passkey() -> Result<String, AppError> {
    let begin = async {
        super::require_account().await?;
        super::visit()?.begin_passkey().await
    };
    super::answer(begin.await)
}

/// Keeps a passkey that the browser has made.
#[server(name = AddPasskeyForm, prefix = "/ui", endpoint = "add_passkey")]
pub async fn add_passkey(
    #[server(default)] name: String,
    #[server(default)] credential: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let add = async {
        super::require_account().await?;
        let name = parse::needed("name", &name)?;
        let codes = super::visit()?.add_passkey(&name, &credential).await?;
        if !codes.is_empty() {
            super::once::show("recovery", &codes.join(" "));
        }
        Ok(())
    };
    let form = Form::new(format!("{ACCOUNT}#passkeys"), AddPasskeyForm::PATH).typed("name", &name);
    form.finish(add.await, |()| format!("{ACCOUNT}?saved=passkey#passkeys"))
}

/// Forgets a passkey of one's own.
#[server(name = RemovePasskeyForm, prefix = "/ui", endpoint = "remove_passkey")]
pub async fn remove_passkey(#[server(default)] id: String) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let remove = async {
        super::require_account().await?;
        super::visit()?.remove_passkey(parse::id("id", &id)?).await
    };
    let form = Form::new(format!("{ACCOUNT}#passkeys"), RemovePasskeyForm::PATH);
    form.finish(remove.await, |()| format!("{ACCOUNT}?saved=removed#passkeys"))
}

#[cfg(feature = "ssr")]
const PEOPLE: &str = "/settings/people";

/// Turns a colleague's off, who has lost their authenticator or passkeys.
#[server(name = ResetSecondStepForm, prefix = "/ui", endpoint = "reset_two_step")]
pub async fn reset_second_step(#[server(default)] person: String) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let reset = async {
        let me = super::require(Role::may_configure).await?;
        super::access()?.reset_second_step(&super::actor(&me), parse::id("person", &person)?).await
    };
    Form::new(PEOPLE, ResetSecondStepForm::PATH).finish(reset.await, |()| format!("{PEOPLE}?saved=two-step"))
}

/// Asks everybody for two steps who signs in with a password (`asked` has any text), or no longer.
#[server(name = AskTwoStepsForm, prefix = "/ui", endpoint = "ask_two_steps")]
pub async fn ask_two_steps(#[server(default)] asked: String) -> Result<(), AppError> {
    use super::form::Form;
    use leptos::server_fn::ServerFn;
    let on = !asked.is_empty();
    let ask = async {
        let me = super::require(Role::may_configure).await?;
        super::access()?.ask_two_steps(&super::actor(&me), &me, on).await
    };
    let saved = if on { "two-steps-on" } else { "two-steps-off" };
    let form = Form::new(format!("{PEOPLE}#two-steps"), AskTwoStepsForm::PATH);
    form.finish(ask.await, |()| format!("{PEOPLE}?saved={saved}#two-steps"))
}
