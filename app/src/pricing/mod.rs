//! Pricing: from a configuration and the quantities of a call to its cost.
//!
//! Pure: no storage, no clock, no framework, exact decimals only. The server charges with it and the browser previews
//! with it, so a preview is the very number that will be charged.

pub mod config;
mod duplicates;
pub mod formula;
mod near;

pub use config::{read_config, read_config_text};
pub use formula::{Formula, FormulaError, Scope, Variable, Variables};
