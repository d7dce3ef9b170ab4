//! What the overview page shows.

use crate::{
    error::AppError,
    model::{Attention, Overview, Timestamp},
    range::ReportRange,
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
        })
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
