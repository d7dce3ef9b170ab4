//! Lots by the time at which they expire.

use super::{StoreError, Tx, sql};
use crate::clock::from_micros;
use app::model::{Credits, DueAccount, EntryKind, ExpiringLot, Holder, Timestamp, Uuid};
use sqlx::FromRow;

/// Where a page of lots ended: time, account, number.
pub type Place = (i64, i64, i64);

#[derive(Debug, FromRow)]
struct LotRow {
    account_id: i64,
    seq: i64,
    account_kind: String,
    external_id: String,
    name: Option<String>,
    source_entry: Uuid,
    kind: String,
    granted: i64,
    consumed: i64,
    expires_at: i64,
}

/// Lots and credits that expire at one instant.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Sum {
    pub expires_at: i64,
    pub lots: i64,
    pub micros: i64,
}

/// What expires after `start` and no later than `end`, added up by instant.
pub async fn sums(tx: &mut Tx, start: Timestamp, end: Timestamp) -> Result<Vec<Sum>, StoreError> {
    sql("SELECT expires_at, COUNT(*) AS lots, CAST(SUM(granted - consumed) AS BIGINT) AS micros FROM lots \
         WHERE open AND expires_at IS NOT NULL AND expires_at > $1 AND expires_at <= $2 GROUP BY expires_at \
         ORDER BY expires_at")
    .bind(start)
    .bind(end)
    .all(tx)
    .await
}

/// The lots behind [`sums`], the first to expire first: at most `limit` and one more. Each with its place.
pub async fn lots(
    tx: &mut Tx,
    start: Timestamp,
    end: Timestamp,
    after: Option<Place>,
    limit: u32,
) -> Result<Vec<(Place, ExpiringLot)>, StoreError> {
    let (at, account, seq) = after.unwrap_or((i64::MIN, i64::MIN, i64::MIN));
    let rows: Vec<LotRow> =
        sql("SELECT l.account_id, l.seq, a.kind AS account_kind, a.external_id, a.name, l.source_entry, l.kind, \
             l.granted, l.consumed, l.expires_at FROM lots l JOIN accounts a ON a.id = l.account_id \
             WHERE l.open AND l.expires_at IS NOT NULL AND l.expires_at > $1 AND l.expires_at <= $2 \
             AND (l.expires_at, l.account_id, l.seq) > ($3, $4, $5) \
             ORDER BY l.expires_at, l.account_id, l.seq LIMIT $6")
        .bind(start)
        .bind(end)
        .bind(at)
        .bind(account)
        .bind(seq)
        .bind(i64::from(limit) + 1)
        .all(tx)
        .await?;
    rows.into_iter().map(read).collect()
}

fn read(row: LotRow) -> Result<(Place, ExpiringLot), StoreError> {
    let place = (row.expires_at, row.account_id, row.seq);
    let lot = ExpiringLot {
        holder: Holder { team: row.account_kind == "team", id: row.external_id, name: row.name },
        source_transaction_id: row.source_entry,
        kind: EntryKind::parse(&row.kind).ok_or_else(|| StoreError::corrupt("kind of a lot", &row.kind))?,
        granted: Credits::from_micros(row.granted),
        remaining: Credits::from_micros(row.granted.saturating_sub(row.consumed)),
        expires_at: from_micros(row.expires_at),
    };
    Ok((place, lot))
}

/// Lots, credits and accounts that a sweep would book out now.
pub async fn due_sum(tx: &mut Tx, now: Timestamp) -> Result<(i64, i64, i64), StoreError> {
    sql("SELECT COUNT(*), CAST(COALESCE(SUM(granted - consumed), 0) AS BIGINT), COUNT(DISTINCT account_id) FROM lots \
         WHERE open AND expires_at IS NOT NULL AND expires_at <= $1")
    .bind(now)
    .one(tx)
    .await
}

#[derive(Debug, FromRow)]
struct DueRow {
    kind: String,
    external_id: String,
    name: Option<String>,
    balance: i64,
    lots: i64,
    micros: i64,
}

/// Whose they are, the most credits first.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<DueAccount>, StoreError> {
    let rows: Vec<DueRow> = sql("SELECT a.kind, a.external_id, a.name, a.balance, d.lots, d.micros FROM ( \
            SELECT account_id, COUNT(*) AS lots, CAST(SUM(granted - consumed) AS BIGINT) AS micros FROM lots \
            WHERE open AND expires_at IS NOT NULL AND expires_at <= $1 GROUP BY account_id \
         ) d JOIN accounts a ON a.id = d.account_id ORDER BY d.micros DESC, a.id LIMIT $2")
    .bind(now)
    .bind(i64::from(limit))
    .all(tx)
    .await?;
    let account = |row: DueRow| DueAccount {
        holder: Holder { team: row.kind == "team", id: row.external_id, name: row.name },
        lots: row.lots,
        credits: Credits::from_micros(row.micros),
        ledger_total: Credits::from_micros(row.balance),
    };
    Ok(rows.into_iter().map(account).collect())
}
