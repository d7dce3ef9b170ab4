//! A name for each request: in its log lines, in its answer's `X-Request-Id` and in its error.

use crate::clock::{Clock, Ids};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use std::sync::Arc;

pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a caller.
const MAX_LENGTH: usize = 64;

#[derive(Clone, Debug)]
pub struct RequestId(HeaderValue);

impl RequestId {
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// Gives the request its id: the caller's own, if it is a short plain word, else a new one.
pub async fn set_request_id(
    State((clock, ids)): State<(Arc<Clock>, Arc<Ids>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let given = request.headers().get(HEADER).filter(|value| is_plain(value.as_bytes())).cloned();
    let id = given.unwrap_or_else(|| {
        HeaderValue::from_str(&ids.next(clock.now()).to_string()).unwrap_or(HeaderValue::from_static("none"))
    });
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    response.headers_mut().insert(HEADER, id);
    response
}

fn is_plain(text: &[u8]) -> bool {
    (1..=MAX_LENGTH).contains(&text.len()) && text.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_word_is_taken_over() {
        assert!(is_plain(b"job-17.retry_2"));
        for text in ["", "a b", "a\"b", "<b>", &"x".repeat(MAX_LENGTH + 1)] {
            assert!(!is_plain(text.as_bytes()), "{text:?}");
        }
    }
}
