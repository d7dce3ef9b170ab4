//! A table as CSV: UTF-8, commas, one head, exact amounts with a point, times of ISO 8601.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break for a formula. Texts of others could
//! begin so: those get an apostrophe in front, which spreadsheets take for "text". Amounts are ours and stay numbers.

use app::{
    error::AppError,
    model::{Credits, Timestamp},
};
use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use jiff::{civil::Date, tz::TimeZone};

/// One cell, ready to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell(String);

impl Cell {
    /// A text of somebody else's.
    pub fn text(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
        Self(if formula { format!("'{text}") } else { text.to_owned() })
    }

    pub fn maybe(text: Option<&String>) -> Self {
        text.map_or_else(Self::empty, Self::text)
    }

    pub const fn empty() -> Self {
        Self(String::new())
    }

    /// A word of our own: a kind, a zone.
    pub fn word(word: impl Into<String>) -> Self {
        Self(word.into())
    }

    pub fn credits(amount: Credits) -> Self {
        Self(amount.to_string())
    }

    pub fn count(number: i64) -> Self {
        Self(number.to_string())
    }

    pub fn date(date: Date) -> Self {
        Self(date.to_string())
    }

    pub fn flag(yes: bool) -> Self {
        Self::word(if yes { "yes" } else { "no" })
    }

    /// In UTC, if there is one.
    pub fn utc(at: Option<Timestamp>) -> Self {
        at.map_or_else(Self::empty, |at| Self::instant(at, &TimeZone::UTC))
    }

    /// With the zone's offset at that moment: `2026-11-25T00:00:00+05:45`.
    pub fn instant(at: Timestamp, zone: &TimeZone) -> Self {
        Self(at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string())
    }
}

/// A table in the making.
pub struct Sheet {
    rows: csv::Writer<Vec<u8>>,
}

impl Sheet {
    pub fn new<'a>(head: impl IntoIterator<Item = &'a str>) -> Result<Self, AppError> {
        let mut sheet = Self::body();
        sheet.row(head.into_iter().map(Cell::text))?;
        Ok(sheet)
    }

    /// Without a head: a further part of a long table.
    pub fn body() -> Self {
        Self { rows: csv::WriterBuilder::new().flexible(true).from_writer(Vec::new()) }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> Result<(), AppError> {
        self.rows.write_record(cells.into_iter().map(|cell| cell.0)).map_err(failed)
    }

    pub fn bytes(self) -> Result<Vec<u8>, AppError> {
        self.rows.into_inner().map_err(failed)
    }
}

/// Writing to memory does not fail; should it, the log has the cause.
fn failed(error: impl std::fmt::Display) -> AppError {
    tracing::error!(%error, "a table cannot be written");
    crate::http::problem::internal()
}

/// The file as a download.
pub fn download(name: &str, media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = (StatusCode::OK, body.into()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    response
}

pub const CSV: &str = "text/csv; charset=utf-8; header=present";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_formula_is_text_and_amounts_are_numbers() {
        let mut sheet = Sheet::new(["user", "amount"]).unwrap();
        for user in ["=1+1", "+49", "-a", "@sum", "\tx", "a,\"b\"\nc", "🦀", "'"] {
            sheet.row([Cell::text(user), Cell::credits(Credits::from_micros(-400_000))]).unwrap();
        }
        let text = String::from_utf8(sheet.bytes().unwrap()).unwrap();
        let lines = "user,amount\n'=1+1,-0.4\n'+49,-0.4\n'-a,-0.4\n'@sum,-0.4\n'\tx,-0.4\n\"a,\"\"b\"\"\nc\",-0.4\n🦀,-0.4\n',-0.4\n";
        assert_eq!(text, lines);
    }

    #[test]
    fn times_carry_the_offset_of_their_moment() {
        let zone = TimeZone::get("Australia/Lord_Howe").unwrap();
        let cell = |text: &str| Cell::instant(text.parse().unwrap(), &zone).0;
        assert_eq!(cell("2026-04-04T14:45:00Z"), "2026-04-05T01:45:00+11:00");
        assert_eq!(cell("2026-04-04T15:15:00.5Z"), "2026-04-05T01:45:00.5+10:30");
    }
}
