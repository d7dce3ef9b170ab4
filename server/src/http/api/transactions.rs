//! The ledger's rows.

use crate::http::{
    ApiState, Reply,
    caller::{Caller, Read},
    errors::{ReadErrors, TransactionErrors},
    params::{Params, limit},
    path::{TransactionId, UserId},
};
use app::model::{EntryKind, Page, Timestamp, Transaction, TransactionDetail, TransactionQuery};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;

/// Rows of a page, unless asked otherwise.
const LIMIT: u32 = 50;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TransactionParams {
    kind: Option<EntryKind>,
    model: Option<String>,
    /// From this instant on.
    #[param(value_type = Option<String>, format = DateTime)]
    start: Option<Timestamp>,
    /// Before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    end: Option<Timestamp>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u32>,
}

/// A user's transactions, newest first
///
/// Needs the scope `read`.
#[utoipa::path(
    get, path = "/users/{user_id}/transactions", tag = "Users",
    params(("user_id" = String, Path), TransactionParams),
    responses((status = 200, body = Page<Transaction>), ReadErrors)
)]
pub async fn list_transactions(
    _: Caller<Read>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    Params(params): Params<TransactionParams>,
) -> Reply<Page<Transaction>> {
    let query = TransactionQuery {
        user_id: Some(user_id),
        kind: params.kind,
        model: params.model,
        start: params.start,
        end: params.end,
        cursor: params.cursor,
        limit: limit(params.limit, LIMIT)?,
        ..TransactionQuery::default()
    };
    Ok(Json(state.backend.transactions(query).await?))
}

/// One transaction, explained
///
/// Needs the scope `read`. How the cost came about, the lots drawn, the refunds so far and what remains refundable.
#[utoipa::path(
    get, path = "/transactions/{transaction_id}", tag = "Users",
    params(("transaction_id" = String, Path)),
    responses((status = 200, body = TransactionDetail), TransactionErrors)
)]
pub async fn get_transaction(
    _: Caller<Read>,
    State(state): State<ApiState>,
    TransactionId(id): TransactionId,
) -> Reply<TransactionDetail> {
    Ok(Json(state.backend.transaction(id).await?))
}
