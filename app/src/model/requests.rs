//! What callers ask for. Every write carries its idempotency key and is made once for it.

use super::{CreditKind, CreditMetadata, Credits, EntryKind, RefundReason, TeamRole, Timestamp, UsageMetrics, Uuid};
use serde::{Deserialize, Serialize};

/// Who asks, as the ledger and the audit log name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// `staff:<e-mail>`, `key:<name>` or `system:<job>`.
    pub name: String,
    /// Where the request came from, when it came over HTTP.
    pub address: Option<String>,
}

impl Actor {
    pub fn staff(email: &str) -> Self {
        Self { name: format!("staff:{email}"), address: None }
    }

    pub fn key(name: &str) -> Self {
        Self { name: format!("key:{name}"), address: None }
    }

    pub fn system(job: &str) -> Self {
        Self { name: format!("system:{job}"), address: None }
    }

    /// The same, asking from `address`.
    #[must_use]
    pub fn at(self, address: Option<String>) -> Self {
        Self { address, ..self }
    }

    /// A job of ours, neither a person nor a key.
    pub fn is_system(&self) -> bool {
        self.name.starts_with("system:")
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddCredits {
    pub user_id: String,
    pub amount: Credits,
    pub kind: CreditKind,
    pub expires_at: Option<Timestamp>,
    pub metadata: CreditMetadata,
    pub key: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjust {
    pub user_id: String,
    /// Negative: takes credits away.
    pub amount: Credits,
    pub reason: String,
    /// Lets the balance go below its floor, into debt.
    pub allow_negative: bool,
    pub key: Option<String>,
}

/// What a charge is for: quantities to price, or an amount that is already known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    Metrics(UsageMetrics),
    Amount(Credits),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deduct {
    pub user_id: String,
    pub charge: Charge,
    pub metadata: CreditMetadata,
    pub key: Option<String>,
    /// Set for imported history: reports go by this time, and caps, being about now, are not checked.
    pub occurred_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refund {
    pub transaction_id: Uuid,
    /// Left out: all that remains.
    pub amount: Option<Credits>,
    pub reason: RefundReason,
    pub note: Option<String>,
    /// Whether the product is to tell the customer: it goes along with the event.
    #[serde(default)]
    pub notify: bool,
    /// What had been refunded when whoever asks looked; refused when it is another sum by now.
    pub seen: Option<Credits>,
    pub key: Option<String>,
}

/// A page of the ledger, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransactionQuery {
    /// The user's own account; with `charges` or `team`, what the user caused, whoever paid.
    pub user_id: Option<String>,
    pub team: Option<Uuid>,
    pub kind: Option<EntryKind>,
    /// Charges alone, a user's own and those of teams: what spend reports add up.
    pub charges: bool,
    /// `unknown` finds what has none.
    pub model: Option<String>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    /// Amounts of at least so much, in or out.
    pub min: Option<Credits>,
    /// The oldest first.
    pub oldest: bool,
    pub cursor: Option<String>,
    /// 1 to 200.
    pub limit: u32,
}

/// Holds credits for a call whose cost is not known yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reserve {
    pub user_id: String,
    pub amount: Credits,
    /// The caller's own word for what it is for.
    pub operation: Option<String>,
    /// How long it holds; 10 minutes if left out.
    pub ttl_seconds: Option<u32>,
    /// Refused when the user holds as many open reservations.
    pub max_concurrent: Option<u32>,
    pub key: Option<String>,
}

/// Charges what a reservation was for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settle {
    pub reservation_id: Uuid,
    /// Whose it must be, where the caller names one.
    pub user_id: Option<String>,
    /// The actual cost; it may be 0, and more than was held.
    pub charge: Charge,
    pub metadata: CreditMetadata,
    pub key: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateTeam {
    pub name: String,
    pub initial_balance: Credits,
    pub key: Option<String>,
}

/// Adds credits to a team's pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopUpTeam {
    pub team_id: Uuid,
    pub amount: Credits,
    pub kind: CreditKind,
    pub expires_at: Option<Timestamp>,
    pub metadata: CreditMetadata,
    pub key: Option<String>,
}

/// Charges a team's pool for what one of its members did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeductTeam {
    pub team_id: Uuid,
    pub user_id: String,
    pub charge: Charge,
    pub metadata: CreditMetadata,
    pub key: Option<String>,
}

/// A change of a member; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberChange {
    pub role: Option<TeamRole>,
    /// The new limit, where it changes: none at all, or so many credits.
    pub spend_cap: Option<Option<Credits>>,
}
