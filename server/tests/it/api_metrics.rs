//! What Prometheus reads, and the check of the whole ledger.

use crate::harness::{Answer, App};
use app::model::Actor;
use axum::{body::Body, http::Request};
use serde_json::json;
use server::{auth::Scopes, store::sql};
use std::sync::Arc;

async fn scrape(app: &App, key: &str) -> Answer {
    let request = Request::builder().uri("/metrics").header("authorization", format!("Bearer {key}"));
    app.send(request.body(Body::empty()).unwrap()).await
}

/// The number on the line that begins so; 0 while there is none. Other tests of the process count too.
fn count(answer: &Answer, line: &str) -> f64 {
    let found = answer.text.lines().find_map(|text| text.strip_prefix(line));
    found.map_or(0.0, |rest| rest.trim().parse().unwrap())
}

on_both! {
    async fn requests_charges_and_refusals_are_counted(app) {
        let lines = [
            "creditdesk_http_requests_total{method=\"POST\",route=\"/api/v1/users/{user_id}/deductions\",status=\"200\"}",
            "creditdesk_http_requests_total{method=\"POST\",route=\"/api/v1/users/{user_id}/deductions\",status=\"402\"}",
            "creditdesk_charges_total",
            "creditdesk_refusals_total{code=\"insufficient_credits\"}",
            "creditdesk_writer_batch_size_count",
            "creditdesk_http_request_duration_seconds_count{method=\"POST\",route=\"/api/v1/users/{user_id}/deductions\"}",
        ];
        let before = scrape(&app, &app.key).await;
        assert_eq!(before.status, 200, "{}", before.text);
        assert!(before.header("content-type").unwrap().starts_with("application/openmetrics-text"));
        app.grant("ana", 10).await;
        app.post("/users/ana/deductions", json!({ "amount": 4 })).await.ok();
        app.post("/users/ana/deductions", json!({ "amount": 40 })).await.refused(402, "insufficient_credits", None);
        let after = scrape(&app, &app.key).await;
        for line in lines {
            assert!(count(&after, line) > count(&before, line), "{line} did not grow in\n{}", after.text);
        }
        assert!(!after.text.contains("/users/ana"), "a user's id is no label");
        assert!(after.text.ends_with("# EOF\n"));
    }

    async fn metrics_need_a_key_that_may_read(app) {
        scrape(&app, "cdk_wrong").await.refused(401, "unauthenticated", None);
        let charge = app.keys.add(&Actor::system("test"), "charges", "charge".parse::<Scopes>().unwrap()).await.unwrap();
        scrape(&app, &charge).await.refused(403, "forbidden", None);
    }

    async fn the_ledger_verifies_itself_and_names_what_differs(app) {
        app.grant("ana", 10).await;
        app.post("/users/ana/deductions", json!({ "amount": 4 })).await.ok();
        let whole = app.get("/verify").await;
        assert_eq!((&whole.ok()["consistent"], &whole.json["differences"]), (&json!(true), &json!([])));
        assert!(whole.json["audit_head"]["hash"].is_string(), "{}", whole.json);
        let mut tx = app.db.begin().await.unwrap();
        sql("UPDATE accounts SET balance = balance + 1").execute(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let broken = app.get("/verify").await;
        assert_eq!(broken.ok()["consistent"], false);
        let first = &broken.json["differences"][0];
        assert_eq!((&first["what"], &first["expected"], &first["stored"]), (&json!("ana"), &json!(6_000_000), &json!(6_000_001)));
    }
}
