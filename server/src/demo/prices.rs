//! The demo's two price versions, and what a call costs by them.
//!
//! A credit is a US cent at list price; the product adds its margin. The generator needs to know what a call will cost, in
//! order to buy credits in time; it counts here, in integers, and a test holds that against the pricing engine.

use super::models::{ListPrice, MODELS, NEW_MODEL, find};
use app::model::{Credits, PlanDefinition, PricingConfigData, UsageMetrics};
use rust_decimal::Decimal;
use serde_json::{Map, json};
use std::collections::BTreeMap;

/// Price of a code interpreter run, of another tool call, of a search and of the jobs, in millionths of a credit.
const CODE_RUN: u64 = 3_000_000;
const TOOL_CALL: u64 = 20_000;
const SEARCH: u64 = 1_000_000;
const JOBS: [(&str, u64); 2] = [("monthly_report", 25_000_000), ("voice_clone", 400_000_000)];

/// Which of the two versions is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Launch,
    /// Small models cheaper, and a new model.
    Autumn,
}

/// What a user has subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    Free,
    Pro,
    Scale,
}

impl Plan {
    pub const ALL: [Self; 3] = [Self::Free, Self::Pro, Self::Scale];

    pub const fn key(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Pro => "pro",
            Self::Scale => "scale",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Pro => "Pro",
            Self::Scale => "Scale",
        }
    }

    /// Whole credits a month that are consumed before the balance. Few enough that they do not last a day of those who use
    /// most, or the first of each month would look as if nobody had come.
    pub const fn allowance(self) -> i64 {
        match self {
            Self::Free => 5,
            Self::Pro => 10,
            Self::Scale => 20,
        }
    }

    /// Whole credits that the subscription brings each month.
    pub const fn subscription(self) -> i64 {
        match self {
            Self::Free => 0,
            Self::Pro => 500,
            Self::Scale => 3_000,
        }
    }
}

impl Version {
    /// What is asked for a model, in hundredths of its list price.
    const fn margin(self, model: &ListPrice, plan: Option<Plan>) -> u64 {
        match (self, plan) {
            (_, Some(Plan::Scale)) if has_override(model) => 105,
            (Self::Autumn, _) if model.small => 110,
            _ => 120,
        }
    }

    fn sells(self, model: &ListPrice) -> bool {
        self == Self::Autumn || model.name != NEW_MODEL
    }

    /// The cost of a call in millionths of a credit, before the allowance; none when the version does not sell it.
    pub fn cost(self, metrics: &UsageMetrics, plan: Plan) -> Option<u64> {
        let job = match &metrics.fixed_job {
            Some(job) => JOBS.iter().find(|(name, _)| name == job)?.1,
            None => 0,
        };
        let model = match &metrics.model {
            Some(name) => {
                let model = find(name).filter(|model| self.sells(model))?;
                let tokens = metrics.input_tokens * model.input
                    + metrics.output_tokens * model.output
                    + metrics.cache_read_tokens * model.cache_read
                    + metrics.cache_write_tokens * model.cache_write;
                // Thousandths of a USD for 10⁶ tokens, times 100 credits, times hundredths of margin: thousandths of 10⁻⁶.
                (tokens * self.margin(model, Some(plan)) + 500) / 1_000
            }
            None => 0,
        };
        let runs = metrics.tools.get("code_interpreter").copied().unwrap_or(0);
        let calls = metrics.tools.values().sum::<u64>() - runs;
        Some(model + job + runs * CODE_RUN + calls * TOOL_CALL + metrics.search_queries * SEARCH)
    }

    /// The version as it is published.
    pub fn config(self) -> PricingConfigData {
        let sold = || MODELS.iter().filter(|model| self.sells(model));
        PricingConfigData {
            version: 1,
            models: sold().map(|model| (model.name.to_owned(), self.formula(model, None))).collect(),
            tools: BTreeMap::from([
                ("_default".to_owned(), format!("this_tool_calls * {}", credits(TOOL_CALL))),
                ("code_interpreter".to_owned(), format!("this_tool_calls * {}", credits(CODE_RUN))),
            ]),
            search: Some(format!("search_queries * {}", credits(SEARCH))),
            cache: None,
            fixed: JOBS.iter().map(|(name, micros)| ((*name).to_owned(), credits(*micros))).collect(),
            min_balance: Credits::ZERO,
            plans: Plan::ALL.iter().map(|plan| (plan.key().to_owned(), self.plan(*plan))).collect(),
        }
    }

    fn formula(self, model: &ListPrice, plan: Option<Plan>) -> String {
        let rate = |price: u64| {
            let scaled = i64::try_from(price * self.margin(model, plan)).unwrap_or(i64::MAX);
            Decimal::new(scaled, 9).normalize()
        };
        let terms = [
            ("input_tokens", model.input),
            ("output_tokens", model.output),
            ("cache_read_tokens", model.cache_read),
            ("cache_write_tokens", model.cache_write),
        ];
        let terms = terms.into_iter().filter(|(_, price)| *price > 0);
        terms.map(|(name, price)| format!("{name} * {}", rate(price))).collect::<Vec<_>>().join(" + ")
    }

    fn plan(self, plan: Plan) -> PlanDefinition {
        let cheaper = MODELS.iter().filter(|model| plan == Plan::Scale && has_override(model) && self.sells(model));
        PlanDefinition {
            id: plan.key().to_owned(),
            name: plan.name().to_owned(),
            free_allowance: Credits::whole(plan.allowance()).unwrap_or_default(),
            rate_overrides: cheaper.map(|model| (model.name.to_owned(), self.formula(model, Some(plan)))).collect(),
            features: features(plan),
        }
    }
}

/// The big models, which the scale plan gets at a lower margin.
const fn has_override(model: &ListPrice) -> bool {
    model.input >= 2_000
}

fn credits(micros: u64) -> Credits {
    Credits::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}

fn features(plan: Plan) -> Map<String, serde_json::Value> {
    let (seats, requests, sso) = match plan {
        Plan::Free => (1, 10, false),
        Plan::Pro => (5, 60, false),
        Plan::Scale => (50, 600, true),
    };
    let features = json!({
        "seats": seats, "requests_per_minute": requests, "sso": sso, "priority_support": plan != Plan::Free
    });
    features.as_object().cloned().unwrap_or_default()
}
