//! HTTP for the product's servers: the REST interface under `/api/v1`, its description, and health.
//!
//! A handler authenticates, reads its input, makes one call on the port and gives back a shared model: it sees no SQL and
//! decides nothing. What can go wrong becomes a [`Refusal`], which [`problem`] alone writes out.

pub mod address;
mod amount;
pub mod api;
mod caller;
mod describe;
mod docs;
mod errors;
pub mod export;
mod health;
mod idempotency;
mod interrupted;
mod json;
pub mod metrics;
mod openapi;
pub mod pages;
mod params;
mod path;
pub mod price_files;
pub mod problem;
mod rate;
mod refused;
pub mod request_id;
pub mod security;
mod sign_on;
mod signed_in;
mod state;
mod strict;

pub use health::health;
pub use problem::Refusal;
pub use state::ApiState;

/// What a handler answers: a model as JSON, or a refusal.
pub(crate) type Reply<T> = Result<axum::Json<T>, Refusal>;
