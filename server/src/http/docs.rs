//! `/api/docs`: the description as a page to read and to try out, from files that are part of the program.

use super::{Refusal, problem, security};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The viewer's routes, without its bar, whose picture brings a style of its own. It asks this server for the description,
/// and nobody for anything else.
pub fn viewer<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let config = Config::from("/api/openapi.json")
        .display_request_duration(true)
        .doc_expansion("list")
        .persist_authorization(false)
        .try_it_out_enabled(true)
        .use_base_layout()
        .validator_url("none");
    Router::from(SwaggerUi::new("/api/docs").config(config)).layer(middleware::from_fn(set_policy))
}

/// More than the viewer's page has.
const MAX_PAGE: usize = 64 * 1024;
/// What the viewer's page begins with, in the viewer's own style.
const HEAD: &str = "<body>
    <header class=\"swagger-ui\"><p class=\"wrapper\"><a href=\"/\">Creditdesk</a> / API</p></header>
    <noscript><p class=\"wrapper\">The viewer needs scripts. What it shows:
    <a href=\"/api/openapi.json\">/api/openapi.json</a></p></noscript>";

/// Puts the way back to the desk at the head of the viewer's page.
async fn add_head(response: Response) -> Response {
    let page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !page || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_PAGE).await else {
        return Refusal::from(problem::internal()).into_response();
    };
    parts.headers.remove(CONTENT_LENGTH);
    let text = String::from_utf8_lossy(&bytes).replacen("<body>", HEAD, 1);
    Response::from_parts(parts, Body::from(text))
}

async fn set_policy(request: Request, next: Next) -> Response {
    let mut response = add_head(next.run(request).await).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(security::VIEWER_POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}
