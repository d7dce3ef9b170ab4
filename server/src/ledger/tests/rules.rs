//! Each rule with its smallest example.

use super::bench::{Bench, credits};
use crate::ledger::{Action, Cap, Price, Rejection, Reply};
use app::model::{CapAction, CapType, CreditKind, CreditMetadata, Credits, EntryKind, RefundReason, SweepResult, Uuid};
use std::collections::BTreeMap;

fn cap(id: i64, model: Option<&str>, limit: &str, action: CapAction) -> Cap {
    Cap {
        id,
        cap_type: CapType::Daily,
        model: model.map(str::to_owned),
        limit: credits(limit),
        action,
        counters: BTreeMap::new(),
    }
}

fn give_cap(bench: &mut Bench, cap: Cap) {
    bench.books.accounts.entry(Bench::ana()).or_default().caps.push(cap);
}

#[test]
fn a_charge_may_reach_the_floor_and_not_pass_it() {
    let mut bench = Bench::new("5");
    bench.add("105", None);
    assert_eq!(bench.deduct("100").unwrap().balance_after, credits("5"));
    let refused = bench.deduct("0.000001").unwrap_err();
    assert_eq!(
        refused,
        Rejection::InsufficientCredits { needed: credits("0.000001"), available: credits("5"), floor: credits("5") }
    );
}

#[test]
fn amounts_must_be_positive() {
    let mut bench = Bench::new("0");
    for amount in ["0", "-1"] {
        let refused = bench.deduct(amount).unwrap_err();
        assert!(matches!(refused, Rejection::InvalidAmount { field: "amount", .. }), "{refused:?}");
    }
    assert!(bench.books.accounts.is_empty(), "a refused charge names no account into being");
}

#[test]
fn lots_are_drawn_by_earliest_expiry_then_age() {
    let mut bench = Bench::new("0");
    bench.add("10", None);
    bench.add("10", Some(2_000));
    bench.add("10", Some(1_000));
    let id = bench.deduct("15").unwrap().transaction_id;
    let entry = bench.entries.iter().find(|entry| entry.id == id).unwrap();
    let draws: Vec<_> = entry.draws.iter().map(|draw| (draw.lot, draw.amount)).collect();
    assert_eq!(draws, [(3, credits("10")), (2, credits("5"))]);
}

#[test]
fn an_expired_lot_is_never_spent_swept_or_not() {
    let mut bench = Bench::new("0");
    bench.add("10", Some(60));
    bench.add("1", None);
    bench.pass(60);
    assert_eq!(bench.account().spendable(bench.now), credits("1"));
    assert!(bench.deduct("2").is_err());
    let swept = |count, amount: &str| {
        Reply::Swept(SweepResult { expired_count: count, expired_amount: credits(amount), dry_run: false })
    };
    assert_eq!(bench.run(Action::Sweep, None).unwrap(), swept(1, "10"));
    assert_eq!(bench.run(Action::Sweep, None).unwrap(), swept(0, "0"));
    assert_eq!(bench.account().balance, credits("1"));
}

#[test]
fn the_allowance_pays_first_and_counts_within_its_month() {
    let mut bench = Bench::new("0");
    bench.set_plan("pro");
    bench.add("50", None);
    let first = bench.call("m", 80).unwrap();
    assert_eq!((first.allowance_consumed, first.amount), (credits("80"), credits("0")));
    let second = bench.call("m", 30).unwrap();
    assert_eq!((second.allowance_consumed, second.amount), (credits("20"), credits("-10")));
    // The used amount is carried over to another plan.
    bench.set_plan("max");
    let third = bench.call("m", 30).unwrap();
    assert_eq!((third.gross, third.allowance_consumed), (credits("60"), credits("50")));
    bench.pass(31 * 86_400);
    assert_eq!(bench.call("m", 1).unwrap().allowance_consumed, credits("2"));
}

#[test]
fn a_deny_cap_may_be_reached_and_not_passed() {
    let mut bench = Bench::new("0");
    bench.add("100", None);
    give_cap(&mut bench, cap(1, None, "10", CapAction::Deny));
    bench.deduct("10").unwrap();
    let refused = bench.deduct("0.1").unwrap_err();
    assert!(matches!(refused, Rejection::CapReached { limit, .. } if limit == credits("10")), "{refused:?}");
    bench.pass(86_400);
    bench.deduct("10").unwrap();
}

#[test]
fn a_cap_with_a_model_counts_only_that_model() {
    let mut bench = Bench::new("0");
    bench.add("100", None);
    give_cap(&mut bench, cap(1, Some("m"), "10", CapAction::Deny));
    bench.call("half", 60).unwrap();
    bench.call("m", 10).unwrap();
    assert!(bench.call("m", 1).is_err());
    bench.call("half", 2).unwrap();
}

#[test]
fn a_warn_cap_flags_every_call_past_it_and_a_refund_makes_room() {
    let mut bench = Bench::new("0");
    bench.add("100", None);
    give_cap(&mut bench, cap(1, None, "10", CapAction::Warn));
    let first = bench.deduct("10").unwrap();
    assert_eq!(first.cap_warning, None);
    assert_eq!(bench.deduct("1").unwrap().cap_warning.unwrap().current_spend, credits("11"));
    bench.refund(first.transaction_id, None).unwrap();
    assert_eq!(bench.deduct("1").unwrap().cap_warning, None);
}

#[test]
fn a_replay_gives_the_first_answer_and_another_request_is_a_conflict() {
    let mut bench = Bench::new("0");
    let add = |amount: &str| Action::AddCredits {
        amount: credits(amount),
        kind: CreditKind::Purchase,
        expires_at: None,
        metadata: CreditMetadata::default(),
    };
    let Reply::Added(first) = bench.run(add("10"), Some("k")).unwrap() else { panic!() };
    bench.deduct("10").unwrap();
    let Reply::Added(again) = bench.run(add("10"), Some("k")).unwrap() else { panic!() };
    assert_eq!(again, app::model::AddCreditsResult { idempotent: true, ..first.clone() });
    let refused = bench.run(add("11"), Some("k")).unwrap_err();
    assert_eq!(refused, Rejection::IdempotencyConflict { original: first.transaction_id });
    // The key of another operation is another key.
    let charge =
        Action::Deduct { price: Price::Amount(credits("1")), metadata: CreditMetadata::default(), occurred_at: None };
    assert!(matches!(bench.run(charge, Some("k")), Err(Rejection::InsufficientCredits { .. })));
}

#[test]
fn a_full_refund_restores_balance_allowance_and_lots() {
    let mut bench = Bench::new("0");
    bench.set_plan("pro");
    bench.add("10", Some(5_000));
    bench.add("30", None);
    let before = bench.account();
    let charge = bench.call("m", 125).unwrap();
    assert_eq!((charge.allowance_consumed, charge.amount), (credits("100"), credits("-25")));
    let refund = bench.refund(charge.transaction_id, None).unwrap();
    assert_eq!((refund.amount, refund.allowance_restored), (credits("25"), credits("100")));
    let after = bench.account();
    assert_eq!((after.balance, &after.lots), (before.balance, &before.lots));
    assert!(after.allowance.values().all(|used| used.is_zero()));
    assert!(matches!(bench.refund(charge.transaction_id, None), Err(Rejection::AlreadyRefunded { .. })));
}

#[test]
fn a_partial_refund_gives_credits_first_and_never_more_than_remains() {
    let mut bench = Bench::new("0");
    bench.set_plan("pro");
    bench.add("30", None);
    let charge = bench.call("m", 120).unwrap().transaction_id;
    let first = bench.refund(charge, Some("15")).unwrap();
    assert_eq!(
        (first.amount, first.allowance_restored, first.remaining),
        (credits("15"), Credits::ZERO, credits("105"))
    );
    let second = bench.refund(charge, Some("15")).unwrap();
    assert_eq!((second.amount, second.allowance_restored), (credits("5"), credits("10")));
    let refused = bench.refund(charge, Some("90.000001")).unwrap_err();
    assert_eq!(refused, Rejection::OverRefund { asked: credits("90.000001"), remaining: credits("90") });
    assert_eq!(bench.refund(charge, None).unwrap().remaining, Credits::ZERO);
}

#[test]
fn a_refund_to_a_lot_that_has_expired_expires_again() {
    let mut bench = Bench::new("0");
    bench.add("10", Some(60));
    bench.add("10", None);
    let charge = bench.deduct("15").unwrap().transaction_id;
    bench.pass(60);
    let refund = bench.refund(charge, None).unwrap();
    assert_eq!(
        (refund.amount, refund.expired_on_refund, refund.new_balance),
        (credits("15"), credits("10"), credits("10"))
    );
    assert_eq!(bench.entries.last().unwrap().kind, EntryKind::Expiry);
    assert_eq!(bench.account().balance, credits("10"));
}

#[test]
fn last_months_allowance_does_not_return() {
    let mut bench = Bench::new("0");
    bench.set_plan("pro");
    bench.add("10", None);
    let charge = bench.call("m", 105).unwrap().transaction_id;
    bench.pass(31 * 86_400);
    let refund = bench.refund(charge, None).unwrap();
    assert_eq!((refund.amount, refund.allowance_restored), (credits("5"), Credits::ZERO));
}

#[test]
fn only_debits_are_refunded_and_other_needs_a_note() {
    let mut bench = Bench::new("0");
    let grant = bench.add("10", None).transaction_id;
    assert_eq!(bench.refund(grant, None).unwrap_err(), Rejection::NotRefundable { kind: "grant" });
    assert!(matches!(bench.refund(Uuid::nil(), None), Err(Rejection::TransactionNotFound(_))));
    let transaction = bench.deduct("1").unwrap().transaction_id;
    let action = |note: Option<&str>| Action::Refund {
        transaction,
        amount: None,
        reason: RefundReason::Other,
        note: note.map(str::to_owned),
        notify: false,
        seen: None,
        member: None,
    };
    assert!(matches!(bench.run(action(Some("  ")), None), Err(Rejection::Invalid { field: "note", .. })));
    bench.run(action(Some("by phone")), None).unwrap();
}

#[test]
fn a_refund_that_was_decided_by_other_figures_is_refused() {
    let mut bench = Bench::new("0");
    bench.add("10", None);
    let transaction = bench.deduct("4").unwrap().transaction_id;
    let action = |seen: Option<&str>| Action::Refund {
        transaction,
        amount: Some(credits("1")),
        reason: RefundReason::Goodwill,
        note: None,
        notify: false,
        seen: seen.map(credits),
        member: None,
    };
    bench.run(action(Some("0")), None).unwrap();
    let refused = bench.run(action(Some("0")), None).unwrap_err();
    assert!(matches!(refused, Rejection::RefundedSince { amount, .. } if amount == credits("1")), "{refused}");
    assert!(refused.to_string().starts_with("1 credit was refunded since you opened this, by "), "{refused}");
    bench.run(action(Some("1")), None).unwrap();
    bench.run(action(None), None).unwrap();
    assert!(bench.run(action(Some("4")), None).is_err(), "also a sum that never was");
}

#[test]
fn debt_is_made_only_by_an_explicit_adjustment_and_repaid_first() {
    let mut bench = Bench::new("0");
    bench.add("10", None);
    assert!(matches!(bench.adjust("-30", false), Err(Rejection::InsufficientCredits { .. })));
    bench.adjust("-30", true).unwrap();
    assert_eq!((bench.account().balance, bench.account().debt), (credits("-20"), credits("20")));
    bench.add("50", None);
    assert_eq!((bench.account().balance, bench.account().debt), (credits("30"), Credits::ZERO));
    // The debt is repaid, so what the refund returns of it is credits of its own.
    let adjustment = bench.entries[1].id;
    bench.refund(adjustment, None).unwrap();
    assert_eq!(bench.account().balance, credits("60"));
}

#[test]
fn quantities_need_an_active_version() {
    let mut bench = Bench::new("0");
    bench.books.pricing = None;
    bench.add("10", None);
    assert_eq!(bench.call("m", 1).unwrap_err(), Rejection::PricingNotLoaded);
    bench.deduct("10").unwrap();
}

#[test]
fn what_the_ledger_owns_cannot_be_forged() {
    let mut bench = Bench::new("0");
    bench.add("10", None);
    let mut metadata = CreditMetadata { model: Some("forged".to_owned()), ..CreditMetadata::default() };
    for key in CreditMetadata::SYSTEM_KEYS {
        metadata.extra.insert(key.to_owned(), "forged".into());
    }
    metadata.extra.insert("trace".to_owned(), "t-1".into());
    let metrics = app::model::UsageMetrics { model: Some("m".to_owned()), input_tokens: 1, ..Default::default() };
    let action = Action::Deduct { price: Price::Metrics(metrics), metadata, occurred_at: None };
    bench.run(action, None).unwrap();
    let entry = bench.entries.last().unwrap();
    assert_eq!(entry.model.as_deref(), Some("m"));
    assert_eq!(entry.metadata.as_deref(), Some(r#"{"trace":"t-1"}"#));
}

#[test]
fn history_passes_caps_but_not_the_floor() {
    let mut bench = Bench::new("0");
    bench.add("10", None);
    give_cap(&mut bench, cap(1, None, "0", CapAction::Deny));
    let occurred_at = Some("2023-11-16T18:17:03Z".parse().unwrap());
    let charge = |amount: &str| Action::Deduct {
        price: Price::Amount(credits(amount)),
        metadata: CreditMetadata::default(),
        occurred_at,
    };
    bench.run(charge("10"), None).unwrap();
    let entry = bench.entries.last().unwrap();
    assert_eq!((Some(entry.occurred_at), entry.recorded_at), (occurred_at, bench.now));
    assert!(matches!(bench.run(charge("1"), None), Err(Rejection::InsufficientCredits { .. })));
}

#[test]
fn history_of_today_counts_in_the_caps_of_today() {
    let mut bench = Bench::new("0");
    bench.add("100", None);
    give_cap(&mut bench, cap(1, None, "10", CapAction::Deny));
    let now = bench.now;
    let mut charge = |seconds: i64, amount: &str| {
        let occurred_at = Some(now - jiff::SignedDuration::from_secs(seconds));
        let price = Price::Amount(credits(amount));
        bench.run(Action::Deduct { price, metadata: CreditMetadata::default(), occurred_at }, None).map(|_| ())
    };
    charge(5, "9").unwrap();
    charge(2 * 86_400, "50").unwrap();
    assert!(matches!(bench.deduct("2"), Err(Rejection::CapReached { spend, .. }) if spend == credits("9")));
    bench.deduct("1").unwrap();
}
