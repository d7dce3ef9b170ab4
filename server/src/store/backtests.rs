//! Back-tests, under way and done; and what they read beside the charges.

use super::{
    StoreError, Tx,
    books::{read_cap_action, read_cap_type},
    bulk::in_list,
    sql,
};
use crate::{
    backtest::{CapTerms, Who},
    clock::from_micros,
};
use app::model::{Backtest, BacktestReport, BacktestState, BacktestSubject, Customer, Timestamp, Uuid};
use jiff::SignedDuration;
use sqlx::FromRow;
use std::collections::HashMap;

/// Back-tests that are kept.
const MAX_KEPT: i64 = 100;
/// A run writes its progress far more often than this.
const SILENCE: SignedDuration = SignedDuration::from_secs(60);

#[derive(Debug, FromRow)]
struct Row {
    id: Uuid,
    version: Option<i64>,
    draft: Option<Uuid>,
    label: String,
    days: i64,
    range_start: i64,
    range_end: i64,
    state: String,
    done: i64,
    total: i64,
    report: Option<String>,
    problem: Option<String>,
    requested_by: String,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn into_backtest(self, now: Timestamp) -> Result<Backtest, StoreError> {
        let subject = match (self.version, self.draft) {
            (Some(version), _) => BacktestSubject::Version(version),
            (None, Some(draft)) => BacktestSubject::Draft(draft),
            (None, None) => BacktestSubject::Config,
        };
        let silent = now.duration_since(from_micros(self.updated_at)) > SILENCE;
        let state = match self.state.as_str() {
            "running" if silent => BacktestState::Stopped,
            "running" => BacktestState::Running,
            "done" => BacktestState::Done,
            "failed" => BacktestState::Failed,
            other => return Err(StoreError::corrupt("state of a back-test", other)),
        };
        let report: Option<BacktestReport> = match self.report {
            Some(text) => Some(serde_json::from_str(&text).map_err(|error| StoreError::corrupt("report", error))?),
            None => None,
        };
        Ok(Backtest {
            id: self.id,
            subject,
            label: self.label,
            days: self.days,
            start: from_micros(self.range_start),
            end: from_micros(self.range_end),
            state,
            done: self.done,
            total: self.total,
            problem: self.problem,
            requested_by: self.requested_by,
            created_at: from_micros(self.created_at),
            report,
        })
    }
}

/// Keeps a new one, and drops the oldest.
pub async fn insert(tx: &mut Tx, new: &Backtest, content: &str) -> Result<(), StoreError> {
    let (version, draft) = match new.subject {
        BacktestSubject::Version(version) => (Some(version), None),
        BacktestSubject::Draft(draft) => (None, Some(draft)),
        BacktestSubject::Config => (None, None),
    };
    sql(
        "INSERT INTO backtests (id, version, draft, label, content, days, range_start, range_end, state, done, total, \
         requested_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', 0, 0, $9, $10, $10)",
    )
    .bind(new.id)
    .bind(version)
    .bind(draft)
    .bind(new.label.as_str())
    .bind(content)
    .bind(new.days)
    .bind(new.start)
    .bind(new.end)
    .bind(new.requested_by.as_str())
    .bind(new.created_at)
    .execute_one(tx)
    .await?;
    sql("DELETE FROM backtests WHERE id NOT IN (SELECT id FROM backtests ORDER BY created_at DESC, id DESC LIMIT $1)")
        .bind(MAX_KEPT)
        .execute(tx)
        .await?;
    Ok(())
}

/// Says how far a run is. None is touched where it has been dropped meanwhile.
pub async fn progress(tx: &mut Tx, id: Uuid, done: i64, total: i64, now: Timestamp) -> Result<(), StoreError> {
    sql("UPDATE backtests SET done = $2, total = $3, updated_at = $4 WHERE id = $1 AND state = 'running'")
        .bind(id)
        .bind(done)
        .bind(total)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// Ends a run: with its report, or with what went wrong.
pub async fn finish(
    tx: &mut Tx,
    id: Uuid,
    result: Result<&BacktestReport, &str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (state, report, problem) = match result {
        Ok(report) => {
            let text = serde_json::to_string(report).map_err(|error| StoreError::corrupt("report", error))?;
            ("done", Some(text), None)
        }
        Err(problem) => ("failed", None, Some(problem.to_owned())),
    };
    sql("UPDATE backtests SET state = $2, report = $3, problem = $4, done = total, updated_at = $5 WHERE id = $1")
        .bind(id)
        .bind(state)
        .bind(report)
        .bind(problem)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<Option<Backtest>, StoreError> {
    let row: Option<Row> =
        sql("SELECT id, version, draft, label, days, range_start, range_end, state, done, total, report, \
         problem, requested_by, created_at, updated_at FROM backtests WHERE id = $1")
        .bind(id)
        .optional(tx)
        .await?;
    row.map(|row| row.into_backtest(now)).transpose()
}

/// The latest, without their reports, at most `limit`.
pub async fn latest(tx: &mut Tx, limit: u32, now: Timestamp) -> Result<Vec<Backtest>, StoreError> {
    let rows: Vec<Row> = sql("SELECT id, version, draft, label, days, range_start, range_end, state, done, total, \
         CAST(NULL AS TEXT) AS report, problem, requested_by, created_at, updated_at FROM backtests \
         ORDER BY created_at DESC, id DESC LIMIT $1")
    .bind(i64::from(limit))
    .all(tx)
    .await?;
    rows.into_iter().map(|row| row.into_backtest(now)).collect()
}

/// Every cap, as the back-test counts it.
pub async fn caps(tx: &mut Tx) -> Result<Vec<CapTerms>, StoreError> {
    let rows: Vec<(i64, String, String, i64, String)> =
        sql("SELECT account_id, type, model, cap_limit, action FROM caps ORDER BY id").all(tx).await?;
    rows.into_iter()
        .map(|(user, cap_type, model, limit, action)| {
            Ok(CapTerms {
                user,
                cap_type: read_cap_type(&cap_type)?,
                model: Some(model).filter(|model| !model.is_empty()),
                action: read_cap_action(&action)?,
                limit,
            })
        })
        .collect()
}

/// Who these accounts are.
pub async fn names(tx: &mut Tx, accounts: &[i64]) -> Result<Who, StoreError> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, String, String, Option<String>)> = in_list(
        "SELECT id, kind, external_id, name FROM accounts WHERE id IN",
        "",
        accounts.iter().map(|account| super::Arg::from(*account)),
    )
    .all(tx)
    .await?;
    let customer = |(number, kind, id, name): (i64, String, String, Option<String>)| {
        (number, Customer { id, team: kind == "team", name })
    };
    Ok(rows.into_iter().map(customer).collect())
}
