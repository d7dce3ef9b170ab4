//! A user's plan.

use crate::http::{
    ApiState, Reply,
    caller::{Caller, Manage},
    errors::{PlanErrors, ReadErrors},
    json::Body,
    path::UserId,
};
use app::model::SetUserPlanResult;
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPlanRequest {
    /// A plan of the active pricing version.
    plan_id: String,
}

/// Set a user's plan
///
/// Needs the scope `manage`. The allowance used this month carries over.
#[utoipa::path(
    put, path = "/users/{user_id}/plan", tag = "Users",
    params(("user_id" = String, Path)),
    request_body = SetPlanRequest,
    responses((status = 200, body = SetUserPlanResult), PlanErrors)
)]
pub async fn set_plan(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    Body(body): Body<SetPlanRequest>,
) -> Reply<SetUserPlanResult> {
    Ok(Json(state.backend.set_plan(&caller.0, &user_id, Some(&body.plan_id)).await?))
}

/// Take a user off their plan
///
/// Needs the scope `manage`.
#[utoipa::path(
    delete, path = "/users/{user_id}/plan", tag = "Users",
    params(("user_id" = String, Path)),
    responses((status = 200, body = SetUserPlanResult), ReadErrors)
)]
pub async fn unset_plan(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
) -> Reply<SetUserPlanResult> {
    Ok(Json(state.backend.set_plan(&caller.0, &user_id, None).await?))
}
