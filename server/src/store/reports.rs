//! Reading the reports' sums.
//!
//! A range is read in pieces of one UTC offset each, and each piece from the coarsest buckets that fit it: whole UTC days
//! for a zone that is UTC, hours for most, quarters for India, Nepal and Lord Howe. So a 30-day report reads hundreds or
//! thousands of rows, however many charges there were.

use super::{
    StoreError, Tx,
    rollups::{DAY, HOUR, QUARTER},
    sql,
};
use app::model::{Credits, SpendByUserRow, Timestamp};
use jiff::tz::{Offset, TimeZone};
use sqlx::FromRow;

/// A part of a range over which the zone's offset from UTC is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub start: i64,
    pub end: i64,
    /// Microseconds east of UTC.
    pub offset: i64,
    pub span: i64,
}

/// Cuts `[start, end)` where the zone changes its offset.
pub fn pieces(start: Timestamp, end: Timestamp, zone: &TimeZone) -> Vec<Piece> {
    let mut cuts: Vec<Timestamp> =
        zone.following(start).map(|change| change.timestamp()).take_while(|at| *at < end).collect();
    cuts.push(end);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut from = start;
    for to in cuts.into_iter().filter(|to| *to > start) {
        let offset = micros(zone.to_offset(from));
        let (start, end) = (from.as_microsecond(), to.as_microsecond());
        let fits = |span: &i64| [start, end, offset].iter().all(|at| at.rem_euclid(*span) == 0);
        let span = [DAY, HOUR].into_iter().find(fits).unwrap_or(QUARTER);
        pieces.push(Piece { start, end, offset, span });
        from = to;
    }
    pieces
}

fn micros(offset: Offset) -> i64 {
    i64::from(offset.seconds()) * 1_000_000
}

/// Spend of a model on a day of the zone; `day` counts days since 1970-01-01.
#[derive(Clone, Debug, FromRow)]
pub struct DayModel {
    pub day: i64,
    pub model: String,
    pub spend: i64,
    pub charges: i64,
    pub refunded: i64,
}

/// Sums by day and model over one piece.
pub async fn by_day_and_model(tx: &mut Tx, piece: Piece) -> Result<Vec<DayModel>, StoreError> {
    sql("SELECT (bucket + $1) / 86400000000 AS day, model, CAST(SUM(spend) AS BIGINT) AS spend, \
         CAST(SUM(charges) AS BIGINT) AS charges, CAST(SUM(refunded) AS BIGINT) AS refunded \
         FROM rollup_model WHERE span = $2 AND bucket >= $3 AND bucket < $4 \
         GROUP BY (bucket + $1) / 86400000000, model")
    .bind(piece.offset)
    .bind(piece.span)
    .bind(piece.start)
    .bind(piece.end)
    .all(tx)
    .await
}

/// Sums of a range over all users, with the users at the head of the list.
#[derive(Debug, Default)]
pub struct ByUser {
    pub active: i64,
    pub spend: Credits,
    pub top: Vec<SpendByUserRow>,
}

#[derive(Debug, FromRow)]
struct UserSum {
    user_id: String,
    spend: i64,
    charges: i64,
    refunded: i64,
    active: i64,
    total: i64,
}

/// Sums by user over `[start, end)`: whole UTC days from the middle, quarters from the edges. The first `limit` users by
/// spend, then by id.
pub async fn by_user(tx: &mut Tx, start: Timestamp, end: Timestamp, limit: u32) -> Result<ByUser, StoreError> {
    let (start, end) = (start.as_microsecond(), end.as_microsecond());
    let first = start.div_euclid(DAY) * DAY + if start.rem_euclid(DAY) == 0 { 0 } else { DAY };
    let last = end.div_euclid(DAY) * DAY;
    // A range inside of one UTC day has no middle, and just one edge.
    let (first, last) = if first <= last { (first, last) } else { (end, end) };
    let rows: Vec<UserSum> = sql("WITH parts AS ( \
            SELECT user_id, spend, charges, refunded FROM rollup_user WHERE span = $1 AND bucket >= $3 AND bucket < $4 \
            UNION ALL \
            SELECT user_id, spend, charges, refunded FROM rollup_user WHERE span = $2 AND bucket >= $5 AND bucket < $3 \
            UNION ALL \
            SELECT user_id, spend, charges, refunded FROM rollup_user WHERE span = $2 AND bucket >= $4 AND bucket < $6 \
         ), sums AS ( \
            SELECT user_id, CAST(SUM(spend) AS BIGINT) AS spend, CAST(SUM(charges) AS BIGINT) AS charges, \
            CAST(SUM(refunded) AS BIGINT) AS refunded FROM parts GROUP BY user_id \
         ) \
         SELECT a.external_id AS user_id, s.spend, s.charges, s.refunded, \
         CAST(SUM(CASE WHEN s.charges > 0 THEN 1 ELSE 0 END) OVER () AS BIGINT) AS active, \
         CAST(SUM(s.spend) OVER () AS BIGINT) AS total \
         FROM sums s JOIN accounts a ON a.id = s.user_id ORDER BY s.spend DESC, a.external_id LIMIT $7")
    .bind(DAY)
    .bind(QUARTER)
    .bind(first)
    .bind(last)
    .bind(start)
    .bind(end)
    .bind(i64::from(limit))
    .all(tx)
    .await?;
    let mut sums = ByUser::default();
    if let Some(row) = rows.first() {
        sums.active = row.active;
        sums.spend = Credits::from_micros(row.total);
    }
    sums.top = rows
        .into_iter()
        .map(|row| SpendByUserRow {
            user_id: row.user_id,
            total_spend: Credits::from_micros(row.spend),
            transaction_count: row.charges,
            refunded: Credits::from_micros(row.refunded),
        })
        .collect();
    Ok(sums)
}

/// Every model ever charged, in the order in which the ledger met them.
pub async fn models(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let names: Vec<(String,)> = sql("SELECT name FROM models ORDER BY id").all(tx).await?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

/// What the ledger itself says of `[start, end)`: charges and their net, added up entry by entry.
pub async fn ledger_sum(tx: &mut Tx, start: Timestamp, end: Timestamp) -> Result<(i64, Credits), StoreError> {
    let (count, spend): (i64, i64) = sql("SELECT COUNT(*), CAST(COALESCE(SUM(-amount), 0) AS BIGINT) FROM entries \
         WHERE occurred_at >= $1 AND occurred_at < $2 AND kind IN ('usage', 'team_usage')")
    .bind(start)
    .bind(end)
    .one(tx)
    .await?;
    Ok((count, Credits::from_micros(spend)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(zone: &str, start: &str, end: &str) -> Vec<(i64, i64)> {
        let zone = TimeZone::get(zone).unwrap();
        pieces(start.parse().unwrap(), end.parse().unwrap(), &zone)
            .into_iter()
            .map(|piece| (piece.offset / 60_000_000, piece.span / 60_000_000))
            .collect()
    }

    #[test]
    fn pieces_have_one_offset_and_the_coarsest_span_that_fits() {
        assert_eq!(cut("UTC", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"), [(0, 1440)]);
        assert_eq!(cut("Asia/Kathmandu", "2026-11-01T18:15:00Z", "2026-11-02T18:15:00Z"), [(345, 15)]);
        // New York ends daylight saving on 2026-11-01 at 06:00 UTC.
        assert_eq!(cut("America/New_York", "2026-10-31T04:00:00Z", "2026-11-03T05:00:00Z"), [(-240, 60), (-300, 60)]);
        // Lord Howe shifts by half an hour.
        assert_eq!(cut("Australia/Lord_Howe", "2026-04-03T13:00:00Z", "2026-04-06T13:30:00Z"), [(660, 60), (630, 15)]);
    }
}
