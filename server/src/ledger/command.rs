//! Commands: what the ledger can be asked to do.

use super::entry::{AccountKey, Operation};
use app::model::{CreditKind, CreditMetadata, Credits, RefundReason, Timestamp, UsageMetrics, Uuid};
use jiff::SignedDuration;

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
        /// Whether the product is to tell the customer.
        notify: bool,
        /// What had been refunded when whoever asks looked; none where nobody looked.
        seen: Option<Credits>,
        /// Of a team's charge: the member who made it.
        member: Option<String>,
    },
    /// Expires what is due of this account.
    Sweep,
    /// Holds credits for a call whose cost is not known yet.
    Reserve {
        amount: Credits,
        operation: Option<String>,
        ttl: SignedDuration,
        /// Refused when the account holds as many open reservations.
        max_concurrent: Option<u32>,
    },
    /// Charges what a reservation was for, and frees it.
    Settle {
        reservation: Uuid,
        price: Price,
        metadata: CreditMetadata,
    },
    Release {
        reservation: Uuid,
    },
    Renew {
        reservation: Uuid,
        ttl: SignedDuration,
    },
    /// Closes a reservation whose time is over.
    Expire {
        reservation: Uuid,
    },
    /// Makes the team that the command is for.
    CreateTeam {
        name: String,
        initial_balance: Credits,
    },
    /// Charges a team's pool for what one of its members did.
    DeductTeam {
        member: String,
        price: Price,
        metadata: CreditMetadata,
    },
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
            Self::Reserve { .. } => Operation::Reserve,
            Self::Settle { .. } => Operation::Settle,
            Self::Release { .. } => Operation::Release,
            Self::Renew { .. } => Operation::Renew,
            Self::Expire { .. } => Operation::Expire,
            Self::CreateTeam { .. } => Operation::CreateTeam,
            Self::DeductTeam { .. } => Operation::DeductTeam,
        }
    }
}

impl Command {
    /// The user whose caps count a team's charge, beside the team's own account.
    pub fn member(&self) -> Option<AccountKey> {
        match &self.action {
            Action::DeductTeam { member, .. } | Action::Refund { member: Some(member), .. } => {
                Some(AccountKey::user(member.clone()))
            }
            _ => None,
        }
    }

    /// The reservation that is named.
    pub const fn reservation(&self) -> Option<Uuid> {
        match self.action {
            Action::Settle { reservation, .. }
            | Action::Release { reservation }
            | Action::Renew { reservation, .. }
            | Action::Expire { reservation } => Some(reservation),
            _ => None,
        }
    }

    /// The instant that allowances and counters go by: of the usage for history, of the admission otherwise.
    pub fn effective_at(&self, now: Timestamp) -> Timestamp {
        match self.action {
            Action::Deduct { occurred_at: Some(at), .. } => at,
            _ => now,
        }
    }
}
