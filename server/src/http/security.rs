//! Headers that tell browsers what never to do, and the refusal of writes that another site sent.

use super::Refusal;
use app::error::{AppError, Code};
use axum::{
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::csrf::{CsrfLayer, ProtectionError};

/// What is not a page needs nothing.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// The viewer of `/api/docs`: its own files, and the images that its style sheet holds.
pub const VIEWER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of a page whose scripts carry `nonce`: they alone run, and they alone may load more.
pub fn page_policy(nonce: &str) -> Option<HeaderValue> {
    let text = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&text).ok()
}

/// Sets what every answer carries. A page has set its own policy already. `https` is true when browsers reach us so.
pub async fn set_headers(State(https): State<bool>, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NO_PAGE));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: a form that is posted without a script is led back to where it came from.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if api {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// Refuses a write whose `Sec-Fetch-Site`, or else `Origin`, says that another site sent it. The REST interface does
/// without: its keys are no cookies, so a browser sends none by itself.
pub fn same_site_writes() -> CsrfLayer<impl Fn(ProtectionError) -> Response + Clone> {
    CsrfLayer::new().with_rejection_response(|_| {
        let error =
            AppError::new(Code::Forbidden, "This was sent from another site. Open the page here and try again.");
        Refusal::from(error).into_response()
    })
}
