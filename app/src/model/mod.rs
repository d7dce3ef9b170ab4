//! The shared models: plain serde types, spoken by the browser, the server functions and the HTTP API alike.
//!
//! One file per noun. Nothing here knows a database, a web framework or a feature flag.

mod account;
mod analytics;
mod audit;
mod caps;
mod charge;
mod credits;
mod metadata;
mod plans;
mod pricing;
mod requests;
mod setup;
mod teams;
mod views;
mod webhooks;

pub use account::*;
pub use analytics::*;
pub use audit::*;
pub use caps::*;
pub use charge::*;
pub use credits::*;
pub use metadata::*;
pub use plans::*;
pub use pricing::*;
pub use requests::*;
pub use setup::*;
pub use teams::*;
pub use views::*;
pub use webhooks::*;

pub use jiff::Timestamp;
pub use uuid::Uuid;
