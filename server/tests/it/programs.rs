//! The program itself, spoken to over HTTP: twice over one database, and with settings of its start.

use crate::harness::App;
use reqwest::Client;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
};
use tokio::task::JoinSet;

/// A running `creditdesk serve`, ended with its test.
struct Program {
    child: Child,
    base: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(app: &App, settings: &[(&str, &str)]) -> Program {
    let mut child = Command::new(env!("CARGO_BIN_EXE_creditdesk"))
        .args(["serve", "--addr", "127.0.0.1:0"])
        .env("DATABASE_URL", &app.url)
        .env("CREDITDESK_LOG", "error")
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().expect("the program says its address").unwrap();
    // Whatever else it says is read, so that it never waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    let base = first.strip_prefix("Creditdesk: ").expect(&first).to_owned();
    Program { child, base }
}

/// What a script asks of the pages: the status, and the answer.
async fn ask(program: &Program, path: &str, form: &'static str) -> (u16, Value) {
    let request = Client::new()
        .post(format!("{}{path}", program.base))
        .header("accept", "application/json")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

/// Whether people come in by a password, and by a passkey alone.
async fn ways_in(program: &Program) -> (bool, bool) {
    let (status, ways) = ask(program, "/ui/ways_in", "").await;
    assert_eq!(status, 200, "{ways}");
    (ways["password"].as_bool().unwrap(), ways["passkey"].as_bool().unwrap())
}

async fn ask_passkey(program: &Program) -> (u16, Value) {
    ask(program, "/ui/ask_passkey", "alone=1").await
}

/// Sends the same kind of request 64 times at once, in turn to both, and counts the answers by code.
async fn at_once(
    app: &App,
    programs: &[Program; 2],
    path: &str,
    body: &Value,
    key: impl Fn(usize) -> String,
) -> BTreeMap<String, usize> {
    let client = Client::new();
    let mut calls = JoinSet::new();
    for number in 0..64 {
        let request = client
            .post(format!("{}/api/v1{path}", programs[number % 2].base))
            .bearer_auth(&app.key)
            .header("Idempotency-Key", key(number))
            .header("content-type", "application/json")
            .body(body.to_string());
        calls.spawn(async move {
            let answer = request.send().await.unwrap();
            let json: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            match (json["code"].as_str(), json["idempotent"].as_bool()) {
                (Some(code), _) => code.to_owned(),
                (None, Some(true)) => "repeated".to_owned(),
                (None, _) => "done".to_owned(),
            }
        });
    }
    let mut counts = BTreeMap::new();
    while let Some(word) = calls.join_next().await {
        *counts.entry(word.unwrap()).or_insert(0) += 1;
    }
    counts
}

fn counts<const N: usize>(pairs: [(&str, usize); N]) -> BTreeMap<String, usize> {
    pairs.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

on_both! {
    async fn two_programs_over_one_database_keep_the_rules(app) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let programs = [serve(&app, &[]), serve(&app, &[])];
        app.grant("ana", 31).await;
        let charge = app.post("/users/ana/deductions", json!({ "amount": 1 })).await;
        let charge = charge.ok()["transaction_id"].as_str().unwrap().to_owned();
        let refunds = format!("/transactions/{charge}/refunds");
        let told = at_once(&app, &programs, &refunds, &json!({ "reason": "duplicate" }), |n| format!("r{n}")).await;
        assert_eq!(told, counts([("done", 1), ("already_refunded", 63)]));

        let one = json!({ "amount": 1 });
        let told = at_once(&app, &programs, "/users/ana/deductions", &one, |_| "same".to_owned()).await;
        assert_eq!(told, counts([("done", 1), ("repeated", 63)]));
        let told = at_once(&app, &programs, "/users/ana/deductions", &one, |n| format!("c{n}")).await;
        assert_eq!(told, counts([("done", 30), ("insufficient_credits", 34)]));
        assert_eq!(app.balance("ana").await, "0");
        app.assert_sound().await;
    }

    async fn without_passwords_there_are_no_passkeys_either(app) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Nobody asks the provider here.
        let mut settings = vec![("CREDITDESK_OIDC_ISSUER", "http://127.0.0.1:9"), ("CREDITDESK_OIDC_CLIENT_ID", "desk")];
        let with = serve(&app, &settings);
        settings.push(("CREDITDESK_PASSWORD_SIGN_IN", "false"));
        let without = serve(&app, &settings);
        assert_eq!(ways_in(&with).await, (true, true));
        assert_eq!(ask_passkey(&with).await.0, 200);
        assert_eq!(ways_in(&without).await, (false, false));
        let (status, refusal) = ask_passkey(&without).await;
        assert_eq!((status, &refusal["code"]), (404, &json!("not_found")), "{refusal}");
        assert!(refusal["message"].as_str().unwrap().contains("passwords switched on"), "{refusal}");
    }
}
