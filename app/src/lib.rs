//! Creditdesk's shared half: models, pricing and pages, compiled for the server and for the browser.

pub mod error;
pub mod model;
pub mod pricing;
