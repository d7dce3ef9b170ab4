//! What changes from one pricing version to another.

use crate::{
    http::{
        ApiState, Reply,
        caller::{Caller, Read},
        errors::DiffErrors,
        params::Params,
    },
    pricelist::Format,
};
use app::{
    model::PricingConfigResult,
    pricing::{ChangedTerm, diff},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use similar::TextDiff;
use utoipa::{IntoParams, ToSchema};

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

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
/// Needs the scope `read`. Once by meaning, with the change in percent where there is one, and once as a text diff.
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
    Ok(Json(PricingDiff { from: from.version, to: to.version, changes, unified: unified(&from, &to) }))
}

fn unified(from: &PricingConfigResult, to: &PricingConfigResult) -> String {
    let [old, new] = [from, to].map(|version| Format::Yaml.write(&version.config));
    let name = |version: &PricingConfigResult| format!("version {}", version.version);
    TextDiff::from_lines(&old, &new).unified_diff().context_radius(CONTEXT).header(&name(from), &name(to)).to_string()
}
