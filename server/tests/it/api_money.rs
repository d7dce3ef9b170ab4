//! Credits, charges, adjustments, refunds and sweeps over HTTP.

use axum::http::Method;
use serde_json::json;
use std::sync::Arc;

on_both! {
    async fn credits_are_added_once_for_a_key(app) {
        let add = || app.api(Method::POST, "/users/ana/credits").idempotent("order-1").json(json!({
            "amount": "12.5", "kind": "purchase", "metadata": { "order": 17 }
        }));
        let first = add().send().await;
        assert_eq!(first.ok()["amount"].to_string(), "12.5");
        assert_eq!(first.json["lifetime_purchased"].to_string(), "12.5");
        assert_eq!(first.json["idempotent"], false);
        let again = add().send().await;
        assert_eq!(again.ok()["idempotent"], true);
        assert_eq!(again.json["transaction_id"], first.json["transaction_id"]);
        assert_eq!(app.balance("ana").await, "12.5");
    }

    async fn a_key_used_again_for_another_request_is_a_conflict(app) {
        let add = |amount: i64| {
            let call = app.api(Method::POST, "/users/ana/credits").idempotent("order-1");
            call.json(json!({ "amount": amount })).send()
        };
        let first = add(5).await;
        let id = first.ok()["transaction_id"].clone();
        let conflict = add(6).await;
        assert_eq!(conflict.refused(409, "idempotency_conflict", None)["original_transaction_id"], id);
        assert_eq!(app.balance("ana").await, "5");
    }

    async fn a_charge_by_quantities_uses_the_active_prices(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 10).await;
        let body = json!({ "metrics": { "model": "gpt", "input_tokens": 1500, "output_tokens": 500 } });
        let charge = app.post("/users/ana/deductions", body).await;
        assert_eq!(charge.ok()["amount"].to_string(), "-2");
        assert_eq!(charge.json["balance_after"].to_string(), "8");
        assert_eq!(charge.json["pricing_version"], 1);
        let id = charge.json["transaction_id"].as_str().unwrap();
        let detail = app.get(&format!("/transactions/{id}")).await;
        assert_eq!(detail.ok()["breakdown"]["total"].to_string(), "2");
        assert_eq!(detail.json["transaction"]["actor"], "key:test");
        assert_eq!(detail.json["refundable"]["total"].to_string(), "2");
    }

    async fn a_charge_beyond_the_balance_says_what_is_missing(app) {
        app.grant("ana", 3).await;
        let charge = app.post("/users/ana/deductions", json!({ "amount": 3.5 })).await;
        let problem = charge.refused(402, "insufficient_credits", None);
        assert_eq!((problem["needed"].to_string(), problem["available"].to_string()), ("3.5".into(), "3".into()));
        assert_eq!(app.balance("ana").await, "3");
        app.post("/users/ana/deductions", json!({ "amount": 3 })).await.ok();
        assert_eq!(app.balance("ana").await, "0");
    }

    async fn a_charge_is_refunded_in_parts_and_never_beyond(app) {
        app.grant("ana", 10).await;
        let charge = app.post("/users/ana/deductions", json!({ "amount": 4 })).await;
        let path = format!("/transactions/{}/refunds", charge.ok()["transaction_id"].as_str().unwrap());
        let part = app.post(&path, json!({ "amount": 1.5, "reason": "goodwill" })).await;
        assert_eq!((part.ok()["amount"].to_string(), part.json["remaining"].to_string()), ("1.5".into(), "2.5".into()));
        let over = app.post(&path, json!({ "amount": 3, "reason": "goodwill" })).await;
        assert_eq!(over.refused(409, "over_refund", Some("amount"))["remaining"].to_string(), "2.5");
        app.post(&path, json!({ "reason": "other" })).await.refused(422, "invalid_request", Some("note"));
        let rest = app.post(&path, json!({ "reason": "other", "note": "asked by mail" })).await;
        assert_eq!((rest.ok()["amount"].to_string(), rest.json["new_balance"].to_string()), ("2.5".into(), "10".into()));
        app.post(&path, json!({ "reason": "goodwill" })).await.refused(409, "already_refunded", None);
        app.post(&path, json!({ "reason": "because" })).await.refused(422, "invalid_request", Some("reason"));
    }

    async fn only_a_charge_that_exists_can_be_refunded(app) {
        let granted = app.post("/users/ana/credits", json!({ "amount": 1 })).await;
        let path = format!("/transactions/{}/refunds", granted.ok()["transaction_id"].as_str().unwrap());
        app.post(&path, json!({ "reason": "goodwill" })).await.refused(409, "not_refundable", None);
        let nothing = "/transactions/019ab000-0000-7000-8000-000000000000/refunds";
        app.post(nothing, json!({ "reason": "goodwill" })).await.refused(404, "transaction_not_found", None);
        let no_id = app.post("/transactions/17/refunds", json!({ "reason": "goodwill" })).await;
        no_id.refused(404, "transaction_not_found", Some("transaction_id"));
    }

    async fn an_adjustment_takes_away_and_stops_at_the_floor(app) {
        app.grant("ana", 5).await;
        let adjust = |amount: i64, allow: bool| {
            app.post("/users/ana/adjustments", json!({ "amount": amount, "reason": "chargeback", "allow_negative": allow }))
        };
        assert_eq!(adjust(-2, false).await.ok()["new_balance"].to_string(), "3");
        adjust(-4, false).await.refused(402, "insufficient_credits", None);
        assert_eq!(adjust(-4, true).await.ok()["new_balance"].to_string(), "-1");
        adjust(1, false).await.refused(422, "invalid_amount", Some("amount"));
        let silent = app.post("/users/ana/adjustments", json!({ "amount": -1, "reason": " " })).await;
        silent.refused(422, "invalid_request", Some("reason"));
    }

    async fn a_sweep_books_expired_credits_out_once(app) {
        let soon = json!({ "amount": 7, "expires_at": "2026-11-25T13:00:00Z" });
        app.post("/users/ana/credits", soon).await.ok();
        app.grant("ana", 2).await;
        app.set_time("2026-11-25T13:00:00Z");
        assert_eq!(app.balance("ana").await, "2", "expired, swept or not");
        for dry_run in [true, false] {
            let sweep = app.post("/sweeps", json!({ "dry_run": dry_run })).await;
            assert_eq!(*sweep.ok(), json!({ "expired_count": 1, "expired_amount": 7, "dry_run": dry_run }));
        }
        let again = app.post("/sweeps", json!({})).await;
        assert_eq!(again.ok()["expired_count"], 0);
        assert_eq!(app.balance("ana").await, "2");
    }

    async fn credits_that_have_expired_already_are_refused(app) {
        let late = json!({ "amount": 7, "expires_at": "2026-11-25T12:00:00Z" });
        app.post("/users/ana/credits", late).await.refused(422, "invalid_request", Some("expires_at"));
    }
}
