//! Whether a draft of a configuration is right.

use super::body::ConfigBody;
use crate::http::{
    Reply,
    caller::{Caller, Read},
    errors::WriteErrors,
};
use app::{model::ConfigError, pricing::read_config_once};
use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidateRequest {
    /// Any JSON, since what is wrong with it is the question; a right one is a `PricingConfigInput`.
    config: Value,
}

/// Every fault, each at its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct Validation {
    valid: bool,
    errors: Vec<ConfigError>,
}

/// Check a pricing configuration
///
/// Needs the scope `read`. Nothing is stored. Every fault is listed, keys that stand twice among them. YAML may be the
/// configuration alone, as an export writes it, without `config:` around it.
#[utoipa::path(
    post, path = "/pricing/validate", tag = "Pricing",
    request_body(content((ValidateRequest = "application/json"), (Object = "application/yaml", example = json!({ "models": { "gpt-4o": "input_tokens *" } })))),
    responses((status = 200, body = Validation), WriteErrors)
)]
pub async fn validate(_: Caller<Read>, ConfigBody { body, twice }: ConfigBody<ValidateRequest>) -> Reply<Validation> {
    let errors = read_config_once(&body.config, &twice).err().unwrap_or_default();
    Ok(Json(Validation { valid: errors.is_empty(), errors }))
}
