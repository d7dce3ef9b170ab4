//! The plans of a configuration: key → id, name, allowance, overrides and features.

use super::{
    any_json,
    faults::{Faults, Path, kind_of},
    name_fault, optional_map, read_amount, read_formulas,
};
use crate::{
    model::{Credits, PlanDefinition},
    pricing::formula::Scope,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const KEYS: [&str; 5] = ["id", "name", "free_allowance", "rate_overrides", "features"];

pub(super) fn read_plans(value: Option<&Value>, faults: &mut Faults) -> BTreeMap<String, PlanDefinition> {
    let root = Path::root();
    let path = root.key("plans");
    let Some(value) = optional_map(value) else {
        return BTreeMap::new();
    };
    let mut plans = BTreeMap::new();
    for (key, value) in faults.entries(&path, value) {
        if let Some(plan) = read_plan(value, &path.key(key), faults) {
            plans.insert(key.clone(), plan);
        }
    }
    check_unique(&plans, &path, "id", |plan| &plan.id, faults);
    check_unique(&plans, &path, "name", |plan| &plan.name, faults);
    plans
}

fn read_plan(value: &Value, path: &Path<'_>, faults: &mut Faults) -> Option<PlanDefinition> {
    let Value::Object(map) = value else {
        faults.add(path, format!("must be a map, not {}", kind_of(value)));
        return None;
    };
    faults.unknown_keys(path, map, &KEYS);
    let overrides = path.key("rate_overrides");
    let features = path.key("features");
    Some(PlanDefinition {
        id: read_name(map, path, "id", faults),
        name: read_name(map, path, "name", faults),
        free_allowance: match map.get("free_allowance") {
            None => Credits::ZERO,
            Some(value) => read_amount(value, &path.key("free_allowance"), faults),
        },
        rate_overrides: match optional_map(map.get("rate_overrides")) {
            None => BTreeMap::new(),
            Some(value) => read_formulas(value, &overrides, Scope::Model, faults),
        },
        features: match optional_map(map.get("features")) {
            None => Map::new(),
            Some(value) => any_json(faults.entries(&features, value)),
        },
    })
}

/// A required text; empty where it is at fault, which the check for uniqueness passes over.
fn read_name(map: &Map<String, Value>, path: &Path<'_>, key: &'static str, faults: &mut Faults) -> String {
    let path = path.key(key);
    match map.get(key) {
        None => faults.add(&path, "is missing"),
        Some(Value::String(name)) => match name_fault(name) {
            None => return name.clone(),
            Some(rule) => faults.add(&path, rule),
        },
        Some(value) => faults.add(&path, format!("must be text, not {}", kind_of(value))),
    }
    String::new()
}

fn check_unique<'p>(
    plans: &'p BTreeMap<String, PlanDefinition>,
    path: &Path<'_>,
    field: &'static str,
    value: impl Fn(&'p PlanDefinition) -> &'p String,
    faults: &mut Faults,
) {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, plan) in plans {
        let value = value(plan);
        if value.is_empty() {
            continue;
        }
        if let Some(owner) = first.get(value.as_str()) {
            faults.add(&path.key(key).key(field), format!("is already the {field} of plan `{owner}`"));
        } else {
            first.insert(value, key);
        }
    }
}
