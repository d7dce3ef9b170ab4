//! Price lists as files: YAML in and out, keys given twice, versions compared, and copies kept by clients.

use crate::harness::{Answer, App, prices};
use axum::http::Method;
use serde_json::json;
use std::sync::Arc;

const LIST: &str = "\
version: 1
models:
  gpt: (input_tokens + output_tokens) / 1000  # cheap
fixed: {report: 3}
min_balance: 0
plans:
  pro: {id: pro, name: Pro, free_allowance: 10}
";

async fn yaml(app: &App, path: &str, body: &str) -> Answer {
    app.api(Method::POST, path).text(body).header("content-type", "application/yaml; charset=utf-8").send().await
}

on_both! {
    async fn a_price_list_in_yaml_is_the_same_in_json(app) {
        let validation = yaml(&app, "/pricing/validate", LIST).await;
        assert_eq!(*validation.ok(), json!({ "valid": true, "errors": [] }));
        let first = yaml(&app, "/pricing/versions", LIST).await;
        assert_eq!((&first.ok()["created"], &first.json["active"]), (&json!(true), &json!(true)));
        let same = app.post("/pricing/versions", json!({ "config": prices() })).await;
        assert_eq!((&same.ok()["created"], &same.json["version"]["version"]), (&json!(false), &json!(1)));

        let wrapped = LIST.replace("report: 3", "report: 4").replace('\n', "\n  ");
        let labelled = format!("label: dearer\nactivate: false\nconfig:\n  {}\n", wrapped.trim_end());
        let second = yaml(&app, "/pricing/versions", &labelled).await;
        assert_eq!((&second.ok()["active"], &second.json["version"]["label"]), (&json!(false), &json!("dearer")));
    }

    async fn what_is_exported_is_published_again_as_the_same(app) {
        app.publish_prices().await.ok();
        let list = app.get("/pricing/versions/1/export?format=yaml").await;
        assert_eq!((list.status.as_u16(), list.header("content-type")), (200, Some("application/yaml")));
        assert_eq!(list.header("content-disposition"), Some("attachment; filename=\"pricing-1.yaml\""));
        assert_eq!(yaml(&app, "/pricing/versions", &list.text).await.ok()["created"], false);
        let list = app.get("/pricing/versions/1/export").await;
        assert_eq!(list.header("content-type"), Some("application/json"));
        let again = app.post("/pricing/versions", json!({ "config": list.ok() })).await;
        assert_eq!(again.ok()["created"], false);
        app.get("/pricing/versions/9/export").await.refused(404, "version_not_found", None);
        app.get("/pricing/versions/1/export?format=toml").await.refused(422, "invalid_request", Some("format"));
    }

    async fn a_key_given_twice_is_refused_with_its_path(app) {
        let twice = json!([{ "path": "models.gpt", "message": "is given twice" }]);
        let config = r#"{"models": {"gpt": "input_tokens", "gpt": "input_tokens * 2"}}"#;
        let body = format!(r#"{{"config": {config}}}"#);
        let list = "models:\n  gpt: input_tokens\n  gpt: input_tokens * 2\n";
        for answer in [
            app.api(Method::POST, "/pricing/validate").text(&body).send().await,
            yaml(&app, "/pricing/validate", list).await,
        ] {
            assert_eq!(*answer.ok(), json!({ "valid": false, "errors": twice }));
        }
        for answer in [
            app.api(Method::POST, "/pricing/versions").text(&body).send().await,
            yaml(&app, "/pricing/versions", list).await,
        ] {
            assert_eq!(answer.refused(422, "config_invalid", None)["errors"], twice);
        }
        let preview = format!(r#"{{"config": {config}, "metrics": {{}}}}"#);
        let preview = app.api(Method::POST, "/pricing/preview").text(&preview).send().await;
        preview.refused(422, "config_invalid", None);
        let label = yaml(&app, "/pricing/versions", "label: a\nlabel: b\nconfig: {models: {gpt: input_tokens}}\n").await;
        label.refused(422, "invalid_request", Some("label"));
        assert_eq!(*app.get("/pricing/versions").await.ok(), json!([]));
    }

    async fn what_is_no_yaml_is_a_bad_request(app) {
        yaml(&app, "/pricing/versions", "models: [1").await.refused(400, "invalid_request", None);
        yaml(&app, "/pricing/versions", "- a list").await.refused(422, "invalid_request", None);
        let other = app.api(Method::POST, "/pricing/versions").text("a").header("content-type", "text/plain");
        other.send().await.refused(415, "invalid_request", None);
        let elsewhere = yaml(&app, "/users/ana/credits", "amount: 1").await;
        elsewhere.refused(415, "invalid_request", None);
        let list = app.api(Method::PUT, "/users/ana").text("[\"Ana\", null]").send().await;
        list.refused(422, "invalid_request", None);
    }

    async fn versions_are_compared_by_meaning_and_by_text(app) {
        app.publish_prices().await.ok();
        let mut dearer = prices();
        dearer["fixed"]["report"] = json!(4.5);
        app.post("/pricing/versions", json!({ "config": dearer, "activate": false })).await.ok();
        let diff = app.get("/pricing/diff?from=1&to=2").await;
        let change = json!([{ "path": "fixed.report", "old": "3", "new": "4.5", "percent": "50" }]);
        assert_eq!((&diff.ok()["changes"], &diff.json["from"], &diff.json["to"]), (&change, &json!(1), &json!(2)));
        let text = diff.json["unified"].as_str().unwrap();
        assert!(text.starts_with("--- version 1\n+++ version 2\n@@ "), "{text}");
        assert!(text.contains("\n-  report: 3\n+  report: 4.5\n"), "{text}");
        let to_active = app.get("/pricing/diff?from=1").await;
        assert_eq!((&to_active.ok()["changes"], &to_active.json["unified"]), (&json!([]), &json!("")));
        app.get("/pricing/diff?from=1&to=3").await.refused(404, "version_not_found", None);
        app.get("/pricing/diff?to=1").await.refused(422, "invalid_request", Some("from"));
    }

    async fn a_copy_of_the_active_version_is_good_until_another_is_active(app) {
        app.publish_prices().await.ok();
        let first = app.get("/pricing/active").await;
        first.ok();
        let tag = first.header("etag").unwrap().to_owned();
        let ask = |tag: &str| app.api(Method::GET, "/pricing/active").header("if-none-match", tag).send();
        for known in [tag.clone(), format!("\"other\", {tag}"), "*".to_owned(), tag.trim_start_matches("W/").to_owned()] {
            let same = ask(&known).await;
            assert_eq!((same.status.as_u16(), same.text.as_str()), (304, ""), "{known}");
            assert_eq!(same.header("etag"), Some(tag.as_str()));
        }
        ask("\"other\"").await.ok();
        let mut dearer = prices();
        dearer["min_balance"] = json!(1);
        app.post("/pricing/versions", json!({ "config": dearer })).await.ok();
        assert_eq!(ask(&tag).await.ok()["version"], 2);
    }
}
