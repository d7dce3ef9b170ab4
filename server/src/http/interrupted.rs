//! A form whose session had ended, handed back whole.
//!
//! What was typed into a short one comes back in the address behind the sign-in. A price list does not fit there, nor do the
//! rows of a plan, and neither is ours to keep for somebody who is not signed in: it goes back at once, in a page that can
//! send it again.

use super::pages::{Pages, Show, page_instead};
use app::api::{
    CreateFirstAdmin, EnterCode, Interrupted, JoinForm, MAX_TYPED, PasskeySignIn, SaveDraftForm, SavePlanForm, SignIn,
};
use axum::{
    body::to_bytes,
    extract::Request,
    http::{
        HeaderName, Method, StatusCode,
        header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use leptos::server_fn::ServerFn as _;

/// The page that shows it.
const PAGE: &str = "/send-again";

/// The ways in, which nobody has a session for yet; where they lead on to may be long.
const OPEN: [&str; 5] = [SignIn::PATH, EnterCode::PATH, PasskeySignIn::PATH, JoinForm::PATH, CreateFirstAdmin::PATH];

/// The forms that are handed back however short they are, since an address does not hold all of their fields.
const WHOLE: [&str; 2] = [SaveDraftForm::PATH, SavePlanForm::PATH];

/// Answers a browser's form without a session by the page that `show` makes of it, where the form is long or one of
/// [`WHOLE`]; anything else goes on. How large a body may be was asked before.
pub async fn hand_back(pages: Pages, show: Show, request: Request, next: Next) -> Response {
    // A session that cannot be read is left to the server function, which says so.
    if !is_whole_form(&request) || !matches!(pages.visitor(request.extensions()).await, Ok(None)) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let fields = form_urlencoded::parse(&body).into_owned().collect();
    show(send_again(parts, fields, false)).await
}

/// The request for the page that has the fields and sends them to where they were on their way.
pub(super) fn send_again(parts: Parts, fields: Vec<(String, String)>, multipart: bool) -> Request {
    let interrupted = Interrupted { action: parts.uri.path().to_owned(), fields, multipart };
    page_instead(parts, PAGE, interrupted)
}

fn is_whole_form(request: &Request) -> bool {
    let header =
        |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = request.uri().path();
    let long = || header(CONTENT_LENGTH).parse().is_ok_and(|length: usize| length > MAX_TYPED);
    request.method() == Method::POST
        && path.starts_with("/ui/")
        && !OPEN.contains(&path)
        && (WHOLE.contains(&path) || long())
        && header(ACCEPT).contains("text/html")
        && header(CONTENT_TYPE).starts_with("application/x-www-form-urlencoded")
}
