//! Creditdesk's server half: the ledger, its databases, and everything that speaks for them.

pub mod auth;
pub mod backtest;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod demo;
pub mod http;
pub mod import;
pub mod ingest;
pub mod jobs;
pub mod ledger;
pub mod metrics;
pub mod pricelist;
pub mod router;
pub mod service;
pub mod store;
pub mod webhooks;
