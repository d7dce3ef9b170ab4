//! Back-tests: what stored usage would have cost at other prices.

use super::{
    body::{ConfigBody, PricingConfigInput},
    config_invalid,
};
use crate::http::{
    ApiState, Refusal, Reply,
    caller::{Caller, Read},
    errors::{BacktestErrors, BacktestReadErrors, ReadErrors},
    path::BacktestId,
};
use app::{
    api::BACKTESTS,
    error::AppError,
    model::{Backtest, BacktestOf},
    pricing::read_config_once,
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Either a version or a configuration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BacktestRequest {
    /// The number of a stored version.
    version: Option<i64>,
    /// Prices that are stored nowhere.
    #[schema(value_type = Option<PricingConfigInput>)]
    config: Option<Value>,
    /// What people read in the place of the configuration.
    label: Option<String>,
    /// How much usage: the last 7, 30 or 90 days of UTC, today among them.
    #[serde(default = "thirty")]
    #[schema(default = 30)]
    days: i64,
}

fn thirty() -> i64 {
    30
}

impl BacktestRequest {
    fn prices(self, twice: &[String]) -> Result<BacktestOf, AppError> {
        match (self.version, self.config) {
            (Some(_), Some(_)) => {
                Err(AppError::invalid("config", "is given beside version: a back-test tries one of them"))
            }
            (None, None) => Err(AppError::invalid("version", "is missing: name a version, or send a config")),
            (Some(_), None) if self.label.is_some() => {
                Err(AppError::invalid("label", "goes with a config: a version has its own"))
            }
            (Some(version), None) => Ok(BacktestOf::Version(version)),
            (None, Some(config)) => {
                if !twice.is_empty() {
                    read_config_once(&config, twice).map_err(|errors| config_invalid(&errors))?;
                }
                Ok(BacktestOf::Config { config, label: self.label })
            }
        }
    }
}

/// Start a back-test
///
/// Needs the scope `read`, as prices, ledger and balances stay what they are. The stored quantities of past charges are
/// priced anew, by a stored version or by a configuration that is stored nowhere. The answer comes at once; read the
/// back-test at its `Location` until its `state` is another than `running`. YAML is a configuration: alone, as an export
/// writes it, or under `config:` with `label` and `days` beside it.
#[utoipa::path(
    post, path = "/pricing/backtests", tag = "Pricing",
    request_body(content((BacktestRequest = "application/json"), (PricingConfigInput = "application/yaml"))),
    responses(
        (
            status = 202, body = Backtest, description = "Begun",
            headers(("Location" = String, description = "Where its progress and its report are read")),
        ),
        BacktestErrors
    )
)]
pub async fn start_backtest(
    caller: Caller<Read>,
    State(state): State<ApiState>,
    ConfigBody { body, twice }: ConfigBody<BacktestRequest>,
) -> Result<Response, Refusal> {
    let days = body.days;
    let id = state.backend.start_backtest(&caller.0, body.prices(&twice)?, days).await?;
    let begun = state.backend.backtest(id).await?;
    Ok((StatusCode::ACCEPTED, [(LOCATION, format!("/api/v1/pricing/backtests/{id}"))], Json(begun)).into_response())
}

/// The latest back-tests
///
/// Needs the scope `read`. The last ten, also those that were begun on the page, without their reports. The last hundred
/// are kept.
#[utoipa::path(
    get, path = "/pricing/backtests", tag = "Pricing",
    responses((status = 200, body = Vec<Backtest>), ReadErrors)
)]
pub async fn list_backtests(_: Caller<Read>, State(state): State<ApiState>) -> Reply<Vec<Backtest>> {
    Ok(Json(state.backend.backtests(BACKTESTS).await?))
}

/// One back-test
///
/// Needs the scope `read`. While it is `running`, `done` of `total` charges are read. Once it is `done` there is a report:
/// sums as charged and at the prices tried, by model and by customer, who would have gone short, and which caps would have
/// been crossed. `stopped` is a run whose server ended before it did.
#[utoipa::path(
    get, path = "/pricing/backtests/{backtest_id}", tag = "Pricing",
    params(("backtest_id" = String, Path)),
    responses((status = 200, body = Backtest), BacktestReadErrors)
)]
pub async fn get_backtest(
    _: Caller<Read>,
    State(state): State<ApiState>,
    BacktestId(id): BacktestId,
) -> Reply<Backtest> {
    Ok(Json(state.backend.backtest(id).await?))
}
