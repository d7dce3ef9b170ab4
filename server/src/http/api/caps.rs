//! Spend caps of a user.

use crate::http::{
    ApiState, Reply,
    amount::Amount,
    caller::{Caller, Charge as ChargeScope, Manage, Read},
    errors::{CapErrors, ReadErrors},
    json::{Body, OptionalBody},
    params::Params,
    path::UserId,
};
use app::model::{CapAction, CapCheckResult, CapStatus, CapType, SpendCap};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// All caps of a user.
#[derive(Debug, Serialize, ToSchema)]
pub struct CapList {
    items: Vec<CapStatus>,
}

/// List a user's caps
///
/// Needs the scope `read`. Each with what it has counted in its current window, and when that ends.
#[utoipa::path(
    get, path = "/users/{user_id}/caps", tag = "Caps",
    params(("user_id" = String, Path)),
    responses((status = 200, body = CapList), ReadErrors)
)]
pub async fn list_caps(_: Caller<Read>, State(state): State<ApiState>, UserId(user_id): UserId) -> Reply<CapList> {
    Ok(Json(CapList { items: state.backend.caps(&user_id).await? }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapRequest {
    /// The window: the UTC day or the UTC month.
    #[serde(rename = "type", alias = "cap_type")]
    cap_type: CapType,
    /// Counts and tests only this model; all of them, if left out.
    model: Option<String>,
    /// Credits in a window; at least 0. Reaching it exactly is fine.
    limit: Amount,
    /// `deny` refuses what would pass it, `warn` flags every such charge, `notify` the first in a window.
    action: CapAction,
}

/// Set a cap
///
/// Needs the scope `manage`. A cap of the same type and model is replaced; what was spent in the window counts.
#[utoipa::path(
    put, path = "/users/{user_id}/caps", tag = "Caps",
    params(("user_id" = String, Path)),
    request_body = CapRequest,
    responses((status = 200, body = SpendCap), CapErrors)
)]
pub async fn set_cap(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    Body(body): Body<CapRequest>,
) -> Reply<SpendCap> {
    let CapRequest { cap_type, model, limit, action } = body;
    let cap = SpendCap { user_id, cap_type, model, limit: limit.read("limit")?, action };
    state.backend.set_cap(&caller.0, cap.clone()).await?;
    Ok(Json(cap))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CapName {
    #[serde(rename = "type", alias = "cap_type")]
    #[param(rename = "type")]
    cap_type: CapType,
    /// Left out: the cap on all models.
    model: Option<String>,
}

/// The cap that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedCap {
    /// Null when there was none.
    deleted: Option<SpendCap>,
}

/// Delete a cap
///
/// Needs the scope `manage`. Deleting one that is not there is no error.
#[utoipa::path(
    delete, path = "/users/{user_id}/caps", tag = "Caps",
    params(("user_id" = String, Path), CapName),
    responses((status = 200, body = DeletedCap), ReadErrors)
)]
pub async fn delete_cap(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    Params(cap): Params<CapName>,
) -> Reply<DeletedCap> {
    let deleted = state.backend.delete_cap(&caller.0, &user_id, cap.cap_type, cap.model.as_deref()).await?;
    Ok(Json(DeletedCap { deleted }))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapCheckRequest {
    /// What is about to be spent. Left out: whether a cap is used up.
    amount: Option<Amount>,
    /// Left out: caps of every model are asked.
    model: Option<String>,
}

/// Ask whether a cap binds
///
/// Needs the scope `charge`. It answers with the first deny cap that would refuse, else the first soft one that is passed
/// (`capped` is then false), else zeros. It changes nothing.
#[utoipa::path(
    post, path = "/users/{user_id}/cap-check", tag = "Caps",
    params(("user_id" = String, Path)),
    request_body = Option<CapCheckRequest>,
    responses((status = 200, body = CapCheckResult), CapErrors)
)]
pub async fn check_cap(
    _: Caller<ChargeScope>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    OptionalBody(body): OptionalBody<CapCheckRequest>,
) -> Reply<CapCheckResult> {
    let amount = body.amount.map(|amount| amount.read("amount")).transpose()?;
    Ok(Json(state.backend.check_cap(&user_id, amount, body.model.as_deref()).await?))
}
