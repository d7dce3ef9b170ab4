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

/// A webhook's id; a text that is none names no webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookId(pub Uuid);

/// A delivery of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryId {
    pub webhook: Uuid,
    pub delivery: Uuid,
}

fn read_id(text: &str, field: &str, noun: &str) -> Result<Uuid, AppError> {
    let rule = || AppError { code: Code::NotFound, ..AppError::invalid(field, format!("is not the id of a {noun}")) };
    text.parse().map_err(|_| rule())
}

impl<S: Send + Sync> FromRequestParts<S> for WebhookId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let text = segment(parts, "webhook_id").await?;
        Ok(Self(read_id(&text, "webhook_id", "webhook")?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for DeliveryId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let Path((webhook, delivery)) = parts
            .extract::<Path<(String, String)>>()
            .await
            .map_err(|_| AppError::invalid("delivery_id", "must be percent-encoded UTF-8"))?;
        Ok(Self {
            webhook: read_id(&webhook, "webhook_id", "webhook")?,
            delivery: read_id(&delivery, "delivery_id", "delivery")?,
        })
    }
}

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
