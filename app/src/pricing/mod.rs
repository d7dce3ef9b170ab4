//! Pricing: from a configuration and the quantities of a call to its cost.
//!
//! Pure: no storage, no clock, no framework, exact decimals only. The server charges with it and the browser previews
//! with it, so a preview is the very number that will be charged.
//!
//! Read in this order: [`formula`] (the language), [`config`] (reading a price list strictly), [`Pricing`] (the engine);
//! then [`canonical_json`] (equal content) and [`diff`] (what a new version changes).

mod canonical;
pub mod check;
mod compile;
pub mod config;
mod diff;
mod duplicates;
mod engine;
pub mod formula;
mod merge;
mod near;
mod plan_form;
mod price_error;
mod spots;
#[cfg(test)]
mod tests;
mod usage;

pub use canonical::canonical_json;
pub use config::{read_config, read_config_once, read_config_text};
pub use diff::{ChangedRate, ChangedTerm, diff, signed};
pub use duplicates::duplicate_keys;
pub use engine::Pricing;
pub use formula::{Formula, FormulaError, Scope, Variable, Variables};
pub use merge::merge;
pub use plan_form::{FEATURE_KINDS, apply_plan_form, plan_form};
pub use price_error::PriceError;
pub use usage::MAX_TOOLS;
