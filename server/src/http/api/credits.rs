//! Credits into an account.

use crate::http::{
    ApiState, Reply,
    amount::Amount,
    caller::{Caller, Grant},
    errors::CreditErrors,
    idempotency::IdempotencyKey,
    json::Body,
    path::UserId,
};
use app::model::{AddCredits, AddCreditsResult, CreditKind, CreditMetadata, Timestamp};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddCreditsRequest {
    /// More than 0.
    pub amount: Amount,
    /// Only a `purchase` raises `lifetime_purchased`.
    #[serde(default)]
    pub kind: CreditKind,
    /// When what is left of it can no longer be spent; never, if left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    #[serde(default)]
    pub metadata: CreditMetadata,
}

/// Add credits
///
/// Needs the scope `grant`.
#[utoipa::path(
    post, path = "/users/{user_id}/credits", tag = "Money",
    params(("user_id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = AddCreditsRequest,
    responses((status = 200, body = AddCreditsResult), CreditErrors)
)]
pub async fn add_credits(
    caller: Caller<Grant>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<AddCreditsRequest>,
) -> Reply<AddCreditsResult> {
    let request = AddCredits {
        user_id,
        amount: body.amount.read("amount")?,
        kind: body.kind,
        expires_at: body.expires_at,
        metadata: body.metadata,
        key: Some(key),
    };
    Ok(Json(state.backend.add_credits(&caller.0, request).await?))
}
