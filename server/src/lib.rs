//! Creditdesk's server half: the ledger, its databases, and everything that speaks for them.

pub mod auth;
pub mod clock;
pub mod http;
pub mod ledger;
pub mod store;
