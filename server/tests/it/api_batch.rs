//! Many charges in one request.

use app::model::Actor;
use axum::http::Method;
use serde_json::{Value, json};
use server::auth::{Scope, Scopes};
use std::sync::Arc;

fn charge(user: &str, key: &str, amount: Value) -> Value {
    json!({ "user_id": user, "idempotency_key": key, "amount": amount })
}

/// `(charged, repeated, refused)`, as text.
fn counts(answer: &Value) -> String {
    format!("{} {} {}", answer["charged"], answer["repeated"], answer["refused"])
}

on_both! {
    async fn every_charge_has_its_own_answer_in_its_place(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 10).await;
        app.grant("bob", 10).await;
        let batch = json!({ "charges": [
            { "user_id": "ana", "idempotency_key": "a1", "metrics": { "model": "gpt", "input_tokens": 2000 },
              "metadata": { "order": 17 } },
            charge("nobody", "n1", json!(1)),
            charge("bob", "b1", json!(2.5)),
            charge("bob", "two words", json!(1)),
            charge("bob", "b2", json!("1,5")),
            { "user_id": "bob", "idempotency_key": "b3" },
            { "user_id": "bob", "idempotency_key": "b4", "amuont": 1 },
            { "user_id": "bob", "idempotency_key": "b5", "amount": 1, "occurred_at": "2999-01-01T00:00:00Z" },
            { "user_id": "bob", "idempotency_key": "b6", "metrics": { "model": "grok", "input_tokens": 1 } },
            { "user_id": "bob", "idempotency_key": "b7", "metrics": { "input_tokens": -1 } },
            17,
            charge("", "e1", json!(1)),
            charge("bob", "b1", json!(2.5)),
            charge("bob", "b1", json!(3)),
            charge("ana", "a2", json!(8)),
        ] });
        let answer = app.post("/deductions:batch", batch).await;
        assert_eq!(counts(answer.ok()), "3 1 11");
        let results = answer.json["results"].as_array().unwrap();
        let problem = |index: usize| {
            let problem = &results[index]["problem"];
            assert_eq!(problem["request_id"].as_str(), answer.header("x-request-id"), "{}", results[index]);
            format!("{} {} {}", problem["status"], problem["code"], problem["field"]).replace('"', "")
        };
        assert_eq!(results.len(), 15);
        assert_eq!(results[0]["result"]["balance_after"], 8);
        assert_eq!(results[0]["result"]["pricing_version"], 1);
        assert_eq!(problem(1), "402 insufficient_credits null");
        assert_eq!(results[1]["problem"]["needed"], 1);
        assert_eq!(results[2]["result"]["amount"].to_string(), "-2.5");
        assert_eq!(problem(3), "422 invalid_request idempotency_key");
        assert_eq!(problem(4), "422 invalid_amount amount");
        assert_eq!(problem(5), "422 invalid_request metrics");
        assert_eq!(problem(6), "422 invalid_request amuont");
        assert_eq!(problem(7), "422 invalid_request occurred_at");
        assert_eq!(problem(8), "422 unknown_model model");
        assert_eq!(problem(9), "422 invalid_request metrics.input_tokens");
        assert_eq!(problem(10), "422 invalid_request null");
        assert_eq!(problem(11), "422 invalid_request user_id");
        assert_eq!(results[12]["result"]["transaction_id"], results[2]["result"]["transaction_id"]);
        assert_eq!(results[12]["result"]["idempotent"], true);
        assert_eq!(problem(13), "409 idempotency_conflict null");
        assert_eq!(results[14]["result"]["balance_after"], 0);
        assert_eq!((app.balance("ana").await, app.balance("bob").await), ("0".into(), "7.5".into()));
        let entry = app.get(&format!("/transactions/{}", results[0]["result"]["transaction_id"].as_str().unwrap())).await;
        assert_eq!(entry.ok()["transaction"]["metadata"]["order"], 17);
    }

    async fn a_charge_may_say_when_its_usage_was(app) {
        app.grant("ana", 10).await;
        app.put("/users/ana/caps", json!({ "type": "daily", "limit": 1, "action": "deny" })).await.ok();
        let late = |key: &str| {
            let at = "2026-01-31T23:59:59.5Z";
            json!({ "user_id": "ana", "idempotency_key": key, "amount": 3, "occurred_at": at })
        };
        let batch = json!({ "charges": [late("k1"), charge("ana", "k2", json!(3)), late("k1")] });
        let answer = app.post("/deductions:batch", batch).await;
        assert_eq!(counts(answer.ok()), "1 1 1", "{}", answer.json);
        assert_eq!(answer.json["results"][1]["problem"]["code"], "cap_reached");
        let id = answer.json["results"][0]["result"]["transaction_id"].as_str().unwrap();
        let entry = app.get(&format!("/transactions/{id}")).await;
        assert_eq!(entry.ok()["transaction"]["created_at"], "2026-01-31T23:59:59.5Z");
        let january = app.get("/analytics/aggregate?start=2026-01-31&end=2026-02-01").await;
        assert_eq!(january.ok()["total_credits_consumed"].to_string(), "3");
    }

    async fn charges_of_one_user_are_made_in_the_order_given(app) {
        app.grant("ana", 10).await;
        let amounts = [6, 6, 4, 1];
        let charges: Vec<_> = amounts.iter().zip(["k1", "k2", "k3", "k4"]).map(|(a, k)| charge("ana", k, json!(a))).collect();
        let answer = app.post("/deductions:batch", json!({ "charges": charges })).await;
        let after: Vec<_> = answer.ok()["results"].as_array().unwrap().iter().map(|r| r["result"]["balance_after"].to_string()).collect();
        assert_eq!(after, ["4", "null", "0", "null"]);
    }

    async fn batches_of_a_thousand_at_once_are_all_taken_in(app) {
        for user in ["u0", "u1", "u2"] {
            app.grant(user, 10_000).await;
        }
        let batch = |batch: usize| {
            let charges: Vec<_> = (0..1000).map(|i| charge(&format!("u{}", i % 3), &format!("{batch}-{i}"), json!(1))).collect();
            json!({ "charges": charges })
        };
        let tasks: Vec<_> = (0..4).map(|number| {
            let (app, batch) = (app.clone(), batch(number));
            tokio::spawn(async move { counts(app.post("/deductions:batch", batch).await.ok()) })
        }).collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), "1000 0 0");
        }
        assert_eq!(counts(app.post("/deductions:batch", batch(2)).await.ok()), "0 1000 0");
        let balances = [app.balance("u0").await, app.balance("u1").await, app.balance("u2").await];
        assert_eq!(balances, ["8664", "8668", "8668"]);
    }

    async fn a_batch_that_is_none_is_refused_whole(app) {
        app.grant("ana", 10).await;
        let post = |body: Value| app.post("/deductions:batch", body);
        post(json!({ "charges": [] })).await.refused(422, "invalid_request", Some("charges"));
        post(json!({ "charges": {} })).await.refused(422, "invalid_request", Some("charges"));
        post(json!({})).await.refused(422, "invalid_request", Some("charges"));
        post(json!({ "charges": [], "user_id": "ana" })).await.refused(422, "invalid_request", Some("user_id"));
        let many: Vec<_> = (0..1001).map(|i| charge("ana", &i.to_string(), json!(0.001))).collect();
        post(json!({ "charges": many })).await.refused(422, "invalid_request", Some("charges"));
        let large = json!({ "user_id": "ana", "idempotency_key": "k", "amount": 1, "metadata": { "x": "y".repeat(5_000_000) } });
        post(json!({ "charges": [large] })).await.refused(413, "invalid_request", None);
        let broken = app.api(Method::POST, "/deductions:batch").text("{\"charges\": [").send().await;
        broken.refused(400, "invalid_request", None);
        let key = app.keys.add(&Actor::system("test"), "reader", Scopes::of([Scope::Read])).await.unwrap();
        let call = app.api(Method::POST, "/deductions:batch").header("authorization", &format!("Bearer {key}"));
        call.json(json!({ "charges": [charge("ana", "k", json!(1))] })).send().await.refused(403, "forbidden", None);
        assert_eq!(app.balance("ana").await, "10");
    }
}
