//! Requests that wait for a second person.

use super::{StoreError, Tx, sql};
use crate::clock::from_micros;
use app::model::{Approval, ApprovalKind, ApprovalStatus, Credits, Timestamp, Uuid};

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: Uuid,
    proposal: String,
    subject: String,
    amount: Option<i64>,
    reason: String,
    requested_by: String,
    requested_at: i64,
    expires_at: i64,
    status: String,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    note: Option<String>,
    result: Option<String>,
}

const SELECT: &str = "SELECT id, proposal, subject, amount, reason, requested_by, requested_at, expires_at, status, \
                      decided_by, decided_at, note, result FROM approvals";

impl TryFrom<Row> for Approval {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            proposal: serde_json::from_str(&row.proposal).map_err(|error| StoreError::corrupt("proposal", error))?,
            subject: row.subject,
            amount: row.amount.map(Credits::from_micros),
            reason: row.reason,
            requested_by: row.requested_by,
            requested_at: from_micros(row.requested_at),
            expires_at: from_micros(row.expires_at),
            status: ApprovalStatus::parse(&row.status)
                .ok_or_else(|| StoreError::corrupt("approval status", &row.status))?,
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(from_micros),
            note: row.note,
            result: row.result,
        })
    }
}

/// A second one with the same id is [`StoreError::is_duplicate`].
pub async fn insert(tx: &mut Tx, approval: &Approval) -> Result<(), StoreError> {
    let proposal = serde_json::to_string(&approval.proposal).map_err(|error| StoreError::corrupt("proposal", error))?;
    sql("INSERT INTO approvals (id, kind, proposal, subject, amount, reason, requested_by, requested_at, expires_at, \
         status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending')")
    .bind(approval.id)
    .bind(approval.kind().as_str())
    .bind(proposal)
    .bind(approval.subject.as_str())
    .bind(approval.amount)
    .bind(approval.reason.as_str())
    .bind(approval.requested_by.as_str())
    .bind(approval.requested_at)
    .bind(approval.expires_at)
    .execute_one(tx)
    .await
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Approval>, StoreError> {
    let row: Option<Row> = sql(format!("{SELECT} WHERE id = $1")).bind(id).optional(tx).await?;
    row.map(Approval::try_from).transpose()
}

/// The request, locked until the end of the transaction: of two who decide, the second finds it decided.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<Approval>, StoreError> {
    let lock = tx.for_update();
    let row: Option<Row> = sql(format!("{SELECT} WHERE id = $1{lock}")).bind(id).optional(tx).await?;
    row.map(Approval::try_from).transpose()
}

/// How a request ended.
#[derive(Clone, Debug)]
pub struct Decided<'a> {
    pub status: ApprovalStatus,
    pub by: &'a str,
    pub note: Option<&'a str>,
    pub result: Option<String>,
}

/// Ends a request that is locked and pending.
pub async fn decide(tx: &mut Tx, id: Uuid, decided: Decided<'_>, now: Timestamp) -> Result<(), StoreError> {
    sql("UPDATE approvals SET status = $2, decided_by = $3, decided_at = $4, note = $5, result = $6 \
         WHERE id = $1 AND status = 'pending'")
    .bind(id)
    .bind(decided.status.as_str())
    .bind(decided.by)
    .bind(now)
    .bind(decided.note)
    .bind(decided.result)
    .execute_one(tx)
    .await
}

/// Pending requests, the oldest first.
pub async fn pending(tx: &mut Tx, now: Timestamp) -> Result<Vec<Approval>, StoreError> {
    let rows: Vec<Row> = sql(format!("{SELECT} WHERE status = 'pending' AND expires_at > $1 ORDER BY id LIMIT 500"))
        .bind(now)
        .all(tx)
        .await?;
    rows.into_iter().map(Approval::try_from).collect()
}

/// Pending requests about an account, the oldest first. A pricing version is no account, though it has a number.
pub async fn about(tx: &mut Tx, subject: &str, now: Timestamp) -> Result<Vec<Approval>, StoreError> {
    const WHICH: &str = "WHERE status = 'pending' AND expires_at > $1 AND subject = $2 AND kind <> 'activation' \
                         ORDER BY id LIMIT 50";
    let rows: Vec<Row> = sql(format!("{SELECT} {WHICH}")).bind(now).bind(subject).all(tx).await?;
    rows.into_iter().map(Approval::try_from).collect()
}

/// The latest requests of somebody, however they ended.
pub async fn of(tx: &mut Tx, who: &str, limit: u32) -> Result<Vec<Approval>, StoreError> {
    let rows: Vec<Row> = sql(format!("{SELECT} WHERE requested_by = $1 ORDER BY id DESC LIMIT $2"))
        .bind(who)
        .bind(i64::from(limit))
        .all(tx)
        .await?;
    rows.into_iter().map(Approval::try_from).collect()
}

/// Requests that ended, the newest first: those before `before`, and one more than `limit` when there are more.
pub async fn decided(
    tx: &mut Tx,
    before: Option<Uuid>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Approval>, StoreError> {
    let rows: Vec<Row> =
        sql(format!("{SELECT} WHERE (status <> 'pending' OR expires_at <= $1) AND id < $2 ORDER BY id DESC LIMIT $3"))
            .bind(now)
            .bind(before.unwrap_or(Uuid::max()))
            .bind(i64::from(limit) + 1)
            .all(tx)
            .await?;
    rows.into_iter().map(Approval::try_from).collect()
}

/// The ids of those whose time is over and who do not know it yet.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<(Uuid,)> = sql("SELECT id FROM approvals WHERE status = 'pending' AND expires_at <= $1 ORDER BY id")
        .bind(now)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many pending requests of these kinds others than `who` have made.
pub async fn count_for(tx: &mut Tx, kinds: &[ApprovalKind], who: &str, now: Timestamp) -> Result<i64, StoreError> {
    if kinds.is_empty() {
        return Ok(0);
    }
    let list = super::tuples(1, kinds.len(), 3);
    let (count,): (i64,) = sql(format!(
        "SELECT COUNT(*) FROM approvals WHERE status = 'pending' AND expires_at > $1 AND requested_by <> $2 AND kind IN {list}"
    ))
    .bind(now)
    .bind(who)
    .bind_all(kinds.iter().map(|kind| kind.as_str().into()))
    .one(tx)
    .await?;
    Ok(count)
}

/// What somebody has added to an account since `since`.
pub async fn granted_by(tx: &mut Tx, account: i64, who: &str, since: Timestamp) -> Result<Credits, StoreError> {
    let (micros,): (i64,) = sql("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM entries \
         WHERE account_id = $1 AND actor = $2 AND operation = 'add_credits' AND COALESCE(recorded_at, occurred_at) > $3")
    .bind(account)
    .bind(who)
    .bind(since)
    .one(tx)
    .await?;
    Ok(Credits::from_micros(micros))
}
