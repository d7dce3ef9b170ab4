//! What somebody should look at now.

use super::{Credits, SpendCap, Timestamp, Uuid};
use serde::{Deserialize, Serialize};

/// The first few of each kind, the most pressing first, with how many there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    pub caps: Vec<ReachedCap>,
    pub cap_count: i64,
    pub pools: Vec<LowPool>,
    pub pool_count: i64,
    pub webhooks: Vec<FailingWebhook>,
    pub webhook_count: i64,
    /// Requests that wait for a second person.
    pub approval_count: i64,
}

impl Attention {
    pub const fn is_empty(&self) -> bool {
        self.cap_count == 0 && self.pool_count == 0 && self.webhook_count == 0 && self.approval_count == 0
    }
}

/// A cap whose current window has no room left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReachedCap {
    pub cap: SpendCap,
    pub spend: Credits,
}

/// A team's pool that is empty, or will be within a week at the pace of the last one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowPool {
    pub team_id: Uuid,
    pub name: String,
    pub balance: Credits,
    /// In the last seven days.
    pub spent: Credits,
}

/// An endpoint that has stopped taking events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingWebhook {
    pub id: Uuid,
    pub url: String,
    /// Since when everything sent to it has failed.
    pub since: Timestamp,
    /// Why nothing is sent any more, if it was switched off.
    pub disabled: Option<String>,
}
