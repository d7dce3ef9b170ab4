//! Reading a pricing configuration: all of it, strictly, with every fault at once.
//!
//! A price list is edited by hand. An unknown key must not become a default, and an author must not fix ten mistakes in
//! ten rounds; so reading goes on after a fault, notes it at its path, and gives a configuration only when there is none.
//! Amounts are read from their text and never pass through a float.

mod faults;
mod plans;
#[cfg(test)]
mod tests;

use super::{
    duplicates::duplicate_keys,
    formula::{Formula, Scope},
    near::shown,
};
use crate::model::{ConfigError, Credits, PricingConfigData};
use faults::{Faults, Path, kind_of};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Entries of one map: models, tools, jobs, plans, overrides or features.
pub const MAX_ENTRIES: usize = 10_000;
/// Characters of a key, a plan's id or a plan's name.
pub const MAX_NAME: usize = 255;
/// The fallback among models, tools and rate overrides.
pub const DEFAULT_KEY: &str = "_default";

/// The only version of the format.
const FORMAT_VERSION: u32 = 1;
const KEYS: [&str; 8] = ["version", "models", "tools", "search", "cache", "fixed", "min_balance", "plans"];
/// Unmatched tool calls are free where a configuration says nothing of tools.
const DEFAULT_TOOL_FORMULA: &str = "tool_calls * 0";
/// The floor where a configuration names none, in whole credits.
const DEFAULT_MIN_BALANCE: i64 = 5;

/// Reads a configuration from JSON text; besides [`read_config`] it reports syntax errors with line and column, and keys
/// given twice.
pub fn read_config_text(text: &str) -> Result<PricingConfigData, Vec<ConfigError>> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        vec![ConfigError { path: String::new(), message: format!("not JSON: {error}"), position: None }]
    })?;
    read_config_once(&value, &duplicate_keys(text))
}

/// Reads a configuration from a document in which the keys at the paths `twice` stood twice: each is a fault.
pub fn read_config_once(value: &Value, twice: &[String]) -> Result<PricingConfigData, Vec<ConfigError>> {
    let mut errors: Vec<_> = twice
        .iter()
        .map(|path| ConfigError { path: shown(path), message: "is given twice".to_owned(), position: None })
        .collect();
    match read_config(value) {
        Ok(config) if errors.is_empty() => Ok(config),
        Ok(_) => Err(errors),
        Err(more) => {
            errors.extend(more);
            Err(errors)
        }
    }
}

/// Reads a configuration, or gives every fault with its path (`models.gpt-4o`, `plans.pro.rate_overrides._default`; the
/// empty path is the whole).
pub fn read_config(value: &Value) -> Result<PricingConfigData, Vec<ConfigError>> {
    let mut faults = Faults::default();
    let root = Path::root();
    let Value::Object(map) = value else {
        faults.add(&root, format!("must be a map, not {}", kind_of(value)));
        return Err(faults.into_errors());
    };
    faults.unknown_keys(&root, map, &KEYS);
    read_version(map.get("version"), &mut faults);
    let config = PricingConfigData {
        version: FORMAT_VERSION,
        models: read_models(map.get("models"), &mut faults),
        tools: read_tools(map.get("tools"), &mut faults),
        search: read_single(map.get("search"), &root.key("search"), "costs", &mut faults),
        cache: read_single(map.get("cache"), &root.key("cache"), "discount", &mut faults),
        fixed: read_fixed(map.get("fixed"), &mut faults),
        min_balance: match map.get("min_balance") {
            None => Credits::whole(DEFAULT_MIN_BALANCE).unwrap_or_default(),
            Some(value) => read_amount(value, &root.key("min_balance"), &mut faults),
        },
        plans: plans::read_plans(map.get("plans"), &mut faults),
    };
    let errors = faults.into_errors();
    if errors.is_empty() { Ok(config) } else { Err(errors) }
}

/// Missing is 1; anything but the integer 1 (`1.0`, `"1"`, `null`) is refused, lest a later format be half understood.
fn read_version(value: Option<&Value>, faults: &mut Faults) {
    match value {
        None => {}
        Some(Value::Number(number)) if number.to_string() == "1" => {}
        Some(_) => faults.add(&Path::root().key("version"), "must be the integer 1"),
    }
}

fn read_models(value: Option<&Value>, faults: &mut Faults) -> BTreeMap<String, String> {
    let root = Path::root();
    let path = root.key("models");
    match value {
        None => {
            faults.add(&path, "is missing: name at least one model and its formula");
            BTreeMap::new()
        }
        Some(Value::Object(map)) if map.is_empty() => {
            faults.add(&path, "is empty: name at least one model and its formula");
            BTreeMap::new()
        }
        Some(value) => read_formulas(value, &path, Scope::Model, faults),
    }
}

fn read_tools(value: Option<&Value>, faults: &mut Faults) -> BTreeMap<String, String> {
    match value {
        None => BTreeMap::from([(DEFAULT_KEY.to_owned(), DEFAULT_TOOL_FORMULA.to_owned())]),
        Some(value) => read_formulas(value, &Path::root().key("tools"), Scope::Tool, faults),
    }
}

/// A map from names to formulas.
fn read_formulas(value: &Value, path: &Path<'_>, scope: Scope, faults: &mut Faults) -> BTreeMap<String, String> {
    let mut formulas = BTreeMap::new();
    for (name, value) in faults.entries(path, value) {
        if let Some(source) = read_formula(value, &path.key(name), scope, faults) {
            formulas.insert(name.clone(), source);
        }
    }
    formulas
}

/// A formula string, kept as it was written.
fn read_formula(value: &Value, path: &Path<'_>, scope: Scope, faults: &mut Faults) -> Option<String> {
    let Value::String(source) = value else {
        faults.add(path, format!("must be a formula in quotes, not {}", kind_of(value)));
        return None;
    };
    match Formula::parse(source, scope) {
        Ok(_) => Some(source.clone()),
        Err(error) => {
            faults.add_at(path, error.message, error.position);
            None
        }
    }
}

/// `search` and `cache`: a formula, or a map with one key that holds it. `null` is as good as absent.
fn read_single(value: Option<&Value>, path: &Path<'_>, key: &'static str, faults: &mut Faults) -> Option<String> {
    match value {
        None | Some(Value::Null) => None,
        Some(Value::Object(map)) => {
            faults.unknown_keys(path, map, &[key]);
            let Some(value) = map.get(key) else {
                faults.add(&path.key(key), "is missing");
                return None;
            };
            read_formula(value, &path.key(key), Scope::Model, faults)
        }
        Some(value) => read_formula(value, path, Scope::Model, faults),
    }
}

fn read_fixed(value: Option<&Value>, faults: &mut Faults) -> BTreeMap<String, Credits> {
    let root = Path::root();
    let path = root.key("fixed");
    let Some(value) = value else {
        return BTreeMap::new();
    };
    let jobs = faults.entries(&path, value);
    jobs.into_iter().map(|(job, value)| (job.clone(), read_amount(value, &path.key(job), faults))).collect()
}

/// An amount of credits, at least 0, from the text of a number or of a string.
fn read_amount(value: &Value, path: &Path<'_>, faults: &mut Faults) -> Credits {
    let read = match value {
        Value::Number(number) => number.to_string().parse::<Credits>(),
        Value::String(text) => text.parse(),
        _ => {
            faults.add(path, format!("must be an amount of credits, not {}", kind_of(value)));
            return Credits::ZERO;
        }
    };
    match read {
        Ok(amount) if amount.is_negative() => faults.add(path, "must not be negative"),
        Ok(amount) => return amount,
        Err(error) => faults.add(path, error.to_string()),
    }
    Credits::ZERO
}

/// The rule that a name breaks, if it does.
pub(super) fn name_fault(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("must not be empty")
    } else if name.chars().nth(MAX_NAME).is_some() {
        Some("must be at most 255 characters long")
    } else if name.chars().any(char::is_control) {
        Some("must not contain control characters")
    } else {
        None
    }
}

/// An empty map for what is absent, a map's entries otherwise.
fn optional_map(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// An owned copy of a map of any JSON.
fn any_json(entries: Vec<(&String, &Value)>) -> Map<String, Value> {
    entries.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}
