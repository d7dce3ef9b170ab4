//! Charges: the call that the product's servers make for every model call.

use crate::http::{
    ApiState, Reply,
    amount::Amount,
    caller::{Caller, Charge as ChargeScope},
    errors::ChargeErrors,
    idempotency::IdempotencyKey,
    json::Body,
    path::UserId,
};
use app::{
    error::AppError,
    model::{Charge, CreditMetadata, Deduct, DeductionResult, Settle, UsageMetrics, Uuid},
};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

/// Either `metrics`, which the active pricing version prices, or an `amount` that is known already. With a
/// `reservation_id` it settles that reservation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeductRequest {
    metrics: Option<UsageMetrics>,
    amount: Option<Amount>,
    reservation_id: Option<Uuid>,
    #[serde(default)]
    metadata: CreditMetadata,
}

/// One of the two ways to say what a charge is for.
pub fn charge(metrics: Option<UsageMetrics>, amount: Option<Amount>) -> Result<Charge, AppError> {
    match (metrics, amount) {
        (Some(metrics), None) => Ok(Charge::Metrics(metrics)),
        (None, Some(amount)) => Ok(Charge::Amount(amount.read("amount")?)),
        (None, None) => Err(AppError::invalid("metrics", "is missing: give metrics or amount")),
        (Some(_), Some(_)) => Err(AppError::invalid("amount", "and metrics are both given: give one of them")),
    }
}

/// Charge a user
///
/// Needs the scope `charge`. A plan's allowance pays first, then the credits that expire first.
#[utoipa::path(
    post, path = "/users/{user_id}/deductions", tag = "Money",
    params(("user_id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = DeductRequest,
    responses((status = 200, body = DeductionResult), ChargeErrors)
)]
pub async fn deduct(
    caller: Caller<ChargeScope>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<DeductRequest>,
) -> Reply<DeductionResult> {
    let charge = charge(body.metrics, body.amount)?;
    if let Some(reservation_id) = body.reservation_id {
        let user_id = Some(user_id);
        let request = Settle { reservation_id, user_id, charge, metadata: body.metadata, key: Some(key) };
        return Ok(Json(state.backend.settle(&caller.0, request).await?));
    }
    let request = Deduct { user_id, charge, metadata: body.metadata, key: Some(key), occurred_at: None };
    Ok(Json(state.backend.deduct(&caller.0, request).await?))
}
