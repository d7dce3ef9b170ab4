//! Errors on the wire: problem+json of RFC 9457.
//!
//! Handlers and layers refuse with an [`AppError`] that rides on the response; [`write_problems`], outside of them all,
//! writes it out with the request's id. An error that the framework itself answered (no such route, wrong method, body
//! too large) is turned into the same shape there, so that a client reads one shape only.

use super::request_id::RequestId;
use crate::store::StoreError;
use app::error::{AppError, Code};
use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error with its HTTP status, which is the code's unless HTTP knows a closer one.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub error: AppError,
    pub status: StatusCode,
}

impl Refusal {
    pub fn with_status(error: AppError, status: StatusCode) -> Self {
        Self { error, status }
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { error, status }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self.error);
        response
    }
}

/// Writes every refusal out. Under `/api` also the framework's own errors.
pub async fn write_problems(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let error = match response.extensions_mut().remove::<AppError>() {
        Some(error) => error,
        None if api && is_bare_error(&response) => framework_error(response.status()),
        None => return response,
    };
    let problem = body(&error, response.status(), id.as_ref());
    *response.body_mut() = Body::from(problem.to_string());
    set_headers(response.headers_mut(), &error);
    response
}

fn is_bare_error(response: &Response) -> bool {
    (response.status().is_client_error() || response.status().is_server_error())
        && response.headers().get(CONTENT_TYPE).is_none_or(|value| value != MEDIA_TYPE)
}

fn framework_error(status: StatusCode) -> AppError {
    match status {
        StatusCode::NOT_FOUND => AppError::new(Code::NotFound, "There is no such route: see /api/openapi.json."),
        StatusCode::METHOD_NOT_ALLOWED => {
            AppError::new(Code::InvalidRequest, "This route does not take that method: see the Allow header.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => AppError::new(Code::InvalidRequest, "The body is too large."),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => AppError::new(
            Code::Unavailable,
            "This took too long and was given up; it may or may not have been done. Send it again with the same \
             Idempotency-Key.",
        ),
        status if status.is_client_error() => AppError::new(Code::InvalidRequest, "The request cannot be read."),
        _ => internal(),
    }
}

/// The answer to a fault of ours whose cause is in the log.
pub fn internal() -> AppError {
    AppError::new(Code::Internal, "Something failed on our side; the server's log has the cause under the request id.")
}

/// The members of RFC 9457, ours beside them, and what the error carries to act upon.
pub fn body(error: &AppError, status: StatusCode, id: Option<&RequestId>) -> Value {
    let code = error.code.as_str();
    let mut members: Map<String, Value> = error.details.clone();
    members.insert("type".to_owned(), json!(format!("/docs/errors#{code}")));
    members.insert("title".to_owned(), json!(title(&code)));
    members.insert("status".to_owned(), json!(status.as_u16()));
    members.insert("detail".to_owned(), json!(error.message));
    members.insert("code".to_owned(), json!(code));
    if let Some(field) = &error.field {
        members.insert("field".to_owned(), json!(field));
    }
    if let Some(id) = id {
        members.insert("request_id".to_owned(), json!(id.as_str()));
    }
    Value::Object(members)
}

/// `over_refund` → `Over refund`.
fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn set_headers(headers: &mut HeaderMap, error: &AppError) {
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    match error.code {
        Code::Unauthenticated => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"creditdesk\""));
        }
        Code::RateLimited | Code::Unavailable => {
            let seconds = error.details.get("retry_after").and_then(Value::as_u64).unwrap_or(1);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_carries_what_is_needed_to_act() {
        let error = AppError::invalid("limit", "must be 1 to 200").with("most", 200).with("status", "forged");
        let problem = body(&error, StatusCode::UNPROCESSABLE_ENTITY, None);
        let expected = json!({
            "type": "/docs/errors#invalid_request",
            "title": "Invalid request",
            "status": 422,
            "detail": "limit must be 1 to 200",
            "code": "invalid_request",
            "field": "limit",
            "most": 200,
        });
        assert_eq!(problem, expected);
    }
}
