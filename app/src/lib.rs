//! Creditdesk's shared half: models, pricing and pages, compiled for the server and for the browser.

#[cfg(feature = "ssr")]
pub mod backend;
pub mod error;
pub mod model;
pub mod range;
pub mod link;
