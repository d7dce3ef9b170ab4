//! Why a call has no price.

use super::formula::FormulaError;
use crate::error::{AppError, Code};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// Neither the model nor `_default` has a formula. Empty where the call named no model.
    #[error("{}", unknown_model(.model))]
    UnknownModel { model: String },
    #[error("the job `{job}` has no fixed price in this pricing version")]
    UnknownJob { job: String },
    /// The formula at `path` has no value for these quantities.
    #[error("the formula of {path} failed: {error}")]
    Formula { path: String, error: FormulaError },
    /// The quantities make no sense: the field, and the rule that it breaks.
    #[error("{field} {rule}")]
    Invalid { field: &'static str, rule: String },
    /// The total is more than an amount can hold.
    #[error("the cost is out of range: at most 9223372036854.775807 credits")]
    OutOfRange,
}

fn unknown_model(model: &str) -> String {
    if model.is_empty() {
        "the call has tokens but names no model, and this pricing version has no `_default` model".to_owned()
    } else {
        format!("the model `{model}` has no price in this pricing version, and there is no `_default`")
    }
}

impl PriceError {
    pub const fn code(&self) -> Code {
        match self {
            Self::UnknownModel { .. } => Code::UnknownModel,
            Self::UnknownJob { .. } => Code::UnknownJob,
            Self::Formula { .. } => Code::FormulaError,
            Self::Invalid { .. } => Code::InvalidRequest,
            Self::OutOfRange => Code::InvalidAmount,
        }
    }
}

impl From<PriceError> for AppError {
    fn from(error: PriceError) -> Self {
        let answer = Self::new(error.code(), error.to_string());
        match error {
            PriceError::UnknownModel { model } => {
                Self { field: Some("model".to_owned()), ..answer }.with("model", model)
            }
            PriceError::UnknownJob { job } => Self { field: Some("fixed_job".to_owned()), ..answer }.with("job", job),
            PriceError::Formula { path, error } => answer.with("path", path).with("position", error.position),
            PriceError::Invalid { field, .. } => Self { field: Some(field.to_owned()), ..answer },
            PriceError::OutOfRange => answer,
        }
    }
}
