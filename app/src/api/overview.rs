//! What the overview page shows.

use crate::{
    error::AppError,
    format,
    model::{Attention, Overview, Timestamp},
    range::{ReportRange, days_begun},
};
use jiff::civil::Date;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The overview with the range it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverviewPage {
    pub overview: Overview,
    pub attention: Attention,
    /// Every model by its first charge, which gives each its colour.
    pub models: Vec<String>,
    pub range: ShownRange,
    pub now: Timestamp,
}

/// A [`ReportRange`] in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownRange {
    pub preset: String,
    pub label: String,
    pub zone: String,
    pub first: Date,
    pub last: Date,
    pub today: Date,
    /// The period it is compared with.
    pub previous: (Date, Date),
    /// The time of the clock at which that is cut off, as this one is not over.
    pub previous_until: Option<String>,
}

impl ShownRange {
    pub fn of(range: &ReportRange) -> Result<Self, AppError> {
        let before = range.previous()?;
        Ok(Self {
            preset: range.preset.clone(),
            label: range.label(),
            zone: range.zone_name.clone(),
            first: range.first,
            last: range.last,
            today: range.today,
            previous: (before.first, before.last),
            previous_until: before.cut().map(|time| time.strftime("%H:%M").to_string()),
        })
    }

    /// `1 – 25 Nov 2026, compared with 1 – 25 Oct 2026 until 12:00`.
    pub fn lead(&self) -> String {
        let until = self.previous_until.as_ref().map(|time| format!(" until {time}")).unwrap_or_default();
        let (days, before) = (format::days(self.first, self.last), format::days(self.previous.0, self.previous.1));
        format!("{days}, compared with {before}{until}")
    }

    /// Days that have begun.
    pub fn days_begun(&self) -> usize {
        days_begun(self.first, self.last, self.today)
    }

    /// The words of an address for the same days.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let mut words = if self.preset == "custom" {
            vec![("from", self.first.to_string()), ("to", self.last.to_string())]
        } else {
            vec![("range", self.preset.clone())]
        };
        words.push(("tz", self.zone.clone()));
        words
    }
}

/// `range` is a preset of [`crate::range::PRESETS`]; `prove` adds the ledger up however large it is.
#[server(prefix = "/ui", endpoint = "overview")]
pub async fn load_overview(
    range: Option<String>,
    from: Option<String>,
    to: Option<String>,
    tz: Option<String>,
    prove: bool,
) -> Result<OverviewPage, AppError> {
    use crate::{model::Role, range::RangeQuery};
    let load = async {
        // The front page of those who may not see it is that of their work.
        let bare = [&range, &from, &to, &tz].into_iter().all(Option::is_none);
        if bare && !super::require_anyone().await?.role.may_report() {
            super::form::move_on("/users");
        }
        super::require(Role::may_report).await?;
        let backend = super::backend()?;
        let query = RangeQuery { range: range.as_deref(), from: from.as_deref(), to: to.as_deref(), tz: tz.as_deref() };
        let now = backend.now();
        let range = ReportRange::read(&query, &backend.reporting_zone(), now)?;
        let overview = backend.overview(&range, prove).await?;
        let (attention, models) = (backend.attention().await?, backend.models().await?);
        Ok(OverviewPage { overview, attention, models, range: ShownRange::of(&range)?, now })
    };
    super::answer(load.await)
}
