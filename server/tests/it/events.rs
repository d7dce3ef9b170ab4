//! What is told, and what is not: the outbox, seen through a receiver.

use crate::{
    harness::{App, prices},
    receiver::{Received, Receiver, deliver},
};
use app::{
    backend::Ledger as _,
    model::{Actor, AddCredits, Charge, CreditKind, CreditMetadata, Credits, Deduct},
};
use axum::http::Method;
use serde_json::json;
use server::{
    service::{Desk, Options},
    store::sql,
};
use std::sync::Arc;

async fn count(app: &App, table: &str) -> i64 {
    let mut tx = app.db.snapshot().await.unwrap();
    let (count,): (i64,) = sql(format!("SELECT COUNT(*) FROM {table}")).one(&mut tx).await.unwrap();
    count
}

async fn run(app: &App, text: &'static str) {
    let mut tx = app.db.begin().await.unwrap();
    sql(text).execute(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn put_cap(app: &App, user: &str, action: &str, limit: i64) {
    let cap = json!({ "type": "daily", "action": action, "limit": limit });
    app.put(&format!("/users/{user}/caps"), cap).await.ok();
}

/// A desk over the same database, as after a restart, with a threshold of 10.
fn reopen(app: &App) -> Arc<Desk> {
    let options = Options { low_balance: Some("10".parse().unwrap()), ..Options::default() };
    Desk::open(app.db.clone(), app.clock.clone(), app.ids.clone(), options)
}

async fn add(desk: &Desk, amount: &str, expires_at: Option<&str>) {
    let request = AddCredits {
        user_id: "ana".to_owned(),
        amount: amount.parse().unwrap(),
        kind: CreditKind::Grant,
        expires_at: expires_at.map(|at| at.parse().unwrap()),
        metadata: CreditMetadata::default(),
        key: None,
    };
    desk.add_credits(&Actor::system("test"), request).await.unwrap();
}

async fn charge(desk: &Desk, amount: &str) {
    let request = Deduct {
        user_id: "ana".to_owned(),
        charge: Charge::Amount(amount.parse::<Credits>().unwrap()),
        metadata: CreditMetadata::default(),
        key: None,
        occurred_at: None,
    };
    desk.deduct(&Actor::system("test"), request).await.unwrap();
}

on_both! {
    async fn every_operation_tells_what_it_did(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &[]).await;
        app.publish_prices().await.ok();
        let soon = json!({ "amount": 5, "kind": "grant", "expires_at": "2026-11-26T00:00:00Z" });
        app.post("/users/ana/credits", soon).await.ok();
        app.post("/users/ana/credits", json!({ "amount": 100, "kind": "purchase" })).await.ok();
        app.put("/users/ana/plan", json!({ "plan_id": "pro" })).await.ok();
        app.put("/users/ana/plan", json!({ "plan_id": "pro" })).await.ok();
        let body = json!({
            "metrics": { "model": "gpt", "input_tokens": 12_000 },
            "metadata": { "reference_id": "call-1", "shop": "north" },
        });
        let charge = app.post("/users/ana/deductions", body).await;
        let id = charge.ok()["transaction_id"].as_str().unwrap().to_owned();
        app.post(&format!("/transactions/{id}/refunds"), json!({ "amount": 1, "reason": "goodwill" })).await.ok();
        app.post("/users/ana/adjustments", json!({ "amount": -3, "reason": "gift taken back" })).await.ok();
        app.api(Method::DELETE, "/users/ana/plan").send().await.ok();
        app.set_time("2026-11-27T00:00:00Z");
        app.post("/sweeps", json!({})).await.ok();
        deliver(&app).await;
        let mut got = receiver.take();
        // The desk's own events and an account's are two lanes; within each the order is kept.
        let desk = got.iter().position(|received| received.event().0 == "pricing.activated").unwrap();
        assert_eq!(*got.remove(desk).event().1, json!({ "version": 1, "activated_by": "key:test" }));
        let got: Vec<_> = got.iter().map(Received::event).collect();
        let types: Vec<_> = got.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(types, [
            "credits.added", "credits.added", "credits.plan_changed", "credits.deducted", "credits.refunded",
            "credits.deducted", "credits.plan_changed", "credits.expired",
        ]);
        assert!(got.iter().all(|(_, data)| data["user_id"] == "ana"));
        assert_eq!(*got[2].1, json!({ "user_id": "ana", "plan_id": "pro" }));
        let deducted = json!({
            "transaction_id": id, "user_id": "ana", "kind": "usage", "amount": -2, "balance": 103, "gross": 12,
            "allowance": 10, "model": "gpt", "pricing_version": 1, "reference_id": "call-1", "metadata": { "shop": "north" },
        });
        assert_eq!(*got[3].1, deducted);
        assert_eq!((&got[4].1["original_transaction_id"], &got[4].1["amount"]), (&json!(id), &json!(1)));
        assert_eq!(got[4].1["notify"], false);
        assert_eq!(got[5].1["reason"], "gift taken back");
        assert_eq!(*got[6].1, json!({ "user_id": "ana", "plan_id": null, "previous_plan_id": "pro" }));
        assert_eq!(got[7].1["kind"], "expiry");
    }

    async fn a_refund_carries_the_wish_that_the_customer_be_told(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &["credits.refunded"]).await;
        app.grant("ana", 10).await;
        let charge = app.post("/users/ana/deductions", json!({ "amount": 4 })).await;
        let path = format!("/transactions/{}/refunds", charge.ok()["transaction_id"].as_str().unwrap());
        let refund = async |notify: bool| {
            let call = app.api(Method::POST, &path).idempotent("refund-1");
            call.json(json!({ "amount": 1, "reason": "goodwill", "notify": notify })).send().await
        };
        let first = refund(true).await;
        let id = first.ok()["refund_transaction_id"].as_str().unwrap().to_owned();
        assert_eq!(refund(true).await.ok()["idempotent"], true);
        refund(false).await.refused(409, "idempotency_conflict", None);
        let kept = app.get(&format!("/transactions/{id}")).await;
        assert_eq!(kept.ok()["transaction"]["metadata"]["notify"], true);
        deliver(&app).await;
        let got = receiver.take();
        assert_eq!((got.len(), &got[0].event().1["notify"]), (1, &json!(true)));
    }

    async fn nothing_is_written_while_nobody_listens(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 10).await;
        let receiver = Receiver::start().await;
        let (id, _) = receiver.register(&app, &["credits.deducted"]).await;
        app.grant("ana", 10).await;
        assert_eq!((count(&app, "events").await, count(&app, "webhook_deliveries").await), (0, 0));
        app.post("/users/ana/deductions", json!({ "amount": 1 })).await.ok();
        assert_eq!((count(&app, "events").await, count(&app, "webhook_deliveries").await), (1, 1));
        app.api(Method::PATCH, &format!("/webhooks/{id}")).json(json!({ "disabled": true })).send().await.ok();
        app.post("/users/ana/deductions", json!({ "amount": 1 })).await.ok();
        assert_eq!(count(&app, "events").await, 1);
    }

    async fn a_replay_and_a_refusal_tell_nothing(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &[]).await;
        app.grant("ana", 10).await;
        for _ in 0..3 {
            let call = app.api(Method::POST, "/users/ana/deductions").idempotent("once");
            call.json(json!({ "amount": 1 })).send().await.ok();
        }
        app.post("/users/ana/deductions", json!({ "amount": 99 })).await.refused(402, "insufficient_credits", None);
        deliver(&app).await;
        assert_eq!(receiver.types(), ["credits.added", "credits.deducted"]);
    }

    async fn what_is_not_committed_is_not_told(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &[]).await;
        app.grant("ana", 10).await;
        // The event is written before the commit, so a failure after it must take it back with the charge.
        run(&app, "ALTER TABLE webhook_deliveries RENAME TO mislaid").await;
        app.post("/users/ana/deductions", json!({ "amount": 1 })).await.refused(500, "internal", None);
        run(&app, "ALTER TABLE mislaid RENAME TO webhook_deliveries").await;
        assert_eq!(app.balance("ana").await, "10");
        assert_eq!(count(&app, "events").await, 1);
        deliver(&app).await;
        assert_eq!(receiver.types(), ["credits.added"]);
    }

    async fn a_cap_is_told_of_once_in_its_window(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &["credits.cap_reached"]).await;
        app.grant("ana", 100).await;
        put_cap(&app, "ana", "deny", 3).await;
        for _ in 0..5 {
            app.post("/users/ana/deductions", json!({ "amount": 4 })).await.refused(403, "cap_reached", None);
        }
        deliver(&app).await;
        let got = receiver.take();
        assert_eq!(got.len(), 1);
        let data = json!({
            "user_id": "ana", "type": "daily", "action": "deny", "current_spend": 0, "cap_limit": 3, "needed": 4,
            "resets_at": "2026-11-26T00:00:00Z",
        });
        assert_eq!(got[0].event(), ("credits.cap_reached", &data));
        app.set_time("2026-11-26T08:00:00Z");
        app.post("/users/ana/deductions", json!({ "amount": 4 })).await.refused(403, "cap_reached", None);
        deliver(&app).await;
        assert_eq!(receiver.types(), ["credits.cap_reached"]);
    }

    async fn a_soft_cap_warns_each_time_or_once(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &["credits.cap_warning"]).await;
        for (user, action) in [("ana", "warn"), ("bob", "notify")] {
            app.grant(user, 100).await;
            put_cap(&app, user, action, 3).await;
            for _ in 0..4 {
                app.post(&format!("/users/{user}/deductions"), json!({ "amount": 2 })).await.ok();
            }
        }
        deliver(&app).await;
        let got = receiver.take();
        let of = |user: &str| got.iter().filter(|received| received.event().1["user_id"] == user).count();
        assert_eq!((of("ana"), of("bob")), (3, 1));
        assert!(got.iter().all(|received| received.event().1["transaction_id"].is_string()));
    }

    async fn holds_are_told_of_when_they_are_made_and_when_they_end(app) {
        let receiver = Receiver::start().await;
        app.grant("ana", 100).await;
        receiver.register(&app, &["credits.reserved", "credits.released", "credits.deducted"]).await;
        let mut ids = Vec::new();
        for _ in 0..4 {
            let made = app.post("/users/ana/reservations", json!({ "amount": 10, "ttl_seconds": 60 })).await;
            ids.push(made.ok()["reservation_id"].as_str().unwrap().to_owned());
        }
        app.post(&format!("/reservations/{}/renew", ids[0]), json!({ "ttl_seconds": 90 })).await.ok();
        app.post(&format!("/reservations/{}/release", ids[0]), json!({})).await.ok();
        app.post(&format!("/reservations/{}/release", ids[0]), json!({})).await.ok();
        app.post(&format!("/reservations/{}/settle", ids[1]), json!({ "amount": 4 })).await.ok();
        app.post(&format!("/reservations/{}/settle", ids[2]), json!({ "amount": 10 })).await.ok();
        app.pass(60);
        app.expire_reservations().await;
        deliver(&app).await;
        let got = receiver.take();
        let told: Vec<_> = got
            .iter()
            .map(Received::event)
            .map(|(kind, data)| (kind, data["reservation_id"].as_str().unwrap_or("none"), data["amount"].to_string()))
            .collect();
        ids.push("none".to_owned());
        let expected = [
            ("credits.reserved", 0, "10"),
            ("credits.reserved", 1, "10"),
            ("credits.reserved", 2, "10"),
            ("credits.reserved", 3, "10"),
            ("credits.released", 0, "10"),
            ("credits.deducted", 4, "-4"),
            ("credits.released", 1, "6"),
            ("credits.deducted", 4, "-10"),
            ("credits.released", 3, "10"),
        ];
        let expected: Vec<_> =
            expected.map(|(kind, hold, amount)| (kind, ids[hold].as_str(), amount.to_owned())).into();
        assert_eq!(told, expected);
        assert_eq!(got[0].event().1["available"].to_string(), "90");
    }

    async fn a_members_cap_that_refuses_a_teams_charge_is_told_of(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &["credits.cap_reached"]).await;
        let made = app.post("/teams", json!({ "name": "Pool", "initial_balance": 50 })).await;
        let team = made.ok()["team_id"].as_str().unwrap().to_owned();
        app.post(&format!("/teams/{team}/members"), json!({ "user_id": "ana" })).await.ok();
        put_cap(&app, "ana", "deny", 3).await;
        let charge = app.post(&format!("/teams/{team}/deductions"), json!({ "user_id": "ana", "amount": 4 })).await;
        charge.refused(403, "cap_reached", None);
        deliver(&app).await;
        let got = receiver.take();
        let (kind, data) = got[0].event();
        assert_eq!((kind, data["user_id"].as_str(), data["team_id"].as_str()), ("credits.cap_reached", Some("ana"), Some(team.as_str())));
    }

    async fn a_low_balance_is_told_on_the_way_down_also_after_a_restart(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &["credits.low_balance"]).await;
        let told = || async { deliver(&app).await; receiver.take().len() };
        let desk = reopen(&app);
        add(&desk, "8", None).await;
        assert_eq!(told().await, 0, "it was never above");
        add(&desk, "12", None).await;
        charge(&desk, "10").await;
        assert_eq!(told().await, 0, "10 is not below 10");
        charge(&desk, "0.5").await;
        deliver(&app).await;
        let got = receiver.take();
        assert_eq!(got[0].event(), ("credits.low_balance", &json!({ "user_id": "ana", "balance": 9.5, "threshold": 10 })));
        charge(&desk, "1").await;
        let desk = reopen(&app);
        charge(&desk, "1").await;
        assert_eq!(told().await, 0, "told already, and remembered over a restart");
        add(&desk, "20", None).await;
        let desk = reopen(&app);
        charge(&desk, "20").await;
        assert_eq!(told().await, 1, "armed again, and remembered over a restart");
    }

    async fn a_low_balance_that_time_brought_is_told_at_the_sweep(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &["credits.low_balance"]).await;
        let desk = reopen(&app);
        add(&desk, "20", Some("2026-11-26T00:00:00Z")).await;
        app.set_time("2026-11-27T00:00:00Z");
        for _ in 0..2 {
            desk.sweep(&Actor::system("test"), false).await.unwrap();
        }
        deliver(&app).await;
        assert_eq!(receiver.types(), ["credits.low_balance"]);
    }

    async fn a_balance_that_fell_while_nobody_listened_is_told_no_more(app) {
        let desk = reopen(&app);
        add(&desk, "20", None).await;
        charge(&desk, "15").await;
        let receiver = Receiver::start().await;
        receiver.register(&app, &["credits.low_balance"]).await;
        charge(&desk, "1").await;
        deliver(&app).await;
        assert_eq!(receiver.types(), [""; 0]);
    }

    async fn pricing_is_told_of_once_for_each_activation(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &["pricing.activated"]).await;
        app.publish_prices().await.ok();
        app.publish_prices().await.ok();
        let mut other = prices();
        other["min_balance"] = json!(1);
        app.post("/pricing/versions", json!({ "config": other, "label": "spring" })).await.ok();
        app.post("/pricing/versions/1/activate", json!({})).await.ok();
        deliver(&app).await;
        let got = receiver.take();
        let data: Vec<_> = got.iter().map(|received| received.event().1.clone()).collect();
        assert_eq!(data, [
            json!({ "version": 1, "activated_by": "key:test" }),
            json!({ "version": 2, "previous_version": 1, "label": "spring", "activated_by": "key:test" }),
            json!({ "version": 1, "previous_version": 2, "activated_by": "key:test" }),
        ]);
    }
}
