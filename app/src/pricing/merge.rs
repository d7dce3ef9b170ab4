//! Two people's changes of one configuration, put together.
//!
//! Key by key: what only one of them changed is taken from them. Where both changed the same value differently, mine
//! stands, and its path is told, for a person to look at.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The merged value, and the paths at which both changed the same thing differently.
pub fn merge(base: &Value, mine: &Value, theirs: &Value) -> (Value, Vec<String>) {
    let mut clashes = Vec::new();
    let merged = walk("", Some(base), Some(mine), Some(theirs), &mut clashes);
    (merged.unwrap_or(Value::Null), clashes)
}

fn walk(
    path: &str,
    base: Option<&Value>,
    mine: Option<&Value>,
    theirs: Option<&Value>,
    clashes: &mut Vec<String>,
) -> Option<Value> {
    if mine == theirs || theirs == base {
        return mine.cloned();
    }
    if mine == base {
        return theirs.cloned();
    }
    let (Some(Value::Object(mine_map)), Some(Value::Object(their_map))) = (mine, theirs) else {
        clashes.push(path.to_owned());
        return mine.cloned();
    };
    let nothing = Map::new();
    let base_map = base.and_then(Value::as_object).unwrap_or(&nothing);
    let keys: BTreeSet<&String> = mine_map.keys().chain(their_map.keys()).collect();
    let mut merged = Map::new();
    for key in keys {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        if let Some(value) = walk(&path, base_map.get(key), mine_map.get(key), their_map.get(key), clashes) {
            merged.insert(key.clone(), value);
        }
    }
    Some(Value::Object(merged))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_keeps_what_only_they_changed() {
        let base = json!({"a": 1, "b": 2, "gone": 3, "plans": {"p": {"x": 1, "y": 1}}});
        let mine = json!({"a": 9, "b": 2, "gone": 3, "plans": {"p": {"x": 5, "y": 1}}});
        let theirs = json!({"a": 1, "b": 7, "plans": {"p": {"x": 1, "y": 6}, "q": {}}});
        let (merged, clashes) = merge(&base, &mine, &theirs);
        assert_eq!(merged, json!({"a": 9, "b": 7, "plans": {"p": {"x": 5, "y": 6}, "q": {}}}));
        assert_eq!(clashes, Vec::<String>::new());
    }

    #[test]
    fn where_both_changed_one_value_mine_stands_and_is_told() {
        let base = json!({"a": 1, "plans": {"p": {"x": 1}}});
        let mine = json!({"a": 2, "plans": {}});
        let theirs = json!({"a": 3, "plans": {"p": {"x": 2}}});
        let (merged, clashes) = merge(&base, &mine, &theirs);
        assert_eq!(merged, json!({"a": 2, "plans": {}}));
        assert_eq!(clashes, ["a", "plans.p"]);
        assert_eq!(merge(&base, &mine, &mine), (mine.clone(), Vec::new()), "the same change is no clash");
    }
}
