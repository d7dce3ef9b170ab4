//! Whether a draft of a configuration is right.

use crate::http::{
    Reply,
    caller::{Caller, Read},
    errors::WriteErrors,
    json::Body,
};
use app::{
    model::{ConfigError, PricingConfigData},
    pricing::read_config,
};
use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidateRequest {
    #[schema(value_type = PricingConfigData)]
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
/// Needs the scope `read`. Nothing is stored.
#[utoipa::path(
    post, path = "/pricing/validate", tag = "Pricing",
    request_body = ValidateRequest,
    responses((status = 200, body = Validation), WriteErrors)
)]
pub async fn validate(_: Caller<Read>, Body(body): Body<ValidateRequest>) -> Reply<Validation> {
    let errors = read_config(&body.config).err().unwrap_or_default();
    Ok(Json(Validation { valid: errors.is_empty(), errors }))
}
