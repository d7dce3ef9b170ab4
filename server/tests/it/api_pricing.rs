//! Pricing over HTTP: drafts checked and tried, versions published and activated.

use crate::harness::prices;
use axum::http::Method;
use serde_json::json;
use std::sync::Arc;

on_both! {
    async fn every_fault_of_a_draft_is_named_at_once(app) {
        let config = json!({
            "version": 2, "models": { "gpt": "input_tokens *", "other": "nonsense + 1" },
            "min_balance": -1, "modles": {}, "fixed": { "report": -3 },
        });
        let validation = app.post("/pricing/validate", json!({ "config": config.clone() })).await;
        assert_eq!(validation.ok()["valid"], false);
        let paths: Vec<_> =
            validation.json["errors"].as_array().unwrap().iter().map(|error| error["path"].as_str().unwrap()).collect();
        for path in ["version", "models.gpt", "models.other", "min_balance", "modles", "fixed.report"] {
            assert!(paths.contains(&path), "{path} is missing in {paths:?}");
        }
        let publish = app.post("/pricing/versions", json!({ "config": config })).await;
        let problem = publish.refused(422, "config_invalid", None);
        assert_eq!(problem["errors"], validation.json["errors"]);
        assert_eq!(*app.get("/pricing/versions").await.ok(), json!([]));
    }

    async fn a_right_draft_is_valid_and_can_be_tried(app) {
        let valid = app.post("/pricing/validate", json!({ "config": prices() })).await;
        assert_eq!(*valid.ok(), json!({ "valid": true, "errors": [] }));
        let metrics = json!({ "model": "gpt", "input_tokens": 1234 });
        let preview = app.post("/pricing/preview", json!({ "config": prices(), "metrics": metrics, "plan": "pro" })).await;
        assert_eq!(preview.ok()["total"].to_string(), "1.234");
        let plan = app.post("/pricing/preview", json!({ "config": prices(), "metrics": {}, "plan": "gold" })).await;
        plan.refused(404, "plan_not_found", Some("plan"));
        let draft = app.post("/pricing/preview", json!({ "config": {}, "metrics": {} })).await;
        draft.refused(422, "config_invalid", None);
        let model = json!({ "config": prices(), "metrics": { "model": "x", "input_tokens": 1 } });
        app.post("/pricing/preview", model).await.refused(422, "unknown_model", Some("model"));
    }

    async fn a_formula_gives_its_value_or_the_place_of_its_fault(app) {
        let formula = |text: &str| app.post("/pricing/formula", json!({ "formula": text, "variables": { "input_tokens": 7 } }));
        assert_eq!(*formula("input_tokens * 0.1").await.ok(), json!({ "value": "0.7" }));
        let broken = formula("input_tokens * * 2").await;
        assert!(broken.refused(422, "formula_error", Some("formula"))["position"].is_u64());
        formula("1 / (input_tokens - 7)").await.refused(422, "formula_error", Some("formula"));
        let unknown = json!({ "formula": "input_tokens", "variables": { "tokens": 1 } });
        app.post("/pricing/formula", unknown).await.refused(422, "invalid_request", Some("variables.tokens"));
    }

    async fn versions_are_published_once_and_activated_in_either_direction(app) {
        app.get("/pricing/active").await.refused(409, "pricing_not_loaded", None);
        let first = app.post("/pricing/versions", json!({ "config": prices(), "label": "first" })).await;
        assert_eq!((&first.ok()["version"]["version"], &first.json["created"]), (&json!(1), &json!(true)));
        let again = app.post("/pricing/versions", json!({ "config": prices() })).await;
        assert_eq!((&again.ok()["version"]["version"], &again.json["created"]), (&json!(1), &json!(false)));
        let mut dearer = prices();
        dearer["models"]["gpt"] = json!("input_tokens / 100");
        let draft = app.post("/pricing/versions", json!({ "config": dearer, "activate": false })).await;
        assert_eq!((&draft.ok()["version"]["version"], &draft.json["active"]), (&json!(2), &json!(false)));
        let active = async || app.get("/pricing/active").await.ok()["version"].clone();
        assert_eq!(active().await, 1);
        for version in [2, 1] {
            let path = format!("/pricing/versions/{version}/activate");
            assert_eq!(app.api(Method::POST, &path).send().await.ok()["active"], true);
            assert_eq!(active().await, version);
        }
        assert_eq!(app.get("/pricing/versions/1").await.ok()["label"], "first");
        app.get("/pricing/versions/3").await.refused(404, "version_not_found", None);
        app.get("/pricing/versions/one").await.refused(404, "version_not_found", Some("version"));
        assert_eq!(app.get("/pricing/versions").await.ok().as_array().unwrap().len(), 2);
    }
}
