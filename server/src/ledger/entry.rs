//! An entry: one immutable row of an account's ledger.

use app::model::{CapCheckResult, Credits, EntryKind, Timestamp, UsageMetrics, Uuid};
use serde::{Deserialize, Serialize};

/// Whose ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    User,
    Team,
}

impl AccountKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Team => "team",
        }
    }
}

/// An account by its public name: a user's own id, or a team's UUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountKey {
    pub kind: AccountKind,
    pub id: String,
}

impl AccountKey {
    pub fn user(id: impl Into<String>) -> Self {
        Self { kind: AccountKind::User, id: id.into() }
    }

    pub fn team(id: Uuid) -> Self {
        Self { kind: AccountKind::Team, id: id.to_string() }
    }

    /// The id of a team.
    pub fn team_id(&self) -> Uuid {
        self.id.parse().unwrap_or_default()
    }
}

/// The operation that wrote an entry; with account and key it makes the idempotency scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    AddCredits,
    Adjust,
    Deduct,
    Refund,
    Sweep,
    Reserve,
    Settle,
    Release,
    Renew,
    Expire,
    CreateTeam,
    DeductTeam,
}

impl Operation {
    pub const ALL: [Self; 12] = [
        Self::AddCredits,
        Self::Adjust,
        Self::Deduct,
        Self::Refund,
        Self::Sweep,
        Self::Reserve,
        Self::Settle,
        Self::Release,
        Self::Renew,
        Self::Expire,
        Self::CreateTeam,
        Self::DeductTeam,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AddCredits => "add_credits",
            Self::Adjust => "adjust",
            Self::Deduct => "deduct",
            Self::Refund => "refund",
            Self::Sweep => "sweep",
            Self::Reserve => "reserve",
            Self::Settle => "settle",
            Self::Release => "release",
            Self::Renew => "renew",
            Self::Expire => "expire",
            Self::CreateTeam => "create_team",
            Self::DeductTeam => "deduct_team",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.as_str() == text)
    }
}

/// Credits drawn from a lot by a debit, or returned to it by a refund. Lot 0 is debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    pub lot: i64,
    pub amount: Credits,
}

/// Parts of the answer that the other columns do not tell, kept so that a replay gives the original answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime_purchased: Option<Credits>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_warning: Option<CapCheckResult>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_on_refund: Option<Credits>,
    /// Of a settled reservation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation_id: Option<Uuid>,
    /// Of a refund: what remained refundable after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<Credits>,
    /// Of a refund: the product is to tell the customer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notify: bool,
}

/// One row of a ledger. Built once, never changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub id: Uuid,
    pub account: AccountKey,
    pub seq: i64,
    pub kind: EntryKind,
    pub amount: Credits,
    pub balance_after: Credits,
    /// The part of `balance_after` that had expired but was not swept yet.
    pub stale: Credits,
    pub user_id: String,
    pub reference: Option<Uuid>,
    pub actor: String,
    pub operation: Operation,
    pub key: Option<String>,
    pub digest: Option<Vec<u8>>,
    pub pricing_version: Option<i64>,
    pub plan_id: Option<String>,
    pub model: Option<String>,
    pub reference_type: Option<String>,
    pub reference_id: Option<String>,
    /// Of a charge: its cost before the allowance. Of a refund: credits and allowance given back together.
    pub gross: Option<Credits>,
    pub allowance: Credits,
    pub uncollected: Credits,
    /// JSON of the priced quantities, without the model.
    pub quantities: Option<String>,
    pub draws: Vec<Draw>,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub outcome: Outcome,
    /// JSON object.
    pub metadata: Option<String>,
    pub occurred_at: Timestamp,
    pub recorded_at: Timestamp,
}

impl Entry {
    /// True when the account itself caused it, and no member of a team.
    pub fn is_own(&self) -> bool {
        self.user_id == self.account.id
    }

    /// Who caused it: the account itself, or the member who charged a team.
    pub fn user(&self) -> AccountKey {
        if self.is_own() { self.account.clone() } else { AccountKey::user(self.user_id.clone()) }
    }

    /// What a charge was priced by; none for one by its amount.
    pub fn metrics(&self) -> Option<UsageMetrics> {
        let metrics: UsageMetrics = serde_json::from_str(self.quantities.as_deref()?).ok()?;
        Some(UsageMetrics { model: self.model.clone(), ..metrics })
    }

    /// What could be spent after this entry, holds aside: its balance without what had expired.
    pub fn spendable_after(&self) -> Credits {
        Credits::from_micros(self.balance_after.micros() - self.stale.micros())
    }
}
