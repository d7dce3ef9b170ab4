//! What a back-test must tell.

use super::*;
use crate::store::charges::{StoredCharge, StoredKind};
use app::model::{CapAction, CapType, Credits, Uuid};
use app::pricing::{Pricing, read_config};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

/// Noon of 2026-11-20, UTC, in microseconds.
const NOON: i64 = 1_795_176_000_000_000;
const HOUR: i64 = 3_600_000_000;

fn pricing(value: Value) -> Arc<Pricing> {
    Arc::new(Pricing::compile(read_config(&value).unwrap()).unwrap())
}

fn prices(rate: &str, allowance: i64, floor: i64) -> Arc<Pricing> {
    pricing(json!({
        "models": {"gpt": format!("input_tokens * {rate}")},
        "min_balance": floor,
        "plans": {"pro": {"id": "pro", "name": "Pro", "free_allowance": allowance}},
    }))
}

/// A charge of whole credits: by 1 credit a token, `tokens` of them.
fn charge(seq: i64, tokens: i64, allowance: i64, left: i64) -> StoredCharge {
    let micros = |credits: i64| credits * Credits::SCALE;
    StoredCharge {
        id: Uuid::from_u128(u128::from(seq.unsigned_abs())),
        at: NOON + seq * HOUR,
        account: 1,
        user: 1,
        seq,
        kind: StoredKind::Usage,
        net: micros(tokens - allowance),
        spendable_after: micros(left),
        plan: Some("pro".to_owned()),
        model: Some("gpt".to_owned()),
        gross: micros(tokens),
        allowance: micros(allowance),
        quantities: Some(format!("{{\"input_tokens\":{tokens}}}")),
    }
}

fn run(pricing: Arc<Pricing>, caps: Vec<CapTerms>, charges: &[StoredCharge]) -> app::model::BacktestReport {
    let mut engine = Engine::new(pricing, NOON, caps);
    for charge in charges {
        engine.take(charge);
    }
    engine.sums().report(&HashMap::new())
}

#[test]
fn half_the_price_is_half_the_cost_and_the_allowance_goes_further() {
    let charges = [charge(1, 8, 8, 100), charge(2, 8, 2, 94), charge(3, 10, 0, 84)];
    let same = run(prices("1", 10, 0), Vec::new(), &charges);
    assert_eq!((same.gross.change(), same.net.change(), same.customers.same), (Credits::ZERO, Credits::ZERO, 1));
    let half = run(prices("0.5", 10, 0), Vec::new(), &charges);
    let pair = |pair: app::model::BeforeAfter| (pair.before.to_string(), pair.after.to_string());
    assert_eq!(pair(half.gross), ("26".into(), "13".into()));
    assert_eq!(pair(half.allowance), ("10".into(), "10".into()));
    assert_eq!(pair(half.net), ("16".into(), "3".into()));
    assert_eq!((half.customers.less, half.customers.percentiles[3]), (1, (50, -813)));
    assert_eq!(half.models[0].charges, 3);
}

#[test]
fn what_lies_before_the_range_counts_for_its_month_alone() {
    let mut before = charge(1, 8, 8, 100);
    before.at = NOON - 24 * HOUR;
    let report = run(prices("1", 10, 0), Vec::new(), &[before, charge(2, 8, 2, 94)]);
    assert_eq!((report.charges, report.net.change()), (1, Credits::ZERO));
}

#[test]
fn whoever_falls_below_the_floor_goes_short() {
    let charges = [charge(1, 10, 0, 30), charge(2, 10, 0, 20), charge(3, 10, 0, 10)];
    let report = run(prices("2", 0, 5), Vec::new(), &charges);
    // 30 − 10, 20 − 20, 10 − 30: the second is 5 short, the third 25.
    assert_eq!((report.short_count, report.short[0].charges), (1, 2));
    assert_eq!(report.short[0].missing.to_string(), "25");
    assert_eq!(report.short[0].first.as_microsecond(), charges[1].at);
    assert_eq!(run(prices("1", 0, 5), Vec::new(), &charges).short_count, 0);
}

#[test]
fn a_cap_is_told_where_it_was_not_crossed_and_would_be() {
    let cap = |limit: i64, cap_type| CapTerms {
        user: 1,
        cap_type,
        model: None,
        action: CapAction::Deny,
        limit: limit * Credits::SCALE,
    };
    let charges: Vec<_> = (1..=30).map(|seq| charge(seq, 1, 0, 1_000)).collect();
    let caps = vec![cap(12, CapType::Daily), cap(100, CapType::Monthly), cap(5, CapType::Daily)];
    let report = run(prices("2", 0, 0), caps, &charges);
    // Eleven charges on the first day, nineteen on the next.
    assert_eq!(report.crossed_count, 1, "{:?}", report.crossed);
    let crossed = &report.crossed[0];
    assert_eq!(
        (crossed.limit.to_string().as_str(), crossed.windows, crossed.most.to_string().as_str()),
        ("12", 1, "22")
    );
}

#[test]
fn what_has_no_price_is_kept_and_told() {
    let mut by_amount = charge(1, 3, 0, 50);
    by_amount.quantities = None;
    let mut unknown = charge(2, 4, 0, 46);
    unknown.model = Some("other".to_owned());
    let report = run(prices("2", 0, 0), Vec::new(), &[by_amount, unknown, charge(3, 5, 0, 41)]);
    assert_eq!((report.charges, report.repriced, report.by_amount), (3, 1, 1));
    assert_eq!(report.gross.after.to_string(), "17");
    assert!(report.unpriced[0].reason.contains("other") && report.unpriced[0].charges == 1);
}

#[test]
fn a_refund_gives_allowance_back_within_its_month() {
    let mut refund = charge(2, 0, 0, 100);
    (refund.kind, refund.allowance) = (StoredKind::Refund, 8 * Credits::SCALE);
    let charges = [charge(1, 8, 8, 100), refund, charge(3, 9, 9, 100)];
    let report = run(prices("1", 10, 0), Vec::new(), &charges);
    assert_eq!((report.charges, report.net.change()), (2, Credits::ZERO));
}

proptest! {
    /// Any usage: at the prices that it was charged by, it costs what is stored, to the last digit.
    #[test]
    fn the_same_prices_give_the_stored_amounts(
        calls in prop::collection::vec((0_u64..5_000_000, 0_u64..100_000, 0_u64..4, any::<bool>()), 1..40),
        allowance in 0_i64..3_000,
    ) {
        let pricing = pricing(json!({
            "models": {"gpt": "input_tokens * 0.00025 + output_tokens / 3000", "_default": "ceil(input_tokens / 7) * 0.001"},
            "tools": {"search": "this_tool_calls * 0.3", "_default": "tool_calls * 0.01"},
            "min_balance": 0,
            "plans": {"pro": {"id": "pro", "name": "Pro", "free_allowance": allowance, "rate_overrides": {"gpt": "input_tokens * 0.0001"}}},
        }));
        let (mut balance, mut left) = (10_000_000_000_000_i64, allowance * Credits::SCALE);
        let charges: Vec<_> = calls.iter().enumerate().map(|(number, (input, output, tools, planned))| {
            let seq = i64::try_from(number).unwrap() + 1;
            let mut metrics = app::model::UsageMetrics {
                model: Some(if input % 2 == 0 { "gpt" } else { "else" }.to_owned()),
                input_tokens: *input,
                output_tokens: *output,
                ..Default::default()
            };
            metrics.tools.insert("search".to_owned(), *tools);
            let plan = planned.then(|| "pro".to_owned());
            let gross = pricing.cost(&metrics, plan.as_deref()).unwrap().micros();
            let part = if *planned { gross.min(left) } else { 0 };
            left -= part;
            balance -= gross - part;
            StoredCharge {
                gross,
                allowance: part,
                net: gross - part,
                spendable_after: balance,
                plan,
                quantities: Some(serde_json::to_string(&metrics).unwrap()),
                model: metrics.model,
                at: NOON + seq,
                ..charge(seq, 0, 0, 0)
            }
        }).collect();
        let report = run(Arc::clone(&pricing), Vec::new(), &charges);
        prop_assert_eq!(report.gross.before, report.gross.after);
        prop_assert_eq!(report.net.before, report.net.after);
        prop_assert_eq!(report.allowance.before, report.allowance.after);
        prop_assert_eq!((report.repriced, report.short_count), (report.charges, 0));
        for model in report.models {
            prop_assert_eq!(model.gross.change(), Credits::ZERO);
        }
    }
}
