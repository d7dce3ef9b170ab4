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

/// A reservation's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservationId(pub Uuid);

/// A team's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TeamId(pub Uuid);

/// A team and one of its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberId(pub Uuid, pub String);

/// A user and a feature of their plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureName(pub String, pub String);

/// A pricing version's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionNumber(pub i64);

/// A back-test's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BacktestId(pub Uuid);

/// A webhook's id; a text that is none names no webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookId(pub Uuid);

/// A delivery of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryId {
    pub webhook: Uuid,
    pub delivery: Uuid,
}

impl<S: Send + Sync> FromRequestParts<S> for BacktestId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let text = segment(parts, "backtest_id").await?;
        Ok(Self(read_id(&text, "backtest_id", "back-test", Code::NotFound)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for WebhookId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let text = segment(parts, "webhook_id").await?;
        Ok(Self(read_id(&text, "webhook_id", "webhook", Code::NotFound)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for DeliveryId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let (webhook, delivery) = two_segments(parts, "delivery_id").await?;
        Ok(Self {
            webhook: read_id(&webhook, "webhook_id", "webhook", Code::NotFound)?,
            delivery: read_id(&delivery, "delivery_id", "delivery", Code::NotFound)?,
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
        Ok(Self(read_id(&text, "transaction_id", "transaction", Code::TransactionNotFound)?))
    }
}

fn read_id(text: &str, field: &str, what: &str, code: Code) -> Result<Uuid, AppError> {
    text.parse().map_err(|_| AppError { code, ..AppError::invalid(field, format!("is not the id of a {what}")) })
}

async fn two_segments(parts: &mut Parts, field: &str) -> Result<(String, String), Refusal> {
    let Path(texts) = parts
        .extract::<Path<(String, String)>>()
        .await
        .map_err(|_| AppError::invalid(field, "must be percent-encoded UTF-8"))?;
    Ok(texts)
}

impl<S: Send + Sync> FromRequestParts<S> for ReservationId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let text = segment(parts, "reservation_id").await?;
        Ok(Self(read_id(&text, "reservation_id", "reservation", Code::ReservationNotFound)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for TeamId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let text = segment(parts, "team_id").await?;
        Ok(Self(read_id(&text, "team_id", "team", Code::TeamNotFound)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MemberId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let (team, user) = two_segments(parts, "user_id").await?;
        Ok(Self(read_id(&team, "team_id", "team", Code::TeamNotFound)?, user))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for FeatureName {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let (user, feature) = two_segments(parts, "feature").await?;
        Ok(Self(user, feature))
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
