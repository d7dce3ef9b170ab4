//! From quantities to a cost: `round(max(0, model + tools + search + cache + fixed))`.
//!
//! [`Pricing::price`] explains, [`Pricing::cost`] only counts, for the hot path. Both walk the same terms in the same
//! order through [`Pricing::each_term`], so that they cannot disagree.
//!
//! Which terms a call has: the model term when it names a model, or holds tokens without naming one (then `_default`
//! prices them: usage is never silently free); a tool term per called tool; search and cache, where configured, for a
//! model or any quantity; the job's price for a `fixed_job`. A `fixed_job` alone costs the job and nothing else.

use super::{
    compile::Formulas,
    config::DEFAULT_KEY,
    formula::{Formula, Variables},
    price_error::PriceError,
    usage::{Usage, read_usage},
};
use crate::model::{Breakdown, Credits, PlanDefinition, PricedTerm, PricingConfigData, UsageMetrics};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::HashMap;

/// Decimal places of a cost.
const PLACES: u32 = 6;

/// A pricing version, ready to price. Made by [`Pricing::compile`].
#[derive(Clone, Debug)]
pub struct Pricing {
    pub(super) config: PricingConfigData,
    pub(super) models: Formulas,
    pub(super) tools: Formulas,
    pub(super) search: Option<Formula>,
    pub(super) cache: Option<Formula>,
    /// Plan key → its rate overrides.
    pub(super) overrides: HashMap<String, Formulas>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TermKind {
    Model,
    Tool,
    Search,
    Cache,
    Fixed,
}

impl TermKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Tool => "tool",
            Self::Search => "search",
            Self::Cache => "cache",
            Self::Fixed => "fixed",
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Rate<'t> {
    Formula(&'t Formula),
    Amount(Credits),
}

/// One term of a cost, before its value is written down.
#[derive(Clone, Copy, Debug)]
struct Term<'t> {
    kind: TermKind,
    key: &'t str,
    from_plan: bool,
    rate: Rate<'t>,
}

/// Exact sums by kind of term; the total is taken from these, for both `price` and `cost`.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    model: Decimal,
    tools: Decimal,
    search: Decimal,
    cache: Decimal,
    fixed: Decimal,
}

impl Sums {
    fn add(&mut self, kind: TermKind, value: Decimal) -> Result<(), PriceError> {
        let sum = match kind {
            TermKind::Model => &mut self.model,
            TermKind::Tool => &mut self.tools,
            TermKind::Search => &mut self.search,
            TermKind::Cache => &mut self.cache,
            TermKind::Fixed => &mut self.fixed,
        };
        *sum = sum.checked_add(value).ok_or(PriceError::OutOfRange)?;
        Ok(())
    }

    fn total(&self) -> Result<Credits, PriceError> {
        let exact = [self.tools, self.search, self.cache, self.fixed]
            .into_iter()
            .try_fold(self.model, Decimal::checked_add)
            .ok_or(PriceError::OutOfRange)?;
        to_credits(exact.max(Decimal::ZERO)).ok_or(PriceError::OutOfRange)
    }
}

/// The one rounding of a cost: half away from zero, to 10⁻⁶.
fn to_credits(exact: Decimal) -> Option<Credits> {
    let rounded = exact.round_dp_with_strategy(PLACES, RoundingStrategy::MidpointAwayFromZero);
    let missing = PLACES.checked_sub(rounded.scale())?;
    let micros = rounded.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
    i64::try_from(micros).ok().map(Credits::from_micros)
}

impl Pricing {
    /// The configuration that it was made from.
    pub const fn config(&self) -> &PricingConfigData {
        &self.config
    }

    /// The floor of every balance.
    pub const fn min_balance(&self) -> Credits {
        self.config.min_balance
    }

    /// The plan of this key (the key of the `plans` map, not the plan's own id).
    pub fn plan(&self, key: &str) -> Option<&PlanDefinition> {
        self.config.plans.get(key)
    }

    /// The cost with every term, the formulas used and the quantities. A plan that this version does not have changes
    /// nothing: its user pays the plain rates.
    pub fn price(&self, metrics: &UsageMetrics, plan: Option<&str>) -> Result<Breakdown, PriceError> {
        let mut sums = Sums::default();
        let mut terms = Vec::new();
        self.each_term(metrics, plan, &mut |term, value| {
            terms.push(PricedTerm {
                term: term.kind.name().to_owned(),
                key: term.key.to_owned(),
                from_plan: term.from_plan,
                formula: match term.rate {
                    Rate::Formula(formula) => formula.source().to_owned(),
                    Rate::Amount(amount) => amount.to_string(),
                },
                value: text(value),
            });
            sums.add(term.kind, value)
        })?;
        Ok(Breakdown {
            model: text(sums.model),
            tools: text(sums.tools),
            search: text(sums.search),
            cache: text(sums.cache),
            fixed: text(sums.fixed),
            total: sums.total()?,
            terms,
            quantities: metrics.clone(),
        })
    }

    /// The total of [`price`](Self::price), without the explanation.
    pub fn cost(&self, metrics: &UsageMetrics, plan: Option<&str>) -> Result<Credits, PriceError> {
        let mut sums = Sums::default();
        self.each_term(metrics, plan, &mut |term, value| sums.add(term.kind, value))?;
        sums.total()
    }

    /// Computes every term of a call, in the order of the breakdown.
    fn each_term(
        &self,
        metrics: &UsageMetrics,
        plan: Option<&str>,
        found: &mut impl FnMut(Term<'_>, Decimal) -> Result<(), PriceError>,
    ) -> Result<(), PriceError> {
        let usage = read_usage(metrics)?;
        let variables = &usage.variables;
        let plan = plan.and_then(|key| self.overrides.get_key_value(key));
        if let Some(term) = self.model_term(metrics, &usage, plan.map(|(_, overrides)| overrides))? {
            let plan_key = plan.map_or("", |(key, _)| key);
            found(term, term.value(variables, plan_key)?)?;
        }
        self.tool_terms(metrics, &usage, found)?;
        if metrics.model.is_some() || usage.has_quantity {
            let singles = [(TermKind::Search, "costs", &self.search), (TermKind::Cache, "discount", &self.cache)];
            for (kind, key, formula) in singles {
                if let Some(formula) = formula {
                    let term = Term { kind, key, from_plan: false, rate: Rate::Formula(formula) };
                    found(term, term.value(variables, "")?)?;
                }
            }
        }
        if let Some(job) = &metrics.fixed_job {
            let Some((key, amount)) = self.config.fixed.get_key_value(job) else {
                return Err(PriceError::UnknownJob { job: job.clone() });
            };
            let term = Term { kind: TermKind::Fixed, key, from_plan: false, rate: Rate::Amount(*amount) };
            found(term, term.value(variables, "")?)?;
        }
        Ok(())
    }

    /// The formula of the model: the plan's own, the version's own, the plan's `_default`, the version's `_default`.
    fn model_term<'t>(
        &'t self,
        metrics: &'t UsageMetrics,
        usage: &Usage,
        plan: Option<&'t Formulas>,
    ) -> Result<Option<Term<'t>>, PriceError> {
        if metrics.model.is_none() && !usage.has_tokens {
            return Ok(None);
        }
        let model = metrics.model.as_deref().unwrap_or_default();
        let named = |formulas: &'t Formulas| formulas.named.get(model).map(|formula| (model, formula));
        let default = |formulas: &'t Formulas| formulas.default.as_ref().map(|formula| (DEFAULT_KEY, formula));
        let from_plan = |found| (true, found);
        let from_version = |found| (false, found);
        let (from_plan, (key, formula)) = plan
            .and_then(named)
            .map(from_plan)
            .or_else(|| named(&self.models).map(from_version))
            .or_else(|| plan.and_then(default).map(from_plan))
            .or_else(|| default(&self.models).map(from_version))
            .ok_or_else(|| PriceError::UnknownModel { model: model.to_owned() })?;
        Ok(Some(Term { kind: TermKind::Model, key, from_plan, rate: Rate::Formula(formula) }))
    }

    /// Each called tool with a formula of its own by that; all other calls together by `_default`, or free without one.
    fn tool_terms(
        &self,
        metrics: &UsageMetrics,
        usage: &Usage,
        found: &mut impl FnMut(Term<'_>, Decimal) -> Result<(), PriceError>,
    ) -> Result<(), PriceError> {
        let mut priced = |key: &str, formula: &Formula, this_tool_calls: u64| {
            let term = Term { kind: TermKind::Tool, key, from_plan: false, rate: Rate::Formula(formula) };
            let variables = Variables { this_tool_calls, ..usage.variables };
            found(term, term.value(&variables, "")?)
        };
        let mut others = usage.nameless_calls;
        for (name, count) in metrics.tools.iter().filter(|(_, count)| **count > 0) {
            match self.tools.named.get(name) {
                Some(formula) => priced(name, formula, *count)?,
                // Cannot overflow: the sum of all was checked.
                None => others = others.saturating_add(*count),
            }
        }
        match &self.tools.default {
            Some(formula) if others > 0 => priced(DEFAULT_KEY, formula, others),
            _ => Ok(()),
        }
    }
}

impl Term<'_> {
    /// `plan` names the plan whose override this is, for the path of an error.
    fn value(&self, variables: &Variables, plan: &str) -> Result<Decimal, PriceError> {
        match self.rate {
            Rate::Amount(amount) => Ok(Decimal::new(amount.micros(), PLACES)),
            Rate::Formula(formula) => {
                formula.eval(variables).map_err(|error| PriceError::Formula { path: self.path(plan), error })
            }
        }
    }

    /// Where the term stands in the configuration.
    fn path(&self, plan: &str) -> String {
        let key = self.key;
        match self.kind {
            TermKind::Model if self.from_plan => format!("plans.{plan}.rate_overrides.{key}"),
            TermKind::Model => format!("models.{key}"),
            TermKind::Tool => format!("tools.{key}"),
            TermKind::Search => "search".to_owned(),
            TermKind::Cache => "cache".to_owned(),
            TermKind::Fixed => format!("fixed.{key}"),
        }
    }
}

fn text(value: Decimal) -> String {
    value.normalize().to_string()
}
