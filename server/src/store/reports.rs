//! Reading the reports' sums.
//!
//! A range is read in pieces of one UTC offset each, and what is left at the end of it in pieces of smaller sums. Every zone
//! starts its days on a quarter hour of UTC.

use super::{
    StoreError, Tx,
    rollups::{DAY, HOUR, QUARTER},
    sql,
};
use app::model::{Credits, Timestamp};
use jiff::tz::{Offset, TimeZone};

/// A part of a range over which the zone's offset from UTC is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub start: i64,
    pub end: i64,
    /// Microseconds east of UTC.
    pub offset: i64,
    pub span: i64,
}

/// Cuts `[start, end)` where the zone changes its offset, and where its end asks for smaller sums.
pub fn pieces(start: Timestamp, end: Timestamp, zone: &TimeZone) -> Vec<Piece> {
    let mut cuts: Vec<Timestamp> =
        zone.following(start).map(|change| change.timestamp()).take_while(|at| *at < end).collect();
    cuts.push(end);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut from = start;
    for to in cuts.into_iter().filter(|to| *to > start) {
        let offset = micros(zone.to_offset(from));
        let (mut start, end) = (from.as_microsecond(), to.as_microsecond());
        while start < end {
            let fits = |span: &i64| end - start >= *span && [start, offset].iter().all(|at| at.rem_euclid(*span) == 0);
            let span = [DAY, HOUR].into_iter().find(fits).unwrap_or(QUARTER);
            // Of quarters there is no smaller sum.
            let until = if span == QUARTER { end } else { end - (end - start).rem_euclid(span) };
            pieces.push(Piece { start, end: until, offset, span });
            start = until;
        }
        from = to;
    }
    pieces
}

fn micros(offset: Offset) -> i64 {
    i64::from(offset.seconds()) * 1_000_000
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
        // Days, then hours, then the rest.
        assert_eq!(cut("UTC", "2026-11-01T00:00:00Z", "2026-11-25T12:15:00Z"), [(0, 1440), (0, 60), (0, 15)]);
        assert_eq!(cut("UTC", "2026-11-25T00:00:00Z", "2026-11-25T00:15:00Z"), [(0, 15)]);
        // Lord Howe shifts by half an hour.
        assert_eq!(cut("Australia/Lord_Howe", "2026-04-03T13:00:00Z", "2026-04-06T13:30:00Z"), [(660, 60), (630, 15)]);
    }
}
