//! A file that somebody in a browser asked for and does not get: a page says why. Programs get the problem as JSON.

use app::error::AppError;
use axum::{
    body::Body,
    extract::Request,
    http::{Method, header::ACCEPT},
    middleware::Next,
    response::Response,
};

/// Answers a refusal by the page that `show` makes of it, under the address of the file.
pub async fn show<Shown: Future<Output = Response>>(
    show: impl FnOnce(Request) -> Shown,
    request: Request,
    next: Next,
) -> Response {
    if !is_of_a_person(&request) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let mut asked = Request::from_parts(parts.clone(), Body::empty());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let Some(error) = response.extensions_mut().remove::<AppError>() else { return response };
    asked.extensions_mut().insert(error);
    let mut page = show(asked).await;
    *page.status_mut() = response.status();
    page
}

fn is_of_a_person(request: &Request) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    request.method() == Method::GET && accept.is_some_and(|accept| accept.contains("text/html"))
}
