//! A product's server that takes webhooks: a real one, on a free port of this machine.

use crate::harness::App;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use server::{jobs::deliveries::Courier, webhooks::Sender};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

/// What came in.
#[derive(Clone, Debug)]
pub struct Received {
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Type and data.
    pub fn event(&self) -> (&str, &Value) {
        (self.json["type"].as_str().unwrap(), &self.json["data"])
    }
}

/// What to answer next: a status, with where a redirect leads.
type Answers = VecDeque<(u16, Option<String>)>;

#[derive(Clone, Debug)]
pub struct Receiver {
    pub url: String,
    got: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Receiver {
    /// Starts one that answers 200.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let receiver = Self { url, got: Arc::default(), answers: Arc::default() };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    /// What to answer to the next requests, before it is 200 again.
    pub fn answer(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses.iter().map(|status| (*status, None)));
    }

    /// Forgets what was to be answered.
    pub fn answers_again(&self) {
        self.answers.lock().unwrap().clear();
    }

    pub fn redirect(&self, to: &str) {
        self.answers.lock().unwrap().push_back((302, Some(to.to_owned())));
    }

    /// What came since the last call.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.got.lock().unwrap())
    }

    /// The types of what came since the last call.
    pub fn types(&self) -> Vec<String> {
        self.take().iter().map(|received| received.event().0.to_owned()).collect()
    }

    /// Makes a webhook to here, and gives its id and secret.
    pub async fn register(&self, app: &App, types: &[&str]) -> (String, String) {
        let made = app.post("/webhooks", json!({ "url": self.url, "event_types": types })).await;
        let text = |field: &str| made.ok()[field].as_str().unwrap().to_owned();
        (text("id"), text("secret"))
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, text: String) -> Response {
    let json = serde_json::from_str(&text).unwrap_or_default();
    receiver.got.lock().unwrap().push(Received { headers, text, json });
    let (status, to) = receiver.answers.lock().unwrap().pop_front().unwrap_or((200, None));
    let status = StatusCode::from_u16(status).unwrap();
    match to {
        Some(to) => (status, [(header::LOCATION, to)]).into_response(),
        None => status.into_response(),
    }
}

/// What delivers, driven by the test.
pub fn courier(app: &App, allow_private: bool) -> Arc<Courier> {
    let sender = Sender::new(allow_private).unwrap();
    Courier::new(app.db.clone(), app.clock.clone(), app.desk.outbox(), sender)
}

/// Delivers all that is due.
pub async fn deliver(app: &App) {
    courier(app, true).run_due().await.unwrap();
}
