//! The set-up report.

use crate::http::{
    ApiState, Reply,
    caller::{Caller, Read},
    errors::ReadErrors,
};
use app::model::SetupResult;
use axum::{Json, extract::State};

/// What the migrations made
///
/// Needs the scope `read`.
#[utoipa::path(
    get, path = "/setup", tag = "Operations",
    responses((status = 200, body = SetupResult), ReadErrors)
)]
pub async fn get_setup(_: Caller<Read>, State(state): State<ApiState>) -> Reply<SetupResult> {
    Ok(Json(state.setup.clone()))
}
