//! Accounts and what their ledgers say: balances, grants, entries.

use super::{CreditMetadata, Credits, Direction, ListQuery, Order, Timestamp, Uuid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an entry in the ledger is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Purchase,
    Subscription,
    Grant,
    Adjustment,
    Usage,
    TeamUsage,
    Refund,
    Expiry,
}

impl EntryKind {
    pub const ALL: [Self; 8] = [
        Self::Purchase,
        Self::Subscription,
        Self::Grant,
        Self::Adjustment,
        Self::Usage,
        Self::TeamUsage,
        Self::Refund,
        Self::Expiry,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Subscription => "subscription",
            Self::Grant => "grant",
            Self::Adjustment => "adjustment",
            Self::Usage => "usage",
            Self::TeamUsage => "team_usage",
            Self::Refund => "refund",
            Self::Expiry => "expiry",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// A charge: an entry with quantities, a gross cost and a place in the spend reports.
    pub const fn is_charge(self) -> bool {
        matches!(self, Self::Usage | Self::TeamUsage)
    }
}

/// How credits came to an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CreditKind {
    Purchase,
    Subscription,
    #[default]
    Grant,
}

impl From<CreditKind> for EntryKind {
    fn from(kind: CreditKind) -> Self {
        match kind {
            CreditKind::Purchase => Self::Purchase,
            CreditKind::Subscription => Self::Subscription,
            CreditKind::Grant => Self::Grant,
        }
    }
}

/// The answer to `add_credits`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AddCreditsResult {
    pub transaction_id: Uuid,
    pub user_id: String,
    pub amount: Credits,
    pub new_balance: Credits,
    #[serde(default)]
    pub lifetime_purchased: Credits,
    #[serde(default)]
    pub idempotent: bool,
}

/// The answer to `adjust`: a signed entry outside of grants and charges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AdjustResult {
    pub transaction_id: Uuid,
    pub user_id: String,
    pub amount: Credits,
    pub new_balance: Credits,
    #[serde(default)]
    pub idempotent: bool,
}

/// A user's spendable balance: unexpired credits, less any debt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BalanceResult {
    pub user_id: String,
    #[serde(default)]
    pub balance: Credits,
    #[serde(default)]
    pub lifetime_purchased: Credits,
    /// `balance` less the credits held by open reservations: what a charge may draw on.
    #[serde(default)]
    pub available: Credits,
}

/// One row of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Transaction {
    pub id: Uuid,
    /// The user or team whose ledger this is in.
    pub account: String,
    /// The user who caused it; differs from `account` only for a team's charges.
    pub user_id: String,
    /// Gap-free number within the account, from 1.
    pub seq: i64,
    /// Signed: negative for a debit.
    pub amount: Credits,
    pub kind: EntryKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    pub metadata: CreditMetadata,
    /// The account's ledger total after this row: `balance_after` of the row before, plus `amount`.
    pub balance_after: Credits,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing_version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// When the usage happened; reports go by this.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the ledger wrote it.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// For a charge: its cost before the allowance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross: Option<Credits>,
    /// For a charge: the part its plan's allowance paid. For a refund: the part given back.
    #[serde(default)]
    pub allowance: Credits,
    /// For a charge: the sum of its refunds so far, credits and allowance together.
    #[serde(default)]
    pub refunded: Credits,
}

/// A page of a listing; `next` is the cursor of the page after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Credits of one origin, drawn by earliest expiry first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Lot {
    pub source_transaction_id: Uuid,
    pub kind: EntryKind,
    pub granted: Credits,
    pub remaining: Credits,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// An optional profile that makes an account findable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// The order of a listing of users; within equals the older account is the lesser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserSort {
    #[default]
    Activity,
    User,
    Balance,
    Purchased,
}

impl Order for UserSort {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Activity, "activity"),
        (Self::User, "user"),
        (Self::Balance, "balance"),
        (Self::Purchased, "purchased"),
    ];

    fn usual(self) -> Direction {
        match self {
            Self::User => Direction::Asc,
            Self::Activity | Self::Balance | Self::Purchased => Direction::Desc,
        }
    }
}

/// Which users, in which order.
pub type UserQuery = ListQuery<UserSort>;

/// A row of the users page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UserRow {
    pub user_id: String,
    pub profile: Profile,
    pub plan_id: Option<String>,
    pub balance: Credits,
    pub lifetime_purchased: Credits,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_activity: Option<Timestamp>,
}
