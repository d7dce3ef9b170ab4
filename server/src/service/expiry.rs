//! What expires when, and what a sweep would take.

use super::{Desk, paging};
use crate::clock::from_micros;
use crate::store::expiry::{self, Place};
use app::backend::{Answer, Expiry};
use app::error::AppError;
use app::model::{Credits, ExpiringLot, ExpiryDay, ExpiryView, Timestamp};
use async_trait::async_trait;
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use std::collections::BTreeMap;

/// The furthest ahead that is looked.
const MAX_DAYS: u32 = 366;
/// Accounts that a dry run names.
const NAMED: u32 = 50;

#[async_trait]
impl Expiry for Desk {
    async fn expiring(&self, days: u32, zone: &TimeZone, cursor: Option<&str>, limit: u32) -> Answer<ExpiryView> {
        let limit = paging::limit(limit)?;
        if !(1..=MAX_DAYS).contains(&days) {
            return Err(AppError::invalid("days", format!("must be between 1 and {MAX_DAYS}")));
        }
        let after = cursor.map(read_cursor).transpose()?;
        let now = Self::now(self);
        let (dates, end) = span(now, days, zone)?;
        let mut tx = self.db.snapshot().await?;
        let sums = expiry::sums(&mut tx, now, end).await?;
        let lots = expiry::lots(&mut tx, now, end, after, limit).await?;
        let (due_lots, micros, due_accounts) = expiry::due_sum(&mut tx, now).await?;
        let due = expiry::due(&mut tx, now, NAMED).await?;
        let cursor = |((at, account, seq), _): &(Place, ExpiringLot)| format!("{at}.{account}.{seq}");
        let lots = paging::page(lots, limit, cursor, |(_, lot)| lot);
        Ok(ExpiryView {
            now,
            days: by_day(dates, sums, zone),
            lots: lots.items,
            next: lots.next,
            due_lots,
            due_credits: Credits::from_micros(micros),
            due_accounts,
            due,
        })
    }
}

/// The days from today on, and the instant at which the last of them is over.
fn span(now: Timestamp, days: u32, zone: &TimeZone) -> Answer<(Vec<Date>, Timestamp)> {
    let far = |_| AppError::invalid("days", "reach too far ahead");
    let today = now.to_zoned_datetime(zone.clone()).date();
    let dates: Vec<Date> =
        (0..i64::from(days)).map(|ahead| today.checked_add(ahead.days())).collect::<Result<_, _>>().map_err(far)?;
    let end = today.checked_add(i64::from(days).days()).and_then(|day| day.to_zoned_datetime(zone.clone()));
    Ok((dates, end.map_err(far)?.timestamp()))
}

/// A lot that ends at midnight is usable until the end of the day before, and counts there.
fn by_day(dates: Vec<Date>, sums: Vec<expiry::Sum>, zone: &TimeZone) -> Vec<ExpiryDay> {
    let empty = |date| (date, ExpiryDay { date, lots: 0, credits: Credits::ZERO });
    let mut days: BTreeMap<Date, ExpiryDay> = dates.into_iter().map(empty).collect();
    for sum in sums {
        let last = from_micros(sum.expires_at.saturating_sub(1));
        if let Some(day) = days.get_mut(&last.to_zoned_datetime(zone.clone()).date()) {
            day.lots += sum.lots;
            day.credits = Credits::from_micros(day.credits.micros().saturating_add(sum.micros));
        }
    }
    days.into_values().collect()
}

fn read_cursor(text: &str) -> Answer<Place> {
    let mut numbers = text.split('.').map(|part| part.parse().ok());
    let mut number = || numbers.next().flatten();
    let place = number().zip(number()).zip(number()).map(|((at, account), seq)| (at, account, seq));
    place.ok_or_else(|| AppError::invalid("cursor", "is not one that this listing gave out"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_day_belongs_to_that_day_in_any_zone() {
        let zone = TimeZone::get("Asia/Kathmandu").unwrap();
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let (dates, end) = span(now, 2, &zone).unwrap();
        assert_eq!(end.to_string(), "2026-11-26T18:15:00Z");
        let sum = |text: &str| expiry::Sum {
            expires_at: text.parse::<Timestamp>().unwrap().as_microsecond(),
            lots: 1,
            micros: 5,
        };
        let days = by_day(dates, vec![sum("2026-11-25T18:15:00Z"), sum("2026-11-26T18:15:00Z")], &zone);
        let told: Vec<_> = days.iter().map(|day| (day.date.to_string(), day.lots)).collect();
        assert_eq!(told, [("2026-11-25".to_owned(), 1), ("2026-11-26".to_owned(), 1)]);
    }

    #[test]
    fn a_cursor_is_three_numbers() {
        assert_eq!(read_cursor("1.2.3").unwrap(), (1, 2, 3));
        for text in ["", "1", "1.2", "a.b.c", "1..3"] {
            assert!(read_cursor(text).is_err(), "{text}");
        }
    }
}
