//! Puts the formulas of chosen models into a pricing configuration.

use super::choose::{Chosen, Wanted, choose};
use super::formula::formula;
use super::list::PriceList;
use app::model::{Credits, PricingConfigData};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The floor of a first version, as of any configuration that names none.
const MIN_BALANCE: i64 = 5;

/// Formulas by model, and what the person should know about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Priced {
    pub formulas: BTreeMap<String, String>,
    /// Models that a pattern let through and that have no price by token.
    pub skipped: usize,
    /// Models whose long prompts cost more by the list; the formula has the base price.
    pub long_context: usize,
}

/// Prices the chosen models. A model named one by one must have a price; the others are skipped without.
pub fn price_models(list: &PriceList, wanted: &Wanted<'_>, credits_per_usd: Decimal) -> Result<Priced, Vec<String>> {
    let Chosen { named, matched } = choose(list, wanted)?;
    let mut priced = Priced::default();
    let mut faults = Vec::new();
    for name in named.union(&matched) {
        let Some(model) = list.get(*name) else { continue };
        match formula(model, credits_per_usd) {
            Ok(formula) => {
                priced.long_context += usize::from(model.has_long_context);
                priced.formulas.insert((*name).to_owned(), formula);
            }
            Err(reason) if named.contains(name) => faults.push(format!("{name}: {reason}")),
            Err(_) => priced.skipped += 1,
        }
    }
    if faults.is_empty() && priced.formulas.is_empty() {
        faults.push("none of the models that match is priced by tokens".to_owned());
    }
    if faults.is_empty() { Ok(priced) } else { Err(faults) }
}

/// A configuration with nothing in it yet.
pub fn empty_config() -> PricingConfigData {
    PricingConfigData {
        version: 1,
        models: BTreeMap::new(),
        tools: BTreeMap::from([("_default".to_owned(), "tool_calls * 0".to_owned())]),
        search: None,
        cache: None,
        fixed: BTreeMap::new(),
        min_balance: Credits::from_micros(MIN_BALANCE * Credits::SCALE),
        plans: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::list::read_list;
    use super::*;

    #[test]
    fn a_named_model_must_have_a_price_and_a_matched_one_need_not() {
        let list = read_list(
            r#"{"a": {"input_cost_per_token": 1e-06, "litellm_provider": "x"},
                "b": {"output_cost_per_second": 0.1, "litellm_provider": "x"}}"#,
        )
        .unwrap();
        let wanted = Wanted { provider: Some("x"), ..Wanted::default() };
        let priced = price_models(&list, &wanted, Decimal::ONE_HUNDRED).unwrap();
        assert_eq!((priced.formulas.len(), priced.skipped), (1, 1));
        let models = ["b".to_owned()];
        let faults = price_models(&list, &Wanted { models: &models, ..wanted }, Decimal::ONE_HUNDRED).unwrap_err();
        assert_eq!(faults, ["b: it is not priced by tokens but by output_cost_per_second"]);
    }
}
