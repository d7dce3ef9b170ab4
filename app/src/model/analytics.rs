//! What finance reads: spend by day, model and user.

use super::Credits;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AggregateStatsRow {
    pub total_credits_consumed: Credits,
    pub active_users: i64,
    /// Total over the days of the window, at least one.
    pub avg_daily_spend: Credits,
    pub top_model: Option<String>,
    pub top_user: Option<String>,
    #[serde(default)]
    pub transaction_count: i64,
    #[serde(default)]
    pub refunded: Credits,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DailySpendRow {
    /// The day in the asked zone.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub total_spend: Credits,
    pub transaction_count: i64,
    /// Refunds made on this day; beside the spend, never netted.
    #[serde(default)]
    pub refunded: Credits,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SpendByModelRow {
    pub model: String,
    pub total_spend: Credits,
    pub transaction_count: i64,
    #[serde(default)]
    pub refunded: Credits,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SpendByUserRow {
    pub user_id: String,
    pub total_spend: Credits,
    pub transaction_count: i64,
    #[serde(default)]
    pub refunded: Credits,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TopUserRow {
    pub user_id: String,
    pub total_spend: Credits,
}
