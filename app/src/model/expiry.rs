//! Credits that expire: when, whose, and what a sweep would book out.

use super::{Credits, EntryKind, Timestamp, Uuid};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Whose credits: a user's, or a team's pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub team: bool,
    pub id: String,
    pub name: Option<String>,
}

/// A lot that is still open and has an end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpiringLot {
    pub holder: Holder,
    pub source_transaction_id: Uuid,
    pub kind: EntryKind,
    pub granted: Credits,
    pub remaining: Credits,
    pub expires_at: Timestamp,
}

/// What expires on one day of the zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiryDay {
    pub date: Date,
    pub lots: i64,
    pub credits: Credits,
}

/// An account with credits that are past their time and still in its ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DueAccount {
    pub holder: Holder,
    pub lots: i64,
    pub credits: Credits,
    /// The ledger's total before a sweep; after it, it is less by `credits`. What can be spent stays.
    pub ledger_total: Credits,
}

/// The expiry page, from one snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpiryView {
    pub now: Timestamp,
    /// Every day from today to the end of the range.
    pub days: Vec<ExpiryDay>,
    pub lots: Vec<ExpiringLot>,
    pub next: Option<String>,
    /// What is past its time and not swept yet, in all.
    pub due_lots: i64,
    pub due_credits: Credits,
    pub due_accounts: i64,
    /// Of whom, the most credits first; the head of a long list.
    pub due: Vec<DueAccount>,
}
