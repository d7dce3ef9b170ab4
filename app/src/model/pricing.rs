//! Pricing versions, the quantities they price and the costs they give.

use super::{Credits, PlanDefinition, Timestamp, Uuid};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The content of a pricing version. Read it through `pricing::config`, which checks everything and names every error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PricingConfigData {
    pub version: u32,
    /// Model name → formula; `_default` is the fallback.
    pub models: BTreeMap<String, String>,
    /// Tool name → formula; `_default` prices the calls without one of their own.
    pub tools: BTreeMap<String, String>,
    /// The formula of searches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// The formula of the cache discount; negative as its author writes it, and added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<String>,
    /// Job name → cost.
    #[serde(default)]
    pub fixed: BTreeMap<String, Credits>,
    /// The floor of every balance.
    pub min_balance: Credits,
    /// Key → plan.
    #[serde(default)]
    pub plans: BTreeMap<String, PlanDefinition>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PricingConfigHistoryItem {
    pub id: Uuid,
    pub version: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    pub active: bool,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PricingConfigResult {
    pub id: Uuid,
    pub config: PricingConfigData,
    pub version: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// The quantities of one call, which a pricing version turns into a cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageMetrics {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub input_tokens: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub output_tokens: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub cache_read_tokens: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub cache_write_tokens: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub search_queries: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub search_results: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub web_search_calls: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub code_exec_calls: u64,
    /// Calls of named tools: name → count.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tools: BTreeMap<String, u64>,
    /// All tool calls. Left out, it is the sum of `tools`; above that sum, the rest are calls without a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_job: Option<String>,
}

/// What serde leaves out: a quantity that is not there.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// One priced term: what it is for, the formula used and its unrounded value as decimal text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PricedTerm {
    /// `model`, `tool`, `search`, `cache` or `fixed`.
    pub term: String,
    /// The key that was found: a model, a tool, a job, or `_default`.
    pub key: String,
    /// True when the formula came from the plan's `rate_overrides`.
    #[serde(default)]
    pub from_plan: bool,
    pub formula: String,
    /// Exact value before the one rounding, in credits.
    pub value: String,
}

/// How a cost came about. `total = round(max(0, model + tools + search + cache + fixed))`, half away from zero, once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Breakdown {
    /// Exact sums of each kind of term, in credits, as decimal text.
    pub model: String,
    pub tools: String,
    pub search: String,
    pub cache: String,
    pub fixed: String,
    pub total: Credits,
    pub terms: Vec<PricedTerm>,
    pub quantities: UsageMetrics,
}

/// One fault of a configuration, at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConfigError {
    /// Where: `models.gpt-4o`, `plans.pro.rate_overrides._default`, …
    pub path: String,
    pub message: String,
    /// For a formula: the byte offset at which it went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
}
