//! Past usage at other prices.

use super::{CapAction, CapType, Credits, Timestamp, Uuid};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The prices to try.
#[derive(Clone, Debug, PartialEq)]
pub enum BacktestOf {
    Version(i64),
    Draft(Uuid),
    /// A configuration that is stored nowhere, unchecked, and what people are to read in its place.
    Config {
        config: Value,
        label: Option<String>,
    },
}

/// Whose prices were tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BacktestSubject {
    Version(i64),
    Draft(Uuid),
    /// A configuration that came with the request.
    Config,
}

/// How far a back-test is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BacktestState {
    Running,
    Done,
    Failed,
    /// Its process ended before it did.
    Stopped,
}

impl BacktestState {
    /// The word on the wire, on the pages and in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// A back-test, under way or done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Backtest {
    pub id: Uuid,
    pub subject: BacktestSubject,
    /// `version 3`, or what the draft or the configuration was called, as it was then.
    pub label: String,
    pub days: i64,
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
    pub state: BacktestState,
    /// Charges read so far, of so many.
    pub done: i64,
    pub total: i64,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    pub requested_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// What it found, once it is done; lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<BacktestReport>,
}

/// What became of the charges of a range at other prices.
///
/// `gross` is the price before allowances, `net` what balances paid. A charge that has no price by the new configuration,
/// or was charged by its amount, is kept as it was in every sum.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestReport {
    pub charges: i64,
    /// Charges that the new prices were used for.
    pub repriced: i64,
    pub gross: BeforeAfter,
    pub allowance: BeforeAfter,
    pub net: BeforeAfter,
    /// Charged by their amount, without quantities.
    pub by_amount: i64,
    pub unpriced: Vec<Unpriced>,
    /// By gross, the largest change first.
    pub models: Vec<ModelChange>,
    pub customers: CustomerChanges,
    pub short: Vec<GoneShort>,
    /// Customers in all who would have gone short; `short` holds the first.
    pub short_count: i64,
    pub crossed: Vec<CapCrossed>,
    pub crossed_count: i64,
    /// Microseconds that pricing took, reading apart.
    pub pricing_micros: i64,
    pub took_micros: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BeforeAfter {
    pub before: Credits,
    pub after: Credits,
}

impl BeforeAfter {
    pub const fn change(self) -> Credits {
        Credits::from_micros(self.after.micros().saturating_sub(self.before.micros()))
    }
}

/// Charges without a price by the new configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Unpriced {
    pub reason: String,
    pub charges: i64,
    /// What they cost as charged.
    pub gross: Credits,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelChange {
    /// None for charges without a model.
    pub model: Option<String>,
    pub charges: i64,
    pub gross: BeforeAfter,
}

/// What customers pay, before and after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CustomerChanges {
    pub total: i64,
    pub more: i64,
    pub less: i64,
    pub same: i64,
    /// Change of what a customer pays, of those who paid something: the percentile, and the change in tenths of a per cent.
    pub percentiles: Vec<(u8, i64)>,
    /// Who pays more, the most first; and less.
    pub most_more: Vec<CustomerChange>,
    pub most_less: Vec<CustomerChange>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CustomerChange {
    pub customer: Customer,
    pub charges: i64,
    pub net: BeforeAfter,
}

/// Whoever pays: a user, or a team from its pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Customer {
    pub id: String,
    pub team: bool,
    pub name: Option<String>,
}

/// A customer whose balance would have fallen below its floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GoneShort {
    pub customer: Customer,
    #[schema(value_type = String, format = DateTime)]
    pub first: Timestamp,
    /// Charges that would have been refused.
    pub charges: i64,
    /// Credits that would have been needed besides.
    pub missing: Credits,
}

/// A cap that would have been crossed in windows in which it was not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CapCrossed {
    pub user_id: String,
    pub cap_type: CapType,
    pub model: Option<String>,
    pub action: CapAction,
    pub limit: Credits,
    pub windows: i64,
    #[schema(value_type = String, format = DateTime)]
    pub first: Timestamp,
    /// The most that a window would have counted.
    pub most: Credits,
}
