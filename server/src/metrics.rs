//! What this process counts about itself, for Prometheus.
//!
//! One set for the process, as Prometheus scrapes a process: so the writer and the HTTP layers count without being handed
//! anything. Counting is a few atomic additions; nothing here can fail a request.

use crate::{
    ledger::Reply,
    service::writer::{Answer, Refusal},
};
use app::error::AppError;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};
use std::{sync::LazyLock, time::Duration};

/// The media type of the text.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Served {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    code: String,
}

/// The counters.
#[derive(Debug)]
pub struct Meters {
    registry: Registry,
    requests: Family<Served, Counter>,
    durations: Family<Route, Histogram>,
    charges: Counter,
    refusals: Family<Refused, Counter>,
    waiting: Gauge,
    batches: Histogram,
}

/// Those of this process.
pub fn meters() -> &'static Meters {
    static METERS: LazyLock<Meters> = LazyLock::new(Meters::new);
    &METERS
}

impl Meters {
    fn new() -> Self {
        // From half a millisecond to eight seconds; from one command to a full batch.
        let durations = Family::new_with_constructor(
            (|| Histogram::new(exponential_buckets(0.0005, 2.0, 15))) as fn() -> Histogram,
        );
        let batches = Histogram::new(exponential_buckets(1.0, 2.0, 9));
        let (requests, charges, refusals, waiting) = Default::default();
        let mut registry = Registry::with_prefix("creditdesk");
        registry.register("http_requests", "Requests answered, by route and status", Family::clone(&requests));
        registry.register("http_request_duration_seconds", "Time to the answer's head", durations.clone());
        registry.register("charges", "Charges made, replays left out", Counter::clone(&charges));
        registry.register("refusals", "What the ledger refused, by error code", Family::clone(&refusals));
        registry.register("writer_queue_length", "Commands that wait for the writer", Gauge::clone(&waiting));
        registry.register("writer_batch_size", "Commands in one commit", batches.clone());
        Self { registry, requests, durations, charges, refusals, waiting, batches }
    }

    /// A request was answered.
    pub fn served(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        self.requests.get_or_create(&Served { method, route: route.clone(), status }).inc();
        self.durations.get_or_create(&Route { method, route }).observe(took.as_secs_f64());
    }

    /// A command waits for the writer.
    pub fn queued(&self) {
        self.waiting.inc();
    }

    /// The writer took `commands` from those that wait.
    pub fn began_batch(&self, commands: usize) {
        self.waiting.dec_by(i64::try_from(commands).unwrap_or(0));
        #[expect(clippy::cast_precision_loss, reason = "at most a batch")]
        self.batches.observe(commands as f64);
    }

    /// A command was decided.
    pub fn answered(&self, answer: &Answer) {
        match answer {
            Ok(Reply::Charged(charge)) if !charge.idempotent => {
                self.charges.inc();
            }
            Ok(_) => {}
            Err(Refusal::Rejected(rejection)) => self.refused(&rejection.clone().into()),
            Err(Refusal::Failed(error)) => self.refused(error),
        }
    }

    fn refused(&self, error: &AppError) {
        self.refusals.get_or_create(&Refused { code: error.code.as_str() }).inc();
    }

    /// All of it, as Prometheus reads it.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_written_as_prometheus_reads_them() {
        let meters = Meters::new();
        meters.served("GET", "/api/v1/users", 200, Duration::from_millis(3));
        meters.queued();
        meters.queued();
        meters.began_batch(1);
        meters.refused(&AppError::invalid("amount", "is missing"));
        let text = meters.text().unwrap();
        for line in [
            "creditdesk_http_requests_total{method=\"GET\",route=\"/api/v1/users\",status=\"200\"} 1",
            "creditdesk_http_request_duration_seconds_bucket{le=\"0.004\",method=\"GET\",route=\"/api/v1/users\"} 1",
            "creditdesk_writer_queue_length 1",
            "creditdesk_writer_batch_size_sum 1.0",
            "creditdesk_refusals_total{code=\"invalid_request\"} 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
    }
}
