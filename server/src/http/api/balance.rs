//! What a user has.

use crate::http::{
    ApiState, Reply,
    caller::{Caller, Read},
    errors::ReadErrors,
    path::UserId,
};
use app::model::BalanceResult;
use axum::{Json, extract::State};

/// A user's balance
///
/// Needs the scope `read`. A user that nothing has named yet has zeros.
#[utoipa::path(
    get, path = "/users/{user_id}/balance", tag = "Users",
    params(("user_id" = String, Path)),
    responses((status = 200, body = BalanceResult), ReadErrors)
)]
pub async fn get_balance(
    _: Caller<Read>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
) -> Reply<BalanceResult> {
    Ok(Json(state.backend.balance(&user_id).await?))
}
