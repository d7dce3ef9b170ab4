//! Back-tests: begun here, run beside the requests, and looked at from any process.
//!
//! A run reads one snapshot in pages by time, and prices a page while the next one is read. Its progress and its report are
//! rows, so that a page shows them without a script, and a colleague sees the same.

use super::{
    Desk,
    pricing::{invalid, label_of},
};
use crate::{
    backtest::Engine,
    clock::Clock,
    ledger::day_start,
    store::{Db, StoreError, backtests, charges, drafts},
};
use app::{
    backend::{Answer, Backtests as Port, Pricing as _},
    error::{AppError, Code},
    model::{
        Actor, Backtest, BacktestOf, BacktestReport, BacktestState, BacktestSubject, PricingConfigData, Timestamp, Uuid,
    },
    pricing::{Pricing, canonical_json, read_config, read_config_text},
};
use async_trait::async_trait;
use jiff::SignedDuration;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// Charges in a page.
const PAGE: i64 = 20_000;
/// Between two notes of how far a run is.
const NOTE_EVERY: Duration = Duration::from_millis(400);
/// Ranges that can be asked for.
const DAYS: [i64; 3] = [7, 30, 90];
/// Runs that are begun or wait, in this process.
const MAX_WAITING: usize = 8;

/// The runs of this process: one at a time, so that the charges have the rest of the machine.
#[derive(Debug)]
pub(super) struct Runs {
    places: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

impl Default for Runs {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(MAX_WAITING)), turn: Arc::new(Semaphore::new(1)) }
    }
}

#[async_trait]
impl Port for Desk {
    async fn start_backtest(&self, by: &Actor, of: BacktestOf, days: i64) -> Answer<Uuid> {
        if !DAYS.contains(&days) {
            return Err(AppError::invalid("days", "must be 7, 30 or 90"));
        }
        let (subject, label, config) = self.subject(of).await?;
        let content = canonical_json(&config);
        let pricing = Arc::new(Pricing::compile(config).map_err(invalid)?);
        let Ok(place) = Arc::clone(&self.runs.places).try_acquire_owned() else {
            return Err(AppError::new(
                Code::ConcurrencyLimit,
                "Other back-tests are waiting: try again when they are done.",
            ));
        };
        let now = Self::now(self);
        // Whole days of UTC, today among them.
        let start = day_start(now).checked_sub(SignedDuration::from_hours(24 * (days - 1))).unwrap_or(now);
        let new = Backtest {
            id: self.new_id(),
            subject,
            label,
            days,
            start,
            end: now,
            state: BacktestState::Running,
            done: 0,
            total: 0,
            problem: None,
            requested_by: by.name.clone(),
            created_at: now,
            report: None,
        };
        let mut tx = self.db.begin().await?;
        backtests::insert(&mut tx, &new, &content).await?;
        tx.commit().await?;
        let run = Run { db: self.db.clone(), clock: Arc::clone(&self.clock), id: new.id, pricing, start, end: now };
        let turn = Arc::clone(&self.runs.turn);
        tokio::spawn(async move {
            let turn = turn.acquire_owned().await;
            run.run().await;
            drop((turn, place));
        });
        Ok(new.id)
    }

    async fn backtest(&self, id: Uuid) -> Answer<Backtest> {
        let mut tx = self.db.snapshot().await?;
        let found = backtests::find(&mut tx, id, Self::now(self)).await?;
        found.ok_or_else(|| AppError::new(Code::NotFound, "There is no such back-test: the oldest are not kept."))
    }

    async fn backtests(&self, limit: u32) -> Answer<Vec<Backtest>> {
        let mut tx = self.db.snapshot().await?;
        Ok(backtests::latest(&mut tx, limit, Self::now(self)).await?)
    }
}

impl Desk {
    /// What is tried, how it is called, and its configuration.
    async fn subject(&self, of: BacktestOf) -> Answer<(BacktestSubject, String, PricingConfigData)> {
        match of {
            BacktestOf::Version(number) => {
                let found = self.version(number).await?;
                Ok((BacktestSubject::Version(number), format!("version {number}"), found.config))
            }
            BacktestOf::Draft(id) => {
                let mut tx = self.db.snapshot().await?;
                let draft = drafts::find(&mut tx, id, false).await?;
                let draft = draft.ok_or_else(|| AppError::new(Code::NotFound, "There is no such draft."))?;
                let config = read_config_text(&draft.content).map_err(invalid)?;
                let label = draft.label.map_or_else(|| "a draft".to_owned(), |label| format!("draft: {label}"));
                Ok((BacktestSubject::Draft(id), label, config))
            }
            BacktestOf::Config { config, label } => {
                let config = read_config(&config).map_err(invalid)?;
                let label = label_of(label)?.unwrap_or_else(|| "a configuration".to_owned());
                Ok((BacktestSubject::Config, label, config))
            }
        }
    }

    /// Prices a range anew at once, and gives the report: for the command line.
    pub async fn backtest_now(
        &self,
        pricing: Arc<Pricing>,
        start: Timestamp,
        end: Timestamp,
    ) -> Answer<BacktestReport> {
        let run = Run { db: self.db.clone(), clock: Arc::clone(&self.clock), id: Uuid::nil(), pricing, start, end };
        Ok(run.report().await?)
    }
}

/// One run.
struct Run {
    db: Db,
    clock: Arc<Clock>,
    id: Uuid,
    pricing: Arc<Pricing>,
    start: Timestamp,
    end: Timestamp,
}

impl Run {
    async fn run(self) {
        let result = self.report().await;
        if let Err(error) = &result {
            tracing::error!(%error, id = %self.id, "a back-test failed");
        }
        let told = result.as_ref().map_err(|_| "The ledger could not be read to the end; try again.");
        if let Err(error) = self.finish(told).await {
            tracing::error!(%error, id = %self.id, "the end of a back-test could not be kept");
        }
    }

    async fn finish(&self, result: Result<&BacktestReport, &str>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        backtests::finish(&mut tx, self.id, result, self.clock.now()).await?;
        tx.commit().await
    }

    async fn note(&self, done: i64, total: i64) -> Result<(), StoreError> {
        if self.id.is_nil() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        backtests::progress(&mut tx, self.id, done, total, self.clock.now()).await?;
        tx.commit().await
    }

    async fn report(&self) -> Result<BacktestReport, StoreError> {
        let began = Instant::now();
        let (from, end) = (self.start.as_microsecond(), self.end.as_microsecond());
        // An instant before the first, so that the first is after it.
        let first = Engine::first(from);
        let mut tx = self.db.snapshot().await?;
        let caps = backtests::caps(&mut tx).await?;
        let total = charges::count(&mut tx, first, end).await?;
        let mut engine = Engine::new(Arc::clone(&self.pricing), from, caps);
        let (mut done, mut pricing_time) = (0, Duration::ZERO);
        self.note(done, total).await?;
        let mut noted = Instant::now();
        let mut page = charges::page(&mut tx, first, end, None, PAGE).await?;
        while let Some(last) = page.last() {
            let after = (last.at, last.id);
            let read = i64::try_from(page.len()).unwrap_or(i64::MAX);
            let priced = tokio::task::spawn_blocking(move || {
                let began = Instant::now();
                for charge in &page {
                    engine.take(charge);
                }
                (engine, began.elapsed())
            });
            let (next, priced) = tokio::join!(charges::page(&mut tx, first, end, Some(after), PAGE), priced);
            let (engine_back, took) = priced.map_err(|error| StoreError::corrupt("charge", error))?;
            engine = engine_back;
            pricing_time += took;
            page = next?;
            done += read;
            if noted.elapsed() >= NOTE_EVERY {
                self.note(done, total).await?;
                noted = Instant::now();
            }
        }
        let sums = engine.sums();
        let who = backtests::names(&mut tx, &sums.named()).await?;
        let mut report = sums.report(&who);
        report.pricing_micros = i64::try_from(pricing_time.as_micros()).unwrap_or(i64::MAX);
        report.took_micros = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
        Ok(report)
    }
}
