//! The ways in: e-mail and password, and the one-time link of the first start.

use crate::{
    error::AppError,
    model::{StepsAsked, WaysIn},
};
use leptos::prelude::*;

/// The shortest password that is taken.
pub const MIN_PASSWORD: usize = 12;

/// Signs in and leads on to `next`, a path of this site.
#[server(prefix = "/ui", endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    use super::form::Form;
    use crate::link;
    use leptos::server_fn::ServerFn;
    let page = link::with_query("/sign-in", [("next", next.as_str())]);
    let attempt = async {
        let email = super::parse::needed("email", &email)?;
        if password.is_empty() {
            return Err(AppError::invalid("password", "is missing"));
        }
        super::visit()?.sign_in(&email, &password).await
    };
    let form = Form::new(page, SignIn::PATH).typed("email", &email);
    let on = |staff: &Option<_>| match staff {
        Some(_) => link::local(&next).to_owned(),
        None => link::with_query("/sign-in/code", [("next", next.as_str())]),
    };
    form.finish(attempt.await, on).map(drop)
}

/// How people come in here.
#[server(prefix = "/ui", endpoint = "ways_in")]
pub async fn load_ways_in() -> Result<WaysIn, AppError> {
    super::answer(async { Ok(super::visit()?.ways_in()) }.await)
}

/// The sign-in page with an error of another way in than its form.
#[cfg(feature = "ssr")]
pub fn refused_sign_in(next: &str, error: &AppError) -> String {
    use leptos::server_fn::ServerFn;
    let page = crate::link::with_query("/sign-in", [("next", next)]);
    super::form::Form::new(page, SignIn::PATH).address(error)
}

/// What is waited for after the password.
#[server(prefix = "/ui", endpoint = "steps_asked")]
pub async fn load_steps_asked() -> Result<Option<StepsAsked>, AppError> {
    super::answer(async { super::visit()?.steps_asked().await }.await)
}

/// The second step: signs in and leads on to `next`.
#[server(prefix = "/ui", endpoint = "enter_code")]
pub async fn enter_code(#[server(default)] code: String, #[server(default)] next: String) -> Result<(), AppError> {
    use super::form::Form;
    use crate::link;
    use leptos::server_fn::ServerFn;
    let page = link::with_query("/sign-in/code", [("next", next.as_str())]);
    let attempt = async {
        let code = super::parse::needed("code", &code)?;
        super::visit()?.enter_code(&code).await
    };
    Form::new(page, EnterCode::PATH).finish(attempt.await, |_| link::local(&next).to_owned()).map(drop)
}

/// What a script hands to the browser to be shown a passkey, as JSON: as the second step, or (`alone` has any text) as the
/// whole of a sign-in.
#[server(prefix = "/ui", endpoint = "ask_passkey")]
pub async fn ask_passkey(#[server(default)] alone: String) -> Result<String, AppError> {
    super::answer(async { super::visit()?.ask_passkey(!alone.is_empty()).await }.await)
}

/// Signs in by a passkey that the browser has shown, and leads on to `next`.
#[server(name = PasskeySignIn, prefix = "/ui", endpoint = "enter_passkey")]
pub async fn enter_passkey(
    #[server(default)] credential: String,
    #[server(default)] next: String,
    #[server(default)] alone: String,
) -> Result<(), AppError> {
    use super::form::Form;
    use crate::link;
    use leptos::server_fn::ServerFn;
    let page = if alone.is_empty() { "/sign-in/code" } else { "/sign-in" };
    let page = link::with_query(page, [("next", next.as_str())]);
    let entered = async { super::visit()?.enter_passkey(&credential).await };
    Form::new(page, PasskeySignIn::PATH).finish(entered.await, |_| link::local(&next).to_owned()).map(drop)
}

/// True while the one-time link `token` may still create the first admin.
#[server(prefix = "/ui", endpoint = "welcome")]
pub async fn welcome(token: String) -> Result<bool, AppError> {
    super::answer(async { super::visit()?.welcome(&token).await }.await)
}

/// Creates the first admin and signs them in.
#[server(prefix = "/ui", endpoint = "create_first_admin")]
pub async fn create_first_admin(
    token: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    use super::form::Form;
    use crate::model::TransactionQuery;
    use leptos::server_fn::ServerFn;
    let create = async { super::visit()?.create_first_admin(&token, &name, &email, &password).await };
    let page = format!("/welcome/{}", crate::ui::encode(&token));
    let form = Form::new(page, CreateFirstAdmin::PATH).typed("name", &name).typed("email", &email);
    let made = create.await;
    // An empty desk begins with its first steps.
    let fresh = super::backend()?.transactions(TransactionQuery { limit: 1, ..TransactionQuery::default() }).await;
    let next = if fresh.is_ok_and(|page| page.items.is_empty()) { "/setup" } else { "/" };
    form.finish(made, |_| next.to_owned()).map(drop)
}
