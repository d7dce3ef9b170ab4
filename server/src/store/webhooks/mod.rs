//! Webhooks: endpoints, the queue of deliveries, and their log.

pub mod endpoints;
pub mod log;
pub mod queue;
