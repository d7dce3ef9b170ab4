//! A configuration with all of its formulas read, ready to price.

use super::{
    config::DEFAULT_KEY,
    engine::Pricing,
    formula::{Formula, Scope},
};
use crate::model::{ConfigError, PricingConfigData};
use std::collections::{BTreeMap, HashMap};

/// The formulas of one map, with the fallback beside it.
#[derive(Clone, Debug, Default)]
pub(super) struct Formulas {
    pub(super) named: HashMap<String, Formula>,
    pub(super) default: Option<Formula>,
}

impl Pricing {
    /// Reads every formula once. [`read_config`](super::config::read_config) has already checked them; a configuration
    /// from elsewhere may still be at fault, and then every fault is given.
    pub fn compile(config: PricingConfigData) -> Result<Self, Vec<ConfigError>> {
        let mut errors = Vec::new();
        let models = read_map("models", &config.models, Scope::Model, &mut errors);
        let tools = read_map("tools", &config.tools, Scope::Tool, &mut errors);
        let search = read_one("search", config.search.as_deref(), &mut errors);
        let cache = read_one("cache", config.cache.as_deref(), &mut errors);
        let mut overrides = HashMap::new();
        for (key, plan) in config.plans.iter().filter(|(_, plan)| !plan.rate_overrides.is_empty()) {
            let path = format!("plans.{key}.rate_overrides");
            overrides.insert(key.clone(), read_map(&path, &plan.rate_overrides, Scope::Model, &mut errors));
        }
        if errors.is_empty() { Ok(Self { config, models, tools, search, cache, overrides }) } else { Err(errors) }
    }
}

fn read_map(path: &str, sources: &BTreeMap<String, String>, scope: Scope, errors: &mut Vec<ConfigError>) -> Formulas {
    let mut formulas = Formulas::default();
    for (key, source) in sources {
        match Formula::parse(source, scope) {
            Ok(formula) if key == DEFAULT_KEY => formulas.default = Some(formula),
            Ok(formula) => {
                formulas.named.insert(key.clone(), formula);
            }
            Err(error) => errors.push(ConfigError {
                path: format!("{path}.{key}"),
                message: error.message,
                position: error.position,
            }),
        }
    }
    formulas
}

fn read_one(path: &str, source: Option<&str>, errors: &mut Vec<ConfigError>) -> Option<Formula> {
    match Formula::parse(source?, Scope::Model) {
        Ok(formula) => Some(formula),
        Err(error) => {
            errors.push(ConfigError { path: path.to_owned(), message: error.message, position: error.position });
            None
        }
    }
}
