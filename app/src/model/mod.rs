//! The shared models: plain serde types, spoken by the browser, the server functions and the HTTP API alike.
//!
//! One file per noun. Nothing here knows a database, a web framework or a feature flag.

mod access;
mod account;
mod analytics;
mod approvals;
mod attention;
mod audit;
mod backtest;
mod cap_review;
mod caps;
mod charge;
mod credits;
mod desk;
mod drafts;
mod expiry;
mod metadata;
mod order;
mod plans;
mod pricing;
mod requests;
mod settings;
mod setup;
mod spend;
mod statement;
mod teams;
mod views;
mod webhooks;

pub use access::*;
pub use account::*;
pub use analytics::*;
pub use approvals::*;
pub use attention::*;
pub use audit::*;
pub use backtest::*;
pub use cap_review::*;
pub use caps::*;
pub use charge::*;
pub use credits::*;
pub use desk::*;
pub use drafts::*;
pub use expiry::*;
pub use metadata::*;
pub use order::*;
pub use plans::*;
pub use pricing::*;
pub use requests::*;
pub use settings::*;
pub use setup::*;
pub use spend::*;
pub use statement::*;
pub use teams::*;
pub use views::*;
pub use webhooks::*;

pub use jiff::Timestamp;
pub use uuid::Uuid;
