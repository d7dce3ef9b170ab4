//! What stands in a path: opaque user ids, transaction ids, version numbers.

use super::Refusal;
use app::{
    error::{AppError, Code},
    model::Uuid,
};
use axum::{
    RequestPartsExt,
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

/// The caller's own id of a user, percent-decoded and otherwise as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserId(pub String);

/// A transaction's id; a text that is none names no transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransactionId(pub Uuid);

/// A pricing version's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionNumber(pub i64);

async fn segment(parts: &mut Parts, field: &str) -> Result<String, Refusal> {
    let Path(text) =
        parts.extract::<Path<String>>().await.map_err(|_| AppError::invalid(field, "must be percent-encoded UTF-8"))?;
    Ok(text)
}

impl<S: Send + Sync> FromRequestParts<S> for UserId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        segment(parts, "user_id").await.map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for TransactionId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let text = segment(parts, "transaction_id").await?;
        let id = text.parse().map_err(|_| AppError {
            code: Code::TransactionNotFound,
            ..AppError::invalid("transaction_id", "is not the id of a transaction")
        })?;
        Ok(Self(id))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for VersionNumber {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let text = segment(parts, "version").await?;
        let number = text.parse().map_err(|_| AppError {
            code: Code::VersionNotFound,
            ..AppError::invalid("version", "is not the number of a pricing version")
        })?;
        Ok(Self(number))
    }
}
