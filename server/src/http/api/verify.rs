//! Whether everything that is cached is what the entries say.

use crate::{
    http::{
        ApiState, Reply,
        caller::{Caller, Manage},
        errors::ReadErrors,
    },
    service::verify::{Verification, verify},
};
use axum::{Json, extract::State};

/// Verify the ledger
///
/// Needs the scope `manage`. Balances, lots, reports and allowances are recomputed from the entries, and each difference
/// is named. It reads every entry: on a large ledger `creditdesk verify` takes its time where a request is given up.
#[utoipa::path(
    get, path = "/verify", tag = "Operations",
    responses((status = 200, body = Verification), ReadErrors)
)]
pub async fn get_verify(_: Caller<Manage>, State(state): State<ApiState>) -> Reply<Verification> {
    Ok(Json(verify(&state.db, state.backend.now()).await?))
}
