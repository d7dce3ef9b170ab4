//! Delivery: signed, in order, again after a failure, and never into a private network.

use crate::{
    harness::App,
    receiver::{Receiver, courier, deliver},
};
use app::model::Timestamp;
use axum::http::Method;
use serde_json::{Value, json};
use server::{
    clock::{Clock, later},
    store::sql,
    webhooks::{Outcome, Parcel, Sender},
};
use standardwebhooks::Webhook;
use std::{sync::Arc, time::Duration};

/// Moves the clock on.
fn pass(app: &App, time: Duration) {
    app.clock.set(later(app.clock.now(), time));
}

async fn log(app: &App, id: &str) -> Vec<Value> {
    app.get(&format!("/webhooks/{id}/deliveries")).await.ok()["items"].as_array().unwrap().clone()
}

/// A schedule's wait, with the most that is added at random.
const fn padded(seconds: u64) -> Duration {
    Duration::from_millis(seconds * 1_100 + 1)
}

on_both! {
    async fn a_delivery_is_signed_as_the_standard_says(app) {
        // The library compares with the machine's own time.
        app.clock.set(Clock::System.now());
        let receiver = Receiver::start().await;
        let (id, secret) = receiver.register(&app, &[]).await;
        app.grant("ana", 7).await;
        deliver(&app).await;
        let got = receiver.take();
        assert_eq!(got.len(), 1);
        Webhook::new(&secret).unwrap().verify(got[0].text.as_bytes(), &got[0].headers).unwrap();
        let forged = got[0].text.replace('7', "9");
        assert!(Webhook::new(&secret).unwrap().verify(forged.as_bytes(), &got[0].headers).is_err());
        assert_eq!(got[0].header("content-type"), "application/json");
        assert_eq!(got[0].json["id"].as_str(), Some(got[0].header("webhook-id")));
        assert!(got[0].json["timestamp"].as_str().unwrap().parse::<Timestamp>().is_ok());

        let rotated = app.api(Method::POST, &format!("/webhooks/{id}/rotate-secret")).send().await;
        let fresh = rotated.ok()["secret"].as_str().unwrap().to_owned();
        assert_ne!(fresh, secret);
        app.grant("ana", 1).await;
        deliver(&app).await;
        let got = receiver.take();
        for secret in [&secret, &fresh] {
            Webhook::new(secret).unwrap().verify(got[0].text.as_bytes(), &got[0].headers).unwrap();
        }
        pass(&app, Duration::from_hours(25));
        app.grant("ana", 1).await;
        deliver(&app).await;
        let got = receiver.take();
        assert_eq!(got[0].header("webhook-signature").split(' ').count(), 1, "the old secret's time is up");
    }

    async fn a_failed_delivery_is_tried_again_and_its_account_waits(app) {
        let receiver = Receiver::start().await;
        let (id, _) = receiver.register(&app, &[]).await;
        receiver.answer(&[500, 503]);
        for amount in 1..=3 {
            app.grant("ana", amount).await;
        }
        deliver(&app).await;
        app.grant("ana", 4).await;
        deliver(&app).await;
        let first = receiver.take();
        assert_eq!(first.len(), 1, "the later ones wait");
        let entry = &log(&app, &id).await[3];
        assert_eq!((&entry["status"], &entry["last_status"]), (&json!("pending"), &json!(500)));
        assert_eq!((&entry["attempts"], &entry["last_error"]), (&json!(1), &json!("it answered 500")));
        pass(&app, Duration::from_secs(4));
        deliver(&app).await;
        assert_eq!(receiver.take().len(), 0, "not before its time");
        pass(&app, padded(5));
        deliver(&app).await;
        assert_eq!(receiver.take().len(), 1, "503 holds it again");
        pass(&app, padded(300));
        deliver(&app).await;
        let got = receiver.take();
        let amounts: Vec<_> = got.iter().map(|received| received.event().1["amount"].as_i64().unwrap()).collect();
        assert_eq!(amounts, [1, 2, 3, 4]);
        assert_eq!(got[0].header("webhook-id"), first[0].header("webhook-id"));
        assert_eq!(got[0].text, first[0].text);
        assert!(log(&app, &id).await.iter().all(|entry| entry["status"] == "delivered"));
    }

    async fn one_account_does_not_wait_for_another(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &[]).await;
        receiver.answer(&[500]);
        app.grant("ana", 1).await;
        deliver(&app).await;
        receiver.take();
        app.grant("ana", 2).await;
        app.grant("bob", 3).await;
        deliver(&app).await;
        let got = receiver.take();
        assert_eq!(got.iter().map(|received| &received.event().1["amount"]).collect::<Vec<_>>(), [3]);
    }

    async fn a_busy_account_is_delivered_in_order_by_several_processes(app) {
        let receiver = Receiver::start().await;
        receiver.register(&app, &["credits.added"]).await;
        for number in 0..60 {
            app.grant(["ana", "bob", "eve"][number % 3], i64::try_from(number).unwrap() + 1).await;
        }
        let couriers: Vec<_> = (0..3).map(|_| courier(&app, true)).collect();
        let runs = couriers.iter().map(|courier| { let courier = courier.clone(); tokio::spawn(async move { courier.run_due().await }) });
        for run in runs.collect::<Vec<_>>() {
            // One that meets another's lock gives up its look; the next look of anybody goes on.
            let _ = run.await.unwrap();
        }
        deliver(&app).await;
        let got = receiver.take();
        assert_eq!(got.len(), 60, "each once");
        for user in ["ana", "bob", "eve"] {
            let of = got.iter().filter(|received| received.event().1["user_id"] == user);
            let amounts: Vec<_> = of.map(|received| received.event().1["amount"].as_i64().unwrap()).collect();
            assert!(amounts.is_sorted(), "{user}: {amounts:?}");
        }
    }

    async fn a_process_that_ends_in_between_loses_nothing(app) {
        let receiver = Receiver::start().await;
        let (id, _) = receiver.register(&app, &[]).await;
        app.grant("ana", 1).await;
        // Claimed, and never settled.
        let mut tx = app.db.begin().await.unwrap();
        let now = app.clock.now();
        let lease = later(now, Duration::from_mins(1));
        let claims = server::store::webhooks::queue::claim(&mut tx, id.parse().unwrap(), now, lease, 8).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claims.len(), 1);
        deliver(&app).await;
        assert_eq!(receiver.take().len(), 0, "it is another's");
        pass(&app, Duration::from_mins(1));
        deliver(&app).await;
        assert_eq!(receiver.types(), ["credits.added"]);
    }

    async fn a_delivery_is_given_up_after_three_days_and_the_next_goes(app) {
        let receiver = Receiver::start().await;
        let (id, _) = receiver.register(&app, &[]).await;
        receiver.answer(&[500; 10]);
        app.grant("ana", 1).await;
        app.grant("ana", 2).await;
        deliver(&app).await;
        for seconds in [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] {
            pass(&app, padded(seconds));
            deliver(&app).await;
        }
        let got = receiver.take();
        assert_eq!(got.iter().filter(|received| received.event().1["amount"] == 1).count(), 10);
        assert_eq!(got.iter().filter(|received| received.event().1["amount"] == 2).count(), 1);
        let entries = log(&app, &id).await;
        assert_eq!((&entries[1]["status"], &entries[1]["attempts"]), (&json!("failed"), &json!(10)));
        assert_eq!(entries[0]["status"], "delivered");
    }

    async fn a_dead_endpoint_is_disabled_and_others_are_told(app) {
        let (dead, watch) = (Receiver::start().await, Receiver::start().await);
        let (id, _) = dead.register(&app, &["credits.added"]).await;
        watch.register(&app, &["endpoint.disabled"]).await;
        dead.answer(&[500; 100]);
        let mut disabled_after = None;
        for hours in 0..8 * 24 {
            app.grant("ana", 1).await;
            deliver(&app).await;
            if app.get(&format!("/webhooks/{id}")).await.ok().get("disabled_at").is_some() {
                disabled_after = Some(hours);
                break;
            }
            pass(&app, Duration::from_hours(1));
        }
        assert!(disabled_after.is_some_and(|hours| (120..150).contains(&hours)), "{disabled_after:?} hours");
        deliver(&app).await;
        let told = watch.take();
        let (kind, data) = told[0].event();
        assert_eq!((kind, &data["webhook_id"], told.len()), ("endpoint.disabled", &json!(id), 1));
        dead.take();
        pass(&app, Duration::from_hours(48));
        deliver(&app).await;
        assert_eq!(dead.take().len(), 0, "nothing is sent to it any more");

        dead.answers_again();
        let enabled = app.api(Method::PATCH, &format!("/webhooks/{id}")).json(json!({ "disabled": false })).send().await;
        assert_eq!(enabled.ok().get("disabled_at"), None);
        deliver(&app).await;
        assert!(dead.take().len() > 100, "what waited is sent");
    }

    async fn an_endpoint_that_is_gone_is_disabled_at_once(app) {
        let receiver = Receiver::start().await;
        let (id, _) = receiver.register(&app, &[]).await;
        receiver.answer(&[410]);
        app.grant("ana", 1).await;
        app.grant("ana", 2).await;
        deliver(&app).await;
        assert_eq!(receiver.take().len(), 1);
        let endpoint = app.get(&format!("/webhooks/{id}")).await;
        assert_eq!(endpoint.ok()["disabled_reason"], "it answered 410: gone");
        let mut tx = app.db.snapshot().await.unwrap();
        let events: Vec<(String,)> = sql("SELECT type FROM events ORDER BY seq").all(&mut tx).await.unwrap();
        assert_eq!(events.last().unwrap().0, "endpoint.disabled", "recorded, though nobody is left to be told");
    }

    async fn a_redirect_is_not_followed(app) {
        let (receiver, other) = (Receiver::start().await, Receiver::start().await);
        let (id, _) = receiver.register(&app, &[]).await;
        receiver.redirect(&other.url);
        app.grant("ana", 1).await;
        deliver(&app).await;
        assert_eq!((receiver.take().len(), other.take().len()), (1, 0));
        let entry = &log(&app, &id).await[0];
        assert_eq!(entry["last_status"], 302);
        assert_eq!(entry["last_error"], "it answered 302, and redirects are not followed");
    }

    async fn nothing_private_is_reached_when_it_is_not_allowed(app) {
        let receiver = Receiver::start().await;
        // Made while it was allowed, as by a change of the configuration; the name stands for this machine.
        let port = receiver.url.rsplit(':').next().unwrap().split('/').next().unwrap();
        let urls = [receiver.url.clone(), format!("https://localhost:{port}/"), format!("https://127.0.0.1:{port}/")];
        let mut ids = Vec::new();
        for url in urls {
            let made = app.post("/webhooks", json!({ "url": url })).await;
            ids.push(made.ok()["id"].as_str().unwrap().to_owned());
        }
        app.grant("ana", 1).await;
        courier(&app, false).run_due().await.unwrap();
        assert_eq!(receiver.take().len(), 0);
        let errors = [
            "the address must start with https://",
            "the address is not of the public internet",
            "the address must not lead into a private network",
        ];
        for (id, error) in ids.iter().zip(errors) {
            let entry = &log(&app, id).await[0];
            assert_eq!((entry["last_error"].as_str(), entry.get("last_status")), (Some(error), None));
        }
    }

    async fn old_deliveries_are_removed_and_what_waits_is_not(app) {
        let receiver = Receiver::start().await;
        let (id, _) = receiver.register(&app, &[]).await;
        app.grant("ana", 1).await;
        deliver(&app).await;
        app.api(Method::PATCH, &format!("/webhooks/{id}")).json(json!({ "disabled": true })).send().await.ok();
        app.api(Method::PATCH, &format!("/webhooks/{id}")).json(json!({ "disabled": false })).send().await.ok();
        app.grant("ana", 2).await;
        pass(&app, Duration::from_hours(31 * 24));
        courier(&app, true).prune().await.unwrap();
        let entries = log(&app, &id).await;
        assert_eq!((entries.len(), &entries[0]["status"]), (1, &json!("pending")));
        let mut tx = app.db.snapshot().await.unwrap();
        let (events,): (i64,) = sql("SELECT COUNT(*) FROM events").one(&mut tx).await.unwrap();
        assert_eq!(events, 1);
    }
}

#[tokio::test]
async fn an_endpoint_that_does_not_listen_is_told_in_plain_words() {
    let sender = Sender::new(true).unwrap();
    let secrets = [server::webhooks::secret::random()];
    // A port that was free a moment ago.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let parcel = Parcel { url: &url, secrets: &secrets, id: "1", payload: "{}" };
    let outcome = sender.send(parcel, "2026-11-25T12:00:00Z".parse().unwrap()).await;
    let error = "no connection could be made".to_owned();
    assert_eq!(outcome, Outcome::Failed { status: None, error, retry_after: None });
}
