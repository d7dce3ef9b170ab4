//! Tests of the engine, one per rule of pricing.

use super::*;
use crate::{
    error::{AppError, Code},
    model::{Breakdown, Credits, UsageMetrics},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn pricing(config: Value) -> Pricing {
    Pricing::compile(read_config(&config).unwrap()).unwrap()
}

fn metrics(value: Value) -> UsageMetrics {
    serde_json::from_value(value).unwrap()
}

/// The terms as `term key[ of the plan] = value`.
fn terms(breakdown: &Breakdown) -> Vec<String> {
    let plan = |from_plan: bool| if from_plan { " of the plan" } else { "" };
    let terms = breakdown.terms.iter();
    terms.map(|t| format!("{} {}{} = {}", t.term, t.key, plan(t.from_plan), t.value)).collect()
}

fn total(pricing: &Pricing, usage: Value) -> String {
    pricing.price(&metrics(usage), None).unwrap().total.to_string()
}

/// Everything that a configuration can have.
fn full() -> Pricing {
    pricing(json!({
        "models": {
            "gpt-4o": "input_tokens * 2.5 / 1000000 + output_tokens * 10 / 1000000",
            "tools-too": "input_tokens + tool_calls * 100",
            "_default": "input_tokens * 2",
        },
        "tools": {"lookup": "this_tool_calls * 0.5", "all": "tool_calls", "_default": "this_tool_calls * 3"},
        "search": {"costs": "search_queries * 0.25"},
        "cache": {"discount": "cache_read_tokens * -0.5"},
        "fixed": {"report": 7.5, "free": 0},
        "plans": {
            "pro": {"id": "p", "name": "Pro", "rate_overrides": {"gpt-4o": "input_tokens * 1"}},
            "max": {"id": "m", "name": "Max", "rate_overrides": {"_default": "input_tokens * 0.5"}},
            "bad": {"id": "b", "name": "Bad", "rate_overrides": {"_default": "1 / search_queries"}},
        },
    }))
}

#[test]
fn a_real_price_list_gives_the_real_price() {
    let usage = metrics(json!({"model": "gpt-4o", "input_tokens": 1234, "output_tokens": 567}));
    let breakdown = full().price(&usage, None).unwrap();
    // 1234 × 2.5 USD / M + 567 × 10 USD / M
    assert_eq!(breakdown.model, "0.008755");
    assert_eq!(breakdown.total.micros(), 8755);
    assert_eq!(breakdown.terms[0].formula, "input_tokens * 2.5 / 1000000 + output_tokens * 10 / 1000000");
    assert_eq!(breakdown.quantities, usage);
}

#[test]
fn all_terms_add_up() {
    let usage = json!({
        "model": "gpt-4o", "input_tokens": 1_000_000, "cache_read_tokens": 3, "search_queries": 8,
        "tools": {"lookup": 4, "other": 2}, "tool_calls": 7, "fixed_job": "report",
    });
    let breakdown = full().price(&metrics(usage), None).unwrap();
    assert_eq!(
        terms(&breakdown),
        [
            "model gpt-4o = 2.5",
            "tool lookup = 2",
            "tool _default = 9",
            "search costs = 2",
            "cache discount = -1.5",
            "fixed report = 7.5"
        ]
    );
    let sums = [&breakdown.model, &breakdown.tools, &breakdown.search, &breakdown.cache, &breakdown.fixed];
    assert_eq!(sums, ["2.5", "11", "2", "-1.5", "7.5"]);
    assert_eq!(breakdown.total.to_string(), "21.5");
}

#[test]
fn the_model_is_looked_up_in_four_places() {
    let full = full();
    let term = |model: &str, plan: Option<&str>| {
        let usage = metrics(json!({"model": model, "input_tokens": 1_000_000}));
        terms(&full.price(&usage, plan).unwrap())[0].clone()
    };
    assert_eq!(term("gpt-4o", Some("pro")), "model gpt-4o of the plan = 1000000");
    assert_eq!(term("gpt-4o", Some("max")), "model gpt-4o = 2.5");
    assert_eq!(term("else", Some("max")), "model _default of the plan = 500000");
    assert_eq!(term("else", Some("pro")), "model _default = 2000000");
    assert_eq!(term("_default", Some("max")), "model _default of the plan = 500000");
    assert_eq!(term("gpt-4o", Some("no such plan")), "model gpt-4o = 2.5");
    assert_eq!(term("gpt-4o", None), "model gpt-4o = 2.5");
}

#[test]
fn an_unknown_model_is_refused_without_a_default() {
    let strict = pricing(json!({"models": {"known": "input_tokens"}}));
    let error = strict.price(&metrics(json!({"model": "other"})), None).unwrap_err();
    assert_eq!(error, PriceError::UnknownModel { model: "other".to_owned() });
    let answer = AppError::from(error);
    assert_eq!((answer.code, answer.field.as_deref()), (Code::UnknownModel, Some("model")));
    // Tokens without a model are never silently free; calls of tools alone need no model.
    let error = strict.price(&metrics(json!({"input_tokens": 5})), None).unwrap_err();
    assert_eq!(error, PriceError::UnknownModel { model: String::new() });
    assert_eq!(total(&strict, json!({"tool_calls": 5})), "0");
    assert_eq!(total(&full(), json!({"input_tokens": 5})), "10");
}

#[test]
fn each_named_tool_is_priced_once_and_the_rest_together() {
    let full = full();
    let tool_terms = |usage: Value| terms(&full.price(&metrics(usage), None).unwrap());
    let usage = json!({"tools": {"lookup": 4, "all": 1, "x": 2, "y": 3, "_default": 1}, "tool_calls": 12});
    assert_eq!(tool_terms(usage)[..3], ["tool all = 12", "tool lookup = 2", "tool _default = 21"]);
    let counted_zero = json!({"model": "gpt-4o", "tools": {"lookup": 0, "x": 0}});
    assert!(tool_terms(counted_zero).iter().all(|term| !term.starts_with("tool")));
    assert_eq!(tool_terms(json!({"model": "tools-too", "tools": {"lookup": 2}}))[0], "model tools-too = 200");
}

#[test]
fn tools_without_a_default_leave_other_calls_free() {
    let some = pricing(json!({"models": {"_default": "input_tokens"}, "tools": {"lookup": "this_tool_calls"}}));
    assert_eq!(total(&some, json!({"tools": {"lookup": 2, "x": 40}})), "2");
    let none = pricing(json!({"models": {"_default": "input_tokens"}}));
    assert_eq!(total(&none, json!({"tools": {"lookup": 2}})), "0");
}

#[test]
fn a_fixed_job_alone_costs_the_job_only() {
    let config = json!({
        "models": {"m": "input_tokens"},
        "search": "1 + search_queries",
        "cache": "-2 + cache_read_tokens * 0",
        "fixed": {"report": 7.5},
    });
    let pricing = pricing(config);
    let alone = pricing.price(&metrics(json!({"fixed_job": "report"})), None).unwrap();
    assert_eq!(terms(&alone), ["fixed report = 7.5"]);
    assert_eq!((alone.total.to_string().as_str(), alone.model.as_str()), ("7.5", "0"));
    assert_eq!(total(&pricing, json!({"fixed_job": "report", "model": "m", "input_tokens": 2})), "8.5");
    let error = pricing.price(&metrics(json!({"fixed_job": "reprot"})), None).unwrap_err();
    assert_eq!((error.code(), AppError::from(error).field.as_deref()), (Code::UnknownJob, Some("fixed_job")));
}

#[test]
fn the_total_is_never_negative() {
    assert_eq!(total(&full(), json!({"model": "gpt-4o", "cache_read_tokens": 100})), "0");
    let breakdown = full().price(&metrics(json!({"model": "gpt-4o", "cache_read_tokens": 100})), None).unwrap();
    assert_eq!(breakdown.cache, "-50");
}

#[test]
fn the_total_is_rounded_once_half_away_from_zero() {
    let config = json!({
        "models": {"m": "input_tokens / 10000000"},
        "tools": {"_default": "this_tool_calls / 10000000"},
    });
    let pricing = pricing(config);
    // 0.0000005 rounds up; 0.0000004 + 0.0000001 is rounded after the sum, not before.
    assert_eq!(total(&pricing, json!({"model": "m", "input_tokens": 5})), "0.000001");
    assert_eq!(total(&pricing, json!({"model": "m", "input_tokens": 4})), "0");
    assert_eq!(total(&pricing, json!({"model": "m", "input_tokens": 4, "tool_calls": 1})), "0.000001");
    assert_eq!(total(&pricing, json!({"model": "m", "input_tokens": 25})), "0.000003");
}

#[test]
fn senseless_metrics_name_the_field_and_the_rule() {
    let full = full();
    for (usage, field) in [
        (json!({}), "metrics"),
        (json!({"tools": {"x": 0}, "tool_calls": 0}), "metrics"),
        (json!({"tools": {"x": 3}, "tool_calls": 2}), "tool_calls"),
        (json!({"tools": {"x": u64::MAX, "y": 1}}), "tools"),
        (json!({"tools": {"": 1}}), "tools"),
        (json!({"model": ""}), "model"),
        (json!({"model": "a\nb"}), "model"),
        (json!({"fixed_job": "x".repeat(256)}), "fixed_job"),
    ] {
        let error = full.price(&metrics(usage.clone()), None).unwrap_err();
        assert_eq!(error.code(), Code::InvalidRequest, "{usage}");
        assert_eq!(AppError::from(error).field.as_deref(), Some(field), "{usage}");
    }
    let many: Value = (0..=MAX_TOOLS).map(|i| (format!("t{i}"), json!(1))).collect();
    assert!(full.price(&metrics(json!({"tools": many})), None).is_err());
}

#[test]
fn a_failing_formula_names_its_path_and_byte() {
    let error = full().price(&metrics(json!({"model": "x"})), Some("bad")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the formula of plans.bad.rate_overrides._default failed: division by zero (at byte 2)"
    );
    let answer = AppError::from(error);
    assert_eq!(answer.code, Code::FormulaError);
    assert_eq!(
        (&answer.details["path"], &answer.details["position"]),
        (&json!("plans.bad.rate_overrides._default"), &json!(2))
    );
}

#[test]
fn a_total_out_of_range_is_refused() {
    let pricing = pricing(json!({
        "models": {"m": "input_tokens", "huge": "input_tokens * 1e9"},
        "fixed": {"most": "9223372036854.775807"},
        "tools": {"_default": "this_tool_calls * 4e9"},
    }));
    let most = metrics(json!({"fixed_job": "most"}));
    assert_eq!(pricing.cost(&most, None), Ok(Credits::MAX));
    for usage in [
        json!({"fixed_job": "most", "model": "m", "input_tokens": 1}),
        json!({"model": "huge", "input_tokens": u64::MAX, "tool_calls": u64::MAX}),
    ] {
        let error = pricing.cost(&metrics(usage), None).unwrap_err();
        assert_eq!((error.clone(), error.code()), (PriceError::OutOfRange, Code::InvalidAmount));
    }
}

#[test]
fn compiling_names_every_bad_formula() {
    let mut config = read_config(&json!({"models": {"m": "input_tokens"}})).unwrap();
    config.models.insert("bad".to_owned(), "1 +".to_owned());
    config.search = Some("nope".to_owned());
    let errors = Pricing::compile(config).unwrap_err();
    let paths: Vec<_> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(paths, ["models.bad", "search"]);
}

#[test]
fn tells_its_plans_and_floor() {
    let full = full();
    assert_eq!(full.plan("pro").map(|plan| plan.name.as_str()), Some("Pro"));
    assert!(full.plan("p").is_none());
    assert_eq!((full.min_balance().micros(), full.config().version), (5_000_000, 1));
}

fn any_metrics() -> impl Strategy<Value = UsageMetrics> {
    let counts = prop_oneof![0_u64..100, 0_u64..10_000_000, any::<u64>()];
    let names = prop::sample::select(vec!["gpt-4o", "tools-too", "lookup", "all", "other", "report", "free"]);
    let name = prop::option::of(names.clone().prop_map(str::to_owned));
    let tools = prop::collection::btree_map(names.prop_map(str::to_owned), counts.clone(), 0..4);
    (name.clone(), name, tools, prop::option::of(counts.clone()), prop::array::uniform8(counts)).prop_map(
        |(model, fixed_job, tools, tool_calls, [a, b, c, d, e, f, g, h])| UsageMetrics {
            model,
            input_tokens: a,
            output_tokens: b,
            cache_read_tokens: c,
            cache_write_tokens: d,
            search_queries: e,
            search_results: f,
            web_search_calls: g,
            code_exec_calls: h,
            tools,
            tool_calls,
            fixed_job,
        },
    )
}

proptest! {
    #[test]
    fn price_and_cost_agree(usage in any_metrics(), plan in prop::option::of(prop::sample::select(vec!["pro", "max", "bad", "x"]))) {
        let full = full();
        let price = full.price(&usage, plan);
        prop_assert_eq!(price.as_ref().map(|breakdown| breakdown.total).map_err(Clone::clone), full.cost(&usage, plan));
        if let Ok(breakdown) = price {
            prop_assert!(!breakdown.total.is_negative());
        }
    }

    #[test]
    fn rounding_agrees_with_integers(tokens in 0_u64..1_000_000_000_000) {
        let pricing = pricing(json!({"models": {"m": "input_tokens / 100000000"}}));
        let cost = pricing.cost(&metrics(json!({"model": "m", "input_tokens": tokens})), None).unwrap();
        prop_assert_eq!(u64::try_from(cost.micros()), Ok((tokens + 50) / 100));
    }
}
