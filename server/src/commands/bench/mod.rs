//! `creditdesk bench`: the figures that the README quotes, each with its limit, taken in one run.
//!
//! It writes into a scratch SQLite file, or into the PostgreSQL database of `DATABASE_URL` if that holds no entries yet.
//! With `--http` it charges a running server instead, by the API.
//!
//! The limit of the write rates is the same database doing one row per transaction, as a ledger without group commit would.

mod http;

use super::{CommandError, Desks};
use crate::{
    service::{Desk, verify::verify},
    store::{self, Db, sql},
};
use app::{
    backend::{Analytics as _, Caps as _, Ledger as _, Pricing as _},
    model::{
        Actor, AddCredits, CapAction,
        CapType::{Daily, Monthly},
        Charge, CreditKind, CreditMetadata, Credits, Deduct, SpendCap, Timestamp, UsageMetrics,
    },
    pricing::Pricing,
    range::{RangeQuery, ReportRange},
};
use clap::Args;
use jiff::ToSpan;
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

const MODELS: [&str; 12] = [
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "o3",
    "claude-sonnet-4",
    "claude-haiku-3.5",
    "gemini-2.5-pro",
    "gemini-2.5-flash",
    "llama-3.3-70b",
    "mistral-large",
    "deepseek-v3",
    "command-r",
];

/// Micro-credits that nobody spends in a run.
const WEALTH: i64 = 1_000_000_000_000_000;

#[derive(Args, Debug)]
pub struct Bench {
    /// Users that the charges are spread over
    #[arg(long, default_value_t = 1_000)]
    users: u64,
    /// Requests in flight
    #[arg(long, default_value_t = 64)]
    in_flight: u64,
    /// Charges per rate measured
    #[arg(long, default_value_t = 100_000)]
    charges: u64,
    /// Charges in the ledger when the reports are measured; again at a tenth of it
    #[arg(long, default_value_t = 1_000_000)]
    history: u64,
    /// Charge the server at this address, with the key of `--key`, and measure nothing else
    #[arg(long, value_name = "URL", requires = "key")]
    http: Option<String>,
    /// A key with every scope
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

/// What one run works with.
struct Run {
    desk: Arc<Desk>,
    by: Actor,
    now: Timestamp,
    made: Arc<AtomicU64>,
}

impl Bench {
    pub async fn run(self, desks: &Desks, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        if let (Some(url), Some(key)) = (&self.http, &self.key) {
            let target = http::Target::new(url, key, desks.clock.now().as_microsecond().to_string())?;
            return target.measure(self.users, self.in_flight, self.charges, out).await;
        }
        let url = desks.settings.database_url();
        // In the data folder: the one for temporary files may be in memory, where a commit costs nothing.
        let scratch = desks.settings.data.join(format!("bench-{}", std::process::id()));
        let postgres = url.starts_with("postgres");
        let url = if postgres { url } else { format!("sqlite:{}", scratch.join("bench.db").display()) };
        let db = Db::open(&url).await?;
        store::migrate(&db).await?;
        let mut tx = db.snapshot().await?;
        if store::transactions::any(&mut tx).await? {
            return Err(CommandError::usage("DATABASE_URL holds entries: the bench wants an empty database"));
        }
        drop(tx);
        let result = self.measure(desks, &db, out).await;
        db.close().await;
        if !postgres {
            let _ = std::fs::remove_dir_all(&scratch);
        }
        result
    }

    async fn measure(&self, desks: &Desks, db: &Db, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let name = if db.is_postgres() { "PostgreSQL" } else { "SQLite, synced before each answer" };
        writeln!(out, "{name}; {} users, {} in flight", self.users, self.in_flight)?;
        let run = Run {
            desk: desks.ledger(db.clone()),
            by: Actor::system("bench"),
            now: desks.clock.now(),
            made: Arc::new(AtomicU64::new(0)),
        };
        self.prepare(&run).await?;
        let limit = one_by_one(db, (self.charges / 20).max(500)).await?;
        line(out, "one row per transaction, one after another", limit, "tx/s", None)?;
        let users = self.users;
        let spread = self.rate(&run, self.charges, move |n| format!("user-{}", n % users), |_| None).await?;
        line(out, "deductions, spread over the users", spread, "/s", Some((limit, "of the row above")))?;
        let hot = self.rate(&run, self.charges, |_| "hot".to_owned(), |_| None).await?;
        line(out, "deductions, one hot user", hot, "/s", Some((spread, "of the spread rate")))?;
        for goal in [self.history / 10, self.history] {
            let missing = goal.saturating_sub(run.made.load(Ordering::SeqCst));
            let now = run.now;
            // Spread evenly over the 60 days that the overview and its comparison read, in the order of time.
            let at = move |n: u64| {
                let back = u128::from(missing - n) * 5_184_000 / u128::from(missing);
                now.checked_sub(i64::try_from(back).ok()?.seconds()).ok()
            };
            self.rate(&run, missing, move |n| format!("user-{}", n.wrapping_mul(7_919) % users), at).await?;
            self.reports(&run, out).await?;
            self.backtest(&run, out).await?;
        }
        let start = Instant::now();
        let differences = verify(db, desks.clock.now()).await?.differences.len();
        let (time, charges) = (start.elapsed().as_secs_f64(), run.made.load(Ordering::SeqCst));
        writeln!(out, "  verify, {charges} charges: {time:.1} s, {differences} differences")?;
        self.veteran(&run, out).await?;
        size(db, out).await
    }

    /// What a charge costs a user of many charges and five caps, and what one costs somebody new, taken turn by turn.
    async fn veteran(&self, run: &Run, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        self.rate(run, self.history, |_| "veteran".to_owned(), |_| None).await?;
        for (cap_type, model) in [
            (Daily, None),
            (Monthly, None),
            (Daily, Some(MODELS[0])),
            (Monthly, Some(MODELS[0])),
            (Daily, Some(MODELS[1])),
        ] {
            let cap = SpendCap {
                user_id: "veteran".to_owned(),
                cap_type,
                model: model.map(str::to_owned),
                limit: Credits::from_micros(WEALTH),
                action: CapAction::Deny,
            };
            run.desk.set_cap(&run.by, cap).await?;
        }
        let turn = (self.charges / 20).max(500);
        let (mut old, mut new) = (0.0, 0.0);
        for _ in 0..10 {
            old += 1.0 / self.rate(run, turn, |_| "veteran".to_owned(), |_| None).await?;
            new += 1.0 / self.rate(run, turn, |_| "newcomer".to_owned(), |_| None).await?;
        }
        writeln!(
            out,
            "  a charge with 5 caps after {} charges of that user: {:.2} × one of a user without either",
            self.history,
            old / new
        )?;
        Ok(())
    }

    /// A price list, and credits for everyone.
    async fn prepare(&self, run: &Run) -> Result<(), CommandError> {
        run.desk.publish(&run.by, price_list(), None, true).await?;
        let others = ["hot", "veteran", "newcomer"].map(str::to_owned);
        let names = (0..self.users).map(|n| format!("user-{n}")).chain(others);
        for user_id in names {
            let request = AddCredits {
                user_id,
                amount: Credits::from_micros(WEALTH),
                kind: CreditKind::Grant,
                expires_at: None,
                metadata: CreditMetadata::default(),
                key: None,
            };
            run.desk.add_credits(&run.by, request).await?;
        }
        Ok(())
    }

    /// Makes `count` charges, each with a key of its own, and gives their number per second.
    async fn rate(
        &self,
        run: &Run,
        count: u64,
        user: impl Fn(u64) -> String + Send + Sync + Copy + 'static,
        at: impl Fn(u64) -> Option<Timestamp> + Send + Sync + Copy + 'static,
    ) -> Result<f64, CommandError> {
        let next = Arc::new(AtomicU64::new(0));
        let base = run.made.load(Ordering::SeqCst);
        let start = Instant::now();
        let mut callers = JoinSet::new();
        for _ in 0..self.in_flight {
            let (desk, by, next) = (run.desk.clone(), run.by.clone(), next.clone());
            callers.spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    if n >= count {
                        return Ok::<(), app::error::AppError>(());
                    }
                    desk.deduct(&by, charge(base + n, user(n), at(n))).await?;
                }
            });
        }
        while let Some(caller) = callers.join_next().await {
            caller.map_err(CommandError::usage)??;
        }
        run.made.fetch_add(count, Ordering::SeqCst);
        Ok(per_second(count, start.elapsed()))
    }

    async fn reports(&self, run: &Run, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let charges = run.made.load(Ordering::SeqCst);
        for zone in ["UTC", "America/New_York", "Asia/Kathmandu"] {
            let query = RangeQuery { range: Some("30d"), tz: Some(zone), ..RangeQuery::default() };
            let range = ReportRange::read(&query, "UTC", run.now)?;
            let mut times = Vec::new();
            for _ in 0..30 {
                let start = Instant::now();
                run.desk.overview(&range, false).await?;
                times.push(start.elapsed());
            }
            times.sort();
            let (median, worst) = (millis(times[times.len() / 2]), millis(times[times.len() - 1]));
            writeln!(
                out,
                "  overview, 30 days in {zone}, {charges} charges: median {median:.1} ms, worst of 30 {worst:.1} ms"
            )?;
        }
        let query = RangeQuery { range: Some("30d"), ..RangeQuery::default() };
        let range = ReportRange::read(&query, "UTC", run.now)?;
        let start = Instant::now();
        let overview = run.desk.overview(&range, true).await?;
        let proof = overview.proof.map(|proof| (proof.entries, proof.difference())).unwrap_or_default();
        let took = millis(start.elapsed());
        writeln!(out, "  the same with its proof against {} entries: {took:.1} ms, difference {}", proof.0, proof.1)?;
        Ok(())
    }

    /// Prices all of the history anew, by the version that charged it: the difference must be nothing.
    async fn backtest(&self, run: &Run, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let config = run.desk.active_version().await?.config;
        let pricing = Pricing::compile(config).map_err(|errors| CommandError::usage(format!("{errors:?}")))?;
        let start = run.now.checked_sub(jiff::SignedDuration::from_hours(24 * 90)).unwrap_or(run.now);
        let report = run.desk.backtest_now(Arc::new(pricing), start, run.now).await?;
        let rate = |micros: i64| report.repriced.saturating_mul(1_000_000) / micros.max(1);
        writeln!(
            out,
            "  back-test of {} charges: {} /s priced, {} /s read and priced, difference {}",
            report.charges,
            rate(report.pricing_micros),
            rate(report.took_micros),
            report.gross.change()
        )?;
        Ok(())
    }
}

/// One formula for every model.
fn price_list() -> Value {
    let formula = json!("input_tokens * 0.00025 + output_tokens * 0.001");
    let models: serde_json::Map<_, _> = MODELS.iter().map(|name| ((*name).to_owned(), formula.clone())).collect();
    json!({ "models": models, "min_balance": 0 })
}

fn charge(number: u64, user_id: String, occurred_at: Option<Timestamp>) -> Deduct {
    let model = MODELS[usize::try_from(number).unwrap_or(0) % MODELS.len()];
    let metrics = UsageMetrics {
        model: Some(model.to_owned()),
        input_tokens: 200 + number % 4_000,
        output_tokens: 20 + number % 700,
        ..UsageMetrics::default()
    };
    Deduct {
        user_id,
        charge: Charge::Metrics(metrics),
        metadata: CreditMetadata::default(),
        key: Some(format!("bench-{number}")),
        occurred_at,
    }
}

/// What the same database does with an UPDATE and an INSERT in a transaction each: the limit of a ledger that commits one
/// charge at a time.
async fn one_by_one(db: &Db, count: u64) -> Result<f64, CommandError> {
    let mut tx = db.begin().await?;
    sql("CREATE TABLE bench_balance (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)").execute(&mut tx).await?;
    sql("CREATE TABLE bench_entry (id BIGINT PRIMARY KEY, account BIGINT NOT NULL, amount BIGINT NOT NULL)")
        .execute(&mut tx)
        .await?;
    sql("INSERT INTO bench_balance (id, balance) VALUES (1, 0)").execute(&mut tx).await?;
    tx.commit().await?;
    let start = Instant::now();
    for n in 0..count {
        let mut tx = db.begin().await?;
        sql("UPDATE bench_balance SET balance = balance - 1 WHERE id = $1").bind(1_i64).execute(&mut tx).await?;
        sql("INSERT INTO bench_entry (id, account, amount) VALUES ($1, 1, -1)")
            .bind(n.cast_signed())
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
    }
    let rate = per_second(count, start.elapsed());
    let mut tx = db.begin().await?;
    sql("DROP TABLE bench_balance").execute(&mut tx).await?;
    sql("DROP TABLE bench_entry").execute(&mut tx).await?;
    tx.commit().await?;
    Ok(rate)
}

async fn size(db: &Db, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let text = if db.is_postgres() {
        "SELECT CAST(pg_total_relation_size('entries') AS BIGINT), CAST(pg_database_size(current_database()) AS BIGINT), \
         (SELECT COUNT(*) FROM entries)"
    } else {
        "SELECT (SELECT SUM(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = 'entries')), \
         page_count * page_size, (SELECT COUNT(*) FROM entries) FROM pragma_page_count(), pragma_page_size()"
    };
    let mut tx = db.snapshot().await?;
    let (own, all, count): (i64, i64, i64) = sql(text).one(&mut tx).await?;
    let each = |bytes: i64| bytes / count.max(1);
    writeln!(
        out,
        "on disk: {} bytes per entry of {count} with its indexes; {} with all else, reports included",
        each(own),
        each(all)
    )?;
    Ok(())
}

fn line(
    out: &mut (dyn Write + Send),
    what: &str,
    rate: f64,
    unit: &str,
    limit: Option<(f64, &str)>,
) -> Result<(), CommandError> {
    match limit {
        None => writeln!(out, "  {what}: {rate:.0} {unit}")?,
        Some((limit, of)) => writeln!(out, "  {what}: {rate:.0} {unit}, {:.2} × {of}", rate / limit)?,
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
