//! Webhooks over HTTP: made, changed, tried, and their log.

use crate::receiver::{Receiver, deliver};
use app::{
    backend::Webhooks as _,
    model::{Actor, NewWebhook},
};
use axum::http::Method;
use serde_json::json;
use server::{
    auth::{Scope, Scopes},
    service::{Desk, Options},
};
use std::sync::Arc;

const NOBODY: &str = "/webhooks/0193c2b0-0000-7000-8000-000000000000";

on_both! {
    async fn a_webhook_is_made_changed_and_deleted(app) {
        let body = json!({ "url": "https://example.com/hooks", "event_types": ["credits.added", "credits.added"], "description": " ours " });
        let made = app.post("/webhooks", body).await;
        let id = made.ok()["id"].as_str().unwrap();
        assert!(made.json["secret"].as_str().unwrap().starts_with("whsec_"));
        let path = format!("/webhooks/{id}");
        let expected = json!({
            "id": id, "url": "https://example.com/hooks", "event_types": ["credits.added"], "description": "ours",
            "created_at": "2026-11-25T12:00:00Z",
        });
        assert_eq!(*app.get(&path).await.ok(), expected, "the secret is shown once");
        assert_eq!(*app.get("/webhooks").await.ok(), json!([expected]));
        let change = json!({ "event_types": [], "description": "", "disabled": true });
        let changed = app.api(Method::PATCH, &path).json(change).send().await;
        let expected = json!({
            "id": id, "url": "https://example.com/hooks", "event_types": [], "created_at": "2026-11-25T12:00:00Z",
            "disabled_at": "2026-11-25T12:00:00Z", "disabled_reason": "by key:test",
        });
        assert_eq!(*changed.ok(), expected);
        app.api(Method::POST, &format!("{path}/test")).send().await.refused(422, "invalid_request", Some("webhook_id"));
        assert_eq!(*app.api(Method::DELETE, &path).send().await.ok(), expected);
        app.get(&path).await.refused(404, "not_found", Some("webhook_id"));
    }

    async fn bad_webhooks_are_refused_by_field_and_rule(app) {
        for (body, field) in [
            (json!({}), "url"),
            (json!({ "url": "example.com" }), "url"),
            (json!({ "url": "ftp://example.com/" }), "url"),
            (json!({ "url": "https://ana:pw@example.com/" }), "url"),
            (json!({ "url": "https://example.com/", "event_types": ["credits.stolen"] }), "event_types[0]"),
            (json!({ "url": "https://example.com/", "description": "x".repeat(1_001) }), "description"),
            (json!({ "url": "https://example.com/", "secret": "whsec_mine" }), "secret"),
        ] {
            app.post("/webhooks", body).await.refused(422, "invalid_request", Some(field));
        }
        for number in 0..20 {
            app.post("/webhooks", json!({ "url": format!("https://example.com/{number}") })).await.ok();
        }
        app.post("/webhooks", json!({ "url": "https://example.com/20" })).await.refused(422, "invalid_request", None);
    }

    async fn private_addresses_are_refused_unless_allowed(app) {
        let desk = Desk::open(app.db.clone(), app.clock.clone(), app.ids.clone(), Options::default());
        for url in [
            "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data/", "https://10.1.2.3/",
            "https://192.168.0.1/", "https://100.64.0.1/", "https://[::ffff:10.0.0.1]/", "https://0x7f000001/", "http://example.com/",
        ] {
            let new = NewWebhook { url: url.to_owned(), event_types: Vec::new(), description: None };
            let refused = desk.create_webhook(&Actor::system("test"), new).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("url"), "{url}");
        }
        app.post("/webhooks", json!({ "url": "http://127.0.0.1:9/" })).await.ok();
    }

    async fn what_is_not_there_is_not_found(app) {
        for (method, path) in [
            (Method::GET, ""), (Method::DELETE, ""), (Method::POST, "/test"), (Method::POST, "/rotate-secret"),
            (Method::GET, "/deliveries"), (Method::POST, "/deliveries/0193c2b0-0000-7000-8000-000000000000/replay"),
        ] {
            app.api(method, &format!("{NOBODY}{path}")).send().await.refused(404, "not_found", Some("webhook_id"));
        }
        app.api(Method::PATCH, NOBODY).json(json!({})).send().await.refused(404, "not_found", Some("webhook_id"));
        app.get("/webhooks/x").await.refused(404, "not_found", Some("webhook_id"));
        let (id, _) = Receiver::start().await.register(&app, &[]).await;
        let replay = app.api(Method::POST, &format!("/webhooks/{id}/deliveries/x/replay")).send().await;
        replay.refused(404, "not_found", Some("delivery_id"));
        app.get(&format!("/webhooks/{id}/deliveries?cursor=x")).await.refused(422, "invalid_request", Some("cursor"));
    }

    async fn webhooks_need_the_scope_manage(app) {
        let key = app.keys.add(&Actor::system("test"), "reader", Scopes::of([Scope::Read, Scope::Charge])).await.unwrap();
        let call = app.api(Method::GET, "/webhooks").header("authorization", &format!("Bearer {key}"));
        call.send().await.refused(403, "forbidden", None);
    }

    async fn a_test_event_goes_to_its_webhook_alone(app) {
        let (one, other) = (Receiver::start().await, Receiver::start().await);
        let (id, _) = one.register(&app, &["credits.expired"]).await;
        other.register(&app, &[]).await;
        let sent = app.api(Method::POST, &format!("/webhooks/{id}/test")).send().await;
        assert_eq!((&sent.ok()["event_type"], &sent.json["status"]), (&json!("webhook.test"), &json!("pending")));
        deliver(&app).await;
        let got = one.take();
        assert_eq!(got[0].event(), ("webhook.test", &json!({ "webhook_id": id, "sent_by": "key:test" })));
        assert_eq!(other.take().len(), 0);
    }

    async fn a_delivery_is_replayed_with_the_same_id(app) {
        let receiver = Receiver::start().await;
        let (id, _) = receiver.register(&app, &[]).await;
        app.grant("ana", 5).await;
        deliver(&app).await;
        let first = receiver.take();
        let log = format!("/webhooks/{id}/deliveries");
        let delivery = app.get(&log).await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
        let replay = app.api(Method::POST, &format!("{log}/{delivery}/replay")).send().await;
        assert_eq!((&replay.ok()["replay_of"], &replay.json["status"]), (&json!(delivery), &json!("pending")));
        deliver(&app).await;
        let again = receiver.take();
        assert_eq!(again.len(), 1);
        assert_eq!((&again[0].text, again[0].header("webhook-id")), (&first[0].text, first[0].header("webhook-id")));
        let entries = app.get(&log).await;
        assert_eq!(entries.ok()["items"].as_array().unwrap().len(), 2, "the log keeps both");
    }

    async fn the_log_is_paged_newest_first(app) {
        let receiver = Receiver::start().await;
        let (id, _) = receiver.register(&app, &[]).await;
        for amount in 1..=5 {
            app.grant("ana", amount).await;
        }
        let first = app.get(&format!("/webhooks/{id}/deliveries?limit=3")).await;
        let cursor = first.ok()["next"].as_str().unwrap();
        let second = app.get(&format!("/webhooks/{id}/deliveries?limit=3&cursor={cursor}")).await;
        assert_eq!((first.json["items"].as_array().unwrap().len(), second.ok()["items"].as_array().unwrap().len()), (3, 2));
        assert_eq!(second.json.get("next"), None);
        let ids: std::collections::HashSet<_> = [&first, &second].iter().flat_map(|page| page.json["items"].as_array().unwrap()).map(|row| row["id"].to_string()).collect();
        assert_eq!(ids.len(), 5);
    }
}
