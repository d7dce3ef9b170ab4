//! The entries of a month, added up by day and kind: of one account from its entries, of all from the sums kept with them.

use super::{
    StoreError, Tx,
    reports::Piece,
    rollups::{DAY, QUARTER, bucket},
    sql,
};
use app::model::{Credits, EntryKind, StatementCost, Timestamp};
use sqlx::FromRow;

/// Entries of one kind on one day of the zone; `day` counts days since 1970-01-01.
#[derive(Clone, Debug)]
pub struct DayKind {
    pub day: i64,
    pub kind: EntryKind,
    pub amount: Credits,
    pub entries: i64,
}

#[derive(Debug, FromRow)]
struct DayKindRow {
    day: i64,
    kind: String,
    amount: i64,
    entries: i64,
}

/// The sum of all entries before `at`, read from themselves.
pub async fn ledger(tx: &mut Tx, account: Option<i64>, at: Timestamp) -> Result<Credits, StoreError> {
    const SUM: &str = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM entries WHERE occurred_at < $1";
    let statement = match account {
        Some(account) => sql(format!("{SUM} AND account_id = $2")).bind(at).bind(account),
        None => sql(SUM).bind(at),
    };
    let (sum,): (i64,) = statement.one(tx).await?;
    Ok(Credits::from_micros(sum))
}

/// The same of all accounts, from the sums by kind, and the number of those entries. `at` is on a quarter hour, as the days
/// of every zone begin.
pub async fn desk_balance(tx: &mut Tx, at: Timestamp) -> Result<(Credits, i64), StoreError> {
    let (sum, entries): (i64, i64) = sql("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT), \
                                          CAST(COALESCE(SUM(entries), 0) AS BIGINT) FROM rollup_kind \
                                          WHERE (span = $1 AND bucket < $2) OR (span = $3 AND bucket >= $2 AND bucket < $4)")
    .bind(DAY)
    .bind(bucket(at, DAY))
    .bind(QUARTER)
    .bind(at)
    .one(tx)
    .await?;
    Ok((Credits::from_micros(sum), entries))
}

/// Sums by day and kind over one piece.
pub async fn by_day(tx: &mut Tx, account: Option<i64>, piece: Piece) -> Result<Vec<DayKind>, StoreError> {
    let statement = match account {
        Some(account) => {
            sql("SELECT (occurred_at + $1) / 86400000000 AS day, kind, CAST(SUM(amount) AS BIGINT) AS amount, \
             COUNT(*) AS entries FROM entries WHERE occurred_at >= $2 AND occurred_at < $3 AND account_id = $4 \
             GROUP BY (occurred_at + $1) / 86400000000, kind")
            .bind(piece.offset)
            .bind(piece.start)
            .bind(piece.end)
            .bind(account)
        }
        None => sql("SELECT (bucket + $1) / 86400000000 AS day, kind, CAST(SUM(amount) AS BIGINT) AS amount, \
             CAST(SUM(entries) AS BIGINT) AS entries FROM rollup_kind WHERE span = $4 AND bucket >= $2 AND bucket < $3 \
             GROUP BY (bucket + $1) / 86400000000, kind")
        .bind(piece.offset)
        .bind(piece.start)
        .bind(piece.end)
        .bind(piece.span),
    };
    let rows: Vec<DayKindRow> = statement.all(tx).await?;
    let read = |row: DayKindRow| {
        let kind = EntryKind::parse(&row.kind).ok_or_else(|| StoreError::corrupt("entry kind", &row.kind))?;
        Ok(DayKind { day: row.day, kind, amount: Credits::from_micros(row.amount), entries: row.entries })
    };
    rows.into_iter().map(read).collect()
}

/// Charges of one account by model, with what was refunded of them in the same time.
pub async fn by_model(
    tx: &mut Tx,
    account: i64,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<(String, i64, i64, i64)>, StoreError> {
    sql("SELECT name, CAST(SUM(spend) AS BIGINT), CAST(SUM(charges) AS BIGINT), CAST(SUM(refunded) AS BIGINT) FROM ( \
            SELECT COALESCE(model, 'unknown') AS name, -amount AS spend, 1 AS charges, 0 AS refunded FROM entries \
            WHERE account_id = $1 AND occurred_at >= $2 AND occurred_at < $3 AND kind IN ('usage', 'team_usage') \
            UNION ALL \
            SELECT COALESCE(r.model, 'unknown'), 0, 0, r.amount FROM entries r \
            JOIN entries o ON o.id = r.reference_entry WHERE r.account_id = $1 AND r.occurred_at >= $2 \
            AND r.occurred_at < $3 AND r.kind = 'refund' AND o.kind IN ('usage', 'team_usage') \
         ) parts GROUP BY name")
    .bind(account)
    .bind(start)
    .bind(end)
    .all(tx)
    .await
}

/// What the charges of one account cost.
pub async fn cost(tx: &mut Tx, account: i64, start: Timestamp, end: Timestamp) -> Result<StatementCost, StoreError> {
    let (gross, allowance, uncollected): (i64, i64, i64) =
        sql("SELECT CAST(COALESCE(SUM(COALESCE(gross, -amount)), 0) AS BIGINT), CAST(COALESCE(SUM(allowance), 0) AS BIGINT), \
             CAST(COALESCE(SUM(uncollected), 0) AS BIGINT) FROM entries WHERE account_id = $1 AND occurred_at >= $2 \
             AND occurred_at < $3 AND kind IN ('usage', 'team_usage')")
        .bind(account)
        .bind(start)
        .bind(end)
        .one(tx)
        .await?;
    Ok(StatementCost {
        gross: Credits::from_micros(gross),
        allowance: Credits::from_micros(allowance),
        uncollected: Credits::from_micros(uncollected),
    })
}
