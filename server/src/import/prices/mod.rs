//! Prices of models from the community price list, as formulas.
//!
//! [`list`] reads the file, [`choose`] picks models from it, [`formula`] writes what a model costs, [`config`] puts the
//! formulas into a pricing configuration.

pub mod choose;
pub mod config;
pub mod formula;
pub mod list;
