//! Keys held to a rate.

use crate::harness::{Answer, App};
use app::model::Actor;
use app::model::SetupResult;
use axum::{Router, body::Body, http::Request};
use http_body_util::BodyExt as _;
use server::{
    auth::{ApiKeys, Scopes},
    config::Site,
    http::ApiState,
    router::{Web, router},
};
use std::sync::Arc;
use tower::ServiceExt as _;

/// The same server with keys that are held to a rate, and two keys.
async fn limited(app: &App, rate: &str) -> (Router, [String; 2]) {
    let keys = ApiKeys::new(app.db.clone(), app.clock.clone(), app.ids.clone()).limited(Some(rate.parse().unwrap()));
    let pair = [
        keys.add(&Actor::system("test"), "one", Scopes::all()).await.unwrap(),
        keys.add(&Actor::system("test"), "two", Scopes::all()).await.unwrap(),
    ];
    let web = Web {
        api: ApiState::new(app.desk.clone(), Arc::new(keys), app.db.clone(), SetupResult::default()),
        staff: app.staff.clone(),
        sessions: app.sessions.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        site: Site::default(),
        https: false,
        trust_proxy: false,
    };
    (router(web), pair)
}

async fn balance(router: &Router, key: &str) -> Answer {
    let request = Request::builder().uri("/api/v1/users/ana/balance").header("authorization", format!("Bearer {key}"));
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes().to_vec();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let json = serde_json::from_str(&text).unwrap_or_default();
    Answer { status: parts.status, headers: parts.headers, json, text, bytes }
}

fn rate(answer: &Answer) -> [Option<&str>; 3] {
    ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(|name| answer.header(name))
}

on_both! {
    async fn a_key_is_held_to_its_rate_and_told_so(app) {
        let (router, [one, two]) = limited(&app, "1/3").await;
        for left in ["2", "1", "0"] {
            let answer = balance(&router, &one).await;
            answer.ok();
            assert_eq!(rate(&answer)[..2], [Some("3"), Some(left)]);
        }
        let refused = balance(&router, &one).await;
        assert_eq!(refused.refused(429, "rate_limited", None)["retry_after"], 1);
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert_eq!(rate(&refused), [Some("3"), Some("0"), Some("1")]);
        balance(&router, &two).await.ok();
        app.set_time("2026-11-25T12:00:01Z");
        balance(&router, &one).await.ok();
        balance(&router, &one).await.refused(429, "rate_limited", None);
    }

    async fn a_wrong_key_is_no_key_and_has_no_rate(app) {
        let (router, _) = limited(&app, "1/1").await;
        for _ in 0..3 {
            let answer = balance(&router, "cdk_wrong").await;
            answer.refused(401, "unauthenticated", None);
            assert_eq!(rate(&answer), [None; 3]);
        }
    }

    async fn without_a_rate_nothing_is_said_of_one(app) {
        assert_eq!(rate(&app.get("/users/ana/balance").await), [None; 3]);
    }
}
