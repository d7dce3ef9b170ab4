//! Work on prices before it is a version.

use super::{Credits, PricingConfigHistoryItem, PricingConfigResult, Timestamp, Uuid};
use serde::{Deserialize, Serialize};

/// A version as its own page shows it: who published it and when it has been active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionDetail {
    pub version: PricingConfigResult,
    pub created_by: String,
    pub created_at: Timestamp,
    /// Newest first.
    pub activations: Vec<Activation>,
    /// The version that is active now.
    pub active: Option<i64>,
}

/// That a version was made the active one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activation {
    pub version: i64,
    pub by: String,
    pub at: Timestamp,
}

/// A row of the list of versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionRow {
    pub item: PricingConfigHistoryItem,
    pub created_by: String,
    /// When it was last made the active one, and by whom.
    pub activated: Option<Activation>,
}

/// A draft as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PricingDraft {
    pub id: Uuid,
    /// The version that it was begun from.
    pub base: Option<i64>,
    /// The version that was active when its author last looked at what is active.
    pub seen_active: Option<i64>,
    pub label: Option<String>,
    /// As it was typed.
    pub content: String,
    /// The form of one plan, when the draft was made by that.
    pub plan_form: Option<PlanForm>,
    pub revision: i64,
    /// The version that it has become.
    pub published: Option<i64>,
    pub created_by: String,
    pub updated_by: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A draft on its page, with what it is compared with, read at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftDetail {
    pub draft: PricingDraft,
    pub active: Option<PricingConfigResult>,
    /// What its author knew to be active, where that is no longer so; none also where nothing was active then.
    pub seen: Option<PricingConfigResult>,
    /// Whom its plans would touch, compared with the active version.
    pub impacts: Vec<PlanImpact>,
    /// Its plans' new rates for models that no version prices and no charge has named.
    pub unknown_rates: Vec<UnknownRate>,
}

/// A plan's rate for a model that nothing knows: most likely a misspelt name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownRate {
    pub plan: String,
    pub model: String,
}

/// A draft in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftRow {
    pub id: Uuid,
    pub base: Option<i64>,
    pub label: Option<String>,
    pub updated_by: String,
    pub updated_at: Timestamp,
}

/// What is to be kept of a draft.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SaveDraft {
    /// None makes a new one.
    pub id: Option<Uuid>,
    /// The revision that was edited.
    pub revision: i64,
    pub base: Option<i64>,
    /// The version that was active when its editor was made, or when the draft in it last took in what is active.
    pub seen_active: Option<i64>,
    pub label: Option<String>,
    pub content: String,
    pub plan_form: Option<PlanForm>,
}

/// Where a draft was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedDraft {
    pub id: Uuid,
    /// Why this became a draft of its own.
    pub copied: Option<Meanwhile>,
}

/// What had become of a draft while it was edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meanwhile {
    Saved,
    Discarded,
    Published,
}

impl Meanwhile {
    pub const ALL: [Self; 3] = [Self::Saved, Self::Discarded, Self::Published];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Discarded => "discarded",
            Self::Published => "published",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

/// A plan as its form has it: texts, right or wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanForm {
    pub key: String,
    /// True for a plan that the base does not have.
    pub fresh: bool,
    /// True when the plan is taken out.
    pub removed: bool,
    pub id: String,
    pub name: String,
    pub free_allowance: String,
    pub features: Vec<FeatureField>,
    pub rates: Vec<RateField>,
}

/// A feature with the type of its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeatureField {
    pub name: String,
    /// `text`, `number`, `yes`, `no`, `nothing` or `json`.
    pub kind: String,
    pub value: String,
}

/// A model with its formula in this plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RateField {
    pub model: String,
    pub formula: String,
}

/// What becomes of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanChange {
    Added,
    Changed,
    Removed,
}

/// Whom a change of a plan touches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanImpact {
    pub key: String,
    pub name: String,
    pub change: PlanChange,
    pub members: i64,
    /// Models whose own rate is new, gone or another one.
    pub rates: Vec<String>,
    /// Features that are new, gone or have another value.
    pub features: Vec<String>,
    pub allowance_before: Credits,
    pub allowance_after: Credits,
    /// Members who have used no more than the old allowance allows, but as much as the new one or more: theirs is used up
    /// at once.
    pub used_up: i64,
}

/// A plan in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanRow {
    pub key: String,
    /// None for a plan that members have and the active version does not.
    pub definition: Option<super::PlanDefinition>,
    pub members: i64,
    /// Allowance that the members have used this month: what the plan gives away.
    pub allowance_used: Credits,
    /// Credits that they have spent in the last 30 days.
    pub spend: Credits,
}

/// All plans, read at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanList {
    pub version: Option<i64>,
    pub plans: Vec<PlanRow>,
    /// Users without a plan.
    pub without: i64,
}

/// A plan's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanDetail {
    pub version: i64,
    pub row: PlanRow,
    pub members: super::Page<PlanMember>,
}

/// A member of a plan with the allowance used this month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanMember {
    pub user_id: String,
    pub name: Option<String>,
    pub allowance_used: Credits,
}

/// A price list that was given, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriceListView {
    pub id: Uuid,
    pub created_by: String,
    pub created_at: Timestamp,
    /// Models in the whole list, and those that the filter lets through.
    pub total: usize,
    pub matching: usize,
    /// The first of those.
    pub models: Vec<ListedModel>,
    pub providers: Vec<String>,
}

/// A model of a price list, with its formula at the rate asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedModel {
    pub name: String,
    pub provider: String,
    /// The formula, or why there is none.
    pub formula: Result<String, String>,
    pub long_context: bool,
    /// The active version's formula of that name.
    pub now: Option<String>,
}

/// Which models of a price list, and at which rate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PriceListChoice {
    pub models: Vec<String>,
    pub pattern: String,
    pub provider: String,
    pub credits_per_usd: String,
    /// Drops the models of the active version that are not chosen.
    pub replace: bool,
}

impl PriceListChoice {
    /// The usual rate, as a form names it.
    const RATE: &str = "100";

    /// Reads the words of an address.
    pub fn read(word: impl Fn(&str) -> String) -> Self {
        let [pattern, provider, rate] = ["match", "provider", "rate"].map(word);
        let credits_per_usd = if rate.is_empty() { Self::RATE.to_owned() } else { rate };
        Self { pattern, provider, credits_per_usd, ..Self::default() }
    }

    /// The same as an address says it.
    pub fn pairs(&self) -> [(&'static str, &str); 3] {
        [("match", &self.pattern), ("provider", &self.provider), ("rate", &self.credits_per_usd)]
    }

    /// At the usual rate.
    #[must_use]
    pub fn at_usual_rate(self) -> Self {
        Self { credits_per_usd: Self::RATE.to_owned(), ..self }
    }
}
