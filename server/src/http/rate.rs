//! Each API key held to its rate, and told how much of it is left.
//!
//! The headers are `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`, the names that client libraries know
//! (draft-ietf-httpapi-ratelimit-headers, its revisions up to 07). Without a rate there are none.

use super::{ApiState, Refusal, caller::bearer};
use crate::auth::limiter::Left;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::Value;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Counts the request against its key. One without a key, or with a wrong one, is left to the handler, which refuses it.
pub async fn hold(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let Some(limit) = state.keys.limit() else { return next.run(request).await };
    let holder = match bearer(request.headers()) {
        Ok(key) => state.keys.check(key).await,
        Err(error) => Err(error),
    };
    let Ok(holder) = holder else { return next.run(request).await };
    let (mut response, left) = match state.keys.count(&holder) {
        Ok(left) => {
            request.extensions_mut().insert(holder);
            (next.run(request).await, left)
        }
        Err(error) => {
            let full_in = error.details.get("retry_after").and_then(Value::as_u64).unwrap_or(1);
            (Refusal::from(error).into_response(), Some(Left { limit, tokens: 0, full_in }))
        }
    };
    if let Some(left) = left {
        tell(response.headers_mut(), left);
    }
    response
}

fn tell(headers: &mut HeaderMap, left: Left) {
    for (name, value) in [(LIMIT, left.limit), (REMAINING, left.tokens), (RESET, left.full_in)] {
        headers.insert(name, HeaderValue::from(value));
    }
}
