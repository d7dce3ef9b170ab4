//! Teams over HTTP: their pool, their members, their charges.

use crate::harness::{Answer, App};
use axum::http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

async fn team(app: &App, balance: i64) -> String {
    let made = app.post("/teams", json!({ "name": "Research", "initial_balance": balance })).await;
    made.ok()["team_id"].as_str().unwrap().to_owned()
}

async fn member(app: &App, team: &str, body: Value) -> Answer {
    app.post(&format!("/teams/{team}/members"), body).await
}

async fn charge(app: &App, team: &str, user: &str, amount: i64) -> Answer {
    app.post(&format!("/teams/{team}/deductions"), json!({ "user_id": user, "amount": amount })).await
}

async fn remove(app: &App, team: &str, user: &str) -> Answer {
    app.api(Method::DELETE, &format!("/teams/{team}/members/{user}")).send().await
}

on_both! {
    async fn a_team_starts_with_an_entry_and_is_made_once_for_a_key(app) {
        let make = |name: &str| {
            let body = json!({ "name": name, "initial_balance": 50 });
            app.api(Method::POST, "/teams").idempotent("t1").json(body).send()
        };
        let first = make("Research 🔬").await;
        let id = first.ok()["team_id"].as_str().unwrap().to_owned();
        let again = make("Research 🔬").await;
        assert_eq!((again.ok()["team_id"].clone(), again.json["idempotent"].clone()), (json!(id), json!(true)));
        make("Other").await.refused(409, "idempotency_conflict", None);
        let balance = app.get(&format!("/teams/{id}/balance")).await;
        assert_eq!((balance.ok()["balance"].to_string(), balance.json["member_count"].clone()), ("50".into(), json!(0)));
        assert_eq!(balance.json["name"], "Research 🔬");
        let listed = app.get("/teams").await;
        assert_eq!(listed.ok()["items"].as_array().unwrap().len(), 1);
        app.post(&format!("/teams/{id}/credits"), json!({ "amount": 5, "kind": "purchase" })).await.ok();
        assert_eq!(app.get(&format!("/teams/{id}")).await.ok()["balance"].to_string(), "55");
        app.assert_sound().await;
    }

    async fn the_pool_pays_and_the_members_own_account_is_untouched(app) {
        let id = team(&app, 50).await;
        app.grant("ana", 7).await;
        member(&app, &id, json!({ "user_id": "ana", "role": "owner" })).await.ok();
        let charged = charge(&app, &id, "ana", 20).await;
        assert_eq!((charged.ok()["amount"].to_string(), charged.json["team_balance_after"].to_string()),
            ("-20".into(), "30".into()));
        assert_eq!(app.balance("ana").await, "7");
        let detail = app.get(&format!("/teams/{id}")).await;
        assert_eq!(detail.ok()["members"][0]["total_spent"].to_string(), "20");
        charge(&app, &id, "ana", 31).await.refused(402, "insufficient_credits", None);
        let spend = app.get("/analytics/spend-by-user?start=2026-11-01T00:00:00Z&end=2026-12-01T00:00:00Z").await;
        assert_eq!(spend.ok()[0]["total_spend"].to_string(), "20", "{}", spend.text);
        app.assert_sound().await;
    }

    async fn a_team_charge_is_repeated_once_for_a_key(app) {
        let id = team(&app, 50).await;
        member(&app, &id, json!({ "user_id": "ana" })).await.ok();
        let call = || app.api(Method::POST, &format!("/teams/{id}/deductions")).idempotent("c1")
            .json(json!({ "user_id": "ana", "amount": 20 })).send();
        call().await.ok();
        assert_eq!(call().await.ok()["idempotent"], true);
        assert_eq!(app.get(&format!("/teams/{id}")).await.ok()["balance"].to_string(), "30");
    }

    async fn only_members_spend_and_within_their_limit(app) {
        let id = team(&app, 50).await;
        charge(&app, &id, "ana", 1).await.refused(403, "not_team_member", None);
        member(&app, &id, json!({ "user_id": "ana", "spend_cap": 10 })).await.ok();
        member(&app, &id, json!({ "user_id": "bob", "spend_cap": 0 })).await.ok();
        charge(&app, &id, "ana", 10).await.ok();
        let refused = charge(&app, &id, "ana", 1).await;
        let problem = refused.refused(403, "member_cap_exceeded", None);
        assert_eq!((problem["spend_cap"].to_string(), problem["total_spent"].to_string()), ("10".into(), "10".into()));
        charge(&app, &id, "bob", 1).await.refused(403, "member_cap_exceeded", None);
        let path = format!("/teams/{id}/members/ana");
        let patched = app.api(Method::PATCH, &path).json(json!({ "spend_cap": null })).send().await;
        assert_eq!(patched.ok()["spend_cap"], Value::Null);
        charge(&app, &id, "ana", 1).await.ok();
        let patched = app.api(Method::PATCH, &path).json(json!({ "role": "admin" })).send().await;
        assert_eq!((patched.ok()["role"].clone(), patched.json["total_spent"].to_string()), (json!("admin"), "11".into()));
    }

    async fn a_refund_goes_to_the_pool_and_lowers_what_was_spent(app) {
        let id = team(&app, 50).await;
        member(&app, &id, json!({ "user_id": "ana", "spend_cap": 10 })).await.ok();
        app.put("/users/ana/caps", json!({ "type": "daily", "limit": 10, "action": "deny" })).await.ok();
        let charged = charge(&app, &id, "ana", 10).await;
        let transaction = charged.ok()["transaction_id"].as_str().unwrap().to_owned();
        app.grant("ana", 5).await;
        app.post("/users/ana/deductions", json!({ "amount": 1 })).await.refused(403, "cap_reached", None);
        let refunded = app.post(&format!("/transactions/{transaction}/refunds"), json!({ "reason": "duplicate", "amount": 4 })).await;
        assert_eq!(refunded.ok()["new_balance"].to_string(), "44");
        let detail = app.get(&format!("/teams/{id}")).await;
        assert_eq!(detail.ok()["members"][0]["total_spent"].to_string(), "6");
        assert_eq!(app.balance("ana").await, "5");
        charge(&app, &id, "ana", 4).await.ok();
        charge(&app, &id, "ana", 1).await.refused(403, "member_cap_exceeded", None);
        app.assert_sound().await;
    }

    async fn the_users_own_caps_hold_in_a_team(app) {
        let id = team(&app, 50).await;
        member(&app, &id, json!({ "user_id": "ana" })).await.ok();
        app.put("/users/ana/caps", json!({ "type": "daily", "limit": 10, "action": "deny" })).await.ok();
        charge(&app, &id, "ana", 10).await.ok();
        charge(&app, &id, "ana", 1).await.refused(403, "cap_reached", None);
        app.put("/users/ana/caps", json!({ "type": "daily", "limit": 11, "action": "deny" })).await.ok();
        charge(&app, &id, "ana", 1).await.ok();
        app.assert_sound().await;
    }

    async fn the_last_owner_stays(app) {
        let id = team(&app, 0).await;
        member(&app, &id, json!({ "user_id": "ana", "role": "owner" })).await.ok();
        remove(&app, &id, "ana").await.refused(409, "last_owner", None);
        let demote = app.api(Method::PATCH, &format!("/teams/{id}/members/ana")).json(json!({ "role": "member" }));
        demote.send().await.refused(409, "last_owner", None);
        member(&app, &id, json!({ "user_id": "ana", "role": "admin" })).await.refused(409, "last_owner", None);
        member(&app, &id, json!({ "user_id": "bob", "role": "owner" })).await.ok();
        assert_eq!(remove(&app, &id, "ana").await.ok()["role"], "owner");
        remove(&app, &id, "ana").await.refused(403, "not_team_member", None);
        remove(&app, &id, "bob").await.refused(409, "last_owner", None);
    }

    async fn who_comes_back_has_spent_what_they_had(app) {
        let id = team(&app, 50).await;
        member(&app, &id, json!({ "user_id": "ana", "spend_cap": 10 })).await.ok();
        charge(&app, &id, "ana", 8).await.ok();
        remove(&app, &id, "ana").await.ok();
        charge(&app, &id, "ana", 1).await.refused(403, "not_team_member", None);
        member(&app, &id, json!({ "user_id": "ana", "spend_cap": 10 })).await.ok();
        charge(&app, &id, "ana", 3).await.refused(403, "member_cap_exceeded", None);
        charge(&app, &id, "ana", 2).await.ok();
        app.assert_sound().await;
    }

    async fn what_is_not_there_is_said(app) {
        let nowhere = "01890000-0000-7000-8000-000000000000";
        app.get(&format!("/teams/{nowhere}")).await.refused(404, "team_not_found", None);
        app.get("/teams/x").await.refused(404, "team_not_found", Some("team_id"));
        app.post(&format!("/teams/{nowhere}/credits"), json!({ "amount": 1 })).await.refused(404, "team_not_found", None);
        charge(&app, nowhere, "ana", 1).await.refused(404, "team_not_found", None);
        charge(&app, nowhere, "ana", 0).await.refused(422, "invalid_amount", Some("amount"));
        member(&app, nowhere, json!({ "user_id": "ana" })).await.refused(404, "team_not_found", None);
        app.post("/teams", json!({ "name": " " })).await.refused(422, "invalid_request", Some("name"));
        app.post("/teams", json!({ "name": "A", "initial_balance": -1 })).await
            .refused(422, "invalid_amount", Some("initial_balance"));
        let id = team(&app, 0).await;
        member(&app, &id, json!({ "user_id": "ana", "spend_cap": -1 })).await.refused(422, "invalid_amount", Some("spend_cap"));
        member(&app, &id, json!({ "user_id": "ana", "role": "boss" })).await.refused(422, "invalid_request", Some("role"));
    }

    async fn plans_and_floors_play_no_part_in_a_team(app) {
        app.publish_prices().await.ok();
        app.put("/users/ana/plan", json!({ "plan_id": "pro" })).await.ok();
        let id = team(&app, 5).await;
        member(&app, &id, json!({ "user_id": "ana" })).await.ok();
        let body = json!({ "user_id": "ana", "metrics": { "model": "gpt", "input_tokens": 5000 } });
        let charged = app.post(&format!("/teams/{id}/deductions"), body).await;
        assert_eq!((charged.ok()["amount"].to_string(), charged.json["team_balance_after"].to_string()), ("-5".into(), "0".into()));
        let left = app.get("/users/ana/allowance").await;
        assert_eq!(left.ok()["allowance_remaining"].to_string(), "10");
        app.assert_sound().await;
    }
}
