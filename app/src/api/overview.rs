//! What the overview page shows.

use crate::{
    error::AppError,
    model::{Overview, Timestamp},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The overview with the range it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverviewPage {
    pub overview: Overview,
    pub now: Timestamp,
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
    use crate::{
        model::Role,
        range::{RangeQuery, ReportRange},
    };
    let load = async {
        super::require(Role::may_report).await?;
        let backend = super::backend()?;
        let query = RangeQuery { range: range.as_deref(), from: from.as_deref(), to: to.as_deref(), tz: tz.as_deref() };
        let now = backend.now();
        let range = ReportRange::read(&query, &backend.reporting_zone(), now)?;
        Ok(OverviewPage { overview: backend.overview(&range, prove).await?, now })
    };
    super::answer(load.await)
}
