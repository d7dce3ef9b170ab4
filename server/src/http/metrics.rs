//! `/metrics`: what the process counts, for a scraper that has a key with the scope `read`.
//!
//! A key rather than a setting or a second port: counts tell how a business runs, and a scraper can send a bearer token.

use super::{
    ApiState, Refusal,
    caller::{Caller, Read},
    problem,
};
use crate::metrics::{MEDIA_TYPE, meters};
use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{Method, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use std::time::Instant;

pub fn routes(state: ApiState) -> Router {
    Router::new().route("/metrics", get(show)).with_state(state)
}

async fn show(_: Caller<Read>) -> Result<Response, Refusal> {
    let text = meters().text().map_err(|_| problem::internal())?;
    Ok(([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
}

/// Measures each request under the pattern of its route, never its path: a user's id is no label.
pub async fn measure(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = known(request.method());
    let began = Instant::now();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    meters().served(method, route, response.status().as_u16(), began.elapsed());
    response
}

/// The method as a label; those that nobody serves are one.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
