//! Report ranges: whole days of a reporting time zone, as UTC instants.
//!
//! A range is chosen by a preset or by two dates and read from the URL. A day is the zone's day, so it may have 23 or 25
//! hours and start at a half or quarter hour; `[start, end)` are the instants of its first and past-the-last midnight.

use crate::error::AppError;
use crate::model::Timestamp;
use jiff::{
    ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};

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

/// Every zone starts its days on a quarter hour of UTC, and sums are kept by it.
const QUARTER_HOUR: i64 = 15 * 60 * 1_000_000;

/// A chosen range with its zone.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportRange {
    pub preset: String,
    /// As IANA writes it.
    pub zone_name: String,
    pub zone: TimeZone,
    /// First day.
    pub first: Date,
    /// Last day, inclusive.
    pub last: Date,
    pub start: Timestamp,
    pub end: Timestamp,
    /// The moment it was asked for.
    pub now: Timestamp,
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
        let zone = asked_zone(query.tz, default_zone)?;
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
        Self::of_instants(start, end, zone, now)
    }

    /// A range between any two instants: its first and its last day may be cut short.
    pub fn of_instants(start: Timestamp, end: Timestamp, zone: TimeZone, now: Timestamp) -> Result<Self, AppError> {
        if start >= end {
            return Err(AppError::invalid("end", "must be after start"));
        }
        let day = |instant: Timestamp| instant.to_zoned_datetime(zone.clone()).date();
        let last = end.checked_sub(1.microsecond()).map_err(|_| far_date("end"))?;
        let (first, last) = (day(start), day(last));
        for (field, date) in [("start", first), ("end", last)] {
            check_year(field, date)?;
        }
        let (preset, zone_name, today) = ("custom".to_owned(), zone_name(&zone), day(now));
        let range = Self { preset, zone_name, zone, first, last, start, end, now, today };
        if range.day_count() > MAX_DAYS {
            return Err(AppError::invalid("end", format!("is more than {MAX_DAYS} days after start")));
        }
        Ok(range)
    }

    /// Reads the URL's words; `now` and the default zone come from the caller.
    pub fn read(query: &RangeQuery<'_>, default_zone: &str, now: Timestamp) -> Result<Self, AppError> {
        let zone = asked_zone(query.tz, default_zone)?;
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
        Self::of_days(preset, zone, first, last, now)
    }

    /// `days` days of the zone from today on: a year at most.
    pub fn ahead(days: u32, zone: TimeZone, now: Timestamp) -> Result<Self, AppError> {
        let today = now.to_zoned_datetime(zone.clone()).date();
        let more = i64::from(days).clamp(1, 366) - 1;
        let last = today.checked_add(more.days()).map_err(|_| far_date("days"))?;
        Self::of_days("custom", zone, today, last, now)
    }

    fn of_days(preset: &str, zone: TimeZone, first: Date, last: Date, now: Timestamp) -> Result<Self, AppError> {
        let start = midnight(first, &zone)?;
        let end = midnight(last.checked_add(1.day()).map_err(|_| far_date("to"))?, &zone)?;
        let (preset, zone_name) = (preset.to_owned(), zone_name(&zone));
        let today = now.to_zoned_datetime(zone.clone()).date();
        let range = Self { preset, zone_name, zone, first, last, start, end, now, today };
        if range.day_count() > MAX_DAYS {
            return Err(AppError::invalid("to", format!("is more than {MAX_DAYS} days after from")));
        }
        Ok(range)
    }

    /// Days in the range.
    pub fn day_count(&self) -> usize {
        days_between(self.first, self.last)
    }

    /// Every day of the range.
    pub fn days(&self) -> impl Iterator<Item = Date> + '_ {
        self.first.series(1.day()).take_while(|day| *day <= self.last)
    }

    /// Days of the range that have begun, at least one.
    pub fn days_begun(&self) -> usize {
        days_begun(self.first, self.last, self.today)
    }

    /// What this range is compared with: the calendar month before a month, the same days of the month, quarter or year
    /// before a part of one, and else the same number of days just before. While this range is not over it ends at the
    /// same time of the clock, so that as much time is compared with as much.
    pub fn previous(&self) -> Result<Self, AppError> {
        let first = self.back(self.first)?;
        let last = match self.preset.as_str() {
            "last_month" => self.first.yesterday().map_err(|_| far_date("from"))?,
            _ => self.back(self.last)?,
        };
        let before = Self::of_days("custom", self.zone.clone(), first, last, self.now)?;
        if self.now < self.start || self.end <= self.now {
            return Ok(before);
        }
        let same_day = self.back(self.today)?;
        // Of a shorter month there is no such day: all of it has passed by then.
        if self.months_back().is_some() && same_day.day() != self.today.day() {
            return Ok(before);
        }
        let clock = self.now.to_zoned_datetime(self.zone.clone()).time();
        let cut = same_day.to_datetime(clock).to_zoned_datetime(self.zone.clone()).map_err(|_| far_date("from"))?;
        let (start, cut) = (before.start.as_microsecond(), cut.timestamp().as_microsecond());
        let cut = (cut.div_euclid(QUARTER_HOUR) * QUARTER_HOUR).max(start + QUARTER_HOUR);
        let end = Timestamp::from_microsecond(cut).map_err(|_| far_date("from"))?.min(before.end);
        Self::of_instants(before.start, end, self.zone.clone(), self.now)
    }

    /// How many months lie between a preset of the calendar and what it is compared with.
    fn months_back(&self) -> Option<i64> {
        match self.preset.as_str() {
            "mtd" | "last_month" => Some(1),
            "qtd" => Some(3),
            "ytd" => Some(12),
            _ => None,
        }
    }

    /// The day that `day` is compared with: the last of a month that has no such day.
    fn back(&self, day: Date) -> Result<Date, AppError> {
        let before = match self.months_back() {
            Some(months) => day.checked_sub(months.months()),
            None => day.checked_sub(i64::try_from(self.day_count()).map_err(|_| far_date("from"))?.days()),
        };
        before.map_err(|_| far_date("from"))
    }

    /// The time of the clock at which the last day is cut off, if it is.
    pub fn cut(&self) -> Option<Time> {
        let next = midnight(self.last.tomorrow().ok()?, &self.zone).ok()?;
        (self.end < next).then(|| self.end.to_zoned_datetime(self.zone.clone()).time())
    }

    /// The label of the preset, or the two dates.
    pub fn label(&self) -> String {
        PRESETS
            .iter()
            .find(|(name, _)| *name == self.preset && *name != "custom")
            .map_or_else(|| format!("{} to {}", self.first, self.last), |(_, label)| (*label).to_owned())
    }
}

/// The zone asked for, or the usual one.
fn asked_zone(asked: Option<&str>, default_zone: &str) -> Result<TimeZone, AppError> {
    read_zone(asked.filter(|name| !name.is_empty()).unwrap_or(default_zone))
}

/// The name of a zone as IANA writes it, however it was typed.
pub fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

/// Days from the first to the last, both counted.
fn days_between(first: Date, last: Date) -> usize {
    let days = last.since((jiff::Unit::Day, first)).map_or(0, |span| span.get_days());
    usize::try_from(days).unwrap_or(0) + 1
}

/// Days from the first to the last that have begun, at least one.
pub fn days_begun(first: Date, last: Date, today: Date) -> usize {
    days_between(first, last.min(today).max(first))
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
        return Err(AppError::invalid("from", "must not be after the last day"));
    }
    Ok((first, last))
}

/// The first and the last day of a preset.
pub fn preset_days(preset: &str, today: Date) -> Result<(Date, Date), AppError> {
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
            let range =
                ReportRange::ahead(days, read_zone("Asia/Kathmandu").unwrap(), "2026-11-25T20:00:00Z".parse().unwrap())
                    .unwrap();
            format!("{} {} {}", range.first, range.last, range.day_count())
        };
        assert_eq!(ahead(1), "2026-11-26 2026-11-26 1");
        assert_eq!(ahead(30), "2026-11-26 2026-12-25 30");
    }

    #[test]
    fn the_previous_range_ends_where_this_one_starts() {
        let range = read("30d", "Europe/Berlin", "2026-11-25T12:00:00Z");
        let previous = range.previous().unwrap();
        assert_eq!(previous.day_count(), 30);
        assert_eq!(previous.last, range.first.yesterday().unwrap());
        // Up to one o'clock, as this one is until now.
        assert_eq!(previous.end.to_string(), "2026-10-26T12:00:00Z");
    }

    /// What a preset is compared with: `2026-10-01 2026-10-25 12:00:00`, the time where its last day is cut off.
    fn before(range: &str, tz: &str, now: &str) -> String {
        let before = read(range, tz, now).previous().unwrap();
        let cut = before.cut().map(|time| format!(" {time}")).unwrap_or_default();
        format!("{} {}{cut}", before.first, before.last)
    }

    #[test]
    fn a_part_of_the_calendar_is_compared_with_the_same_part() {
        let at = |preset| before(preset, "UTC", "2026-11-25T12:00:00Z");
        assert_eq!(at("yesterday"), "2026-11-23 2026-11-23");
        assert_eq!(at("today"), "2026-11-24 2026-11-24 12:00:00");
        assert_eq!(at("7d"), "2026-11-12 2026-11-18 12:00:00");
        assert_eq!(at("last_month"), "2026-09-01 2026-09-30");
        assert_eq!(at("mtd"), "2026-10-01 2026-10-25 12:00:00");
        assert_eq!(at("qtd"), "2026-07-01 2026-08-25 12:00:00");
        assert_eq!(at("ytd"), "2025-01-01 2025-11-25 12:00:00");
    }

    #[test]
    fn a_day_that_the_month_before_lacks_is_compared_with_all_of_it() {
        assert_eq!(before("mtd", "UTC", "2026-03-31T12:00:00Z"), "2026-02-01 2026-02-28");
        assert_eq!(before("last_month", "UTC", "2026-03-31T12:00:00Z"), "2026-01-01 2026-01-31");
        assert_eq!(before("last_month", "UTC", "2026-04-01T12:00:00Z"), "2026-02-01 2026-02-28");
        assert_eq!(before("qtd", "UTC", "2026-05-31T12:00:00Z"), "2026-01-01 2026-02-28");
        assert_eq!(before("ytd", "UTC", "2028-02-29T12:00:00Z"), "2027-01-01 2027-02-28");
    }

    #[test]
    fn the_cut_goes_by_the_clock_and_by_quarter_hours() {
        // The day before had 23 hours, then 25; a clock that shows 12:00 has passed the same time of the day.
        assert_eq!(before("today", "America/New_York", "2026-03-09T16:00:00Z"), "2026-03-08 2026-03-08 12:00:00");
        assert_eq!(before("today", "America/New_York", "2026-11-02T17:07:00Z"), "2026-11-01 2026-11-01 12:00:00");
        // An hour that the day before did not have.
        assert_eq!(before("today", "America/New_York", "2026-03-09T06:30:00Z"), "2026-03-08 2026-03-08 03:30:00");
        assert_eq!(before("today", "Asia/Kathmandu", "2026-11-25T18:15:01Z"), "2026-11-25 2026-11-25 00:15:00");
        assert_eq!(before("mtd", "Asia/Kathmandu", "2026-11-01T10:08:00Z"), "2026-10-01 2026-10-01 15:45:00");
    }

    #[test]
    fn a_range_that_goes_on_counts_the_days_that_have_begun() {
        let custom = |from, to| {
            let query = RangeQuery { from: Some(from), to: Some(to), ..RangeQuery::default() };
            ReportRange::read(&query, "UTC", "2026-11-25T12:00:00Z".parse().unwrap()).unwrap()
        };
        let open = custom("2026-11-20", "2026-12-09");
        assert_eq!((open.day_count(), open.days_begun()), (20, 6));
        let before = open.previous().unwrap();
        assert_eq!(
            (before.first.to_string(), before.last.to_string(), before.cut()),
            ("2026-10-31".into(), "2026-11-05".into(), Some(jiff::civil::time(12, 0, 0, 0)))
        );
        let to_come = custom("2026-12-01", "2026-12-02");
        assert_eq!((to_come.days_begun(), to_come.previous().unwrap().cut()), (1, None));
        assert_eq!(custom("2026-11-01", "2026-11-02").days_begun(), 2);
    }

    #[test]
    fn a_zone_is_called_as_iana_writes_it() {
        assert_eq!(read("today", "asia/kathmandu", "2026-11-25T12:00:00Z").zone_name, "Asia/Kathmandu");
        assert_eq!(read("today", "utc", "2026-11-25T12:00:00Z").zone_name, "UTC");
        assert_eq!(span(None, None, "EUROPE/berlin").unwrap().zone_name, "Europe/Berlin");
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
