//! Credits held, settled, released, renewed and expired over HTTP.

use crate::harness::{Answer, App};
use axum::http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

async fn reserve(app: &App, amount: &str) -> String {
    let made = app.post("/users/ana/reservations", json!({ "amount": amount })).await;
    made.ok()["reservation_id"].as_str().unwrap().to_owned()
}

async fn settle(app: &App, id: &str, body: Value) -> Answer {
    app.post(&format!("/reservations/{id}/settle"), body).await
}

async fn available(app: &App) -> String {
    app.get("/users/ana/balance").await.ok()["available"].to_string()
}

on_both! {
    async fn what_is_held_cannot_be_spent_by_another_charge(app) {
        app.grant("ana", 10).await;
        let made = app.post("/users/ana/reservations", json!({ "amount": 6, "operation": "chat" })).await;
        assert_eq!(made.ok()["reserved_total"].to_string(), "6");
        assert_eq!(made.json["balance"].to_string(), "10");
        assert_eq!((available(&app).await, app.balance("ana").await), ("4".into(), "10".into()));
        let charge = app.post("/users/ana/deductions", json!({ "amount": 5 })).await;
        assert_eq!(charge.refused(402, "insufficient_credits", None)["available"].to_string(), "4");
        app.post("/users/ana/deductions", json!({ "amount": 4 })).await.ok();
        let refused = app.post("/users/ana/reservations", json!({ "amount": 1 })).await;
        refused.refused(402, "insufficient_credits", None);
    }

    async fn settling_charges_the_actual_cost_and_frees_the_rest(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 10).await;
        let id = reserve(&app, "6").await;
        let body = json!({ "metrics": { "model": "gpt", "input_tokens": 2500 } });
        let call = || app.api(Method::POST, &format!("/reservations/{id}/settle")).idempotent("done").json(body.clone());
        let settled = call().send().await;
        assert_eq!(settled.ok()["amount"].to_string(), "-2.5");
        assert_eq!(settled.json["uncollected"].to_string(), "0");
        assert_eq!(available(&app).await, "7.5");
        let again = call().send().await;
        assert_eq!((again.ok()["idempotent"].clone(), again.json["transaction_id"].clone()),
            (json!(true), settled.json["transaction_id"].clone()));
        let known = app.get(&format!("/reservations/{id}")).await;
        assert_eq!((known.ok()["status"].clone(), known.json["transaction_id"].clone()),
            (json!("settled"), settled.json["transaction_id"].clone()));
        let other = settle(&app, &id, json!({ "amount": 1 })).await;
        assert_eq!(other.refused(409, "reservation_settled", None)["transaction_id"], settled.json["transaction_id"]);
        let release = app.post(&format!("/reservations/{id}/release"), json!({})).await;
        release.refused(409, "reservation_settled", None);
    }

    async fn what_cannot_be_collected_is_recorded(app) {
        app.grant("ana", 10).await;
        let id = reserve(&app, "6").await;
        app.post("/users/ana/deductions", json!({ "amount": 3 })).await.ok();
        let settled = settle(&app, &id, json!({ "amount": 9 })).await;
        assert_eq!(settled.ok()["amount"].to_string(), "-7");
        assert_eq!((settled.json["gross"].to_string(), settled.json["uncollected"].to_string()), ("9".into(), "2".into()));
        assert_eq!(app.balance("ana").await, "0");
        let refund = app.post(&format!("/transactions/{}/refunds", settled.json["transaction_id"].as_str().unwrap()),
            json!({ "reason": "goodwill" })).await;
        assert_eq!(refund.ok()["amount"].to_string(), "7", "only what was collected goes back");
        app.assert_sound().await;
    }

    async fn the_version_that_was_active_settles(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 10).await;
        let id = reserve(&app, "1").await;
        let dearer = json!({ "version": 1, "models": { "gpt": "input_tokens" }, "min_balance": 5 });
        app.post("/pricing/versions", json!({ "config": dearer })).await.ok();
        let settled = settle(&app, &id, json!({ "metrics": { "model": "gpt", "input_tokens": 8000 } })).await;
        assert_eq!(settled.ok()["amount"].to_string(), "-8", "by the old price, down to the old floor");
        assert_eq!(settled.json["pricing_version"], 1);
    }

    async fn nothing_is_also_a_cost(app) {
        app.grant("ana", 10).await;
        let id = reserve(&app, "6").await;
        assert_eq!(settle(&app, &id, json!({ "amount": 0 })).await.ok()["amount"].to_string(), "0");
        assert_eq!(available(&app).await, "10");
        let id = reserve(&app, "6").await;
        settle(&app, &id, json!({ "amount": -1 })).await.refused(422, "invalid_amount", Some("amount"));
    }

    async fn released_twice_is_released(app) {
        app.grant("ana", 10).await;
        let id = reserve(&app, "6").await;
        for _ in 0..2 {
            let released = app.post(&format!("/reservations/{id}/release"), json!({})).await;
            assert_eq!(released.ok()["status"], "released");
        }
        assert_eq!(available(&app).await, "10");
        settle(&app, &id, json!({ "amount": 1 })).await.refused(409, "reservation_settled", None);
    }

    async fn past_its_time_a_reservation_holds_nothing(app) {
        app.grant("ana", 10).await;
        let made = app.post("/users/ana/reservations", json!({ "amount": 6, "ttl_seconds": 60 })).await;
        let id = made.ok()["reservation_id"].as_str().unwrap().to_owned();
        let renewed = app.api(Method::POST, &format!("/reservations/{id}/renew")).json(json!({ "ttl_seconds": 120 }));
        assert_eq!(renewed.send().await.ok()["status"], "active");
        app.pass(119);
        assert_eq!(available(&app).await, "4");
        app.pass(1);
        assert_eq!(available(&app).await, "10", "by the clock, before any reaper");
        settle(&app, &id, json!({ "amount": 1 })).await.refused(409, "reservation_expired", None);
        let renew = app.post(&format!("/reservations/{id}/renew"), json!({})).await;
        renew.refused(409, "reservation_expired", None);
        assert_eq!(app.expire_reservations().await, 1);
        assert_eq!(app.expire_reservations().await, 0);
        assert_eq!(app.get(&format!("/reservations/{id}")).await.ok()["status"], "expired");
        assert_eq!(app.post(&format!("/reservations/{id}/release"), json!({})).await.ok()["status"], "expired");
    }

    async fn a_users_reservations_are_listed_newest_first_in_pages(app) {
        app.grant("ana", 10).await;
        let mut made = Vec::new();
        for _ in 0..5 {
            made.insert(0, reserve(&app, "1").await);
        }
        let (mut listed, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = app.get(&format!("/users/ana/reservations?limit=2{cursor}")).await;
            let items = page.ok()["items"].as_array().unwrap().clone();
            listed.extend(items.iter().map(|item| item["reservation_id"].as_str().unwrap().to_owned()));
            let Some(next) = page.json["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(listed, made);
        let wrong = app.get("/users/ana/reservations?cursor=17").await;
        wrong.refused(422, "invalid_request", Some("cursor"));
    }

    async fn a_key_reserves_once(app) {
        app.grant("ana", 10).await;
        let call = |amount: i64| {
            app.api(Method::POST, "/users/ana/reservations").idempotent("r1").json(json!({ "amount": amount })).send()
        };
        let first = call(4).await;
        let id = first.ok()["reservation_id"].clone();
        let again = call(4).await;
        assert_eq!((again.ok()["reservation_id"].clone(), again.json["idempotent"].clone()), (id, json!(true)));
        assert_eq!(available(&app).await, "6");
        call(5).await.refused(409, "idempotency_conflict", None);
    }

    async fn as_many_as_allowed_are_open_at_a_time(app) {
        app.grant("ana", 10).await;
        let body = json!({ "amount": 1, "max_concurrent": 2 });
        let first = app.post("/users/ana/reservations", body.clone()).await;
        app.post("/users/ana/reservations", body.clone()).await.ok();
        let third = app.post("/users/ana/reservations", body.clone()).await;
        let problem = third.refused(429, "concurrency_limit", None);
        assert_eq!((problem["open"].clone(), problem["max_concurrent"].clone()), (json!(2), json!(2)));
        let id = first.ok()["reservation_id"].as_str().unwrap();
        app.post(&format!("/reservations/{id}/release"), json!({})).await.ok();
        app.post("/users/ana/reservations", body).await.ok();
    }

    async fn the_allowance_backs_a_reservation_and_pays_first(app) {
        app.publish_prices().await.ok();
        app.put("/users/ana/plan", json!({ "plan_id": "pro" })).await.ok();
        let id = reserve(&app, "8").await;
        assert_eq!(available(&app).await, "-8", "held against the allowance");
        let settled = settle(&app, &id, json!({ "amount": 12 })).await;
        assert_eq!(settled.ok()["allowance_consumed"].to_string(), "10");
        assert_eq!((settled.json["amount"].to_string(), settled.json["uncollected"].to_string()), ("0".into(), "2".into()));
        app.assert_sound().await;
    }

    async fn the_legacy_second_step_settles(app) {
        app.grant("ana", 10).await;
        let id = reserve(&app, "6").await;
        let body = json!({ "amount": 2, "reservation_id": id });
        app.post("/users/bob/deductions", body.clone()).await.refused(404, "reservation_not_found", Some("reservation_id"));
        assert_eq!(app.post("/users/ana/deductions", body).await.ok()["amount"].to_string(), "-2");
        assert_eq!(available(&app).await, "8");
    }

    async fn bad_reservations_are_refused(app) {
        app.grant("ana", 10).await;
        for (body, code, field) in [
            (json!({ "amount": 0 }), "invalid_amount", "amount"),
            (json!({ "amount": -1 }), "invalid_amount", "amount"),
            (json!({ "amount": 1, "ttl_seconds": 0 }), "invalid_request", "ttl_seconds"),
            (json!({ "amount": 1, "ttl_seconds": 90000 }), "invalid_request", "ttl_seconds"),
            (json!({ "amount": 1, "max_concurrent": 0 }), "invalid_request", "max_concurrent"),
            (json!({ "amount": 1, "operation": "" }), "invalid_request", "operation"),
            (json!({ "amount": 1, "ttl": 5 }), "invalid_request", "ttl"),
        ] {
            app.post("/users/ana/reservations", body).await.refused(422, code, Some(field));
        }
        let nowhere = "01890000-0000-7000-8000-000000000000";
        settle(&app, nowhere, json!({ "amount": 1 })).await.refused(404, "reservation_not_found", Some("reservation_id"));
        settle(&app, "x", json!({ "amount": 1 })).await.refused(404, "reservation_not_found", Some("reservation_id"));
        assert_eq!(app.get("/users/ana/reservations").await.ok()["items"], json!([]));
    }
}
