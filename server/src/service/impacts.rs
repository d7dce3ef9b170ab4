//! Whom a draft's plans touch, and what in them is most likely a slip.

use super::Desk;
use crate::ledger::month_start;
use crate::store::{StoreError, Tx, plans, reports, versions};
use app::model::{Credits, PlanChange, PlanDefinition, PlanImpact, PricingConfigData, UnknownRate};
use app::pricing::{ChangedTerm, config::DEFAULT_KEY, diff};
use std::collections::BTreeSet;

impl Desk {
    /// Whom the plans of `new` touch, compared with `old`.
    pub(super) async fn impacts(
        &self,
        tx: &mut Tx,
        old: &PricingConfigData,
        new: &PricingConfigData,
    ) -> Result<Vec<PlanImpact>, StoreError> {
        let month = month_start(Self::now(self));
        let keys: BTreeSet<&String> = old.plans.keys().chain(new.plans.keys()).collect();
        let changes = diff(old, new);
        let mut impacts = Vec::new();
        for key in keys {
            let (before, after) = (old.plans.get(key), new.plans.get(key));
            let change = match (before, after) {
                (None, Some(_)) => PlanChange::Added,
                (Some(_), None) => PlanChange::Removed,
                (Some(before), Some(after)) if before != after => PlanChange::Changed,
                _ => continue,
            };
            let allowance = |plan: Option<&PlanDefinition>| plan.map_or(Credits::ZERO, |plan| plan.free_allowance);
            let (allowance_before, allowance_after) = (allowance(before), allowance(after));
            let (members, used_up) = plans::touched(tx, key, month, allowance_before, allowance_after).await?;
            let name = after.or(before).map(|plan| plan.name.clone()).unwrap_or_default();
            impacts.push(PlanImpact {
                key: key.clone(),
                name,
                change,
                members,
                rates: below(&changes, &format!("plans.{key}.rate_overrides.")),
                features: below(&changes, &format!("plans.{key}.features.")),
                allowance_before,
                allowance_after,
                used_up,
            });
        }
        Ok(impacts)
    }
}

/// The names of the changed places below a path.
fn below(changes: &[ChangedTerm], path: &str) -> Vec<String> {
    changes.iter().filter_map(|change| change.path.strip_prefix(path)).map(str::to_owned).collect()
}

/// The rates of plans that `new` adds to `old`, for models that no version prices and no charge has named.
pub(super) async fn unknown_rates(
    tx: &mut Tx,
    old: &PricingConfigData,
    new: &PricingConfigData,
) -> Result<Vec<UnknownRate>, StoreError> {
    let fresh = |plan: &str, model: &str| {
        let had = old.plans.get(plan).is_some_and(|plan| plan.rate_overrides.contains_key(model));
        !had && model != DEFAULT_KEY && !new.models.contains_key(model)
    };
    let rates = new.plans.iter().flat_map(|(plan, definition)| {
        definition.rate_overrides.keys().map(|model| UnknownRate { plan: plan.clone(), model: model.clone() })
    });
    let mut rates: Vec<UnknownRate> = rates.filter(|rate| fresh(&rate.plan, &rate.model)).collect();
    if rates.is_empty() {
        return Ok(rates);
    }
    let charged: BTreeSet<String> = reports::models(tx).await?.into_iter().collect();
    let models = rates.iter().map(|rate| rate.model.clone()).filter(|model| !charged.contains(model));
    let unknown = versions::unpriced(tx, models.collect()).await?;
    rates.retain(|rate| unknown.contains(&rate.model));
    Ok(rates)
}
