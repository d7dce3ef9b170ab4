//! A month of one account, or of the whole desk, as finance files it.

use super::{Credits, EntryKind, SpendByModelRow, Timestamp, Uuid};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Whose credits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementOf {
    /// Every user's and every team's together.
    #[default]
    Desk,
    User(String),
    Team(Uuid),
}

/// What changed a balance, signed as the ledger has it: debits are negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flows {
    pub purchases: Credits,
    pub subscriptions: Credits,
    pub grants: Credits,
    pub spend: Credits,
    pub team_spend: Credits,
    pub refunds: Credits,
    pub adjustments: Credits,
    pub expiry: Credits,
}

impl Flows {
    /// Their names, in the order of [`Self::amounts`].
    pub const NAMES: [&'static str; 8] =
        ["purchases", "subscriptions", "grants", "spend", "team_spend", "refunds", "adjustments", "expiry"];

    pub const fn amounts(&self) -> [Credits; 8] {
        [
            self.purchases,
            self.subscriptions,
            self.grants,
            self.spend,
            self.team_spend,
            self.refunds,
            self.adjustments,
            self.expiry,
        ]
    }

    /// The flow that entries of a kind belong to.
    pub const fn of(&mut self, kind: EntryKind) -> &mut Credits {
        match kind {
            EntryKind::Purchase => &mut self.purchases,
            EntryKind::Subscription => &mut self.subscriptions,
            EntryKind::Grant => &mut self.grants,
            EntryKind::Usage => &mut self.spend,
            EntryKind::TeamUsage => &mut self.team_spend,
            EntryKind::Refund => &mut self.refunds,
            EntryKind::Adjustment => &mut self.adjustments,
            EntryKind::Expiry => &mut self.expiry,
        }
    }

    pub fn total(&self) -> Credits {
        self.amounts().into_iter().sum()
    }
}

/// A day of the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementDay {
    pub date: Date,
    pub opening: Credits,
    pub flows: Flows,
    pub closing: Credits,
    /// Entries of the ledger on this day.
    pub entries: i64,
}

/// What the charges of an account cost, and who paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementCost {
    pub gross: Credits,
    /// Paid by the plan's allowance.
    pub allowance: Credits,
    pub uncollected: Credits,
}

/// `opening + flows = closing`, by day and in all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    pub of: StatementOf,
    /// As people know it.
    pub name: String,
    pub first: Date,
    pub last: Date,
    pub zone: String,
    pub opening: Credits,
    pub flows: Flows,
    pub closing: Credits,
    pub entries: i64,
    /// Every day with entries.
    pub days: Vec<StatementDay>,
    /// The greatest first.
    pub models: Vec<SpendByModelRow>,
    /// Of one account; the whole desk's is not added up.
    pub cost: Option<StatementCost>,
    /// The sum of all entries until the end of the month, added up by itself; none when it was not asked for and they are
    /// many.
    pub ledger: Option<Credits>,
    pub made_at: Timestamp,
    /// The month is not over.
    pub unfinished: bool,
}

impl Statement {
    /// How far the statement is from what the ledger says; zero when it is right.
    pub fn difference(&self, ledger: Credits) -> Credits {
        Credits::from_micros(self.closing.micros().saturating_sub(ledger.micros()))
    }
}
