//! The program itself, twice over one database, spoken to over HTTP.

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

fn serve(app: &App) -> Program {
    let mut child = Command::new(env!("CARGO_BIN_EXE_creditdesk"))
        .args(["serve", "--addr", "127.0.0.1:0"])
        .env("DATABASE_URL", &app.url)
        .env("CREDITDESK_LOG", "error")
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
        let programs = [serve(&app), serve(&app)];
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
}
