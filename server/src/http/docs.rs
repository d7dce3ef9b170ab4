//! `/api/docs`: the description as a page to read and to try out, from files that are part of the program.

use super::security;
use axum::{
    Router,
    extract::Request,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    },
    middleware::{self, Next},
    response::Response,
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

async fn set_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(security::VIEWER_POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}
