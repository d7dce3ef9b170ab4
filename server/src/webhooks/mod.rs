//! Webhooks on the wire: where they may go, when, signed how, and sent.
//!
//! What is sent and to whom is the business of `store::events` and of the job that delivers; nothing here knows a table.

pub mod address;
pub mod schedule;
pub mod secret;
pub mod sender;

pub use sender::{Outcome, Parcel, Sender, SenderError};
