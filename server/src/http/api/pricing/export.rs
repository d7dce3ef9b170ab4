//! A pricing version as a file to edit and publish again.

use crate::{
    http::{
        ApiState, Refusal,
        caller::{Caller, Read},
        errors::VersionErrors,
        params::Params,
        path::VersionNumber,
    },
    pricelist::Format,
};
use app::model::PricingConfigData;
use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    #[default]
    Json,
    Yaml,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// `json` if left out.
    #[serde(default)]
    #[param(inline)]
    format: ExportFormat,
}

/// Export a pricing version
///
/// Needs the scope `read`. The configuration alone, as `creditdesk pricing set` and `POST /pricing/versions` read it back.
#[utoipa::path(
    get, path = "/pricing/versions/{version}/export", tag = "Pricing",
    params(("version" = i64, Path), ExportParams),
    responses(
        (status = 200, content((PricingConfigData = "application/json"), (PricingConfigData = "application/yaml"))),
        VersionErrors
    )
)]
pub async fn export_version(
    _: Caller<Read>,
    State(state): State<ApiState>,
    VersionNumber(number): VersionNumber,
    Params(params): Params<ExportParams>,
) -> Result<Response, Refusal> {
    let version = state.backend.version(number).await?;
    let (format, media_type, ending) = match params.format {
        ExportFormat::Json => (Format::Json, "application/json", "json"),
        ExportFormat::Yaml => (Format::Yaml, "application/yaml", "yaml"),
    };
    let name = format!("attachment; filename=\"pricing-{}.{ending}\"", version.version);
    let headers = [(CONTENT_TYPE, media_type), (CONTENT_DISPOSITION, name.as_str())];
    Ok((headers, format.write(&version.config)).into_response())
}
