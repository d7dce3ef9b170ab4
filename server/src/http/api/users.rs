//! Users: found, and given a profile.

use crate::http::{
    ApiState, Reply,
    caller::{Caller, Manage, Read},
    errors::{ReadErrors, WriteErrors},
    json::Body,
    params::{Params, limit},
    path::UserId,
};
use app::model::{Direction, Order, Page, Profile, UserQuery, UserRow, UserSort};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Rows of a page, unless asked otherwise.
const LIMIT: u32 = 50;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserParams {
    /// An id, or words of a name or e-mail, each of which must be found; left out, all users.
    q: Option<String>,
    /// What they are ordered by; `activity` if left out.
    #[param(inline)]
    sort: Option<UserSort>,
    /// Left out: `asc` for `user`, else `desc`.
    #[param(inline)]
    order: Option<Direction>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u32>,
}

/// Find users
///
/// Needs the scope `read`.
#[utoipa::path(
    get, path = "/users", tag = "Users",
    params(UserParams),
    responses((status = 200, body = Page<UserRow>), ReadErrors)
)]
pub async fn search_users(
    _: Caller<Read>,
    State(state): State<ApiState>,
    Params(params): Params<UserParams>,
) -> Reply<Page<UserRow>> {
    let UserParams { q, sort, order, cursor, limit: asked } = params;
    let (search, sort) = (q.unwrap_or_default(), sort.unwrap_or_default());
    let direction = order.unwrap_or(sort.usual());
    let query = UserQuery { search, sort, direction, cursor, limit: limit(asked, LIMIT)? };
    Ok(Json(state.backend.search_users(query).await?))
}

/// The whole profile: what is left out is removed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileRequest {
    name: Option<String>,
    email: Option<String>,
}

/// Set a user's profile
///
/// Needs the scope `manage`. It makes the account findable by name and e-mail.
#[utoipa::path(
    put, path = "/users/{user_id}", tag = "Users",
    params(("user_id" = String, Path)),
    request_body = ProfileRequest,
    responses((status = 200, body = Profile), WriteErrors)
)]
pub async fn put_profile(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    Body(body): Body<ProfileRequest>,
) -> Reply<Profile> {
    let profile = Profile { name: body.name, email: body.email };
    Ok(Json(state.backend.put_profile(&caller.0, &user_id, profile).await?))
}
