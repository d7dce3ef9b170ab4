//! All caps at a glance, and what a cap would have done to the charges that were made.

use super::{CapAction, CapStatus, CapType, Credits, Direction, ListQuery, Order, Profile, SpendCap, Timestamp};
use serde::{Deserialize, Serialize};

/// How far a cap is used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapState {
    #[default]
    Any,
    /// Nothing is left.
    Reached,
    /// Four fifths are used, and something is left.
    Close,
    Open,
}

impl CapState {
    pub const ALL: [Self; 4] = [Self::Any, Self::Reached, Self::Close, Self::Open];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Reached => "reached",
            Self::Close => "close",
            Self::Open => "open",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// The order of the caps; within equals the older cap is the lesser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapSort {
    /// The share of the limit that is used.
    #[default]
    Share,
    Spend,
    Limit,
    User,
}

impl Order for CapSort {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Share, "share"), (Self::Spend, "spend"), (Self::Limit, "limit"), (Self::User, "user")];

    fn usual(self) -> Direction {
        match self {
            Self::User => Direction::Asc,
            Self::Share | Self::Spend | Self::Limit => Direction::Desc,
        }
    }
}

/// Which caps, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapQuery {
    pub list: ListQuery<CapSort>,
    pub cap_type: Option<CapType>,
    pub action: Option<CapAction>,
    pub model: Option<String>,
    pub state: CapState,
}

impl CapQuery {
    /// The same caps, another part of them.
    #[must_use]
    pub fn part(&self, cursor: Option<String>, limit: u32) -> Self {
        Self { list: ListQuery { cursor, limit, ..self.list.clone() }, ..self.clone() }
    }
}

/// A cap, what it has counted, and whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CapRow {
    pub status: CapStatus,
    pub profile: Profile,
    pub plan_id: Option<String>,
}

/// A page of the caps, and how many of all that fit the filter are in which state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CapList {
    pub items: Vec<CapRow>,
    pub next: Option<String>,
    pub all: i64,
    pub reached: i64,
    pub close: i64,
}

/// What a user had spent of a window when a charge was made, and with it; beside it the cap of that window as it is set
/// today, for the caps of that time are not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpendThen {
    pub cap_type: CapType,
    /// None: all models.
    pub model: Option<String>,
    pub window_start: Timestamp,
    pub before: Credits,
    pub after: Credits,
    pub cap: Option<SpendCap>,
}

/// Whom a cap is tried on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapScope {
    User(String),
    /// Everyone who is on the plan now, each with a cap of their own.
    Plan(String),
    Everyone,
}

/// A cap that is, or might be, and the past that it is tried on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapTrial {
    pub scope: CapScope,
    pub cap_type: CapType,
    pub model: Option<String>,
    pub limit: Credits,
    pub action: CapAction,
    /// Days back from now.
    pub days: u32,
    /// The most users to name in the answer.
    pub named: usize,
}

/// What a cap would have done to one user's charges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CapTrialUser {
    pub user_id: String,
    pub name: Option<String>,
    /// Charges that it would have refused, warned of or told of.
    pub count: i64,
    /// Their net cost.
    pub credits: Credits,
    pub first: Timestamp,
}

/// What a cap would have done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CapTrialResult {
    pub start: Timestamp,
    pub end: Timestamp,
    /// Charges of the scope and model that were tried, and what they cost in all.
    pub charges: i64,
    pub spend: Credits,
    /// Those of them that the cap would have met.
    pub count: i64,
    pub credits: Credits,
    pub first: Option<Timestamp>,
    /// How many users were tried, and how many of them the cap would have met.
    pub users: i64,
    pub users_met: i64,
    /// Those whom it would have met the most, by credits.
    pub worst: Vec<CapTrialUser>,
}
