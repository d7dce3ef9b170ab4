//! API keys: who comes in, and what for.

use app::model::Actor;
use axum::http::Method;
use serde_json::json;
use server::{
    auth::{Scope, Scopes},
    store::access,
};
use std::sync::Arc;

on_both! {
    async fn without_a_key_nobody_comes_in(app) {
        for value in ["", "Bearer cdk_wrong", "Bearer", "Basic YTpi", "Bearer cdk_", &format!("Token {}", app.key)] {
            let answer = app.api(Method::GET, "/users/ana/balance").header("authorization", value).send().await;
            answer.refused(401, "unauthenticated", None);
            assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")));
        }
        let any_case = app.api(Method::GET, "/setup").header("authorization", &format!("bearer {}", app.key));
        any_case.send().await.ok();
    }

    async fn a_key_may_do_what_its_scopes_say(app) {
        let routes = [
            (Scope::Read, Method::GET, "/users/ana/balance", json!(null)),
            (Scope::Read, Method::GET, "/pricing/backtests", json!(null)),
            (Scope::Read, Method::POST, "/pricing/backtests", json!({ "version": 1 })),
            (Scope::Charge, Method::POST, "/users/ana/deductions", json!({ "amount": 1 })),
            (Scope::Grant, Method::POST, "/users/ana/credits", json!({ "amount": 100 })),
            (Scope::Grant, Method::POST, "/users/ana/adjustments", json!({ "amount": -1, "reason": "test" })),
            (Scope::Refund, Method::POST, "/transactions/x/refunds", json!({ "reason": "goodwill" })),
            (Scope::Manage, Method::PUT, "/users/ana", json!({ "name": "Ana" })),
            (Scope::Manage, Method::POST, "/sweeps", json!({})),
        ];
        for scope in Scope::ALL {
            let key = app.keys.add(&Actor::system("test"), scope.as_str(), Scopes::of([scope])).await.unwrap();
            for (needed, method, path, body) in routes.clone() {
                let call = app.api(method, path).header("authorization", &format!("Bearer {key}")).json(body);
                let answer = call.send().await;
                if scope == needed {
                    assert_ne!(answer.status, 403, "{} {path}", scope.as_str());
                } else {
                    let problem = answer.refused(403, "forbidden", None);
                    assert_eq!(problem["scope"], needed.as_str());
                }
            }
        }
    }

    async fn a_revoked_key_is_worth_nothing(app) {
        let key = app.keys.add(&Actor::system("test"), "laptop", Scopes::all()).await.unwrap();
        let read = || app.api(Method::GET, "/users/ana/balance").header("authorization", &format!("Bearer {key}")).send();
        read().await.ok();
        app.keys.revoke(&Actor::system("test"), "laptop").await.unwrap();
        read().await.refused(401, "unauthenticated", None);
        assert!(app.keys.revoke(&Actor::system("test"), "laptop").await.is_err(), "revoked already");
    }

    async fn a_key_revoked_elsewhere_is_forgotten_within_seconds(app) {
        let key = app.keys.add(&Actor::system("test"), "laptop", Scopes::all()).await.unwrap();
        let read = || app.api(Method::GET, "/users/ana/balance").header("authorization", &format!("Bearer {key}")).send();
        read().await.ok();
        let mut tx = app.db.begin().await.unwrap();
        assert!(access::keys::revoke(&mut tx, "laptop", app.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        app.set_time("2026-11-25T12:00:10Z");
        read().await.refused(401, "unauthenticated", None);
    }

    async fn a_key_is_stored_as_its_hash_and_its_use_is_noted(app) {
        let key = app.keys.add(&Actor::system("test"), "billing", "read,charge".parse().unwrap()).await.unwrap();
        assert!(key.starts_with("cdk_") && key.len() == 47);
        assert!(app.keys.add(&Actor::system("test"), "billing", Scopes::all()).await.is_err(), "names are unique");
        app.api(Method::GET, "/setup").header("authorization", &format!("Bearer {key}")).send().await.ok();
        app.keys.write_last_used().await.unwrap();
        let stored = app.keys.list().await.unwrap().into_iter().find(|stored| stored.name == "billing").unwrap();
        assert_eq!((stored.prefix.as_str(), stored.scopes.as_str()), (&key[..12], "read charge"));
        assert_eq!(stored.last_used_at, Some(app.clock.now()));
    }
}
