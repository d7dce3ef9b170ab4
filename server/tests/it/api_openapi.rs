//! The description and the routes are the same.

use crate::harness::App;
use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];
/// What is done, and what is begun.
const SUCCESS: [&str; 2] = ["200", "202"];

/// Every operation of the interface: who adds one adds it here, and so sees that it is described.
const OPERATIONS: [&str; 67] = [
    "delete /api/v1/teams/{team_id}/members/{user_id}",
    "delete /api/v1/users/{user_id}/caps",
    "delete /api/v1/users/{user_id}/plan",
    "delete /api/v1/webhooks/{webhook_id}",
    "get /api/v1/analytics/aggregate",
    "get /api/v1/analytics/daily-spend",
    "get /api/v1/analytics/spend-by-model",
    "get /api/v1/analytics/spend-by-user",
    "get /api/v1/analytics/top-users",
    "get /api/v1/audit",
    "get /api/v1/pricing/active",
    "get /api/v1/pricing/backtests",
    "get /api/v1/pricing/backtests/{backtest_id}",
    "get /api/v1/pricing/diff",
    "get /api/v1/pricing/versions",
    "get /api/v1/pricing/versions/{version}",
    "get /api/v1/pricing/versions/{version}/export",
    "get /api/v1/reservations/{reservation_id}",
    "get /api/v1/setup",
    "get /api/v1/teams",
    "get /api/v1/teams/{team_id}",
    "get /api/v1/teams/{team_id}/balance",
    "get /api/v1/transactions/{transaction_id}",
    "get /api/v1/users",
    "get /api/v1/users/{user_id}/allowance",
    "get /api/v1/users/{user_id}/balance",
    "get /api/v1/users/{user_id}/caps",
    "get /api/v1/users/{user_id}/features/{feature}",
    "get /api/v1/users/{user_id}/plan",
    "get /api/v1/users/{user_id}/reservations",
    "get /api/v1/users/{user_id}/transactions",
    "get /api/v1/verify",
    "get /api/v1/webhooks",
    "get /api/v1/webhooks/{webhook_id}",
    "get /api/v1/webhooks/{webhook_id}/deliveries",
    "patch /api/v1/teams/{team_id}/members/{user_id}",
    "patch /api/v1/webhooks/{webhook_id}",
    "post /api/v1/deductions:batch",
    "post /api/v1/ingest/litellm",
    "post /api/v1/ingest/otlp/v1/traces",
    "post /api/v1/pricing/backtests",
    "post /api/v1/pricing/formula",
    "post /api/v1/pricing/preview",
    "post /api/v1/pricing/validate",
    "post /api/v1/pricing/versions",
    "post /api/v1/pricing/versions/{version}/activate",
    "post /api/v1/reservations/{reservation_id}/release",
    "post /api/v1/reservations/{reservation_id}/renew",
    "post /api/v1/reservations/{reservation_id}/settle",
    "post /api/v1/sweeps",
    "post /api/v1/teams",
    "post /api/v1/teams/{team_id}/credits",
    "post /api/v1/teams/{team_id}/deductions",
    "post /api/v1/teams/{team_id}/members",
    "post /api/v1/transactions/{transaction_id}/refunds",
    "post /api/v1/users/{user_id}/adjustments",
    "post /api/v1/users/{user_id}/cap-check",
    "post /api/v1/users/{user_id}/credits",
    "post /api/v1/users/{user_id}/deductions",
    "post /api/v1/users/{user_id}/reservations",
    "post /api/v1/webhooks",
    "post /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    "post /api/v1/webhooks/{webhook_id}/rotate-secret",
    "post /api/v1/webhooks/{webhook_id}/test",
    "put /api/v1/users/{user_id}",
    "put /api/v1/users/{user_id}/caps",
    "put /api/v1/users/{user_id}/plan",
];

async fn document(app: &App) -> Value {
    let request = Request::builder().uri("/api/openapi.json").body(Body::empty()).unwrap();
    app.send(request).await.ok().clone()
}

fn operations(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let methods: Vec<_> = item.as_object().unwrap().keys().map(|method| format!("{method} {path}")).collect();
        methods
    };
    paths.iter().flat_map(of).collect()
}

on_both! {
    async fn every_route_is_described_and_every_description_is_a_route(app) {
        let document = document(&app).await;
        assert_eq!(document["openapi"], "3.1.0");
        let described = operations(&document);
        let paths: BTreeSet<_> = described.iter().map(|operation| operation.split_once(' ').unwrap().1).collect();
        for path in paths {
            for method in METHODS {
                let uri = path.replace("{user_id}", "ana").replace("{version}", "1").replace(['{', '}'], "");
                let request = Request::builder().method(method.to_uppercase().as_str()).uri(uri).body(Body::empty());
                // Without a key a route that is there answers 401, and one that is not 404 or 405.
                let status = app.send(request.unwrap()).await.status;
                let expected = if described.contains(&format!("{method} {path}")) { 401 } else { 405 };
                assert_eq!(status, expected, "{method} {path}");
            }
        }
        let known: BTreeSet<_> = OPERATIONS.iter().map(ToString::to_string).collect();
        assert_eq!(described, known);
    }

    async fn every_operation_names_its_errors_and_its_scope(app) {
        let document = document(&app).await;
        assert!(document["components"]["schemas"]["Problem"]["properties"]["request_id"].is_object());
        assert_eq!(document["components"]["securitySchemes"]["api_key"]["scheme"], "bearer");
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let responses = operation["responses"].as_object().unwrap();
                for status in ["401", "403", "422", "429", "500", "503"] {
                    assert!(responses.contains_key(status), "{method} {path} lacks {status}");
                }
                assert!(SUCCESS.iter().any(|status| responses.contains_key(*status)), "{method} {path} never succeeds");
                let description = operation["description"].as_str().unwrap();
                assert!(description.starts_with("Needs the scope `"), "{method} {path}");
                assert!(operation["summary"].is_string() && operation["tags"].is_array(), "{method} {path}");
            }
        }
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name} is referred to and not there");
        }
    }

    async fn every_request_and_every_success_has_an_example(app) {
        let document = document(&app).await;
        let mut bare = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let contents = ["/requestBody/content", "/responses/200/content", "/responses/202/content"];
                for content in contents.iter().filter_map(|place| operation.pointer(place)) {
                    // Lines and protobuf are shown by the JSON beside them.
                    if content["application/json"]["example"].is_null() {
                        bare.push(format!("{method} {path}"));
                    }
                }
            }
        }
        assert!(bare.is_empty(), "an example in server/src/http/examples.json is missing for {bare:?}");
    }

    async fn the_examples_of_requests_are_accepted(app) {
        let document = document(&app).await;
        let publish = document["paths"]["/api/v1/pricing/versions"]["post"].clone();
        app.post("/pricing/versions", example(&publish).unwrap()).await.ok();
        app.grant("ana", 100).await;
        let charge = app.post("/users/ana/deductions", json!({ "amount": 5 })).await;
        let charge = charge.ok()["transaction_id"].as_str().unwrap().to_owned();
        let team = app.post("/teams", json!({ "name": "Team", "initial_balance": 100 })).await;
        let team = team.ok()["team_id"].as_str().unwrap().to_owned();
        app.post(&format!("/teams/{team}/members"), json!({ "user_id": "ana", "role": "owner" })).await.ok();
        let webhook = app.post("/webhooks", json!({ "url": "https://hooks.example.com/" })).await;
        let webhook = webhook.ok()["id"].as_str().unwrap().to_owned();
        let mut tried = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            let route = path.strip_prefix("/api/v1").unwrap();
            let route = route.replace("{user_id}", "ana").replace("{transaction_id}", &charge).replace("{version}", "1").replace("{team_id}", &team).replace("{webhook_id}", &webhook);
            for (method, operation) in item.as_object().unwrap() {
                let Some(body) = example(operation) else { continue };
                let route = if route.contains("{reservation_id}") {
                    let held = app.post("/users/ana/reservations", json!({ "amount": 7 })).await;
                    route.replace("{reservation_id}", held.ok()["reservation_id"].as_str().unwrap())
                } else {
                    route.clone()
                };
                let call = app.api(Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), &route);
                let answer = call.json(body).send().await;
                assert!(SUCCESS.contains(&answer.status.as_str()), "{method} {path}: {}", answer.text);
                let shown = &operation["responses"][answer.status.as_str()]["content"]["application/json"]["example"];
                let (shown, given) = (shown.as_object().unwrap(), answer.json.as_object().unwrap());
                let strange: Vec<_> = given.keys().filter(|key| !shown.contains_key(*key)).collect();
                assert!(strange.is_empty(), "{method} {path} answers with {strange:?}, which its example lacks");
                tried += 1;
            }
        }
        assert!(tried >= 11, "{tried}");
    }
}

fn example(operation: &Value) -> Option<Value> {
    operation.pointer("/requestBody/content/application~1json/example").cloned()
}
