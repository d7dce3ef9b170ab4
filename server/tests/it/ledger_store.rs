//! What only a database can break: parallel callers, immutable rows, reports in every zone.

use crate::harness::App;
use app::{
    backend::{Analytics as _, Ledger as _},
    error::Code,
    model::{Actor, Charge, CreditMetadata, Credits, Deduct, Refund, RefundReason, Timestamp, UsageMetrics, Uuid},
    range::{RangeQuery, ReportRange},
};
use serde_json::json;
use server::store::{repair, sql, verify};
use std::sync::Arc;
use tokio::task::JoinSet;

fn credits(text: &str) -> Credits {
    text.parse().unwrap()
}

fn charge(user: &str, amount: &str, key: Option<String>) -> Deduct {
    Deduct {
        user_id: user.to_owned(),
        charge: Charge::Amount(credits(amount)),
        metadata: CreditMetadata::default(),
        key,
        occurred_at: None,
    }
}

fn refund(transaction_id: Uuid, amount: Option<&str>, key: String) -> Refund {
    Refund {
        transaction_id,
        amount: amount.map(credits),
        reason: RefundReason::Duplicate,
        note: None,
        notify: false,
        seen: None,
        key: Some(key),
    }
}

/// Runs `count` of the same at once and gives the codes of the refused ones.
async fn at_once<F>(app: &Arc<App>, count: usize, call: impl Fn(Arc<App>, usize) -> F) -> Vec<Option<Code>>
where
    F: Future<Output = Option<Code>> + Send + 'static,
{
    let mut calls = JoinSet::new();
    for number in 0..count {
        calls.spawn(call(app.clone(), number));
    }
    calls.join_all().await
}

async fn assert_sound(app: &App) {
    let mut tx = app.db.snapshot().await.unwrap();
    assert_eq!(verify::differences(&mut tx, app.clock.now()).await.unwrap(), []);
}

on_both! {
    async fn sixty_four_refunds_at_once_refund_one_charge_once(app) {
        app.grant("ana", 100).await;
        let by = Actor::system("test");
        let id = app.desk.deduct(&by, charge("ana", "64", None)).await.unwrap().transaction_id;
        let codes = at_once(&app, 64, move |app, number| async move {
            let by = Actor::system("test");
            app.desk.refund(&by, refund(id, Some("2"), format!("r{number}"))).await.err().map(|error| error.code)
        }).await;
        let passed = codes.iter().filter(|code| code.is_none()).count();
        assert_eq!(passed, 32, "{codes:?}");
        assert!(codes.iter().flatten().all(|code| *code == Code::AlreadyRefunded), "{codes:?}");
        assert_eq!(app.desk.balance("ana").await.unwrap().balance, credits("100"));
        assert_sound(&app).await;
    }

    async fn as_many_charges_pass_as_fit(app) {
        app.grant("ana", 100).await;
        let codes = at_once(&app, 64, |app, number| async move {
            let by = Actor::system("test");
            app.desk.deduct(&by, charge("ana", "3", Some(format!("c{number}")))).await.err().map(|error| error.code)
        }).await;
        assert_eq!(codes.iter().filter(|code| code.is_none()).count(), 33);
        assert!(codes.iter().flatten().all(|code| *code == Code::InsufficientCredits), "{codes:?}");
        assert_sound(&app).await;
    }

    async fn one_key_sixty_four_times_is_one_charge(app) {
        app.grant("ana", 100).await;
        let codes = at_once(&app, 64, |app, _| async move {
            let by = Actor::system("test");
            app.desk.deduct(&by, charge("ana", "3", Some("same".to_owned()))).await.err().map(|error| error.code)
        }).await;
        assert!(codes.iter().all(Option::is_none), "{codes:?}");
        assert_eq!(app.desk.balance("ana").await.unwrap().balance, credits("97"));
        assert_sound(&app).await;
    }

    async fn new_accounts_made_at_once_are_made_once(app) {
        let codes = at_once(&app, 32, |app, number| async move {
            let user = format!("user-{}", number % 4);
            app.grant(&user, 1).await;
            None
        }).await;
        assert!(codes.iter().all(Option::is_none));
        assert_eq!(app.desk.balance("user-3").await.unwrap().balance, credits("8"));
        assert_sound(&app).await;
    }

    async fn entries_cannot_be_changed_or_deleted(app) {
        app.grant("ana", 100).await;
        for text in ["UPDATE entries SET amount = 1", "DELETE FROM entries"] {
            let mut tx = app.db.begin().await.unwrap();
            let refused = sql(text).execute(&mut tx).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{refused}");
        }
        assert_eq!(app.balance("ana").await, "100");
    }

    async fn verify_names_what_was_tampered_with(app) {
        app.grant("ana", 100).await;
        app.desk.deduct(&Actor::system("test"), charge("ana", "1", None)).await.unwrap();
        for text in [
            "UPDATE accounts SET balance = balance + 1",
            "UPDATE rollup_model SET spend = spend + 1",
            "UPDATE rollup_user SET charges = charges + 1",
            "UPDATE rollup_kind SET entries = entries + 1",
        ] {
            let mut tx = app.db.begin().await.unwrap();
            sql(text).execute(&mut tx).await.unwrap();
            assert_ne!(verify::differences(&mut tx, app.clock.now()).await.unwrap(), [], "{text}");
        }
        assert_sound(&app).await;
    }

    async fn reports_and_counters_are_made_anew_from_the_entries(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 100).await;
        app.put("/users/ana/plan", json!({ "plan_id": "pro" })).await.ok();
        app.put("/users/ana/caps", json!({ "type": "daily", "limit": 50, "action": "deny" })).await.ok();
        let made = app.post("/teams", json!({ "name": "Pool", "initial_balance": 50 })).await;
        let team = made.ok()["team_id"].as_str().unwrap().to_owned();
        app.post(&format!("/teams/{team}/members"), json!({ "user_id": "ana" })).await.ok();
        app.post(&format!("/teams/{team}/deductions"), json!({ "user_id": "ana", "amount": 4 })).await.ok();
        app.desk.deduct(&Actor::system("test"), charge("ana", "12", None)).await.unwrap();
        for text in [
            "UPDATE rollup_model SET spend = spend + 1",
            "DELETE FROM rollup_user",
            "DELETE FROM rollup_kind",
            "UPDATE allowance_used SET used = used + 1",
            "UPDATE cap_counters SET spend = spend + 1",
            "UPDATE team_members SET total_spent = total_spent + 1",
        ] {
            let mut tx = app.db.begin().await.unwrap();
            sql(text).execute(&mut tx).await.unwrap();
            assert_ne!(verify::differences(&mut tx, app.clock.now()).await.unwrap(), [], "{text}");
            repair::repair(&mut tx, app.clock.now()).await.unwrap();
            assert_eq!(verify::differences(&mut tx, app.clock.now()).await.unwrap(), [], "{text}");
            tx.commit().await.unwrap();
        }
        // The writer's memory of the account is not older than the repair.
        app.desk.deduct(&Actor::system("test"), charge("ana", "1", None)).await.unwrap();
        assert_sound(&app).await;
    }

    async fn days_models_users_and_ledger_agree_in_every_zone(app) {
        app.publish_prices().await.ok();
        let by = Actor::system("test");
        for user in ["ana", "bo"] {
            app.grant(user, 100_000).await;
        }
        // A charge every 3 hours and 7 minutes over the days on which Lord Howe and New York change their clocks.
        let start: Timestamp = "2026-10-01T00:00:00Z".parse().unwrap();
        for number in 0_i64..330 {
            let at = Timestamp::from_second(start.as_second() + number * 11_220).unwrap();
            let metrics = UsageMetrics {
                model: Some("gpt".to_owned()),
                input_tokens: u64::try_from(number * 17 + 1).unwrap(),
                ..UsageMetrics::default()
            };
            let request = Deduct {
                user_id: if number % 3 == 0 { "ana" } else { "bo" }.to_owned(),
                charge: if number % 5 == 0 { Charge::Amount(credits("1.000001")) } else { Charge::Metrics(metrics) },
                metadata: CreditMetadata::default(),
                key: Some(format!("h{number}")),
                occurred_at: Some(at),
            };
            app.desk.deduct(&by, request).await.unwrap();
        }
        for zone in ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York", "Pacific/Chatham"] {
            let query = RangeQuery { from: Some("2026-10-02"), to: Some("2026-11-08"), tz: Some(zone), range: None };
            let range = ReportRange::read(&query, "UTC", app.clock.now()).unwrap();
            let overview = app.desk.overview(&range, true).await.unwrap();
            let proof = overview.proof.unwrap();
            assert_eq!(proof.difference(), Credits::ZERO, "{zone}: {proof:?}");
            assert!(proof.entries > 250, "{zone}: {proof:?}");
            assert_eq!(overview.days.len(), 38, "{zone}");
            by_hand(&app, &range, &overview.days).await;
        }
        assert_sound(&app).await;
    }
}

/// Each day again, from the entries between its own two midnights.
async fn by_hand(app: &App, range: &ReportRange, days: &[app::model::DailySpendRow]) {
    for day in days {
        let midnight = |date: jiff::civil::Date| date.to_zoned_datetime(range.zone.clone()).unwrap().timestamp();
        let mut tx = app.db.snapshot().await.unwrap();
        let (spend, count): (i64, i64) =
            sql("SELECT CAST(COALESCE(SUM(-amount), 0) AS BIGINT), COUNT(*) FROM entries \
             WHERE kind = 'usage' AND occurred_at >= $1 AND occurred_at < $2")
            .bind(midnight(day.date))
            .bind(midnight(day.date.tomorrow().unwrap()))
            .one(&mut tx)
            .await
            .unwrap();
        let told = (day.total_spend.micros(), day.transaction_count);
        assert_eq!(told, (spend, count), "{} in {}", day.date, range.zone_name);
    }
}
