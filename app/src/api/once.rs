//! A secret that is shown once, on its way from the answer of a form to the page after it.
//!
//! It travels in a cookie of the one browser that asked, for a minute at most, and the page that shows it takes the cookie
//! away: nothing of it is kept on the server, and a reload does not show it again.

use crate::ui::encode;
use axum::http::{
    HeaderValue,
    header::{COOKIE, SET_COOKIE},
    request::Parts,
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

const NAME: &str = "once";
/// Seconds that a redirect may take.
const SECONDS: u32 = 60;

/// Given as context: whether browsers reach us by https.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Https(pub bool);

fn set(value: &str, seconds: u32) {
    let secure = if use_context::<Https>().is_some_and(|https| https.0) { "; Secure" } else { "" };
    let cookie = format!("{NAME}={value}; Path=/; Max-Age={seconds}; SameSite=Strict; HttpOnly{secure}");
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        response.append_header(SET_COOKIE, value);
    }
}

/// Hands `secret` to the next page that asks for what is called `kind`.
pub fn show(kind: &str, secret: &str) {
    set(&format!("{kind}.{}", encode(secret)), SECONDS);
}

/// What was handed on under `kind`, for the last time.
pub fn take(kind: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let values = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = values.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = cookies.find(|(name, _)| *name == NAME)?;
    let (named, secret) = value.split_once('.')?;
    if named != kind {
        return None;
    }
    set("", 0);
    percent_encoding::percent_decode_str(secret).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// The address of `path` as a browser elsewhere would write it.
pub fn absolute(path: &str) -> String {
    let scheme = if use_context::<Https>().is_some_and(|https| https.0) { "https" } else { "http" };
    let host = use_context::<Parts>().and_then(|parts| parts.headers.get("host")?.to_str().ok().map(str::to_owned));
    host.map_or_else(|| path.to_owned(), |host| format!("{scheme}://{host}{path}"))
}
