//! Teams: made, filled, charged.

use super::{credits::AddCreditsRequest, deductions::charge};
use crate::http::{
    ApiState, Reply,
    amount::Amount,
    caller::{Caller, Charge as ChargeScope, Grant, Manage, Read},
    errors::{ReadErrors, TeamChargeErrors, TeamCreateErrors, TeamCreditErrors, TeamErrors},
    idempotency::IdempotencyKey,
    json::Body,
    params::{Params, limit},
    path::TeamId,
};
use app::model::{
    AddCreditsResult, CreateTeam, CreateTeamResult, CreditMetadata, Credits, DeductTeam, Direction, Order, Page, Team,
    TeamBalanceResult, TeamDeductionResult, TeamDetail, TeamQuery, TeamSort, TopUpTeam, UsageMetrics,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

const LIMIT: u32 = 50;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTeamRequest {
    /// 1 to 255 characters.
    name: String,
    /// What its pool starts with, as an entry of its ledger; nothing, if left out.
    initial_balance: Option<Amount>,
}

/// Create a team
///
/// Needs the scope `manage`.
#[utoipa::path(
    post, path = "/teams", tag = "Teams",
    params(("Idempotency-Key" = String, Header)),
    request_body = CreateTeamRequest,
    responses((status = 200, body = CreateTeamResult), TeamCreateErrors)
)]
pub async fn create_team(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<CreateTeamRequest>,
) -> Reply<CreateTeamResult> {
    let initial_balance = body.initial_balance.map_or(Ok(Credits::ZERO), |amount| amount.read("initial_balance"))?;
    let request = CreateTeam { name: body.name, initial_balance, key: Some(key) };
    Ok(Json(state.backend.create_team(&caller.0, request).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TeamParams {
    /// Words of a name, or an id, each of which must be found; left out, all teams.
    q: Option<String>,
    /// What they are ordered by; `created` if left out.
    #[param(inline)]
    sort: Option<TeamSort>,
    /// Left out: `asc` for `created` and `name`, else `desc`.
    #[param(inline)]
    order: Option<Direction>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u32>,
}

/// List teams
///
/// Needs the scope `read`. The oldest come first, unless asked otherwise.
#[utoipa::path(
    get, path = "/teams", tag = "Teams",
    params(TeamParams),
    responses((status = 200, body = Page<Team>), ReadErrors)
)]
pub async fn list_teams(
    _: Caller<Read>,
    State(state): State<ApiState>,
    Params(params): Params<TeamParams>,
) -> Reply<Page<Team>> {
    let TeamParams { q, sort, order, cursor, limit: asked } = params;
    let (search, sort) = (q.unwrap_or_default(), sort.unwrap_or_default());
    let direction = order.unwrap_or(sort.usual());
    let query = TeamQuery { search, sort, direction, cursor, limit: limit(asked, LIMIT)? };
    Ok(Json(state.backend.teams(query).await?))
}

/// Get a team with its members
///
/// Needs the scope `read`.
#[utoipa::path(
    get, path = "/teams/{team_id}", tag = "Teams",
    params(("team_id" = uuid::Uuid, Path)),
    responses((status = 200, body = TeamDetail), TeamErrors)
)]
pub async fn get_team(_: Caller<Read>, State(state): State<ApiState>, TeamId(id): TeamId) -> Reply<TeamDetail> {
    Ok(Json(state.backend.team(id).await?))
}

/// A team's balance
///
/// Needs the scope `read`.
#[utoipa::path(
    get, path = "/teams/{team_id}/balance", tag = "Teams",
    params(("team_id" = uuid::Uuid, Path)),
    responses((status = 200, body = TeamBalanceResult), TeamErrors)
)]
pub async fn get_team_balance(
    _: Caller<Read>,
    State(state): State<ApiState>,
    TeamId(id): TeamId,
) -> Reply<TeamBalanceResult> {
    Ok(Json(state.backend.team_balance(id).await?))
}

/// Add credits to a team
///
/// Needs the scope `grant`.
#[utoipa::path(
    post, path = "/teams/{team_id}/credits", tag = "Teams",
    params(("team_id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body = AddCreditsRequest,
    responses((status = 200, body = AddCreditsResult), TeamCreditErrors)
)]
pub async fn top_up_team(
    caller: Caller<Grant>,
    State(state): State<ApiState>,
    TeamId(team_id): TeamId,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<AddCreditsRequest>,
) -> Reply<AddCreditsResult> {
    let AddCreditsRequest { amount, kind, expires_at, metadata } = body;
    let amount = amount.read("amount")?;
    let request = TopUpTeam { team_id, amount, kind, expires_at, metadata, key: Some(key) };
    Ok(Json(state.backend.top_up_team(&caller.0, request).await?))
}

/// Either an `amount`, or `metrics`, which the active pricing version prices without any plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamDeductRequest {
    /// The member who causes it.
    user_id: String,
    metrics: Option<UsageMetrics>,
    amount: Option<Amount>,
    #[serde(default)]
    metadata: CreditMetadata,
}

/// Charge a team
///
/// Needs the scope `charge`. The pool pays; the member's own limit in the team and their own caps hold, their balance,
/// plan and allowance play no part.
#[utoipa::path(
    post, path = "/teams/{team_id}/deductions", tag = "Teams",
    params(("team_id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body = TeamDeductRequest,
    responses((status = 200, body = TeamDeductionResult), TeamChargeErrors)
)]
pub async fn deduct_team(
    caller: Caller<ChargeScope>,
    State(state): State<ApiState>,
    TeamId(team_id): TeamId,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<TeamDeductRequest>,
) -> Reply<TeamDeductionResult> {
    let request = DeductTeam {
        team_id,
        user_id: body.user_id,
        charge: charge(body.metrics, body.amount)?,
        metadata: body.metadata,
        key: Some(key),
    };
    Ok(Json(state.backend.deduct_team(&caller.0, request).await?))
}
