//! The monthly statement.

use crate::{
    error::AppError,
    model::{Statement, StatementOf, Timestamp},
    range::{RangeQuery, ReportRange, read_zone},
};
use jiff::{ToSpan, civil::Date};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Which month of whom, as the address says it; empty is the last whole month of the desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementWords {
    /// `2026-10`.
    pub month: String,
    pub user: String,
    pub team: String,
    pub tz: String,
}

impl StatementWords {
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        Self { month: get("month"), user: get("user"), team: get("team"), tz: get("tz") }
    }

    /// Reads them: each refusal names its field and the rule.
    pub fn of(&self) -> Result<StatementOf, AppError> {
        match (self.user.as_str(), self.team.as_str()) {
            ("", "") => Ok(StatementOf::Desk),
            (user, "") => Ok(StatementOf::User(user.to_owned())),
            ("", team) => {
                let rule = |_| AppError::invalid("team", "is no id of a team");
                team.parse().map(StatementOf::Team).map_err(rule)
            }
            _ => Err(AppError::invalid("team", "cannot be given together with user: a statement is of one of them")),
        }
    }

    /// The days of the month.
    pub fn month(&self, default_zone: &str, now: Timestamp) -> Result<ReportRange, AppError> {
        let zone_name = if self.tz.is_empty() { default_zone } else { &self.tz };
        let today = now.to_zoned_datetime(read_zone(zone_name)?).date();
        let first = match self.month.as_str() {
            "" => today.first_of_month().yesterday().map_or(today, Date::first_of_month),
            text => {
                let date = format!("{text}-01").parse::<Date>().ok().filter(|date| written(*date) == text);
                date.ok_or_else(|| AppError::invalid("month", format!("{text:?} is no month such as 2026-01")))?
            }
        };
        let (from, to) = (first.to_string(), first.last_of_month().to_string());
        let query = RangeQuery { range: None, from: Some(&from), to: Some(&to), tz: Some(zone_name) };
        ReportRange::read(&query, default_zone, now)
            .map_err(|error| AppError { field: error.field.map(as_month), ..error })
    }
}

/// The days are not in the address, the month is.
fn as_month(field: String) -> String {
    if field == "from" || field == "to" { "month".to_owned() } else { field }
}

/// `2026-10`.
pub fn written(month: Date) -> String {
    month.strftime("%Y-%m").to_string()
}

/// The month before, and the one after unless it has not begun.
pub fn beside(first: Date, today: Date) -> (Option<String>, Option<String>) {
    let before = first.yesterday().ok().map(written);
    let after = first.checked_add(1.month()).ok().filter(|next| *next <= today).map(written);
    (before, after)
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatementPageData {
    pub statement: Statement,
    pub today: Date,
}

#[server(prefix = "/ui", endpoint = "statement")]
pub async fn load_statement(
    words: StatementWords,
    /// Adds the ledger up however large it is.
    prove: bool,
) -> Result<StatementPageData, AppError> {
    let load = async {
        super::require(crate::model::Role::may_report).await?;
        let backend = super::backend()?;
        let month = words.month(&backend.reporting_zone(), backend.now())?;
        let statement = backend.statement(words.of()?, &month, prove).await?;
        Ok(StatementPageData { statement, today: month.today })
    };
    super::answer(load.await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(month: &str, tz: &str) -> Result<ReportRange, AppError> {
        let words = StatementWords { month: month.into(), tz: tz.into(), ..StatementWords::default() };
        words.month("UTC", "2026-11-25T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_month_is_whole_in_its_zone() {
        let october = month("2026-10", "Asia/Kathmandu").unwrap();
        assert_eq!((october.start.to_string(), october.day_count()), ("2026-09-30T18:15:00Z".into(), 31));
        assert_eq!(month("", "UTC").unwrap().first.to_string(), "2026-10-01");
        assert_eq!(month("2028-02", "UTC").unwrap().last.to_string(), "2028-02-29");
        assert_eq!(beside(october.first, october.today), (Some("2026-09".into()), Some("2026-11".into())));
        assert_eq!(beside("2026-11-01".parse().unwrap(), october.today).1, None);
    }

    #[test]
    fn nonsense_names_its_field() {
        for text in ["2026", "2026-13", "2026-1", "10-2026", "2026-10-01", "99999-01", "1950-01", "<b>"] {
            assert_eq!(month(text, "UTC").unwrap_err().field.as_deref(), Some("month"), "{text}");
        }
        assert_eq!(month("2026-10", "Mars").unwrap_err().field.as_deref(), Some("tz"));
        let both = StatementWords { user: "ana".into(), team: "x".into(), ..StatementWords::default() };
        assert_eq!(both.of().unwrap_err().field.as_deref(), Some("team"));
    }
}
