//! What a new version changes, by meaning.
//!
//! A reviewer wants to know which prices move and by how much, not which characters. Formulas that compute alike are no
//! change; where a change is a plain factor on a rate or an amount, it is given in percent, and rate by rate where the rates
//! of a formula change unevenly.

use super::{
    canonical::sorted,
    formula::{Formula, Linear, Scope, Variable},
};
use crate::model::{Credits, PricingConfigData};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Decimal places of a percentage.
const PERCENT_PLACES: u32 = 2;

/// One thing that differs between two configurations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedTerm {
    /// Where: `models.gpt-4o`, `plans.pro.free_allowance`, …
    pub path: String,
    /// `None` for what is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// `None` for what is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// `20` for a fifth more, `-50` for half, as decimal text with at most 2 places. Only for two amounts, or two
    /// formulas that are nothing but rates in the same proportion; `None` otherwise, and from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<String>,
    /// Of two formulas that are nothing but rates, in another proportion: the rates that differ. Empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<ChangedRate>,
}

/// One rate that differs between two formulas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedRate {
    /// The quantity, such as `input_tokens`; `constant` for what every call costs besides.
    pub of: String,
    /// Credits for one, as decimal text; `None` for what is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// `None` for what is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// As in the change itself, where the rate was there before and is still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<String>,
}

impl ChangedRate {
    /// `input +100%`, `cache read −20%`, `output new`, `constant gone`.
    pub fn words(&self) -> String {
        let of = self.of.trim_end_matches("_tokens").replace('_', " ");
        match (&self.old, &self.new, &self.percent) {
            (None, ..) => format!("{of} new"),
            (_, None, _) => format!("{of} gone"),
            (.., Some(percent)) => format!("{of} {}", signed(percent)),
            _ => format!("{of} changed"),
        }
    }

    pub fn is_less(&self) -> bool {
        self.new.is_none() || self.percent.as_ref().is_some_and(|percent| percent.starts_with('-'))
    }
}

/// A percentage with its sign: `20` → `+20%`, `-50` → `−50%`.
pub fn signed(percent: &str) -> String {
    match percent.strip_prefix('-') {
        Some(less) => format!("−{less}%"),
        None => format!("+{percent}%"),
    }
}

/// Everything that differs, by path.
pub fn diff(old: &PricingConfigData, new: &PricingConfigData) -> Vec<ChangedTerm> {
    let (old, new) = (items(old), items(new));
    let gone_or_changed = old.iter().filter_map(|(path, item)| changed(path, Some(item), new.get(path)));
    let added = new.iter().filter(|(path, _)| !old.contains_key(*path));
    let mut changes: Vec<_> =
        gone_or_changed.chain(added.filter_map(|(path, item)| changed(path, None, Some(item)))).collect();
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

/// One value of a configuration, as it is compared.
enum Item<'c> {
    Formula(&'c str, Scope),
    Amount(Credits),
    Text(String),
}

/// Keys, not a joined path: a key may hold a dot.
type Path<'c> = Vec<&'c str>;

fn items(config: &PricingConfigData) -> BTreeMap<Path<'_>, Item<'_>> {
    let mut items = BTreeMap::new();
    for (model, formula) in &config.models {
        items.insert(vec!["models", model], Item::Formula(formula, Scope::Model));
    }
    for (tool, formula) in &config.tools {
        items.insert(vec!["tools", tool], Item::Formula(formula, Scope::Tool));
    }
    for (key, formula) in [("search", &config.search), ("cache", &config.cache)] {
        if let Some(formula) = formula {
            items.insert(vec![key], Item::Formula(formula, Scope::Model));
        }
    }
    for (job, amount) in &config.fixed {
        items.insert(vec!["fixed", job], Item::Amount(*amount));
    }
    items.insert(vec!["min_balance"], Item::Amount(config.min_balance));
    for (key, plan) in &config.plans {
        items.insert(vec!["plans", key, "id"], Item::Text(plan.id.clone()));
        items.insert(vec!["plans", key, "name"], Item::Text(plan.name.clone()));
        items.insert(vec!["plans", key, "free_allowance"], Item::Amount(plan.free_allowance));
        for (model, formula) in &plan.rate_overrides {
            items.insert(vec!["plans", key, "rate_overrides", model], Item::Formula(formula, Scope::Model));
        }
        for (feature, value) in &plan.features {
            items.insert(vec!["plans", key, "features", feature], Item::Text(sorted(value.clone()).to_string()));
        }
    }
    items
}

fn changed(path: &Path<'_>, old: Option<&Item<'_>>, new: Option<&Item<'_>>) -> Option<ChangedTerm> {
    let (percent, rates) = match (old, new) {
        (Some(old), Some(new)) if old.text() == new.text() => return None,
        (Some(Item::Amount(old)), Some(Item::Amount(new))) => {
            (percent(Decimal::from(old.micros()), Decimal::from(new.micros())), Vec::new())
        }
        (Some(Item::Formula(old, scope)), Some(Item::Formula(new, _))) => {
            match (Formula::parse(old, *scope), Formula::parse(new, *scope)) {
                (Ok(old), Ok(new)) if old.same_as(&new) => return None,
                (Ok(old), Ok(new)) => compared(&old, &new).unwrap_or_default(),
                _ => Default::default(),
            }
        }
        _ => Default::default(),
    };
    Some(ChangedTerm { path: path.join("."), old: old.map(Item::text), new: new.map(Item::text), percent, rates })
}

impl Item<'_> {
    fn text(&self) -> String {
        match self {
            Self::Formula(source, _) => (*source).to_owned(),
            Self::Amount(amount) => amount.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// How two formulas differ that are nothing but rates: by one percentage, or rate by rate.
fn compared(old: &Formula, new: &Formula) -> Option<(Option<String>, Vec<ChangedRate>)> {
    let (old, new) = (old.linear()?, new.linear()?);
    Some(match old.factor_to(&new) {
        Some(factor) => (percent(Decimal::ONE, factor), Vec::new()),
        None => (None, changed_rates(&old, &new)),
    })
}

fn changed_rates(old: &Linear, new: &Linear) -> Vec<ChangedRate> {
    let quantities: BTreeSet<Variable> = old.rates.keys().chain(new.rates.keys()).copied().collect();
    let rate = |form: &Linear, of: &Variable| form.rates.get(of).copied().unwrap_or_default();
    let rates = quantities.iter().map(|of| (of.name(), rate(old, of), rate(new, of)));
    let text = |rate: Decimal| Some(rate.normalize().to_string()).filter(|_| !rate.is_zero());
    rates
        .chain([("constant", old.constant, new.constant)])
        .filter(|(_, old, new)| old != new)
        .map(|(of, old, new)| ChangedRate {
            of: of.to_owned(),
            old: text(old),
            new: text(new),
            percent: percent(old, new).filter(|_| !new.is_zero()),
        })
        .collect()
}

/// From `old` to `new`, in percent; nothing from 0.
fn percent(old: Decimal, new: Decimal) -> Option<String> {
    let factor = new.checked_div(old)?;
    let percent = factor.checked_sub(Decimal::ONE)?.checked_mul(Decimal::ONE_HUNDRED)?;
    let rounded = percent.round_dp_with_strategy(PERCENT_PLACES, RoundingStrategy::MidpointAwayFromZero);
    Some(rounded.normalize().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::config::read_config;
    use serde_json::{Value, json};

    /// The changes as `path: old > new (percent)`.
    fn changes(old: Value, new: Value) -> Vec<String> {
        let shown = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        diff(&read_config(&old).unwrap(), &read_config(&new).unwrap())
            .into_iter()
            .map(|c| format!("{}: {} > {} ({})", c.path, shown(c.old), shown(c.new), shown(c.percent)))
            .collect()
    }

    /// The change of one model's formula, rate by rate.
    fn rates(old: &str, new: &str) -> Vec<String> {
        let config = |formula: &str| read_config(&json!({"models": {"a": formula}})).unwrap();
        diff(&config(old), &config(new)).iter().flat_map(|change| &change.rates).map(ChangedRate::words).collect()
    }

    #[test]
    fn uneven_changes_are_told_rate_by_rate() {
        let old = "input_tokens * 2.5 / 1000 + output_tokens * 0.01 + cache_read_tokens * 0.0003";
        let doubled = "input_tokens * 0.005 + 0.02 * output_tokens + cache_read_tokens * 3 / 10000";
        assert_eq!(rates(old, doubled), ["input +100%", "output +100%"]);
        assert_eq!(rates("input_tokens * 3 + output_tokens", "input_tokens * 2 + output_tokens"), ["input −33.33%"]);
        let moved = rates("input_tokens + 3", "input_tokens * 1.000001 + tool_calls");
        assert_eq!(moved, ["input +0%", "tool calls new", "constant gone"]);
        assert!(rates("input_tokens", "input_tokens * 2").is_empty(), "one percentage says it");
        assert!(rates("ceil(input_tokens)", "input_tokens + output_tokens").is_empty(), "no sum of rates");
        let huge = "input_tokens * 79228162514264337593543950335";
        let none = rates("input_tokens * 0.0000000000000000000000000001 + output_tokens", huge);
        assert_eq!(none, ["input changed", "output gone"], "what no decimal holds is left out");
    }

    #[test]
    fn what_is_uneven_has_no_percentage_of_its_own() {
        let config = |formula: &str| read_config(&json!({"models": {"a": formula}})).unwrap();
        let changes = diff(&config("input_tokens + output_tokens"), &config("2 * input_tokens + output_tokens"));
        let rate = ChangedRate {
            of: "input_tokens".into(),
            old: Some("1".into()),
            new: Some("2".into()),
            percent: Some("100".into()),
        };
        assert_eq!((&changes[0].percent, &changes[0].rates), (&None, &vec![rate]));
    }

    #[test]
    fn writing_alone_is_no_change() {
        let old = json!({"models": {"a": "input_tokens * 2.5 / 1000"}, "min_balance": 5});
        let new = json!({"models": {"a": "(input_tokens*2.50)/1_000"}, "min_balance": "5.0", "version": 1});
        assert!(changes(old, new).is_empty());
    }

    #[test]
    fn rates_and_amounts_change_by_percent() {
        let plan = |allowance: i64, seats: i64| json!({"id": "p", "name": "P", "free_allowance": allowance, "features": {"seats": seats, "sso": {"a": 1}}});
        let old = json!({
            "models": {
                "a": "input_tokens * 2 / 1000",
                "b": "input_tokens * 2 + output_tokens * 10",
                "c": "input_tokens * 2 + output_tokens * 10",
                "d": "ceil(input_tokens)",
                "gone": "input_tokens",
                "third": "input_tokens * 3",
            },
            "search": "search_queries",
            "fixed": {"free": 0, "job": 10},
            "plans": {"pro": plan(100, 3)},
        });
        let new = json!({
            "models": {
                "a": "input_tokens * 0.0024",
                "b": "input_tokens * 1 + 5 * output_tokens",
                "c": "input_tokens * 2 + output_tokens * 12",
                "d": "ceil(input_tokens * 2)",
                "new": "input_tokens",
                "third": "input_tokens * 1",
            },
            "fixed": {"free": 1, "job": 7.5},
            "min_balance": 0,
            "plans": {"pro": plan(150, 5)},
        });
        assert_eq!(
            changes(old, new),
            [
                "fixed.free: 0 > 1 (-)",
                "fixed.job: 10 > 7.5 (-25)",
                "min_balance: 5 > 0 (-100)",
                "models.a: input_tokens * 2 / 1000 > input_tokens * 0.0024 (20)",
                "models.b: input_tokens * 2 + output_tokens * 10 > input_tokens * 1 + 5 * output_tokens (-50)",
                "models.c: input_tokens * 2 + output_tokens * 10 > input_tokens * 2 + output_tokens * 12 (-)",
                "models.d: ceil(input_tokens) > ceil(input_tokens * 2) (-)",
                "models.gone: input_tokens > - (-)",
                "models.new: - > input_tokens (-)",
                "models.third: input_tokens * 3 > input_tokens * 1 (-66.67)",
                "plans.pro.features.seats: 3 > 5 (-)",
                "plans.pro.free_allowance: 100 > 150 (50)",
                "search: search_queries > - (-)",
            ]
        );
    }

    #[test]
    fn a_new_plan_is_listed_with_all_it_has() {
        let plain = json!({"models": {"a": "input_tokens"}});
        let mut more = plain.clone();
        more["plans"] = json!({"a.b": {"id": "x", "name": "X", "rate_overrides": {"_default": "input_tokens * 0"}}});
        assert_eq!(
            changes(plain, more),
            [
                "plans.a.b.free_allowance: - > 0 (-)",
                "plans.a.b.id: - > x (-)",
                "plans.a.b.name: - > X (-)",
                "plans.a.b.rate_overrides._default: - > input_tokens * 0 (-)",
            ]
        );
    }
}
