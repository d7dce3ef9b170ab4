//! The `Idempotency-Key` header, without which no money moves.

use super::Refusal;
use app::error::AppError;
use axum::{extract::FromRequestParts, http::request::Parts};

pub const HEADER: &str = "Idempotency-Key";
const MAX_LENGTH: usize = 255;

/// The caller's name for this one write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let (value, more) = (values.next(), values.next());
        let value = value.ok_or_else(|| {
            AppError::invalid(
                HEADER,
                "is missing: send a header with a new key for each write, and the same for a retry",
            )
        })?;
        let key = value.as_bytes();
        if more.is_some() || !is_key(key) {
            let rule = format!("must be one header of 1 to {MAX_LENGTH} visible ASCII characters");
            return Err(AppError::invalid(HEADER, rule).into());
        }
        Ok(Self(String::from_utf8_lossy(key).into_owned()))
    }
}

fn is_key(key: &[u8]) -> bool {
    key.iter().all(u8::is_ascii_graphic) && (1..=MAX_LENGTH).contains(&key.len())
}

/// A key that comes in a body, by the same rule.
pub fn check(field: &str, key: &str) -> Result<(), AppError> {
    if is_key(key.as_bytes()) {
        return Ok(());
    }
    Err(AppError::invalid(field, format!("must be 1 to {MAX_LENGTH} visible ASCII characters")))
}
