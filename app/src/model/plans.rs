//! Plans, allowances and features.

use super::Credits;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A plan, as a pricing version defines it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanDefinition {
    pub id: String,
    pub name: String,
    /// Credits a month that are consumed before the balance.
    #[serde(default)]
    pub free_allowance: Credits,
    /// Model name → formula, used before the version's own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rate_overrides: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub features: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AllowanceResult {
    pub plan_id: Option<String>,
    pub allowance_remaining: Credits,
    #[schema(value_type = String, format = Date)]
    pub period_start: Date,
    /// The last day of the period, inclusive.
    #[schema(value_type = String, format = Date)]
    pub period_end: Date,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CheckFeatureResult {
    pub user_id: String,
    pub feature: String,
    pub value: Value,
    #[serde(default)]
    pub has_feature: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GetUserPlanResult {
    pub user_id: String,
    pub plan_id: Option<String>,
    pub plan_name: Option<String>,
    #[serde(default)]
    pub free_allowance: Credits,
    #[serde(default)]
    pub features: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SetUserPlanResult {
    pub user_id: String,
    pub plan_id: Option<String>,
}
