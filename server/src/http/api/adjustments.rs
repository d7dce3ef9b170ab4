//! Credits taken away for a reason.

use crate::http::{
    ApiState, Reply,
    amount::Amount,
    caller::{Caller, Grant},
    errors::AdjustErrors,
    idempotency::IdempotencyKey,
    json::Body,
    path::UserId,
};
use app::model::{Adjust, AdjustResult};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustRequest {
    /// Less than 0.
    amount: Amount,
    reason: String,
    /// Lets the balance go below its floor, into debt.
    #[serde(default)]
    allow_negative: bool,
}

/// Adjust a balance downwards
///
/// Needs the scope `grant`.
#[utoipa::path(
    post, path = "/users/{user_id}/adjustments", tag = "Money",
    params(("user_id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = AdjustRequest,
    responses((status = 200, body = AdjustResult), AdjustErrors)
)]
pub async fn adjust(
    caller: Caller<Grant>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<AdjustRequest>,
) -> Reply<AdjustResult> {
    let request = Adjust {
        user_id,
        amount: body.amount.read("amount")?,
        reason: body.reason,
        allow_negative: body.allow_negative,
        key: Some(key),
    };
    Ok(Json(state.backend.adjust(&caller.0, request).await?))
}
