//! What a formula gives.

use crate::http::{
    Reply,
    caller::{Caller, Read},
    errors::FormulaErrors,
    json::Body,
};
use app::{
    error::{AppError, Code},
    pricing::{Formula, FormulaError, Scope, Variables},
};
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormulaRequest {
    #[schema(example = "input_tokens * 2.5 / 1000000")]
    formula: String,
    /// Quantities; what is left out is 0.
    #[serde(default)]
    variables: Variables,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FormulaValue {
    /// In credits, exact, before the rounding that a cost gets: decimal text.
    #[schema(example = "0.0025")]
    value: String,
}

/// Evaluate a formula
///
/// Needs the scope `read`. `this_tool_calls` is known, as in the formula of a tool.
#[utoipa::path(
    post, path = "/pricing/formula", tag = "Pricing",
    request_body = FormulaRequest,
    responses((status = 200, body = FormulaValue), FormulaErrors)
)]
pub async fn evaluate(_: Caller<Read>, Body(body): Body<FormulaRequest>) -> Reply<FormulaValue> {
    let formula = Formula::parse(&body.formula, Scope::Tool).map_err(refuse)?;
    let value = formula.eval(&body.variables).map_err(refuse)?;
    Ok(Json(FormulaValue { value: value.to_string() }))
}

fn refuse(error: FormulaError) -> AppError {
    let answer = AppError::new(Code::FormulaError, error.message).with("position", error.position);
    AppError { field: Some("formula".to_owned()), ..answer }
}
