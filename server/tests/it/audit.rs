//! The audit log: who changed what, in one chain that shows when it was tampered with.

use crate::harness::App;
use app::{
    backend::{Audits as _, Caps as _, Visit as _},
    model::{Actor, AuditAction, AuditEntry, AuditQuery, CapAction, CapType, Role, SpendCap},
};
use axum::http::Method;
use serde_json::{Value, json};
use server::{
    auth::visit::WebVisit,
    store::{audit, sql},
};
use std::{collections::BTreeSet, sync::Arc};
use tower_sessions::Session;

/// All rows, oldest first.
async fn rows(app: &App) -> Vec<AuditEntry> {
    let mut rows = app.desk.audit(AuditQuery { limit: 200, ..AuditQuery::default() }).await.unwrap().items;
    rows.reverse();
    rows
}

async fn last(app: &App) -> AuditEntry {
    rows(app).await.pop().unwrap()
}

fn cap(limit: &str) -> SpendCap {
    SpendCap {
        user_id: "ana".to_owned(),
        cap_type: CapType::Daily,
        model: None,
        limit: limit.parse().unwrap(),
        action: CapAction::Deny,
    }
}

/// Runs a statement that the program itself never would.
async fn tamper(app: &App, statements: &[&'static str]) {
    let mut tx = app.db.begin().await.unwrap();
    for text in statements {
        sql(*text).execute(&mut tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn broken(app: &App) -> Option<String> {
    audit::check(&mut app.db.snapshot().await.unwrap()).await.unwrap().broken
}

on_both! {
    async fn a_change_is_told_with_before_after_who_and_from_where(app) {
        app.publish_prices().await.ok();
        for limit in [50, 75] {
            app.api(Method::PUT, "/users/ana/caps")
                .header("x-forwarded-for", "203.0.113.7")
                .json(json!({ "type": "daily", "action": "deny", "limit": limit }))
                .send()
                .await
                .ok();
        }
        let row = last(&app).await;
        assert_eq!((row.actor.as_str(), row.address.as_deref()), ("key:test", Some("203.0.113.7")));
        assert_eq!((row.action, row.subject.as_str()), (AuditAction::CapSet, "ana"));
        let state = |limit: i64| json!({ "type": "daily", "model": Value::Null, "limit": limit, "action": "deny" });
        assert_eq!((row.before, row.after), (Some(state(50)), Some(state(75))));
        assert_eq!(row.at, app.clock.now());
    }

    async fn every_kind_of_change_is_told_once_and_charges_are_not(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 100).await;
        let charge = app.post("/users/ana/deductions", json!({ "amount": 5 })).await.ok()["transaction_id"].clone();
        let charge = charge.as_str().unwrap();
        let refund = app.api(Method::POST, &format!("/transactions/{charge}/refunds")).idempotent("r");
        refund.json(json!({ "reason": "other", "note": "asked" })).send().await.ok();
        let again = app.api(Method::POST, &format!("/transactions/{charge}/refunds")).idempotent("r");
        again.json(json!({ "reason": "other", "note": "asked" })).send().await.ok();
        app.post("/users/ana/adjustments", json!({ "amount": -1, "reason": "typo" })).await.ok();
        app.put("/users/ana", json!({ "name": "Ana", "email": "ana@example.com" })).await.ok();
        app.put("/users/ana", json!({ "name": "Ana", "email": "ana@example.com" })).await.ok();
        app.put("/users/ana/plan", json!({ "plan_id": "pro" })).await.ok();
        app.put("/users/ana/caps", json!({ "type": "daily", "action": "deny", "limit": 5 })).await.ok();
        app.api(Method::DELETE, "/users/ana/caps?type=daily").send().await;
        let team = app.post("/teams", json!({ "name": "Research", "initial_balance": 7 })).await.ok().clone();
        let team = team["team_id"].as_str().unwrap();
        app.post(&format!("/teams/{team}/members"), json!({ "user_id": "ana", "role": "owner" })).await.ok();
        app.post(&format!("/teams/{team}/members"), json!({ "user_id": "bob" })).await.ok();
        app.api(Method::DELETE, &format!("/teams/{team}/members/bob")).send().await;
        let hook = app.post("/webhooks", json!({ "url": "https://example.com/hook" })).await.ok().clone();
        let hook = hook["id"].as_str().unwrap();
        app.api(Method::POST, &format!("/webhooks/{hook}/rotate-secret")).send().await.ok();
        app.api(Method::DELETE, &format!("/webhooks/{hook}")).send().await.ok();
        let told: Vec<_> = rows(&app).await.iter().map(|row| row.action.as_str()).collect();
        let expected = [
            "key.created", "pricing.published", "pricing.activated", "credits.added", "credits.refunded",
            "credits.adjusted", "profile.set", "plan.set", "cap.set", "cap.deleted", "team.created", "team.member_set",
            "team.member_set", "team.member_removed", "webhook.created", "webhook.secret_rotated", "webhook.deleted",
        ];
        assert_eq!(told, expected);
        let refund = rows(&app).await.into_iter().find(|row| row.action == AuditAction::CreditsRefunded).unwrap();
        assert_eq!(refund.reason.as_deref(), Some("other: asked"));
        let (before, after) = (refund.before.unwrap(), refund.after.unwrap());
        assert_eq!((&before["balance"], &after["balance"]), (&json!(95), &json!(100)));
        let text = format!("{:?}", rows(&app).await);
        assert!(!text.contains("whsec_") && !text.contains(&app.key), "no secret is in the log");
        app.assert_sound().await;
    }

    async fn a_refused_change_tells_nothing(app) {
        let before = rows(&app).await.len();
        app.put("/users/ana/caps", json!({ "type": "daily", "action": "deny", "limit": -5 })).await;
        app.post("/users/ana/adjustments", json!({ "amount": -1, "reason": "too much" })).await;
        app.put("/users/ana/plan", json!({ "plan_id": "none" })).await;
        assert_eq!(rows(&app).await.len(), before);
    }

    async fn rows_cannot_be_changed_and_a_chain_that_was_shows_the_first_row(app) {
        for limit in ["1", "2", "3", "4"] {
            app.desk.set_cap(&Actor::key("test"), cap(limit)).await.unwrap();
        }
        assert_eq!(broken(&app).await, None);
        for text in ["UPDATE audit_log SET actor = 'eve' WHERE seq = 3", "DELETE FROM audit_log WHERE seq = 3"] {
            let mut tx = app.db.begin().await.unwrap();
            assert!(sql(text).execute(&mut tx).await.is_err(), "{text}");
        }
        let off: [&'static str; 2] = if app.db.is_postgres() {
            ["DROP TRIGGER audit_log_is_never_changed ON audit_log", "SELECT 1"]
        } else {
            ["DROP TRIGGER audit_log_is_never_changed", "DROP TRIGGER audit_log_is_never_deleted"]
        };
        tamper(&app, &off).await;
        tamper(&app, &["UPDATE audit_log SET actor = 'eve' WHERE seq = 3"]).await;
        assert!(broken(&app).await.unwrap().starts_with("row 3 was changed"));
        let verified = app.get("/verify").await.ok().clone();
        assert_eq!(verified["consistent"], false);
        assert!(verified["differences"][0]["what"].as_str().unwrap().starts_with("row 3 was changed"));
        tamper(&app, &["UPDATE audit_log SET actor = 'key:test' WHERE seq = 3"]).await;
        assert_eq!(broken(&app).await, None);
        tamper(&app, &["DELETE FROM audit_log WHERE seq = 5"]).await;
        assert!(broken(&app).await.unwrap().contains("ends with row 4"), "the end cannot be cut off");
        tamper(&app, &["DELETE FROM audit_log WHERE seq = 2"]).await;
        assert_eq!(broken(&app).await.as_deref(), Some("row 2 is missing"));
    }

    async fn many_at_once_make_one_chain_without_gaps(app) {
        let other = server::service::Desk::open(
            app.db.clone(), app.clock.clone(), app.ids.clone(), server::service::Options::default(),
        );
        let changes = (0..40).map(|number: u32| {
            let desk = if number.is_multiple_of(2) { app.desk.clone() } else { other.clone() };
            tokio::spawn(async move {
                let user_id = format!("user{}", number % 5);
                desk.set_cap(&Actor::key("test"), SpendCap { user_id, ..cap(&number.to_string()) }).await.unwrap();
            })
        });
        for change in changes.collect::<Vec<_>>() {
            change.await.unwrap();
        }
        let seqs: Vec<_> = rows(&app).await.iter().map(|row| row.seq).collect();
        assert_eq!(seqs, (1..=41).collect::<Vec<_>>());
        assert_eq!(broken(&app).await, None);
    }

    async fn the_log_is_filtered_and_paged(app) {
        app.set_time("2026-11-26T10:00:00Z");
        for (user, by) in [("ana", "billing"), ("bob", "billing"), ("ana", "ops")] {
            let cap = SpendCap { user_id: user.to_owned(), ..cap("5") };
            app.desk.set_cap(&Actor::key(by), cap).await.unwrap();
        }
        let count = async |query: &str| app.get(&format!("/audit?{query}")).await.ok()["items"].as_array().unwrap().len();
        assert_eq!(count("actor=billing").await, 2);
        assert_eq!(count("actor=key:ops").await, 1);
        assert_eq!(count("subject=ana").await, 2);
        assert_eq!(count("action=cap").await, 3);
        assert_eq!(count("action=cap.deleted").await, 0);
        assert_eq!(count("start=2026-11-26T00:00:00Z").await, 3);
        assert_eq!(count("end=2026-11-26T00:00:00Z").await, 1);
        app.get("/audit?action=caps").await.refused(422, "invalid_request", Some("action"));
        app.get("/audit?cursor=x").await.refused(422, "invalid_request", Some("cursor"));
        let (mut seen, mut cursor) = (BTreeSet::new(), String::new());
        loop {
            let page = app.get(&format!("/audit?limit=1{cursor}")).await.ok().clone();
            seen.extend(page["items"].as_array().unwrap().iter().filter_map(|row| row["seq"].as_i64()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, (1..=4).collect());
    }

    async fn who_comes_and_goes_is_told(app) {
        let password = "correct horse battery";
        app.staff.create(&Actor::system("test"), "Ana", "ana@example.com", Role::Support, password).await.unwrap();
        let session = Session::new(None, Arc::new(app.sessions.clone()), None);
        let visit = || WebVisit::new(app.staff.clone(), session.clone(), Some("192.0.2.9".parse().unwrap()));
        visit().sign_in("ana@example.com", "not the password").await.unwrap_err();
        visit().sign_in("ana@example.com", password).await.unwrap();
        visit().sign_out().await.unwrap();
        let told: Vec<_> = rows(&app).await.into_iter().skip(2).collect();
        let actions: Vec<_> = told.iter().map(|row| (row.action.as_str(), row.actor.as_str())).collect();
        let ana = "staff:ana@example.com";
        assert_eq!(
            actions,
            [("session.sign_in_failed", "visitor"), ("session.signed_in", ana), ("session.signed_out", ana)]
        );
        assert!(told.iter().all(|row| row.address.as_deref() == Some("192.0.2.9") && row.subject == "ana@example.com"));
    }
}
