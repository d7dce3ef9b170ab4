//! What the desk shows beside the ledger's own answers: teams of a user, notes of colleagues, totals of a filter.

use super::{Credits, TeamRole, Timestamp, Uuid};
use serde::{Deserialize, Serialize};

/// A team that a user may spend from, and how much.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    pub team_id: Uuid,
    pub name: String,
    pub role: TeamRole,
    /// Lifetime limit in this team; none is no limit.
    pub spend_cap: Option<Credits>,
    /// What the limit is compared with.
    pub total_spent: Credits,
    /// What is left in the team's pool.
    pub pool: Credits,
}

/// What a colleague wrote down about a user. Notes are never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffNote {
    pub id: Uuid,
    /// `staff:<e-mail>`.
    pub author: String,
    pub text: String,
    pub created_at: Timestamp,
}

/// A note as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptNote {
    pub note: StaffNote,
    /// True when its form had been sent before, and kept it then.
    pub idempotent: bool,
}

/// An API key that was found by its first characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFound {
    pub name: String,
    pub prefix: String,
    /// Words with a space between them.
    pub scopes: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// The entries of a filter, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionTotals {
    pub count: i64,
    /// Sum of what came in.
    pub added: Credits,
    /// Sum of what went out, as a negative amount.
    pub taken: Credits,
}
