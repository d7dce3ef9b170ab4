//! The log of a `LiteLLM` proxy, as the package itself writes it: see `fixtures`.

use crate::harness::{Answer, App};
use axum::http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

const LOG: &str = include_str!("fixtures/litellm.json");

fn log() -> Vec<Value> {
    serde_json::from_str(LOG).unwrap()
}

/// After the calls of the log, on their day.
async fn desk(app: &App) {
    app.set_time("2026-11-25T23:00:00Z");
    let models = json!({
        "gpt-4o": "input_tokens * 0.001 + output_tokens * 0.01 + cache_read_tokens * 0.0001",
        "claude-sonnet-4-5": "input_tokens * 0.01 + output_tokens * 0.1 + cache_read_tokens * 0.001 + cache_write_tokens * 0.02",
    });
    app.post("/pricing/versions", json!({ "config": { "version": 1, "models": models, "min_balance": 0 } })).await.ok();
    app.grant("ana", 100).await;
    app.grant("bob", 100).await;
}

async fn send(app: &App, query: &str, body: &str) -> Answer {
    app.api(Method::POST, &format!("/ingest/litellm{query}")).text(body).send().await
}

/// `charged repeated skipped refused`.
fn counts(answer: &Answer) -> String {
    let answer = answer.ok();
    format!("{} {} {} {}", answer["charged"], answer["repeated"], answer["skipped"], answer["refused"])
}

/// `code field` of the one reason.
fn reason(answer: &Answer) -> String {
    assert_eq!(answer.ok()["reasons"].as_array().unwrap().len(), 1, "{}", answer.text);
    let refused = &answer.json["reasons"][0]["refused"];
    format!("{} {}", refused["code"], refused["field"]).replace('"', "")
}

on_both! {
    async fn a_log_is_charged_once_by_the_active_prices(app) {
        desk(&app).await;
        let first = send(&app, "", LOG).await;
        assert_eq!(counts(&first), "2 0 1 0", "{}", first.text);
        let id = log()[2]["id"].clone();
        assert_eq!(first.json["reasons"], json!([{ "index": 2, "id": id, "skipped": "failure" }]));
        // 200 × 0.001 + 350 × 0.01 + 1000 × 0.0001, and 100 × 0.01 + 40 × 0.1 + 800 × 0.001 + 50 × 0.02.
        assert_eq!((app.balance("ana").await, app.balance("bob").await), ("96.2".into(), "93.2".into()));
        assert_eq!(counts(&send(&app, "", LOG).await), "0 2 1 0");
        assert_eq!((app.balance("ana").await, app.balance("bob").await), ("96.2".into(), "93.2".into()));

        let entries = app.get("/users/bob/transactions?kind=usage").await;
        let entry = &entries.ok()["items"][0];
        assert_eq!((&entry["model"], &entry["pricing_version"]), (&json!("claude-sonnet-4-5"), &json!(1)));
        assert_eq!((&entry["reference_type"], &entry["reference_id"]), (&json!("litellm"), &log()[1]["id"]));
        assert_eq!(entry["metadata"]["provider"], "anthropic");
        let spent = app.get("/analytics/daily-spend?start=2026-11-25&end=2026-11-26").await;
        assert_eq!(spent.ok()[0]["total_spend"].to_string(), "10.6");
    }

    async fn a_log_may_come_as_lines_or_one_by_one(app) {
        desk(&app).await;
        let lines: Vec<_> = log().iter().map(Value::to_string).collect();
        let call = app.api(Method::POST, "/ingest/litellm").bytes("application/x-ndjson", lines.join("\n"));
        assert_eq!(counts(&call.send().await), "2 0 1 0");
        for (line, expected) in lines.iter().zip(["0 1 0 0", "0 1 0 0", "0 0 1 0"]) {
            assert_eq!(counts(&send(&app, "", line).await), expected);
        }
        assert_eq!(counts(&send(&app, "", "[]").await), "0 0 0 0");
        assert_eq!(app.balance("ana").await, "96.2");
    }

    async fn its_own_cost_may_be_the_price(app) {
        desk(&app).await;
        let paid = send(&app, "?price=response_cost&credits_per_usd=1000", LOG).await;
        assert_eq!(counts(&paid), "2 0 1 0", "{}", paid.text);
        // 0.00525 USD, and 0.0013275000000000001 rounded once.
        assert_eq!((app.balance("ana").await, app.balance("bob").await), ("94.75".into(), "98.6725".into()));
        let entries = app.get("/users/ana/transactions?kind=usage").await;
        let entry = &entries.ok()["items"][0];
        assert_eq!((&entry["model"], &entry["metadata"]["input_tokens"]), (&json!("gpt-4o"), &json!(1200)));
        assert_eq!(entry["metadata"]["credits_per_usd"], "1000");
        // Another price for a call that is charged is another request, never a second charge.
        let other = send(&app, "", &log()[0].to_string()).await;
        assert_eq!(reason(&other), "idempotency_conflict null");
        let mut free = log()[0].clone();
        free["id"] = json!("free");
        for (cost, expected) in [(json!(0.0), "invalid_amount response_cost"), (Value::Null, "invalid_amount response_cost")] {
            free["response_cost"] = cost;
            let answer = send(&app, "?price=response_cost&credits_per_usd=1000", &free.to_string()).await;
            assert_eq!(reason(&answer), expected);
        }
        free["response_cost"] = json!(1e-10);
        let tiny = send(&app, "?price=response_cost&credits_per_usd=1000", &free.to_string()).await;
        assert_eq!((counts(&tiny).as_str(), &tiny.json["reasons"][0]["skipped"]), ("0 0 1 0", &json!("below_smallest_amount")));
        assert_eq!(app.balance("ana").await, "94.75");
    }

    async fn users_and_models_are_found_where_the_sender_says(app) {
        desk(&app).await;
        let mut call = log()[0].clone();
        call["metadata"]["requester_metadata"] = json!({ "account": { "id": 7 } });
        call["model_group"] = json!("claude-sonnet-4-5");
        app.grant("7", 100).await;
        let answer = send(&app, "?user=metadata.requester_metadata.account.id,end_user&model=model_group", &call.to_string()).await;
        assert_eq!(counts(&answer), "1 0 0 0", "{}", answer.text);
        let entries = app.get("/users/7/transactions?kind=usage").await;
        assert_eq!(entries.ok()["items"][0]["model"], "claude-sonnet-4-5");
        call["id"] = json!("another");
        call["end_user"] = json!("");
        call["metadata"]["user_api_key_end_user_id"] = Value::Null;
        assert_eq!(reason(&send(&app, "", &call.to_string()).await), "invalid_request user");
        call["metadata"]["user_api_key_user_id"] = json!("bob");
        assert_eq!(counts(&send(&app, "", &call.to_string()).await), "1 0 0 0");
    }

    async fn a_proxy_puts_the_provider_in_front_of_the_model(app) {
        desk(&app).await;
        let mut call = log()[0].clone();
        call["model"] = json!("openai/gpt-4o");
        assert_eq!(reason(&send(&app, "?model=litellm_model", &call.to_string()).await), "unknown_model model");
        assert_eq!(counts(&send(&app, "", &call.to_string()).await), "1 0 0 0");
        let entries = app.get("/users/ana/transactions?kind=usage").await;
        assert_eq!(entries.ok()["items"][0]["model"], "gpt-4o");
    }

    async fn what_cannot_be_charged_says_why_and_stops_nothing(app) {
        desk(&app).await;
        let good = &log()[0];
        let with = |id: &str, field: &str, value: Value| {
            let mut call = good.clone();
            call["id"] = json!(id);
            call[field] = value;
            call
        };
        let calls = json!([
            with("1", "model", json!("grok")),
            with("2", "end_user", json!("poor")),
            with("3", "prompt_tokens", json!(-1)),
            with("4", "endTime", json!("soon")),
            with("5", "endTime", json!(1_900_000_000)),
            with("6", "status", Value::Null),
            with("", "stream", Value::Null),
            Value::Null,
            with("9", "cache_hit", json!(true)),
            with(&"x".repeat(300), "stream", Value::Null),
            with("10", "end_user", json!("bob")),
        ]);
        let answer = send(&app, "", &calls.to_string()).await;
        assert_eq!(counts(&answer), "1 0 1 9", "{}", answer.text);
        let reasons = answer.json["reasons"].as_array().unwrap().iter().map(|reason| {
            let refused = &reason["refused"];
            format!("{} {} {} {}", reason["index"], reason["skipped"], refused["code"], refused["field"]).replace('"', "")
        });
        assert_eq!(reasons.collect::<Vec<_>>(), [
            "0 null unknown_model model",
            "1 null insufficient_credits null",
            "2 null invalid_request prompt_tokens",
            "3 null invalid_request endTime",
            "4 null invalid_request occurred_at",
            "5 null invalid_request status",
            "6 null invalid_request id",
            "7 null invalid_request null",
            "8 cache_hit null null",
            "9 null invalid_request id",
        ]);
        assert_eq!((app.balance("ana").await, app.balance("bob").await), ("100".into(), "96.2".into()));
    }

    async fn a_clock_that_runs_ahead_does_not_lose_a_call(app) {
        desk(&app).await;
        let mut call = log()[0].clone();
        app.set_time("2026-11-25T12:00:00Z");
        call["endTime"] = json!(1_795_608_060.5); // 12:01:00.5
        let first = send(&app, "", &call.to_string()).await;
        assert_eq!(counts(&first), "1 0 0 0", "{}", first.text);
        app.set_time("2026-11-25T12:30:00Z");
        assert_eq!(counts(&send(&app, "", &call.to_string()).await), "0 1 0 0");
        let entries = app.get("/users/ana/transactions?kind=usage").await;
        assert_eq!(entries.ok()["items"][0]["created_at"], "2026-11-25T12:00:00Z");
    }

    async fn a_request_that_is_no_log_is_refused_whole(app) {
        desk(&app).await;
        send(&app, "", "{").await.refused(400, "invalid_request", None);
        send(&app, "", "[{}").await.refused(400, "invalid_request", None);
        send(&app, "", &format!("[{}0]", "0,".repeat(10_000))).await.refused(422, "invalid_request", None);
        let form = app.api(Method::POST, "/ingest/litellm").bytes("text/plain", "[]").send().await;
        form.refused(415, "invalid_request", None);
        for (query, field) in [
            ("?price=cheap", "price"),
            ("?price=response_cost", "credits_per_usd"),
            ("?price=response_cost&credits_per_usd=0", "credits_per_usd"),
            ("?price=response_cost&credits_per_usd=NaN", "credits_per_usd"),
            ("?credits_per_usd=100", "credits_per_usd"),
            ("?user=name", "user"),
            ("?user=", "user"),
            ("?model=mine", "model"),
            ("?users=end_user", "users"),
        ] {
            send(&app, query, "[]").await.refused(422, "invalid_request", Some(field));
        }
    }
}
