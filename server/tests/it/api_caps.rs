//! Spend caps over HTTP: what they count, and what they refuse.

use crate::harness::{Answer, App};
use axum::http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

async fn cap(app: &App, body: Value) {
    app.put("/users/ana/caps", body).await.ok();
}

async fn charge(app: &App, amount: i64) -> Answer {
    app.post("/users/ana/deductions", json!({ "amount": amount })).await
}

async fn charge_model(app: &App, model: &str, amount: i64) -> Answer {
    app.post("/users/ana/deductions", json!({ "amount": amount, "metadata": { "model": model } })).await
}

on_both! {
    async fn a_deny_cap_is_reached_exactly_and_not_passed(app) {
        app.grant("ana", 100).await;
        charge(&app, 3).await.ok();
        cap(&app, json!({ "type": "daily", "limit": 10, "action": "deny" })).await;
        charge(&app, 7).await.ok();
        let refused = charge(&app, 1).await;
        let problem = refused.refused(403, "cap_reached", None);
        assert_eq!((problem["current_spend"].to_string(), problem["cap_limit"].to_string()), ("10".into(), "10".into()));
        assert_eq!(problem["resets_at"], "2026-11-26T00:00:00Z");
        let listed = app.get("/users/ana/caps").await;
        assert_eq!(listed.ok()["items"][0]["spend"].to_string(), "10", "what was spent before the cap was set counts");
        app.set_time("2026-11-26T00:00:00Z");
        charge(&app, 10).await.ok();
        charge(&app, 1).await.refused(403, "cap_reached", None);
        app.assert_sound().await;
    }

    async fn a_cap_on_a_model_counts_that_model(app) {
        app.grant("ana", 100).await;
        cap(&app, json!({ "cap_type": "monthly", "model": "gpt", "limit": 5, "action": "deny" })).await;
        charge_model(&app, "gpt", 5).await.ok();
        assert_eq!(charge_model(&app, "gpt", 1).await.refused(403, "cap_reached", None)["model"], "gpt");
        charge_model(&app, "claude", 50).await.ok();
        charge(&app, 10).await.ok();
        app.assert_sound().await;
    }

    async fn open_reservations_count_when_admitting(app) {
        app.grant("ana", 100).await;
        cap(&app, json!({ "type": "daily", "limit": 10, "action": "deny" })).await;
        let held = app.post("/users/ana/reservations", json!({ "amount": 8 })).await;
        charge(&app, 3).await.refused(403, "cap_reached", None);
        app.post("/users/ana/reservations", json!({ "amount": 3 })).await.refused(403, "cap_reached", None);
        charge(&app, 2).await.ok();
        let id = held.ok()["reservation_id"].as_str().unwrap();
        let settled = app.post(&format!("/reservations/{id}/settle"), json!({ "amount": 20 })).await;
        assert_eq!((settled.ok()["amount"].to_string(), settled.json["uncollected"].to_string()), ("-8".into(), "12".into()),
            "a deny cap holds for the excess too");
        app.assert_sound().await;
    }

    async fn warn_flags_every_call_and_notify_one(app) {
        app.grant("ana", 100).await;
        cap(&app, json!({ "type": "daily", "limit": 1, "action": "warn" })).await;
        assert_eq!(charge(&app, 1).await.ok()["cap_warning"], Value::Null);
        for _ in 0..2 {
            let warned = charge(&app, 1).await;
            assert_eq!((warned.ok()["cap_warning"]["action"].clone(), warned.json["cap_warning"]["capped"].clone()),
                (json!("warn"), json!(false)));
        }
        cap(&app, json!({ "type": "daily", "limit": 3, "action": "notify" })).await;
        assert_eq!(charge(&app, 1).await.ok()["cap_warning"]["action"], "notify");
        assert_eq!(charge(&app, 1).await.ok()["cap_warning"], Value::Null, "once in its window");
        app.set_time("2026-11-26T10:00:00Z");
        assert_eq!(charge(&app, 4).await.ok()["cap_warning"]["action"], "notify");
    }

    async fn a_refund_in_the_window_makes_room(app) {
        app.grant("ana", 100).await;
        cap(&app, json!({ "type": "daily", "limit": 10, "action": "deny" })).await;
        let made = charge(&app, 10).await;
        let id = made.ok()["transaction_id"].as_str().unwrap().to_owned();
        app.post(&format!("/transactions/{id}/refunds"), json!({ "reason": "goodwill", "amount": 4 })).await.ok();
        charge(&app, 5).await.refused(403, "cap_reached", None);
        charge(&app, 4).await.ok();
        app.assert_sound().await;
        app.set_time("2026-11-26T10:00:00Z");
        app.post(&format!("/transactions/{id}/refunds"), json!({ "reason": "goodwill" })).await.ok();
        charge(&app, 10).await.ok();
        charge(&app, 1).await.refused(403, "cap_reached", None);
        app.assert_sound().await;
    }

    async fn a_check_tells_the_cap_that_binds(app) {
        app.grant("ana", 100).await;
        let check = |body: Value| app.post("/users/ana/cap-check", body);
        assert_eq!(check(json!({})).await.ok()["capped"], false);
        cap(&app, json!({ "type": "daily", "limit": 5, "action": "warn" })).await;
        cap(&app, json!({ "type": "monthly", "limit": 10, "action": "deny" })).await;
        charge(&app, 6).await.ok();
        let soft = check(json!({})).await;
        assert_eq!((soft.ok()["capped"].clone(), soft.json["action"].clone()), (json!(false), json!("warn")));
        assert_eq!(check(json!({ "amount": 4 })).await.ok()["capped"], false);
        let hard = check(json!({ "amount": 4.1 })).await;
        assert_eq!((hard.ok()["capped"].clone(), hard.json["cap_limit"].to_string()), (json!(true), "10".into()));
        check(json!({ "amount": -1 })).await.refused(422, "invalid_amount", Some("amount"));
    }

    async fn a_cap_is_replaced_and_deleted(app) {
        cap(&app, json!({ "type": "daily", "limit": 5, "action": "deny" })).await;
        cap(&app, json!({ "type": "daily", "limit": "7.5", "action": "warn" })).await;
        let listed = app.get("/users/ana/caps").await;
        assert_eq!(listed.ok()["items"].as_array().unwrap().len(), 1);
        assert_eq!((listed.json["items"][0]["limit"].to_string(), listed.json["items"][0]["action"].clone()),
            ("7.5".into(), json!("warn")));
        let delete = || app.api(Method::DELETE, "/users/ana/caps?type=daily").send();
        assert_eq!(delete().await.ok()["deleted"]["action"], "warn");
        assert_eq!(delete().await.ok()["deleted"], Value::Null);
        assert_eq!(app.get("/users/ana/caps").await.ok()["items"], json!([]));
        let bad = app.put("/users/ana/caps", json!({ "type": "daily", "limit": -1, "action": "deny" })).await;
        bad.refused(422, "invalid_amount", Some("limit"));
        let bad = app.put("/users/ana/caps", json!({ "type": "weekly", "limit": 1, "action": "deny" })).await;
        bad.refused(422, "invalid_request", Some("type"));
        app.api(Method::DELETE, "/users/ana/caps?type=week").send().await.refused(422, "invalid_request", Some("type"));
    }
}
