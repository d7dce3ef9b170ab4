//! Pricing versions: listed, read, published, activated.

use super::{
    body::{ConfigBody, PricingConfigInput},
    config_invalid,
};
use crate::http::{
    ApiState, Reply,
    caller::{Caller, Manage, Read},
    errors::{PublishErrors, ReadErrors, VersionErrors},
    path::VersionNumber,
};
use app::{
    model::{PricingConfigHistoryItem, PricingConfigResult, Published},
    pricing::read_config_once,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// All pricing versions
///
/// Needs the scope `read`.
#[utoipa::path(
    get, path = "/pricing/versions", tag = "Pricing",
    responses((status = 200, body = Vec<PricingConfigHistoryItem>), ReadErrors)
)]
pub async fn list_versions(_: Caller<Read>, State(state): State<ApiState>) -> Reply<Vec<PricingConfigHistoryItem>> {
    Ok(Json(state.backend.versions().await?))
}

/// One pricing version
///
/// Needs the scope `read`.
#[utoipa::path(
    get, path = "/pricing/versions/{version}", tag = "Pricing",
    params(("version" = i64, Path)),
    responses((status = 200, body = PricingConfigResult), VersionErrors)
)]
pub async fn get_version(
    _: Caller<Read>,
    State(state): State<ApiState>,
    VersionNumber(version): VersionNumber,
) -> Reply<PricingConfigResult> {
    Ok(Json(state.backend.version(version).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    #[schema(value_type = PricingConfigInput)]
    config: Value,
    label: Option<String>,
    /// False publishes without making it the active one.
    #[serde(default = "yes")]
    activate: bool,
}

/// The same as YAML, or the configuration alone.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what `ConfigBody` reads")]
pub enum PublishYaml {
    Config(PricingConfigInput),
    Request(PublishRequest),
}

fn yes() -> bool {
    true
}

/// Publish a pricing version
///
/// Needs the scope `manage`. Every fault of the configuration is listed at once. Equal content is the version that it
/// equals, with `created: false`. YAML may be the configuration alone, as an export writes it, without `config:` around it.
#[utoipa::path(
    post, path = "/pricing/versions", tag = "Pricing",
    request_body(content((PublishRequest = "application/json"), (PublishYaml = "application/yaml"))),
    responses((status = 200, body = Published), PublishErrors)
)]
pub async fn publish(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    ConfigBody { body, twice }: ConfigBody<PublishRequest>,
) -> Reply<Published> {
    if !twice.is_empty() {
        read_config_once(&body.config, &twice).map_err(|errors| config_invalid(&errors))?;
    }
    Ok(Json(state.backend.publish(&caller.0, body.config, body.label, body.activate).await?))
}

/// Make a pricing version the active one
///
/// Needs the scope `manage`. It works forwards and backwards; plans and allowances come with the version.
#[utoipa::path(
    post, path = "/pricing/versions/{version}/activate", tag = "Pricing",
    params(("version" = i64, Path)),
    responses((status = 200, body = PricingConfigHistoryItem), VersionErrors)
)]
pub async fn activate(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    VersionNumber(version): VersionNumber,
) -> Reply<PricingConfigHistoryItem> {
    Ok(Json(state.backend.activate(&caller.0, version).await?))
}
