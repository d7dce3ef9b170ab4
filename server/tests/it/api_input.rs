//! Bad input: each with its status and code, and nothing changed by any of it.

use axum::http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

on_both! {
    async fn an_unknown_user_has_zeros(app) {
        let balance = app.get("/users/nobody/balance").await;
        let zeros = json!({ "user_id": "nobody", "balance": 0, "lifetime_purchased": 0, "available": 0 });
        assert_eq!(*balance.ok(), zeros);
        assert_eq!(app.get("/users").await.ok()["items"], json!([]), "looking makes no account");
    }

    async fn amounts_that_are_none_are_refused(app) {
        app.grant("ana", 100).await;
        let bodies = [
            r#"{"amount": -1}"#, r#"{"amount": 0}"#, r#"{"amount": 0.1234567}"#, r#"{"amount": 1e400}"#,
            r#"{"amount": NaN}"#, r#"{"amount": "NaN"}"#, r#"{"amount": "1,5"}"#, r#"{"amount": ""}"#,
            r#"{"amount": true}"#, r#"{"amount": [1]}"#, r#"{"amount": 9223372036854.775808}"#,
        ];
        for path in ["/users/ana/credits", "/users/ana/deductions"] {
            for body in bodies {
                let answer = app.api(Method::POST, path).text(body).send().await;
                answer.refused(422, "invalid_amount", Some("amount"));
            }
        }
        assert_eq!(app.balance("ana").await, "100");
    }

    async fn an_amount_may_be_an_integer_a_decimal_or_a_text(app) {
        for body in [r#"{"amount": 1}"#, r#"{"amount": 0.5}"#, r#"{"amount": "0.5"}"#, r#"{"amount": 1.0e0}"#] {
            app.api(Method::POST, "/users/ana/credits").text(body).send().await.ok();
        }
        assert_eq!(app.balance("ana").await, "3");
    }

    async fn an_amount_that_would_overflow_is_refused(app) {
        let most = json!({ "amount": "9223372036854.775807" });
        app.post("/users/ana/credits", most.clone()).await.ok();
        let more = app.post("/users/ana/credits", most).await;
        more.refused(422, "invalid_amount", Some("amount"));
        assert_eq!(app.balance("ana").await, "9223372036854.775807");
    }

    async fn quantities_that_cannot_be_priced_are_refused(app) {
        app.grant("ana", 100).await;
        let charge = |metrics: Value| app.post("/users/ana/deductions", json!({ "metrics": metrics }));
        charge(json!({ "model": "gpt" })).await.refused(409, "pricing_not_loaded", None);
        app.publish_prices().await.ok();
        charge(json!({ "model": "grok", "input_tokens": 1 })).await.refused(422, "unknown_model", Some("model"));
        charge(json!({ "fixed_job": "poem" })).await.refused(422, "unknown_job", Some("fixed_job"));
        let negative = charge(json!({ "model": "gpt", "input_tokens": -1 })).await;
        negative.refused(422, "invalid_request", Some("metrics.input_tokens"));
        let typo = charge(json!({ "model": "gpt", "inputs": 1 })).await;
        typo.refused(422, "invalid_request", Some("metrics.inputs"));
        assert_eq!(app.balance("ana").await, "100");
    }

    async fn a_charge_is_by_quantities_or_by_amount(app) {
        app.grant("ana", 10).await;
        let neither = app.post("/users/ana/deductions", json!({})).await;
        neither.refused(422, "invalid_request", Some("metrics"));
        let both = app.post("/users/ana/deductions", json!({ "amount": 1, "metrics": {} })).await;
        both.refused(422, "invalid_request", Some("amount"));
        assert_eq!(app.balance("ana").await, "10");
    }

    async fn bodies_are_read_strictly(app) {
        let post = |body: &str| app.api(Method::POST, "/users/ana/credits").text(body).send();
        post("").await.refused(400, "invalid_request", None);
        post("{\"amount\": 1").await.refused(400, "invalid_request", None);
        post("{\"amount\": 1}}").await.refused(400, "invalid_request", None);
        post("[1]").await.refused(422, "invalid_request", None);
        post("{}").await.refused(422, "invalid_request", Some("amount"));
        post(r#"{"amount": 1, "expires": "never"}"#).await.refused(422, "invalid_request", Some("expires"));
        post(r#"{"amount": 1, "kind": "gift"}"#).await.refused(422, "invalid_request", Some("kind"));
        post(r#"{"amount": 1, "expires_at": "tomorrow"}"#).await.refused(422, "invalid_request", Some("expires_at"));
        let form = app.api(Method::POST, "/users/ana/credits").text("amount=1");
        let form = form.header("content-type", "application/x-www-form-urlencoded").send().await;
        form.refused(415, "invalid_request", None);
        assert_eq!(app.balance("ana").await, "0");
    }

    async fn a_megabyte_of_metadata_is_too_large(app) {
        let post = |size: usize| app.post("/users/ana/credits", json!({ "amount": 1, "metadata": { "x": "y".repeat(size) } }));
        post(1_000_000).await.refused(413, "invalid_request", None);
        post(17_000).await.refused(422, "invalid_request", Some("metadata"));
        post(16_000).await.ok();
        assert_eq!(app.balance("ana").await, "1");
    }

    async fn a_write_of_money_needs_an_idempotency_key(app) {
        app.grant("ana", 10).await;
        let charge = app.post("/users/ana/deductions", json!({ "amount": 1 })).await;
        let refunds = format!("/transactions/{}/refunds", charge.ok()["transaction_id"].as_str().unwrap());
        let writes = [
            ("/users/ana/credits", json!({ "amount": 1 })),
            ("/users/ana/deductions", json!({ "amount": 1 })),
            ("/users/ana/adjustments", json!({ "amount": -1, "reason": "test" })),
            (refunds.as_str(), json!({ "reason": "goodwill" })),
        ];
        for (path, body) in writes {
            for key in ["", " ", "two words", &"k".repeat(256)] {
                let call = app.api(Method::POST, path).idempotent(key).json(body.clone());
                call.send().await.refused(422, "invalid_request", Some("Idempotency-Key"));
            }
        }
        assert_eq!(app.balance("ana").await, "9");
        let longest = app.api(Method::POST, "/users/ana/credits").idempotent(&"k".repeat(255));
        longest.json(json!({ "amount": 1 })).send().await.ok();
    }

    async fn user_ids_are_any_text(app) {
        for path in ["a%2Fb%20%3F%23", "%C3%A9%F0%9F%99%82", "..", "%3Cscript%3E", "a@b.c"] {
            let add = app.post(&format!("/users/{path}/credits"), json!({ "amount": 1 })).await;
            add.ok();
        }
        let odd = app.get("/users/a%2Fb%20%3F%23/balance").await;
        assert_eq!((odd.ok()["user_id"].as_str(), odd.json["balance"].to_string()), (Some("a/b ?#"), "1".into()));
        for path in ["a%00b", "a%0Ab", &"x".repeat(256), "%FF"] {
            let refused = app.post(&format!("/users/{path}/credits"), json!({ "amount": 1 })).await;
            refused.refused(422, "invalid_request", Some("user_id"));
        }
    }

    async fn query_parameters_are_read_strictly(app) {
        app.grant("ana", 1).await;
        let field = async |path: &str| {
            let answer = app.get(path).await;
            assert_eq!(answer.status, 422, "{path}: {}", answer.text);
            answer.json["field"].as_str().unwrap_or_default().to_owned()
        };
        assert_eq!(field("/users/ana/transactions?limit=0").await, "limit");
        assert_eq!(field("/users/ana/transactions?limit=201").await, "limit");
        assert_eq!(field("/users/ana/transactions?limit=many").await, "limit");
        assert_eq!(field("/users/ana/transactions?kind=gift").await, "kind");
        assert_eq!(field("/users/ana/transactions?start=soon").await, "start");
        assert_eq!(field("/users/ana/transactions?cursor=xyz").await, "cursor");
        assert_eq!(field("/users/ana/transactions?page=2").await, "page");
        assert_eq!(field("/users?query=ana").await, "query");
        assert_eq!(field("/analytics/top-users?limit=0").await, "limit");
        assert_eq!(field("/analytics/aggregate?tz=Mars").await, "tz");
        assert_eq!(field("/analytics/aggregate?start=2026-11-02&end=2026-11-01").await, "end");
    }
}
