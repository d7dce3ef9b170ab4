//! Two steps asked of everybody: whom that holds, what stays open to them, and that nobody is locked out.

use crate::{
    desk_browser::Person,
    harness::{Answer, App},
};
use app::{
    backend::{Audits as _, Visit as _},
    error::Code,
    model::{Actor, AuditAction, AuditQuery, Role},
};
use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::json;
use server::{auth::visit::WebVisit, store::settings};
use std::sync::Arc;
use totp_rs::{Builder, Secret};
use tower_sessions::Session;

/// Every file of the pages.
fn files() -> Vec<String> {
    let mut files = crate::exports::addresses();
    files.push("/pricing/versions/1/export".to_owned());
    files
}

/// Switches it on or off behind everybody's back.
pub async fn put(app: &App, asked: bool) {
    let mut tx = app.db.begin().await.unwrap();
    settings::put(&mut tx, settings::TWO_STEPS, Some(&asked)).await.unwrap();
    tx.commit().await.unwrap();
}

/// The code that the authenticator on an account page shows now.
fn code(app: &App, page: &str) -> String {
    let secret = page.split("class=\"copy-id\"").nth(1).and_then(|rest| rest.split("<code").nth(1)).unwrap();
    let secret = secret.split_once('>').unwrap().1.split('<').next().unwrap().replace(' ', "");
    code_of(app, &secret)
}

fn code_of(app: &App, secret: &str) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(u64::try_from(app.clock.now().as_second()).unwrap()).to_string()
}

/// Sets an authenticator up in the browser, and gives its secret.
async fn set_up(app: &App, person: &Person<'_>) -> String {
    assert_eq!(person.done("/ui/begin_two_step", &[]).await, "/account#two-step");
    let page = person.read("/account").await;
    let code = code(app, &page);
    assert_eq!(person.done("/ui/confirm_two_step", &[("code", &code)]).await, "/account?saved=on#two-step");
    let secret = page.split("class=\"copy-id\"").nth(1).and_then(|rest| rest.split("<code").nth(1)).unwrap();
    secret.split_once('>').unwrap().1.split('<').next().unwrap().replace(' ', "")
}

fn leads_to_the_account(answer: &Answer) -> bool {
    answer.status.is_redirection() && answer.header("location") == Some("/account")
}

on_both! {
    async fn whoever_has_no_second_step_sets_one_up_before_anything_else(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let ben = Person::of(&app, "Ben", Role::Support).await;
        let refused = ada.refused("/ui/ask_two_steps", &[("asked", "yes")]).await;
        assert_eq!(refused.status, 409);
        assert!(refused.text.contains("Set up a second step of your own first"), "{}", refused.text);
        assert!(refused.text.contains("It is off: ") && refused.text.contains("2 people have none."), "{}", refused.text);
        ben.read("/users").await;

        set_up(&app, &ada).await;
        let next = ada.done("/ui/ask_two_steps", &[("asked", "yes")]).await;
        let page = ada.read(&next).await;
        assert!(page.contains("It is on. 1 person has no second step"), "{page}");
        assert!(ada.read("/account").await.contains("This desk asks everybody for two steps"));

        assert!(leads_to_the_account(&ben.open("/users").await), "it holds for who was in already");
        let account = ben.read("/account").await;
        assert!(account.contains("Set up a second step to go on") && account.contains("Sign out"), "{account}");
        assert!(!account.contains("href=\"/transactions\""), "no ways that lead nowhere: {account}");
        let sent = ben.submit("/ui/add_note", &[("user_id", "ana"), ("text", "hello")]).await;
        assert!(leads_to_the_account(&sent), "{} {}", sent.status, sent.text);
        let late = Person::of(&app, "Lea", Role::Admin).await;
        assert!(leads_to_the_account(&late.open("/").await), "and for who comes later");

        let secret = set_up(&app, &ben).await;
        ben.read("/users").await;
        assert!(!ben.read("/account").await.contains("Set up a second step to go on"));
        app.pass(30);
        let code = code_of(&app, &secret);
        ben.done("/ui/end_two_step", &[("code", &code)]).await;
        assert!(leads_to_the_account(&ben.open("/users").await), "without the last second step they set up another");
        set_up(&app, &ben).await;
        ben.read("/users").await;

        ada.done("/ui/ask_two_steps", &[("asked", "")]).await;
        late.read("/").await;
        let log = app.desk.audit(AuditQuery { limit: 50, ..AuditQuery::default() }).await.unwrap().items;
        let told: Vec<_> = log.iter().filter(|entry| entry.action == AuditAction::SettingsChanged).collect();
        let states: Vec<_> = told.iter().map(|entry| (entry.before.clone(), entry.after.clone())).collect();
        let state = |on: bool| Some(json!({ "two_steps": on }));
        assert_eq!(states, [(state(true), state(false)), (state(false), state(true))]);
        assert!(told.iter().all(|entry| entry.actor == "staff:ada@example.com" && entry.subject == "two_steps"));
    }

    async fn no_file_is_given_to_whom_it_holds(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 1).await;
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        for file in files() {
            let answer = ada.open(&file).await;
            assert!(!answer.status.is_redirection(), "{file}: {}", answer.status);
        }
        put(&app, true).await;
        for file in files() {
            let answer = ada.open(&file).await;
            assert!(leads_to_the_account(&answer), "{file}: {} {}", answer.status, answer.text);
        }
        assert!(leads_to_the_account(&ada.upload("/pricing/import/upload", "file", "{}").await));
        assert_eq!(ada.open("/ui/sign_out").await.status.as_u16() / 100, 4, "by a form only");
        assert_eq!(ada.submit("/ui/sign_out", &[]).await.header("location"), Some("/sign-in"));
    }

    async fn a_script_is_told_by_the_code(app) {
        put(&app, true).await;
        let session = Session::new(None, Arc::new(app.sessions.clone()), None);
        let visit = || WebVisit::new(app.staff.clone(), session.clone(), None);
        let token = app.staff.invite(&Actor::system("test"), "eve@example.com", Role::Support).await.unwrap();
        let eve = visit().join(&token, "Eve", "correct horse battery").await.unwrap();
        assert_eq!(visit().staff().await.unwrap_err().code, Code::SecondStepRequired, "also who joins");
        assert_eq!(visit().account().await.unwrap().map(|staff| staff.id), Some(eve.id));
        session.save().await.unwrap();
        let request = Request::builder()
            .method(Method::POST)
            .uri("/ui/users")
            .header("host", "desk.example")
            .header("accept", "application/json")
            .header("cookie", format!("creditdesk={}", session.id().unwrap()))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        let body = "filter[q]=&filter[sort]=&filter[order]=&filter[size]=&filter[cursor]=";
        let answer = app.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!((answer.status.as_u16(), &answer.json["code"]), (403, &json!("second_step_required")), "{}", answer.text);
        visit().sign_out().await.unwrap();
        assert!(visit().account().await.unwrap().is_none());
    }
}
