//! One text for equal content.
//!
//! Publishing the content of an existing version makes no new one; this is what is compared, and what `export` writes.
//! The maps of a configuration are sorted by themselves, the free JSON of features need not be: another crate of the
//! build may make `serde_json` keep insertion order.

use crate::model::PricingConfigData;
use serde_json::Value;

/// The configuration as JSON without spaces, all keys sorted. Reads back as the same configuration.
pub fn canonical_json(config: &PricingConfigData) -> String {
    match serde_json::to_value(config) {
        Ok(value) => sorted(value).to_string(),
        // No field can fail to be written; were one to, the text would still tell contents apart.
        Err(_) => format!("{config:?}"),
    }
}

/// The same value with the keys of every map sorted.
pub(super) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            entries.into_iter().map(|(key, value)| (key, sorted(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::config::read_config_text;

    #[test]
    fn equal_content_has_equal_text() {
        let read = |text: &str| canonical_json(&read_config_text(text).unwrap());
        let plan = |features: &str| {
            read(&format!(
                r#"{{"models": {{"b": "input_tokens", "a": "output_tokens"}}, "min_balance": "5.0", "search": {{"costs": "search_queries"}},
                    "plans": {{"p": {{"id": "p", "name": "P", "features": {features}}}}}}}"#
            ))
        };
        let text = plan(r#"{"z": [{"y": 1, "x": 2}], "a": true}"#);
        assert_eq!(text, plan(r#"{"a": true, "z": [{"x": 2, "y": 1}]}"#));
        assert_ne!(text, plan(r#"{"a": false, "z": [{"x": 2, "y": 1}]}"#));
        assert_eq!(
            text,
            concat!(
                r#"{"fixed":{},"min_balance":5,"models":{"a":"output_tokens","b":"input_tokens"},"#,
                r#""plans":{"p":{"features":{"a":true,"z":[{"x":2,"y":1}]},"free_allowance":0,"id":"p","name":"P"}},"#,
                r#""search":"search_queries","tools":{"_default":"tool_calls * 0"},"version":1}"#
            )
        );
        assert_eq!(read(&text), text);
    }
}
