//! Commands: what the ledger can be asked to do.

use super::entry::{AccountKey, Operation};
use app::model::{CreditKind, CreditMetadata, Credits, RefundReason, Timestamp, UsageMetrics, Uuid};

/// One request for one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub account: AccountKey,
    pub actor: String,
    /// Idempotency key, with the digest of the request that it stands for.
    pub key: Option<String>,
    pub digest: Vec<u8>,
    pub action: Action,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    AddCredits {
        amount: Credits,
        kind: CreditKind,
        expires_at: Option<Timestamp>,
        metadata: CreditMetadata,
    },
    /// `amount` is negative.
    Adjust {
        amount: Credits,
        reason: String,
        allow_negative: bool,
    },
    Deduct {
        price: Price,
        metadata: CreditMetadata,
        /// Set for imported history: the time of the usage. Caps, being about now, are then not checked.
        occurred_at: Option<Timestamp>,
    },
    Refund {
        transaction: Uuid,
        amount: Option<Credits>,
        reason: RefundReason,
        note: Option<String>,
    },
    /// Expires what is due of this account.
    Sweep,
}

/// How the cost of a charge is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Price {
    Metrics(UsageMetrics),
    Amount(Credits),
}

impl Action {
    pub const fn operation(&self) -> Operation {
        match self {
            Self::AddCredits { .. } => Operation::AddCredits,
            Self::Adjust { .. } => Operation::Adjust,
            Self::Deduct { .. } => Operation::Deduct,
            Self::Refund { .. } => Operation::Refund,
            Self::Sweep => Operation::Sweep,
        }
    }
}

impl Command {
    /// The instant that allowances and counters go by: of the usage for history, of the admission otherwise.
    pub fn effective_at(&self, now: Timestamp) -> Timestamp {
        match self.action {
            Action::Deduct { occurred_at: Some(at), .. } => at,
            _ => now,
        }
    }
}
