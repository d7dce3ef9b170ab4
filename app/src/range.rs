//! Report ranges: whole days of a reporting time zone, as UTC instants.
//!
//! A range is chosen by a preset or by two dates and read from the URL. A day is the zone's day, so it may have 23 or 25
//! hours and start at a half or quarter hour; `[start, end)` are the instants of its first and past-the-last midnight.

use crate::error::AppError;
use crate::model::Timestamp;
use jiff::{ToSpan, civil::Date, tz::TimeZone};

/// More days than this are refused: charts would no longer be readable, and no report is unbounded.
pub const MAX_DAYS: usize = 3_700;

/// The presets, as written in the URL, with their labels.
pub const PRESETS: [(&str, &str); 10] = [
    ("today", "Today"),
    ("yesterday", "Yesterday"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
    ("90d", "Last 90 days"),
    ("mtd", "Month to date"),
    ("last_month", "Last month"),
    ("qtd", "Quarter to date"),
    ("ytd", "Year to date"),
    ("custom", "Custom"),
];

/// A chosen range with its zone.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportRange {
    pub preset: String,
    pub zone_name: String,
    pub zone: TimeZone,
    /// First day.
    pub first: Date,
    /// Last day, inclusive.
    pub last: Date,
    pub start: Timestamp,
    pub end: Timestamp,
    /// Today in the zone: the unfinished day, if it lies in the range.
    pub today: Date,
}

/// What the URL says; everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RangeQuery<'a> {
    pub range: Option<&'a str>,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    pub tz: Option<&'a str>,
}

/// A span as a program asks for it: dates or instants, the end exclusive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanQuery<'a> {
    pub start: Option<&'a str>,
    pub end: Option<&'a str>,
    pub tz: Option<&'a str>,
}

impl ReportRange {
    /// Reads `[start, end)`: a date means its first instant in the zone. Left out, the end is the end of today and the
    /// start 30 days before the end.
    pub fn read_span(query: &SpanQuery<'_>, default_zone: &str, now: Timestamp) -> Result<Self, AppError> {
        let zone_name = query.tz.filter(|name| !name.is_empty()).unwrap_or(default_zone);
        let zone = read_zone(zone_name)?;
        let today = now.to_zoned_datetime(zone.clone()).date();
        let end = match query.end {
            Some(text) => read_bound("end", text, &zone)?,
            None => midnight(today.tomorrow().map_err(|_| far_date("end"))?, &zone)?,
        };
        let start = if let Some(text) = query.start {
            read_bound("start", text, &zone)?
        } else {
            let back = end.to_zoned_datetime(zone.clone()).checked_sub(30.days());
            back.map_err(|_| far_date("end"))?.timestamp()
        };
        Self::of_instants(start, end, zone_name, zone, today)
    }

    /// A range between any two instants: its first and its last day may be cut short.
    pub fn of_instants(
        start: Timestamp,
        end: Timestamp,
        zone_name: &str,
        zone: TimeZone,
        today: Date,
    ) -> Result<Self, AppError> {
        if start >= end {
            return Err(AppError::invalid("end", "must be after start"));
        }
        let day = |instant: Timestamp| instant.to_zoned_datetime(zone.clone()).date();
        let last = end.checked_sub(1.microsecond()).map_err(|_| far_date("end"))?;
        let (first, last) = (day(start), day(last));
        for (field, date) in [("start", first), ("end", last)] {
            check_year(field, date)?;
        }
        let preset = "custom".to_owned();
        let range = Self { preset, zone_name: zone_name.to_owned(), zone, first, last, start, end, today };
        if range.day_count() > MAX_DAYS {
            return Err(AppError::invalid("end", format!("is more than {MAX_DAYS} days after start")));
        }
        Ok(range)
    }

    /// Reads the URL's words; `now` and the default zone come from the caller.
    pub fn read(query: &RangeQuery<'_>, default_zone: &str, now: Timestamp) -> Result<Self, AppError> {
        let zone_name = query.tz.filter(|name| !name.is_empty()).unwrap_or(default_zone);
        let zone = read_zone(zone_name)?;
        let today = now.to_zoned_datetime(zone.clone()).date();
        let custom = query.from.is_some_and(|d| !d.is_empty()) || query.to.is_some_and(|d| !d.is_empty());
        let preset = match query.range.filter(|name| !name.is_empty()) {
            Some(name) => name,
            None if custom => "custom",
            None => "30d",
        };
        let (first, last) = match preset {
            "custom" => read_custom(query, today)?,
            _ => preset_days(preset, today)?,
        };
        Self::of_days(preset, zone_name, zone, first, last, today)
    }

    /// `days` days of the zone from today on: a year at most.
    pub fn ahead(days: u32, zone_name: &str, now: Timestamp) -> Result<Self, AppError> {
        let zone = read_zone(zone_name)?;
        let today = now.to_zoned_datetime(zone.clone()).date();
        let more = i64::from(days).clamp(1, 366) - 1;
        let last = today.checked_add(more.days()).map_err(|_| far_date("days"))?;
        Self::of_days("custom", zone_name, zone, today, last, today)
    }

    fn of_days(
        preset: &str,
        zone_name: &str,
        zone: TimeZone,
        first: Date,
        last: Date,
        today: Date,
    ) -> Result<Self, AppError> {
        let start = midnight(first, &zone)?;
        let end = midnight(last.checked_add(1.day()).map_err(|_| far_date("to"))?, &zone)?;
        let range =
            Self { preset: preset.to_owned(), zone_name: zone_name.to_owned(), zone, first, last, start, end, today };
        if range.day_count() > MAX_DAYS {
            return Err(AppError::invalid("to", format!("is more than {MAX_DAYS} days after from")));
        }
        Ok(range)
    }

    /// Days in the range.
    pub fn day_count(&self) -> usize {
        let days = self.last.since((jiff::Unit::Day, self.first)).map_or(0, |span| span.get_days());
        usize::try_from(days).unwrap_or(0) + 1
    }

    /// Every day of the range.
    pub fn days(&self) -> impl Iterator<Item = Date> + '_ {
        self.first.series(1.day()).take_while(|day| *day <= self.last)
    }

    /// The same number of days just before this range.
    pub fn previous(&self) -> Result<Self, AppError> {
        let count = i64::try_from(self.day_count()).map_err(|_| far_date("from"))?;
        let first = self.first.checked_sub(count.days()).map_err(|_| far_date("from"))?;
        let last = self.first.yesterday().map_err(|_| far_date("from"))?;
        Self::of_days("custom", &self.zone_name, self.zone.clone(), first, last, self.today)
    }

    /// The label of the preset, or the two dates.
    pub fn label(&self) -> String {
        PRESETS
            .iter()
            .find(|(name, _)| *name == self.preset && *name != "custom")
            .map_or_else(|| format!("{} to {}", self.first, self.last), |(_, label)| (*label).to_owned())
    }
}

/// Reads an IANA zone name; offsets and abbreviations are refused, for they have no rules.
pub fn read_zone(name: &str) -> Result<TimeZone, AppError> {
    TimeZone::get(name)
        .map_err(|_| AppError::invalid("tz", format!("{name:?} is no IANA time zone such as Europe/Berlin")))
}

/// The first instant of a day of `zone`.
pub fn midnight(day: Date, zone: &TimeZone) -> Result<Timestamp, AppError> {
    day.to_zoned_datetime(zone.clone()).map(|zoned| zoned.timestamp()).map_err(|_| far_date("from"))
}

fn far_date(field: &str) -> AppError {
    AppError::invalid(field, "is too far from today")
}

fn check_year(field: &str, date: Date) -> Result<(), AppError> {
    if (1970..=2200).contains(&date.year()) {
        Ok(())
    } else {
        Err(AppError::invalid(field, "must lie between the years 1970 and 2200"))
    }
}

/// An instant such as `2026-01-31T12:00:00Z`, or a date, which is its first instant in the zone.
fn read_bound(field: &str, text: &str, zone: &TimeZone) -> Result<Timestamp, AppError> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text).ok_or_else(|| {
        AppError::invalid(
            field,
            format!("{text:?} is no date such as 2026-01-31 and no instant such as 2026-01-31T12:00:00Z"),
        )
    })?;
    check_year(field, date)?;
    midnight(date, zone)
}

fn read_custom(query: &RangeQuery<'_>, today: Date) -> Result<(Date, Date), AppError> {
    let read = |field: &str, text: Option<&str>| match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text
            .parse::<Date>()
            .map(Some)
            .map_err(|_| AppError::invalid(field, format!("{text:?} is no date such as 2026-01-31"))),
    };
    let last = read("to", query.to)?.unwrap_or(today);
    let first = read("from", query.from)?.unwrap_or(last);
    for (field, date) in [("from", first), ("to", last)] {
        check_year(field, date)?;
    }
    if first > last {
        return Err(AppError::invalid("from", "is after to"));
    }
    Ok((first, last))
}

fn preset_days(preset: &str, today: Date) -> Result<(Date, Date), AppError> {
    let back = |days: i64| today.checked_sub(days.days()).map_err(|_| far_date("range"));
    let month = today.first_of_month();
    Ok(match preset {
        "today" => (today, today),
        "yesterday" => (back(1)?, back(1)?),
        "7d" => (back(6)?, today),
        "30d" => (back(29)?, today),
        "90d" => (back(89)?, today),
        "mtd" => (month, today),
        "last_month" => {
            let last = month.yesterday().map_err(|_| far_date("range"))?;
            (last.first_of_month(), last)
        }
        "qtd" => {
            let behind = i64::from((today.month() - 1) % 3);
            (month.checked_sub(behind.months()).map_err(|_| far_date("range"))?, today)
        }
        "ytd" => (today.first_of_year(), today),
        _ => {
            let known: Vec<_> = PRESETS.iter().map(|(name, _)| *name).collect();
            return Err(AppError::invalid("range", format!("must be one of {}", known.join(", "))));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(range: &str, tz: &str, now: &str) -> ReportRange {
        let query = RangeQuery { range: Some(range), tz: Some(tz), ..RangeQuery::default() };
        ReportRange::read(&query, "UTC", now.parse().unwrap()).unwrap()
    }

    #[test]
    fn presets_are_right_to_the_day() {
        let days = |preset| {
            let range = read(preset, "UTC", "2026-11-25T12:00:00Z");
            format!("{} {} {}", range.first, range.last, range.day_count())
        };
        assert_eq!(days("today"), "2026-11-25 2026-11-25 1");
        assert_eq!(days("yesterday"), "2026-11-24 2026-11-24 1");
        assert_eq!(days("7d"), "2026-11-19 2026-11-25 7");
        assert_eq!(days("30d"), "2026-10-27 2026-11-25 30");
        assert_eq!(days("mtd"), "2026-11-01 2026-11-25 25");
        assert_eq!(days("last_month"), "2026-10-01 2026-10-31 31");
        assert_eq!(days("qtd"), "2026-10-01 2026-11-25 56");
        assert_eq!(days("ytd"), "2026-01-01 2026-11-25 329");
    }

    #[test]
    fn a_day_is_the_zones_day() {
        let hours = |range: &ReportRange| range.end.duration_since(range.start).as_hours();
        let kathmandu = read("today", "Asia/Kathmandu", "2026-11-25T20:00:00Z");
        assert_eq!(kathmandu.start.to_string(), "2026-11-25T18:15:00Z");
        assert_eq!(hours(&read("today", "America/New_York", "2026-03-08T15:00:00Z")), 23);
        assert_eq!(hours(&read("today", "America/New_York", "2026-11-01T15:00:00Z")), 25);
    }

    #[test]
    fn days_ahead_begin_with_today() {
        let ahead = |days| {
            let range = ReportRange::ahead(days, "Asia/Kathmandu", "2026-11-25T20:00:00Z".parse().unwrap()).unwrap();
            format!("{} {} {}", range.first, range.last, range.day_count())
        };
        assert_eq!(ahead(1), "2026-11-26 2026-11-26 1");
        assert_eq!(ahead(30), "2026-11-26 2026-12-25 30");
    }

    #[test]
    fn the_previous_range_ends_where_this_one_starts() {
        let range = read("30d", "Europe/Berlin", "2026-11-25T12:00:00Z");
        let previous = range.previous().unwrap();
        assert_eq!(previous.end, range.start);
        assert_eq!(previous.day_count(), 30);
    }

    #[test]
    fn nonsense_names_its_field() {
        let field =
            |query: RangeQuery<'_>| ReportRange::read(&query, "UTC", Timestamp::UNIX_EPOCH).unwrap_err().field.unwrap();
        assert_eq!(field(RangeQuery { range: Some("8d"), ..RangeQuery::default() }), "range");
        assert_eq!(field(RangeQuery { tz: Some("Mars/Olympus"), ..RangeQuery::default() }), "tz");
        assert_eq!(field(RangeQuery { from: Some("2026-02-30"), ..RangeQuery::default() }), "from");
        assert_eq!(field(RangeQuery { to: Some("99999-01-01"), ..RangeQuery::default() }), "to");
        let backwards = RangeQuery { from: Some("2026-02-02"), to: Some("2026-02-01"), ..RangeQuery::default() };
        assert_eq!(field(backwards), "from");
    }
    fn span(start: Option<&str>, end: Option<&str>, tz: &str) -> Result<ReportRange, AppError> {
        let query = SpanQuery { start, end, tz: Some(tz) };
        ReportRange::read_span(&query, "UTC", "2026-11-25T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_span_ends_before_its_end() {
        let november = span(Some("2026-11-01"), Some("2026-12-01"), "Asia/Kolkata").unwrap();
        assert_eq!((november.first.to_string(), november.last.to_string()), ("2026-11-01".into(), "2026-11-30".into()));
        assert_eq!(november.start.to_string(), "2026-10-31T18:30:00Z");
        let instants = span(Some("2026-11-24T23:30:00Z"), Some("2026-11-25T06:00:00+02:00"), "UTC").unwrap();
        assert_eq!((instants.day_count(), instants.end.to_string()), (2, "2026-11-25T04:00:00Z".into()));
        let usual = span(None, None, "UTC").unwrap();
        assert_eq!((usual.first.to_string(), usual.day_count()), ("2026-10-27".into(), 30));
    }

    #[test]
    fn a_span_that_makes_no_sense_names_its_field() {
        let field = |start, end, tz| span(start, end, tz).unwrap_err().field.unwrap();
        assert_eq!(field(Some("2026-11-01"), Some("2026-11-01"), "UTC"), "end");
        assert_eq!(field(Some("yesterday"), None, "UTC"), "start");
        assert_eq!(field(Some("2026-11-01T00:00:00"), None, "UTC"), "start");
        assert_eq!(field(None, Some("9999-01-01"), "UTC"), "end");
        assert_eq!(field(Some("1980-01-01"), None, "UTC"), "end");
        assert_eq!(field(None, None, "CEST"), "tz");
    }
}
