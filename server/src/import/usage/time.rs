//! The ways in which a time is written in files of usage.
//!
//! Text without an offset is UTC. A bare number is an epoch time, and its size says of what: 1.7 × 10⁹ is a recent
//! second, 1.7 × 10¹² a millisecond, 10¹⁵ a microsecond, 10¹⁸ a nanosecond.

use app::model::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

/// Reads RFC 3339, `YYYY-MM-DD HH:MM:SS[.fraction]` as UTC, or an epoch number; cuts to microseconds.
pub fn read_time(text: &str) -> Result<Timestamp, String> {
    let at = match text.parse::<Decimal>() {
        Ok(number) => read_epoch(number),
        Err(_) => read_text(text),
    };
    let at = at.ok_or_else(|| {
        format!("{text:?} is no time: write 2026-01-31T09:30:00Z, 2026-01-31 09:30:00 or an epoch number")
    })?;
    within_bounds(at)
}

/// Reads seconds, which may have a fraction, after `start`.
pub fn read_offset(text: &str, start: Timestamp) -> Result<Timestamp, String> {
    let micros = text.parse().ok().and_then(|seconds: Decimal| to_micros(seconds, 6));
    let at = micros
        .filter(|micros| *micros >= 0)
        .and_then(|micros| start.as_microsecond().checked_add(micros))
        .and_then(|micros| Timestamp::from_microsecond(micros).ok())
        .ok_or_else(|| format!("{text:?} is no number of seconds after the start"))?;
    within_bounds(at)
}

/// Reads a date or a time as the start of a file of offsets.
pub fn read_start(text: &str) -> Result<Timestamp, String> {
    match text.parse::<Date>() {
        Ok(date) if text.len() == 10 => {
            utc(date.to_datetime(jiff::civil::Time::midnight())).ok_or_else(|| format!("{text:?} is out of range"))
        }
        _ => read_time(text),
    }
}

fn read_text(text: &str) -> Option<Timestamp> {
    let at = text.parse::<Timestamp>().ok().or_else(|| text.parse::<DateTime>().ok().and_then(utc))?;
    Timestamp::from_microsecond(at.as_microsecond()).ok()
}

fn utc(at: DateTime) -> Option<Timestamp> {
    at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn read_epoch(number: Decimal) -> Option<Timestamp> {
    let places = match number.abs().trunc().to_string().len() {
        0..=11 => 6,
        12..=14 => 3,
        15..=17 => 0,
        _ => return to_micros(number.checked_div(Decimal::ONE_THOUSAND)?, 0).and_then(at_micros),
    };
    to_micros(number, places).and_then(at_micros)
}

fn at_micros(micros: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(micros).ok()
}

/// `number × 10^places`, cut to a whole number.
fn to_micros(number: Decimal, places: u32) -> Option<i64> {
    let scaled = number.checked_mul(Decimal::from(10_u64.pow(places)))?;
    i64::try_from(scaled.trunc().mantissa()).ok()
}

/// What reports can show, and what no clock that was set ever writes.
fn within_bounds(at: Timestamp) -> Result<Timestamp, String> {
    let year = at.to_zoned(TimeZone::UTC).year();
    if (1970..=2200).contains(&year) { Ok(at) } else { Err(format!("{at} does not lie between 1970 and 2200")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        read_time(text).map_or_else(|error| error, |at| at.to_string())
    }

    #[test]
    fn reads_every_way_of_writing_a_time() {
        assert_eq!(read("2023-11-16 18:17:03.9799600"), "2023-11-16T18:17:03.97996Z");
        assert_eq!(read("2026-01-31T09:30:00+02:00"), "2026-01-31T07:30:00Z");
        assert_eq!(read("2026-01-31T09:30:00.123456789Z"), "2026-01-31T09:30:00.123456Z");
        assert_eq!(read("2026-01-31 09:30:00"), "2026-01-31T09:30:00Z");
        assert_eq!(read("1700000000"), "2023-11-14T22:13:20Z");
        assert_eq!(read("1700000000.25"), "2023-11-14T22:13:20.25Z");
        assert_eq!(read("1700000000250"), "2023-11-14T22:13:20.25Z");
        assert_eq!(read("1700000000250001"), "2023-11-14T22:13:20.250001Z");
        assert_eq!(read("1700000000250001999"), "2023-11-14T22:13:20.250001Z");
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in ["", "yesterday", "2023-13-01 00:00:00", "1e9", "-1", "9000-01-01T00:00:00Z", "NaN"] {
            assert!(read_time(text).is_err(), "{text:?} → {}", read(text));
        }
    }

    #[test]
    fn an_offset_counts_from_the_start() {
        let start = read_start("2024-01-01").unwrap();
        assert_eq!(read_offset("5", start).unwrap().to_string(), "2024-01-01T00:00:05Z");
        assert_eq!(read_offset("86400.5", start).unwrap().to_string(), "2024-01-02T00:00:00.5Z");
        assert!(read_offset("-5", start).is_err());
        assert!(read_offset("soon", start).is_err());
        assert_eq!(read_start("2024-01-01T06:00:00Z").unwrap().to_string(), "2024-01-01T06:00:00Z");
    }
}
