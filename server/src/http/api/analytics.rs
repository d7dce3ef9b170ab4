//! Spend reports over `[start, end)` in the days of a time zone.

use crate::http::{
    ApiState, Reply,
    caller::{Caller, Read},
    errors::ReadErrors,
    params::{Params, limit},
};
use app::{
    error::AppError,
    model::{AggregateStatsRow, DailySpendRow, SpendByModelRow, SpendByUserRow, TopUserRow},
    range::{ReportRange, SpanQuery},
};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;

/// Users of `top-users`, unless asked otherwise.
const TOP: u32 = 10;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SpanParams {
    /// A date (its first instant in `tz`) or an instant, inclusive. 30 days before `end` if left out.
    #[param(example = "2026-10-01")]
    start: Option<String>,
    /// A date (its first instant in `tz`) or an instant, exclusive. The end of today if left out.
    #[param(example = "2026-11-01")]
    end: Option<String>,
    /// An IANA time zone; the server's reporting zone if left out.
    #[param(example = "Europe/Berlin")]
    tz: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TopParams {
    /// A date (its first instant in `tz`) or an instant, inclusive. 30 days before `end` if left out.
    start: Option<String>,
    /// A date (its first instant in `tz`) or an instant, exclusive. The end of today if left out.
    end: Option<String>,
    /// An IANA time zone; the server's reporting zone if left out.
    tz: Option<String>,
    /// 1 to 200; 10 if left out.
    limit: Option<u32>,
}

impl SpanParams {
    fn range(&self, state: &ApiState) -> Result<ReportRange, AppError> {
        let query = SpanQuery { start: self.start.as_deref(), end: self.end.as_deref(), tz: self.tz.as_deref() };
        ReportRange::read_span(&query, &state.backend.reporting_zone(), state.backend.now())
    }
}

/// Spend by user, the greatest first
///
/// Needs the scope `read`. Refunds stand beside the spend, on the day they were made.
#[utoipa::path(
    get, path = "/analytics/spend-by-user", tag = "Analytics", params(SpanParams),
    responses((status = 200, body = Vec<SpendByUserRow>), ReadErrors)
)]
pub async fn spend_by_user(
    _: Caller<Read>,
    State(state): State<ApiState>,
    Params(params): Params<SpanParams>,
) -> Reply<Vec<SpendByUserRow>> {
    Ok(Json(state.backend.spend_by_user(&params.range(&state)?).await?))
}

/// Spend by model, the greatest first
///
/// Needs the scope `read`. Charges without a model are under `unknown`.
#[utoipa::path(
    get, path = "/analytics/spend-by-model", tag = "Analytics", params(SpanParams),
    responses((status = 200, body = Vec<SpendByModelRow>), ReadErrors)
)]
pub async fn spend_by_model(
    _: Caller<Read>,
    State(state): State<ApiState>,
    Params(params): Params<SpanParams>,
) -> Reply<Vec<SpendByModelRow>> {
    Ok(Json(state.backend.spend_by_model(&params.range(&state)?).await?))
}

/// Spend by day
///
/// Needs the scope `read`. A day is the zone's day; days without spend are there with 0.
#[utoipa::path(
    get, path = "/analytics/daily-spend", tag = "Analytics", params(SpanParams),
    responses((status = 200, body = Vec<DailySpendRow>), ReadErrors)
)]
pub async fn daily_spend(
    _: Caller<Read>,
    State(state): State<ApiState>,
    Params(params): Params<SpanParams>,
) -> Reply<Vec<DailySpendRow>> {
    Ok(Json(state.backend.daily_spend(&params.range(&state)?).await?))
}

/// The users who spent most
///
/// Needs the scope `read`.
#[utoipa::path(
    get, path = "/analytics/top-users", tag = "Analytics", params(TopParams),
    responses((status = 200, body = Vec<TopUserRow>), ReadErrors)
)]
pub async fn top_users(
    _: Caller<Read>,
    State(state): State<ApiState>,
    Params(params): Params<TopParams>,
) -> Reply<Vec<TopUserRow>> {
    let limit = limit(params.limit, TOP)?;
    let span = SpanParams { start: params.start, end: params.end, tz: params.tz };
    Ok(Json(state.backend.top_users(&span.range(&state)?, limit).await?))
}

/// Totals of the span
///
/// Needs the scope `read`.
#[utoipa::path(
    get, path = "/analytics/aggregate", tag = "Analytics", params(SpanParams),
    responses((status = 200, body = AggregateStatsRow), ReadErrors)
)]
pub async fn aggregate(
    _: Caller<Read>,
    State(state): State<ApiState>,
    Params(params): Params<SpanParams>,
) -> Reply<AggregateStatsRow> {
    Ok(Json(state.backend.aggregate(&params.range(&state)?).await?))
}
