//! Creditdesk's server half: the ledger, its databases, and everything that speaks for them.

pub mod clock;
pub mod commands;
pub mod demo;
pub mod import;
pub mod ledger;
pub mod service;
pub mod store;
