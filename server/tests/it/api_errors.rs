//! Errors of HTTP itself, headers, health.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::json;
use std::sync::Arc;

fn plain(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
}

on_both! {
    async fn routes_and_methods_that_are_not_there_are_problems(app) {
        app.get("/nothing").await.refused(404, "not_found", None);
        app.send(plain("GET", "/api/v2/users")).await.refused(404, "not_found", None);
        let wrong = app.api(Method::DELETE, "/users/ana/credits").send().await;
        wrong.refused(405, "invalid_request", None);
        assert_eq!(wrong.header("allow"), Some("POST"));
        let wrong = app.api(Method::PATCH, "/users/ana/plan").send().await;
        wrong.refused(405, "invalid_request", None);
        assert!(wrong.header("allow").is_some_and(|allow| allow.contains("PUT") && allow.contains("DELETE")));
    }

    async fn every_answer_carries_the_headers_of_safety(app) {
        for path in ["/healthz", "/api/v1/setup", "/api/openapi.json", "/sign-in", "/no-such-page"] {
            let answer = app.send(plain("GET", path)).await;
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{path}");
            assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 36), "{path}");
            assert_eq!(answer.header("strict-transport-security"), None, "not over http");
        }
        let mine = app.api(Method::GET, "/setup").header("x-request-id", "mine-1").send().await;
        assert_eq!(mine.header("x-request-id"), Some("mine-1"));
        assert_eq!(mine.header("cache-control"), Some("no-store"));
    }

    async fn health_needs_no_key_and_ready_needs_the_database(app) {
        assert_eq!(app.send(plain("GET", "/healthz")).await.text, "ok");
        assert_eq!(app.send(plain("GET", "/readyz")).await.text, "ready");
        app.db.close().await;
        assert_eq!(app.send(plain("GET", "/healthz")).await.status, 200);
        assert_eq!(app.send(plain("GET", "/readyz")).await.status, 503);
        let balance = app.get("/users/ana/balance").await;
        balance.refused(503, "unavailable", None);
        assert_eq!(balance.header("retry-after"), Some("1"));
    }

    async fn the_setup_report_names_the_tables(app) {
        let setup = app.get("/setup").await;
        assert_eq!((&setup.ok()["success"], &setup.json["errors"]), (&json!(true), &json!([])));
        assert!(setup.json["tables_created"].as_array().unwrap().contains(&json!("entries")));
    }
}
