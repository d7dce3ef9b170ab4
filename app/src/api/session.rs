//! Leaving, the theme and the density: small forms that work without a script.

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
    let set = async {
        let Some(theme) = crate::ui::Theme::parse(&theme) else {
            return Err(AppError::invalid("theme", "must be light, dark or system"));
        };
        remember("theme", theme.as_str());
        Ok(())
    };
    super::answer(set.await)
}

/// Remembers for a year how dense tables are.
#[server(prefix = "/ui", endpoint = "density")]
pub async fn set_density(density: String) -> Result<(), AppError> {
    let set = async {
        let Some(density) = crate::ui::Density::parse(&density) else {
            return Err(AppError::invalid("density", "must be comfortable or compact"));
        };
        remember("density", density.as_str());
        Ok(())
    };
    super::answer(set.await)
}

#[cfg(feature = "ssr")]
fn remember(name: &str, value: &str) {
    use axum::http::{HeaderValue, header::SET_COOKIE};
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    if let (Some(response), Ok(value)) = (use_context::<leptos_axum::ResponseOptions>(), HeaderValue::from_str(&cookie))
    {
        response.append_header(SET_COOKIE, value);
    }
}
