//! Pricing: versions, and trying prices out.

pub mod active;
pub mod backtests;
mod body;
pub mod diff;
pub mod export;
pub mod formula;
pub mod preview;
pub mod validate;
pub mod versions;

use app::{
    error::{AppError, Code},
    model::ConfigError,
};

/// A configuration with faults, all of them.
fn config_invalid(errors: &[ConfigError]) -> AppError {
    let count = errors.len();
    let message = format!("The configuration has {count} error{}.", if count == 1 { "" } else { "s" });
    AppError::new(Code::ConfigInvalid, message).with("errors", errors)
}
