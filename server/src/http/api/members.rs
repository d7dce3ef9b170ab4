//! A team's members.

use crate::http::{
    ApiState, Reply,
    amount::Amount,
    caller::{Caller, Manage},
    errors::{MemberErrors, RemoveErrors},
    json::Body,
    path::{MemberId, TeamId},
};
use app::model::{AddTeamMemberResult, MemberChange, TeamMember, TeamRole};
use axum::{Json, extract::State};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMemberRequest {
    user_id: String,
    #[serde(default)]
    role: TeamRole,
    /// What the member may spend of the pool in all; no limit, if left out, and nothing at 0.
    spend_cap: Option<Amount>,
}

/// Add a member
///
/// Needs the scope `manage`. One who is there gets this role and limit; one who comes back has spent what they had.
#[utoipa::path(
    post, path = "/teams/{team_id}/members", tag = "Teams",
    params(("team_id" = uuid::Uuid, Path)),
    request_body = AddMemberRequest,
    responses((status = 200, body = AddTeamMemberResult), MemberErrors)
)]
pub async fn add_member(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    TeamId(team): TeamId,
    Body(body): Body<AddMemberRequest>,
) -> Reply<AddTeamMemberResult> {
    let limit = body.spend_cap.map(|amount| amount.read("spend_cap")).transpose()?;
    Ok(Json(state.backend.add_member(&caller.0, team, &body.user_id, body.role, limit).await?))
}

/// What changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberRequest {
    role: Option<TeamRole>,
    /// The new limit; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[expect(clippy::option_option, reason = "left out, null and a limit are three things")]
    spend_cap: Option<Option<Amount>>,
}

/// A field that is there, also when it is null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Change a member
///
/// Needs the scope `manage`.
#[utoipa::path(
    patch, path = "/teams/{team_id}/members/{user_id}", tag = "Teams",
    params(("team_id" = uuid::Uuid, Path), ("user_id" = String, Path)),
    request_body = MemberRequest,
    responses((status = 200, body = TeamMember), MemberErrors)
)]
pub async fn update_member(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    MemberId(team, user_id): MemberId,
    Body(body): Body<MemberRequest>,
) -> Reply<TeamMember> {
    let limit = body.spend_cap.map(|limit| limit.map(|amount| amount.read("spend_cap")).transpose()).transpose()?;
    let change = MemberChange { role: body.role, spend_cap: limit };
    Ok(Json(state.backend.update_member(&caller.0, team, &user_id, change).await?))
}

/// Remove a member
///
/// Needs the scope `manage`. Their charges stay in the team's ledger.
#[utoipa::path(
    delete, path = "/teams/{team_id}/members/{user_id}", tag = "Teams",
    params(("team_id" = uuid::Uuid, Path), ("user_id" = String, Path)),
    responses((status = 200, body = TeamMember), RemoveErrors)
)]
pub async fn remove_member(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    MemberId(team, user_id): MemberId,
) -> Reply<TeamMember> {
    Ok(Json(state.backend.remove_member(&caller.0, team, &user_id).await?))
}
