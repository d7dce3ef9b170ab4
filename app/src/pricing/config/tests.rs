//! Tests of reading: the defaults, each rule, all faults at once, hostile JSON.

use super::*;
use proptest::prelude::*;
use serde_json::json;

/// The faults as `path: message`.
fn faults(value: &Value) -> Vec<String> {
    match read_config(value) {
        Ok(config) => panic!("was read: {config:?}"),
        Err(errors) => errors.into_iter().map(|error| format!("{}: {}", error.path, error.message)).collect(),
    }
}

/// The smallest configuration with one more key.
fn with(key: &str, value: Value) -> Value {
    let mut config = json!({"models": {"_default": "input_tokens"}});
    config[key] = value;
    config
}

#[test]
fn the_smallest_configuration_has_the_defaults() {
    let config = read_config(&json!({"models": {"m": "input_tokens"}})).unwrap();
    assert_eq!(config.version, 1);
    assert_eq!(config.tools, BTreeMap::from([("_default".to_owned(), "tool_calls * 0".to_owned())]));
    assert_eq!((config.search, config.cache), (None, None));
    assert!(config.fixed.is_empty() && config.plans.is_empty());
    assert_eq!(config.min_balance.micros(), 5_000_000);
}

#[test]
fn tools_are_kept_as_given() {
    assert!(read_config(&with("tools", json!({}))).unwrap().tools.is_empty());
    let tools = read_config(&with("tools", json!({"lookup": "this_tool_calls"}))).unwrap().tools;
    assert_eq!(tools.keys().collect::<Vec<_>>(), ["lookup"]);
}

#[test]
fn search_and_cache_are_a_formula_or_a_map_of_one_key() {
    for (key, inner) in [("search", "costs"), ("cache", "discount")] {
        let read = |value: Value| {
            let config = read_config(&with(key, value)).unwrap();
            if key == "search" { config.search } else { config.cache }
        };
        assert_eq!(read(json!("search_queries * 2")).as_deref(), Some("search_queries * 2"));
        assert_eq!(read(json!({inner: "search_queries"})).as_deref(), Some("search_queries"));
        assert_eq!(read(Value::Null), None);
        assert_eq!(faults(&with(key, json!({}))), [format!("{key}.{inner}: is missing")]);
        let more = faults(&with(key, json!({inner: "search_queries", "cost": "1"})));
        assert!(more[0].starts_with(&format!("{key}.cost: is not a known key")), "{more:?}");
        assert!(faults(&with(key, json!({inner: "nope"})))[0].starts_with(&format!("{key}.{inner}: `nope`")));
        assert!(faults(&with(key, json!("this_tool_calls")))[0].contains("tool formulas only"));
        assert_eq!(faults(&with(key, json!(3))), [format!("{key}: must be a formula in quotes, not a number")]);
    }
}

#[test]
fn five_faults_are_five_errors() {
    let errors = read_config_text(
        r#"{
            "version": 2,
            "models": {"gpt-4o": "input_token * 2"},
            "fixed": {"job": -1},
            "min_balnce": 3,
            "plans": {"pro": {"id": "pro", "name": "Pro", "rate_overrides": {"_default": "input_tokens ** 2"}}}
        }"#,
    )
    .unwrap_err();
    let found: Vec<_> = errors.iter().map(|error| (error.path.as_str(), error.position)).collect();
    assert_eq!(
        found,
        [
            ("min_balnce", None),
            ("version", None),
            ("models.gpt-4o", Some(0)),
            ("fixed.job", None),
            ("plans.pro.rate_overrides._default", Some(13)),
        ]
    );
    assert!(errors[0].message.contains("did you mean `min_balance`"));
    assert!(errors[2].message.contains("did you mean `input_tokens`"));
}

#[test]
fn the_version_is_the_integer_one() {
    assert!(read_config(&with("version", json!(1))).is_ok());
    for text in ["2", "0", "-1", "1.0", "1e0", "\"1\"", "true", "null", "[1]"] {
        let text = format!(r#"{{"models": {{"m": "input_tokens"}}, "version": {text}}}"#);
        let errors = read_config_text(&text).unwrap_err();
        assert_eq!((errors.len(), errors[0].path.as_str()), (1, "version"), "{text}");
    }
}

#[test]
fn models_are_required() {
    assert!(faults(&json!({}))[0].starts_with("models: is missing"));
    assert!(faults(&json!({"models": {}}))[0].starts_with("models: is empty"));
    assert_eq!(faults(&json!({"models": []})), ["models: must be a map, not a list"]);
    assert_eq!(faults(&json!({"models": {"m": 1}})), ["models.m: must be a formula in quotes, not a number"]);
    assert_eq!(faults(&json!([])), [": must be a map, not a list"]);
}

#[test]
fn amounts_are_read_from_their_text() {
    let text = r#"{"models": {"m": "input_tokens"}, "min_balance": 0.000001, "fixed": {"a": "9223372036854.775807", "b": 1e3, "c": 0}}"#;
    let config = read_config_text(text).unwrap();
    assert_eq!(config.min_balance.micros(), 1);
    assert_eq!(config.fixed["a"], Credits::MAX);
    assert_eq!((config.fixed["b"].micros(), config.fixed["c"].micros()), (1_000_000_000, 0));
    for (amount, hint) in [
        ("-0.5", "negative"),
        ("0.0000001", "6 decimal places"),
        ("1e400", "out of range"),
        ("\"NaN\"", "not a number"),
        ("true", "not true or false"),
        ("null", "not null"),
        ("{}", "not a map"),
    ] {
        let text = format!(r#"{{"models": {{"m": "input_tokens"}}, "min_balance": {amount}}}"#);
        let errors = read_config_text(&text).unwrap_err();
        assert_eq!(errors[0].path, "min_balance");
        assert!(errors[0].message.contains(hint), "{amount}: {}", errors[0].message);
    }
}

#[test]
fn plans_are_checked() {
    let plans = json!({
        "pro": {"id": "p1", "name": "Pro", "free_allowance": 100, "features": {"seats": [1.50, null]}},
        "max": {"id": "p2", "name": "Max", "rate_overrides": null, "features": null},
    });
    let config = read_config(&with("plans", plans)).unwrap();
    assert_eq!(config.plans["pro"].free_allowance.micros(), 100_000_000);
    assert_eq!(config.plans["pro"].features["seats"].to_string(), "[1.5,null]");
    assert!(config.plans["max"].rate_overrides.is_empty());

    let wrong = json!({
        "a": {"id": "p", "name": "Pro", "free_alowance": 1},
        "b": {"id": "p", "name": "Pro", "free_allowance": -1},
        "c": {"id": "", "name": 3, "rate_overrides": {"m": "output_tokens[0]"}, "features": []},
        "d": {"name": "D"},
        "e": "free",
    });
    assert_eq!(
        faults(&with("plans", wrong)),
        [
            "plans.a.free_alowance: is not a known key (did you mean `free_allowance`?)",
            "plans.b.free_allowance: must not be negative",
            "plans.c.id: must not be empty",
            "plans.c.name: must be text, not a number",
            "plans.c.rate_overrides.m: indexing and lists are not supported",
            "plans.c.features: must be a map, not a list",
            "plans.d.id: is missing",
            "plans.e: must be a map, not text",
            "plans.b.id: is already the id of plan `a`",
            "plans.b.name: is already the name of plan `a`",
        ]
    );
}

#[test]
fn keys_are_names() {
    let long = "x".repeat(256);
    let models = json!({"": "input_tokens", "a\nb": "input_tokens", long.as_str(): "input_tokens", "x".repeat(255): "input_tokens"});
    let found = faults(&json!({"models": models}));
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].contains("must not be empty"));
    assert!(found[1].starts_with("models.a\\nb: "));
    assert!(found[2].contains("255") && found[2].contains('…'));
}

#[test]
fn the_number_of_models_is_limited() {
    let models: Map<String, Value> = (0..=MAX_ENTRIES).map(|i| (format!("m{i}"), json!("input_tokens"))).collect();
    assert_eq!(faults(&json!({"models": models})), ["models: has more than 10000 entries"]);
}

#[test]
fn text_faults_have_their_place() {
    let errors = read_config_text("{\n  \"models\": }").unwrap_err();
    assert!(errors[0].message.contains("line 2 column 13"), "{}", errors[0].message);
    let errors = read_config_text(r#"{"models": {"m": "input_tokens", "m": "x"}}"#).unwrap_err();
    let found: Vec<_> = errors.iter().map(|error| (error.path.as_str(), error.message.as_str())).collect();
    assert_eq!(found, [("models.m", "is given twice"), ("models.m", "`x` is not a known quantity")]);
}

fn any_value() -> impl Strategy<Value = Value> {
    let keys = prop::sample::select(vec![
        "version",
        "models",
        "tools",
        "search",
        "cache",
        "fixed",
        "min_balance",
        "plans",
        "costs",
        "discount",
        "_default",
        "id",
        "name",
        "free_allowance",
        "rate_overrides",
        "features",
        "x",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(json!("input_tokens * 2")),
        Just(json!("0.1")),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            6 => prop::collection::btree_map(keys.clone(), inner, 0..6)
                .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_read_or_refused(value in any_value()) {
        if let Err(errors) = read_config(&value) {
            prop_assert!(!errors.is_empty());
        }
        let _ = read_config_text(&value.to_string());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..100), text in ".{0,60}") {
        let _ = read_config_text(&String::from_utf8_lossy(&bytes));
        let _ = read_config_text(&text);
    }
}
