//! What happens in the demo.

use super::prices::{Plan, Version};
use app::model::{CreditKind, Credits, RefundReason, Timestamp, UsageMetrics};

/// How large a demo, and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub seed: u64,
    pub days: u32,
    pub users: u32,
    /// Charges in thousandths of the usual number (about 1,000 a day for 60 users).
    pub scale_permille: u64,
    /// The last instant.
    pub until: Timestamp,
}

impl Settings {
    pub const fn new(seed: u64, until: Timestamp) -> Self {
        Self { seed, days: 90, users: 60, scale_permille: 1_000, until }
    }
}

/// One thing that happens. Events of an hour that are not charges come before its charges.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// From 0 in the order of the events; its idempotency key is made of it.
    pub number: u64,
    pub at: Timestamp,
    /// The id of the user, empty for what concerns all.
    pub user: String,
    pub action: Action,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Publish(Version),
    /// Expires what is due.
    Sweep,
    Profile {
        name: String,
        email: String,
    },
    Plan(Plan),
    Credit {
        amount: Credits,
        kind: CreditKind,
        expires_at: Option<Timestamp>,
        what: &'static str,
    },
    /// A negative amount, and why.
    Adjust {
        amount: Credits,
        reason: &'static str,
    },
    Charge(Box<Call>),
    /// Of the charge with this number; without an amount, of all that remains.
    Refund {
        charge: u64,
        amount: Option<Credits>,
        reason: RefundReason,
        note: Option<&'static str>,
    },
}

/// A call that is charged.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub metrics: UsageMetrics,
    pub team: Option<&'static str>,
    pub feature: &'static str,
    /// What it costs before the allowance.
    pub gross: Credits,
    /// A refund of it will come: its transaction id is worth keeping.
    pub refund_follows: bool,
}
