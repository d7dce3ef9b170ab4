//! Windows of caps and allowances: the UTC day and the UTC calendar month, half-open.

use app::model::{CapType, Timestamp};
use jiff::{ToSpan, ZonedDateTime, tz::TimeZone};

fn utc(at: Timestamp) -> ZonedDateTime {
    at.to_zoned_datetime(TimeZone::UTC)
}

/// Midnight UTC of the day of `at`.
pub fn day_start(at: Timestamp) -> Timestamp {
    utc(at).start_of_day().map_or(at, |zoned| zoned.timestamp())
}

/// Midnight UTC of the first day of the month of `at`.
pub fn month_start(at: Timestamp) -> Timestamp {
    utc(at).first_of_month().and_then(|zoned| zoned.start_of_day()).map_or(at, |zoned| zoned.timestamp())
}

/// The start of the cap window that `at` lies in.
pub fn window_start(cap_type: CapType, at: Timestamp) -> Timestamp {
    match cap_type {
        CapType::Daily => day_start(at),
        CapType::Monthly => month_start(at),
    }
}

/// When the window of `at` ends, and its cap counts from zero again.
pub fn next_window(cap_type: CapType, at: Timestamp) -> Timestamp {
    let start = utc(window_start(cap_type, at));
    let next = match cap_type {
        CapType::Daily => start.checked_add(1.day()),
        CapType::Monthly => start.checked_add(1.month()),
    };
    next.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_utc_days_and_months() {
        let at: Timestamp = "2026-12-31T23:59:59.999999Z".parse().unwrap();
        assert_eq!(day_start(at).to_string(), "2026-12-31T00:00:00Z");
        assert_eq!(month_start(at).to_string(), "2026-12-01T00:00:00Z");
        assert_eq!(next_window(CapType::Daily, at).to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(next_window(CapType::Monthly, at).to_string(), "2027-01-01T00:00:00Z");
    }
}
