//! Leaving, and the theme: both are small forms that work without a script.

use crate::error::AppError;
use leptos::prelude::*;

/// Ends the session and shows the sign-in page.
#[server(prefix = "/ui", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    super::visit()?.sign_out().await?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// Remembers the theme for a year, in a cookie, so that the next page is drawn in it at once.
#[server(prefix = "/ui", endpoint = "theme")]
pub async fn set_theme(theme: String) -> Result<(), AppError> {
    use axum::http::{HeaderValue, header::SET_COOKIE};
    let set = async {
        let Some(theme) = crate::ui::Theme::parse(&theme) else {
            return Err(AppError::invalid("theme", "must be light, dark or system"));
        };
        let cookie = format!("theme={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", theme.as_str());
        if let (Some(response), Ok(value)) =
            (use_context::<leptos_axum::ResponseOptions>(), HeaderValue::from_str(&cookie))
        {
            response.append_header(SET_COOKIE, value);
        }
        Ok(())
    };
    super::answer(set.await)
}
