//! A user's plan.

use crate::http::{
    ApiState, Reply,
    caller::{Caller, Manage, Read},
    errors::{PlanErrors, ReadErrors},
    json::Body,
    path::{FeatureName, UserId},
};
use app::model::{AllowanceResult, CheckFeatureResult, GetUserPlanResult, SetUserPlanResult};
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

/// Get a user's plan
///
/// Needs the scope `read`. As the active pricing version defines it; without a plan, all is empty.
#[utoipa::path(
    get, path = "/users/{user_id}/plan", tag = "Users",
    params(("user_id" = String, Path)),
    responses((status = 200, body = GetUserPlanResult), ReadErrors)
)]
pub async fn get_plan(
    _: Caller<Read>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
) -> Reply<GetUserPlanResult> {
    Ok(Json(state.backend.plan(&user_id).await?))
}

/// What is left of the month's allowance
///
/// Needs the scope `read`. The month is the calendar month in UTC.
#[utoipa::path(
    get, path = "/users/{user_id}/allowance", tag = "Users",
    params(("user_id" = String, Path)),
    responses((status = 200, body = AllowanceResult), ReadErrors)
)]
pub async fn get_allowance(
    _: Caller<Read>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
) -> Reply<AllowanceResult> {
    Ok(Json(state.backend.allowance(&user_id).await?))
}

/// Ask for a feature of a user's plan
///
/// Needs the scope `read`. A feature is there when its value is neither `null` nor `false`; 0 and "" count as there.
#[utoipa::path(
    get, path = "/users/{user_id}/features/{feature}", tag = "Users",
    params(("user_id" = String, Path), ("feature" = String, Path)),
    responses((status = 200, body = CheckFeatureResult), ReadErrors)
)]
pub async fn get_feature(
    _: Caller<Read>,
    State(state): State<ApiState>,
    FeatureName(user_id, feature): FeatureName,
) -> Reply<CheckFeatureResult> {
    Ok(Json(state.backend.feature(&user_id, &feature).await?))
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
