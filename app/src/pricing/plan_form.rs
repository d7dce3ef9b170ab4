//! A plan as a form: texts in, a configuration out, and back.

use super::near::shown;
use crate::model::{ConfigError, Credits, FeatureField, PlanDefinition, PlanForm, PricingConfigData, RateField};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The words for the types of a feature's value, with their labels.
pub const FEATURE_KINDS: [(&str, &str); 6] =
    [("text", "text"), ("number", "number"), ("yes", "yes"), ("no", "no"), ("nothing", "nothing"), ("json", "JSON")];

/// The form of a plan as it is.
pub fn plan_form(key: &str, plan: &PlanDefinition) -> PlanForm {
    PlanForm {
        key: key.to_owned(),
        fresh: false,
        removed: false,
        id: plan.id.clone(),
        name: plan.name.clone(),
        free_allowance: plan.free_allowance.to_string(),
        features: plan.features.iter().map(|(name, value)| feature_field(name, value)).collect(),
        rates: plan
            .rate_overrides
            .iter()
            .map(|(model, formula)| RateField { model: model.clone(), formula: formula.clone() })
            .collect(),
    }
}

fn feature_field(name: &str, value: &Value) -> FeatureField {
    let (kind, value) = match value {
        Value::String(text) => ("text", text.clone()),
        Value::Number(number) => ("number", number.to_string()),
        Value::Bool(true) => ("yes", String::new()),
        Value::Bool(false) => ("no", String::new()),
        Value::Null => ("nothing", String::new()),
        other => ("json", other.to_string()),
    };
    FeatureField { name: name.to_owned(), kind: kind.to_owned(), value }
}

/// `base` with the plan as the form has it, and what only a form can get wrong; every other fault is found when the result
/// is read as a configuration.
pub fn apply_plan_form(base: &PricingConfigData, form: &PlanForm) -> (Value, Vec<ConfigError>) {
    let mut config = serde_json::to_value(base).unwrap_or_default();
    let mut faults = Vec::new();
    let path = format!("plans.{}", shown(&form.key));
    if form.fresh && base.plans.contains_key(&form.key) {
        faults.push(fault(&path, "there is a plan of this key already"));
    }
    let Some(root) = config.as_object_mut() else { return (config, faults) };
    let plans = root.entry("plans").or_insert_with(|| Value::Object(Map::new()));
    let Some(plans) = plans.as_object_mut() else { return (config, faults) };
    if form.removed {
        plans.remove(&form.key);
    } else {
        let plan = plan_value(form, &path, &mut faults);
        plans.insert(form.key.clone(), plan);
    }
    (config, faults)
}

fn plan_value(form: &PlanForm, path: &str, faults: &mut Vec<ConfigError>) -> Value {
    let mut plan = Map::new();
    let id = form.id.trim();
    plan.insert("id".to_owned(), if id.is_empty() { form.key.as_str() } else { id }.into());
    plan.insert("name".to_owned(), form.name.trim().into());
    plan.insert("free_allowance".to_owned(), amount(&form.free_allowance));
    let mut features = Map::new();
    let mut seen = BTreeSet::new();
    for field in form.features.iter().filter(|field| !(field.name.trim().is_empty() && field.value.trim().is_empty())) {
        let name = field.name.trim();
        let place = format!("{path}.features.{}", shown(name));
        if !seen.insert(name) {
            faults.push(fault(&place, "is given twice"));
        }
        match feature_value(field) {
            Ok(value) => drop(features.insert(name.to_owned(), value)),
            Err(rule) => faults.push(fault(&place, rule)),
        }
    }
    let mut rates = Map::new();
    for field in form.rates.iter().filter(|field| !(field.model.trim().is_empty() && field.formula.trim().is_empty())) {
        let model = field.model.trim();
        if rates.insert(model.to_owned(), field.formula.as_str().into()).is_some() {
            faults.push(fault(&format!("{path}.rate_overrides.{}", shown(model)), "is given twice"));
        }
    }
    for (key, map) in [("features", features), ("rate_overrides", rates)] {
        if !map.is_empty() {
            plan.insert(key.to_owned(), Value::Object(map));
        }
    }
    Value::Object(plan)
}

fn feature_value(field: &FeatureField) -> Result<Value, String> {
    let text = field.value.trim();
    match field.kind.as_str() {
        "yes" | "no" | "nothing" if !text.is_empty() => {
            Err(format!("of type {} has no value: empty it, or choose text, number or JSON", field.kind))
        }
        "text" => Ok(Value::String(field.value.clone())),
        "yes" => Ok(Value::Bool(true)),
        "no" => Ok(Value::Bool(false)),
        "nothing" => Ok(Value::Null),
        "number" => match serde_json::from_str(text) {
            Ok(Value::Number(number)) => Ok(Value::Number(number)),
            _ => Err(format!("must be a number such as 3 or 0.5, not {:?}", shown(text))),
        },
        "json" => serde_json::from_str(text).map_err(|error| format!("is no JSON: {error}")),
        other => Err(format!("has the unknown type {:?}", shown(other))),
    }
}

/// A number where it reads as one, so that the draft looks as an author would write it; else the text, which the reader of
/// configurations refuses with the reason.
fn amount(text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return 0.into();
    }
    match text.parse::<Credits>().ok().and_then(|amount| serde_json::to_value(amount).ok()) {
        Some(number) => number,
        None => text.into(),
    }
}

fn fault(path: &str, message: impl Into<String>) -> ConfigError {
    ConfigError { path: path.to_owned(), message: message.into(), position: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::read_config;
    use serde_json::json;

    fn base() -> PricingConfigData {
        read_config(&json!({
            "models": {"gpt": "input_tokens"},
            "plans": {"pro": {"id": "pro", "name": "Pro", "free_allowance": "12.5",
                "rate_overrides": {"gpt": "input_tokens / 2"},
                "features": {"seats": 3, "sso": true, "old": false, "none": null, "tier": "gold", "more": {"a": [1]}}}},
        }))
        .unwrap()
    }

    #[test]
    fn an_unchanged_form_changes_nothing() {
        let base = base();
        let form = plan_form("pro", &base.plans["pro"]);
        let (config, faults) = apply_plan_form(&base, &form);
        assert_eq!((read_config(&config).unwrap(), faults), (base, Vec::new()));
    }

    #[test]
    fn faults_lie_at_their_paths() {
        let base = base();
        let mut form = plan_form("pro", &base.plans["pro"]);
        form.free_allowance = "12,5".into();
        let feature = |name: &str, kind: &str, value: &str| FeatureField {
            name: name.into(),
            kind: kind.into(),
            value: value.into(),
        };
        form.features = vec![
            feature("seats", "number", "three"),
            feature("seats", "json", "{"),
            feature("", "text", ""),
            feature("sso", "yes", " 600 "),
            feature("old", "no", " "),
        ];
        form.rates[0].formula = "input_tokens +".into();
        let (config, faults) = apply_plan_form(&base, &form);
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths[..3], ["plans.pro.features.seats"; 3]);
        assert_eq!(paths[3..], ["plans.pro.features.sso"]);
        assert!(faults[3].message.starts_with("of type yes has no value"), "{}", faults[3].message);
        let read: Vec<_> = read_config(&config).unwrap_err().into_iter().map(|fault| fault.path).collect();
        assert_eq!(read, ["plans.pro.free_allowance", "plans.pro.rate_overrides.gpt"]);
    }

    #[test]
    fn plans_are_made_and_taken_out() {
        let base = base();
        let fresh = PlanForm { key: "pro".into(), fresh: true, name: "Other".into(), ..PlanForm::default() };
        assert_eq!(apply_plan_form(&base, &fresh).1[0].path, "plans.pro");
        let fresh = PlanForm { key: "new".into(), ..fresh };
        let (config, faults) = apply_plan_form(&base, &fresh);
        assert!(faults.is_empty());
        assert_eq!(read_config(&config).unwrap().plans["new"].id, "new");
        let gone = PlanForm { removed: true, ..plan_form("pro", &base.plans["pro"]) };
        assert!(read_config(&apply_plan_form(&base, &gone).0).unwrap().plans.is_empty());
    }
}
