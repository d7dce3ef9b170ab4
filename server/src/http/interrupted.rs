//! A long form whose session had ended.
//!
//! What was typed into a short one comes back in the address behind the sign-in. A price list does not fit there, and is not
//! ours to keep for somebody who is not signed in: it goes back at once, in a page that can send it again.

use super::pages::Pages;
use app::api::{CreateFirstAdmin, EnterCode, Interrupted, JoinForm, MAX_TYPED, PasskeySignIn, SignIn};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderName, Method, StatusCode, Uri,
        header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use leptos::server_fn::ServerFn as _;

/// The page that shows it.
const PAGE: &str = "/send-again";

/// The ways in, which nobody has a session for yet; where they lead on to may be long.
const OPEN: [&str; 5] = [SignIn::PATH, EnterCode::PATH, PasskeySignIn::PATH, JoinForm::PATH, CreateFirstAdmin::PATH];

/// Answers a browser's long form without a session by the page that `show` makes of it; anything else goes on. How large a
/// body may be was asked before.
pub async fn hand_back<Shown: Future<Output = Response>>(
    pages: Pages,
    show: impl FnOnce(Request) -> Shown,
    request: Request,
    next: Next,
) -> Response {
    // A session that cannot be read is left to the server function, which says so.
    if !is_long_form(&request) || !matches!(pages.visitor(request.extensions()).await, Ok(None)) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let fields = form_urlencoded::parse(&body).into_owned().collect();
    parts.extensions.insert(Interrupted { action: parts.uri.path().to_owned(), fields });
    parts.method = Method::GET;
    parts.uri = Uri::from_static(PAGE);
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(CONTENT_TYPE);
    show(Request::from_parts(parts, Body::empty())).await
}

fn is_long_form(request: &Request) -> bool {
    let header =
        |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    request.method() == Method::POST
        && request.uri().path().starts_with("/ui/")
        && !OPEN.contains(&request.uri().path())
        && header(CONTENT_LENGTH).parse().is_ok_and(|length: usize| length > MAX_TYPED)
        && header(ACCEPT).contains("text/html")
        && header(CONTENT_TYPE).starts_with("application/x-www-form-urlencoded")
}
