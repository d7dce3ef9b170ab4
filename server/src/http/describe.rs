//! What the handlers' own description leaves out, added in one place for all of them: rules of parameters, an example for
//! each request and answer, headers of errors.
//!
//! The description is finished as JSON. Examples are kept by the name of the model that they show, so that a new route
//! over known models has its examples without another word.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

/// Model name → example.
const EXAMPLES: &str = include_str!("examples.json");

/// The finished document. What cannot be read stays as it was: a description must not keep the server from starting.
pub fn complete(document: OpenApi) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    let examples: Map<String, Value> = serde_json::from_str(EXAMPLES).unwrap_or_default();
    widen_integers(&mut document);
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(|paths| paths.values_mut()).filter_map(Value::as_object_mut);
    for operation in items.flat_map(|item| item.values_mut()) {
        for parameter in list(operation, "parameters") {
            constrain(parameter);
        }
        if let Some(content) = operation.pointer_mut("/requestBody/content") {
            illustrate(content, &examples);
        }
        let summary = operation["summary"].clone();
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            // Required, and left out by the macro where no words are given.
            if response["description"].as_str().is_none_or(str::is_empty) {
                response["description"] = summary.clone();
            }
            if matches!(status.as_str(), "429" | "503") {
                response["headers"]["Retry-After"] =
                    json!({ "description": "Seconds to wait", "schema": { "type": "integer", "minimum": 0 } });
            }
            if let Some(content) = response.get_mut("content") {
                illustrate(content, &examples);
            }
        }
    }
    document
}

fn list<'v>(value: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Value> {
    value.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Quantities are unsigned and use all 64 bits, which the format `int64` denies.
fn widen_integers(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("format") == Some(&json!("int64")) && map.get("minimum") == Some(&json!(0)) {
                map.insert("format".to_owned(), json!("uint64"));
            }
            map.values_mut().for_each(widen_integers);
        }
        Value::Array(items) => items.iter_mut().for_each(widen_integers),
        _ => {}
    }
}

/// The rules of a parameter that every route reads alike.
fn constrain(parameter: &mut Value) {
    let id = json!("01930d2e-7c4b-7b1a-9a53-3f6a1c1f0e42");
    let (rules, example) = match parameter["name"].as_str().unwrap_or_default() {
        "user_id" => (json!({ "minLength": 1, "maxLength": 255 }), json!("ana")),
        "transaction_id" | "team_id" | "reservation_id" | "webhook_id" | "delivery_id" | "backtest_id" => {
            (json!({ "format": "uuid" }), id)
        }
        "version" | "from" | "to" => (json!({ "minimum": 1 }), json!(1)),
        "limit" => (json!({ "minimum": 1, "maximum": 200, "format": "int32" }), json!(50)),
        "Idempotency-Key" => {
            let meaning = "Names this one write: the same request with the same key is done once.";
            parameter["description"] = json!(meaning);
            (json!({ "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$" }), json!("call-7f3a"))
        }
        "start" | "end" => (json!({ "minLength": 10 }), parameter["example"].clone()),
        _ => return,
    };
    if let (Some(schema), Value::Object(rules)) = (parameter["schema"].as_object_mut(), rules) {
        schema.extend(rules);
    }
    if !example.is_null() {
        parameter["example"] = example;
    }
}

/// Gives each content its example, by the model of its schema.
fn illustrate(content: &mut Value, examples: &Map<String, Value>) {
    for content in content.as_object_mut().into_iter().flat_map(Map::values_mut) {
        let example = example_of(&content["schema"], examples);
        if let Some(example) = example {
            content["example"] = example;
        }
    }
}

fn example_of(schema: &Value, examples: &Map<String, Value>) -> Option<Value> {
    if schema["type"] == "array" {
        return Some(json!([example_of(&schema["items"], examples)?]));
    }
    // A body that may be left out is its model or null.
    if let Some(models) = schema["oneOf"].as_array() {
        return models.iter().find_map(|model| example_of(model, examples));
    }
    let name = schema["$ref"].as_str()?.rsplit('/').next()?;
    if let Some(row) = name.strip_prefix("Page_") {
        return Some(json!({ "items": [examples.get(row)?], "next": "AAYfY0v3gAA" }));
    }
    examples.get(name).cloned()
}
