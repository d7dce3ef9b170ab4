//! Refunds of a charge, whole or in part.

use crate::http::{
    ApiState, Reply,
    amount::Amount,
    caller::{Caller, Refund as RefundScope},
    errors::RefundErrors,
    idempotency::IdempotencyKey,
    json::Body,
    path::TransactionId,
};
use app::model::{Refund, RefundReason, RefundResult};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// All that remains refundable, if left out.
    amount: Option<Amount>,
    reason: RefundReason,
    /// Needed for the reason `other`.
    note: Option<String>,
    /// Whether the customer is to be told: it is kept with the refund and sent along with `credits.refunded`.
    #[serde(default)]
    notify: bool,
}

/// Refund a charge
///
/// Needs the scope `refund`. Credits return before allowance, and never more than was charged in all.
#[utoipa::path(
    post, path = "/transactions/{transaction_id}/refunds", tag = "Money",
    params(("transaction_id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = RefundRequest,
    responses((status = 200, body = RefundResult), RefundErrors)
)]
pub async fn refund(
    caller: Caller<RefundScope>,
    State(state): State<ApiState>,
    TransactionId(transaction_id): TransactionId,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<RefundRequest>,
) -> Reply<RefundResult> {
    let amount = body.amount.map(|amount| amount.read("amount")).transpose()?;
    let RefundRequest { reason, note, notify, .. } = body;
    let request = Refund { transaction_id, amount, reason, note, notify, seen: None, key: Some(key) };
    Ok(Json(state.backend.refund(&caller.0, request).await?))
}
