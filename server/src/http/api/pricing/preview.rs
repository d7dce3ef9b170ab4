//! What a call would cost under a draft.

use super::{
    body::{ConfigBody, PricingConfigInput},
    config_invalid,
};
use crate::http::{
    Reply,
    caller::{Caller, Read},
    errors::PreviewErrors,
};
use app::{
    error::{AppError, Code},
    model::{Breakdown, UsageMetrics},
    pricing::{Pricing, read_config_once},
};
use axum::Json;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    #[schema(value_type = PricingConfigInput)]
    config: Value,
    metrics: UsageMetrics,
    /// A plan of the configuration, whose overrides then apply.
    plan: Option<String>,
}

/// Price a call under a draft
///
/// Needs the scope `read`. Nothing is stored or charged.
#[utoipa::path(
    post, path = "/pricing/preview", tag = "Pricing",
    request_body(content((PreviewRequest = "application/json"), (PreviewRequest = "application/yaml"))),
    responses((status = 200, body = Breakdown), PreviewErrors)
)]
pub async fn preview(_: Caller<Read>, ConfigBody { body, twice }: ConfigBody<PreviewRequest>) -> Reply<Breakdown> {
    let config = read_config_once(&body.config, &twice).map_err(|errors| config_invalid(&errors))?;
    let pricing = Pricing::compile(config).map_err(|errors| config_invalid(&errors))?;
    if let Some(plan) = body.plan.as_deref().filter(|plan| pricing.plan(plan).is_none()) {
        let error = AppError::new(Code::PlanNotFound, format!("The configuration has no plan {plan:?}."));
        return Err(AppError { field: Some("plan".to_owned()), ..error }.into());
    }
    Ok(Json(pricing.price(&body.metrics, body.plan.as_deref()).map_err(AppError::from)?))
}
