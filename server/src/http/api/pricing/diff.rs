//! What changes from one pricing version to another.

use crate::{
    http::{
        ApiState, Reply,
        caller::{Caller, Read},
        errors::DiffErrors,
        params::Params,
    },
    pricelist,
};
use app::pricing::{ChangedTerm, diff};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiffParams {
    /// The number of a version.
    from: i64,
    /// The number of another; the active one if left out.
    to: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PricingDiff {
    from: i64,
    to: i64,
    /// By meaning: formulas that compute alike are no change.
    changes: Vec<ChangedTerm>,
    /// By text: a unified diff of the two exports as YAML; empty where they are the same.
    unified: String,
}

/// Compare two pricing versions
///
/// Needs the scope `read`. Once by meaning, with the change in percent where there is one, of a formula as a whole or rate by
/// rate, and once as a text diff.
#[utoipa::path(
    get, path = "/pricing/diff", tag = "Pricing",
    params(DiffParams),
    responses((status = 200, body = PricingDiff), DiffErrors)
)]
pub async fn get_diff(
    _: Caller<Read>,
    State(state): State<ApiState>,
    Params(params): Params<DiffParams>,
) -> Reply<PricingDiff> {
    let from = state.backend.version(params.from).await?;
    let to = match params.to {
        Some(number) => state.backend.version(number).await?,
        None => state.backend.active_version().await?,
    };
    let changes = diff(&from.config, &to.config);
    let [old, new] = [&from, &to].map(|version| (format!("version {}", version.version), &version.config));
    let unified = pricelist::unified((&old.0, old.1), (&new.0, new.1));
    Ok(Json(PricingDiff { from: from.version, to: to.version, changes, unified }))
}
