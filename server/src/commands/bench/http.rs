//! The same charges over HTTP, to a server that runs already: one by one on kept connections, then in batches.

use super::super::CommandError;
use super::{MODELS, millis, per_second, price_list};
use crate::webhooks::sender::tls;
use app::error::AppError;
use reqwest::{Client, RequestBuilder, Url, redirect};
use serde_json::{Value, json};
use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Charges in a batch, as many as one takes.
const BATCH: u64 = 1_000;
/// Batches in flight.
const BATCHES: u64 = 4;

/// A server and the way to ask it.
#[derive(Clone, Debug)]
pub struct Target {
    client: Client,
    /// Ends in a slash, so that what is joined to it comes after.
    base: Url,
    key: String,
    /// Keys of one run are not those of another.
    run: String,
}

impl Target {
    pub fn new(url: &str, key: &str, run: String) -> Result<Self, CommandError> {
        let failed = |error: &dyn std::fmt::Display| CommandError::Failed(error.to_string());
        let client = Client::builder()
            .tls_backend_preconfigured(tls().map_err(|error| failed(&error))?)
            .no_proxy()
            .tcp_nodelay(true)
            .redirect(redirect::Policy::none())
            .timeout(Duration::from_mins(1))
            .build()
            .map_err(|error| failed(&error))?;
        let base = Url::parse(&format!("{}/api/v1/", url.trim_end_matches('/'))).map_err(|error| failed(&error))?;
        Ok(Self { client, base, key: key.to_owned(), run })
    }

    pub async fn measure(
        &self,
        users: u64,
        in_flight: u64,
        charges: u64,
        out: &mut (dyn Write + Send),
    ) -> Result<(), CommandError> {
        writeln!(out, "HTTP; {users} users")?;
        self.prepare(users).await?;
        // Read once: the client shares the machine with what it measures.
        let addresses = (0..users).map(|n| self.at(&format!("users/user-{n}/deductions")));
        let addresses: Arc<[Url]> = addresses.collect();
        let single = move |n: u64| {
            let at = usize::try_from(n % users).unwrap_or_default();
            (addresses[at].clone(), Some(format!("single-{n}")), json!({ "metrics": metrics(n) }))
        };
        let (rate, times) = self.rate(charges, in_flight, single).await?;
        let (median, late) = (millis(times[times.len() / 2]), millis(times[times.len() * 99 / 100]));
        writeln!(
            out,
            "  one charge a request, {in_flight} connections: {rate:.0} /s, median {median:.1} ms, p99 {late:.1} ms"
        )?;
        let run = self.run.clone();
        let address = self.at("deductions:batch");
        let batch = move |batch: u64| {
            let charge = |n: u64| {
                let key = format!("{run}-batch-{n}");
                json!({ "user_id": format!("user-{}", n % users), "idempotency_key": key, "metrics": metrics(n) })
            };
            let charges: Vec<Value> = (batch * BATCH..(batch + 1) * BATCH).map(charge).collect();
            (address.clone(), None, json!({ "charges": charges }))
        };
        let batches = (charges / BATCH).max(1);
        let (rate, times) = self.rate(batches, BATCHES, batch).await?;
        let late = millis(times[times.len() * 99 / 100]);
        writeln!(
            out,
            "  {BATCH} charges a request, {BATCHES} connections: {:.0} charges/s, p99 of a request {late:.0} ms",
            rate * 1_000.0
        )?;
        Ok(())
    }

    /// A price list, and credits for everyone.
    async fn prepare(&self, users: u64) -> Result<(), CommandError> {
        let versions = self.at("pricing/versions");
        self.ask(versions, None, &json!({ "config": price_list(), "activate": true })).await?;
        let target = self.clone();
        let grant = move |n: u64| {
            let address = target.at(&format!("users/user-{n}/credits"));
            (address, Some(format!("grant-{n}")), json!({ "amount": 1e6 }))
        };
        self.rate(users, 16, grant).await?;
        Ok(())
    }

    fn at(&self, path: &str) -> Url {
        let mut address = self.base.clone();
        address.set_path(&format!("{}{path}", self.base.path()));
        address
    }

    /// Makes `count` requests, and gives their number per second and how long each took, shortest first.
    async fn rate(
        &self,
        count: u64,
        in_flight: u64,
        request: impl Fn(u64) -> (Url, Option<String>, Value) + Clone + Send + 'static,
    ) -> Result<(f64, Vec<Duration>), CommandError> {
        let next = Arc::new(AtomicU64::new(0));
        let start = Instant::now();
        let mut callers = JoinSet::new();
        for _ in 0..in_flight {
            let (target, next, request) = (self.clone(), Arc::clone(&next), request.clone());
            callers.spawn(async move {
                let mut times = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    if n >= count {
                        return Ok::<_, CommandError>(times);
                    }
                    let (address, key, body) = request(n);
                    let begin = Instant::now();
                    target.ask(address, key, &body).await?;
                    times.push(begin.elapsed());
                }
            });
        }
        let mut times = Vec::new();
        while let Some(caller) = callers.join_next().await {
            times.extend(caller.map_err(CommandError::usage)??);
        }
        let rate = per_second(count, start.elapsed());
        times.sort_unstable();
        Ok((rate, times))
    }

    /// Posts, and refuses any answer but a success, also of a charge within a batch.
    async fn ask(&self, address: Url, key: Option<String>, body: &Value) -> Result<(), CommandError> {
        let path = address.path().to_owned();
        let failed = |what: String| CommandError::Failed(format!("{path}: {what}"));
        let request = self.client.post(address).bearer_auth(&self.key);
        let keyed = |request: RequestBuilder| match &key {
            Some(key) => request.header("Idempotency-Key", format!("{}-{key}", self.run)),
            None => request,
        };
        let body = serde_json::to_vec(body).map_err(|error| failed(error.to_string()))?;
        let request = keyed(request).header("Content-Type", "application/json").body(body);
        let answer = request.send().await.map_err(|error| failed(error.to_string()))?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|error| failed(error.to_string()))?;
        let refused = !status.is_success() || bytes.windows(9).any(|some| some == b"\"problem\"");
        if refused {
            let text: String = String::from_utf8_lossy(&bytes).chars().take(500).collect();
            return Err(AppError::new(app::error::Code::Unavailable, format!("{path}: {status}: {text}")).into());
        }
        Ok(())
    }
}

fn metrics(n: u64) -> Value {
    let model = MODELS[usize::try_from(n).unwrap_or(0) % MODELS.len()];
    json!({ "model": model, "input_tokens": 200 + n % 4_000, "output_tokens": 20 + n % 700 })
}
