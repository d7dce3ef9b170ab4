//! Sweeps of expired credits.

use crate::http::{
    ApiState, Reply,
    caller::{Caller, Manage},
    errors::WriteErrors,
    json::Body,
};
use app::model::SweepResult;
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SweepRequest {
    /// Reports the same numbers and writes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Sweep expired credits
///
/// Needs the scope `manage`. Expired credits can never be spent, swept or not; a sweep books them out. Running it twice
/// changes nothing more.
#[utoipa::path(
    post, path = "/sweeps", tag = "Operations",
    request_body = SweepRequest,
    responses((status = 200, body = SweepResult), WriteErrors)
)]
pub async fn sweep(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    Body(body): Body<SweepRequest>,
) -> Reply<SweepResult> {
    Ok(Json(state.backend.sweep(&caller.0, body.dry_run).await?))
}
