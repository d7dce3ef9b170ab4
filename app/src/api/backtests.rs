//! Back-tests: begun, watched, read.

use crate::{
    error::AppError,
    model::{Backtest, DraftRow, VersionRow},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Back-tests in a list.
#[cfg(feature = "ssr")]
pub const BACKTESTS: u32 = 10;

/// Where a back-test is begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestsData {
    pub versions: Vec<VersionRow>,
    pub drafts: Vec<DraftRow>,
    /// The latest, without their reports.
    pub latest: Vec<Backtest>,
}

#[server(prefix = "/ui", endpoint = "backtests")]
pub async fn load_backtests() -> Result<BacktestsData, AppError> {
    let load = async {
        super::require(crate::model::Role::may_report).await?;
        let backend = super::backend()?;
        let (versions, drafts) = (backend.version_rows().await?, backend.drafts(super::drafts::DRAFTS).await?);
        Ok(BacktestsData { versions, drafts, latest: backend.backtests(BACKTESTS).await? })
    };
    super::answer(load.await)
}

#[server(prefix = "/ui", endpoint = "backtest")]
pub async fn load_backtest(id: String) -> Result<Backtest, AppError> {
    let load = async {
        super::require(crate::model::Role::may_report).await?;
        super::backend()?.backtest(super::parse::backtest_id(&id)?).await
    };
    super::answer(load.await)
}

/// Begins a back-test of `subject`: `v` and the number of a version, or `d` and the id of a draft. It changes nothing, so
/// whoever reads reports may.
#[server(name = BacktestForm, prefix = "/ui", endpoint = "start_backtest")]
pub async fn start_backtest(
    #[server(default)] subject: String,
    #[server(default)] days: String,
) -> Result<(), AppError> {
    use super::form::Form;
    use leptos::server_fn::ServerFn;
    let start = async {
        let staff = super::require(crate::model::Role::may_report).await?;
        let what = super::parse::backtest_subject(&subject)?;
        let days = days.parse().map_err(|_| AppError::invalid("days", "must be 7, 30 or 90"))?;
        super::backend()?.start_backtest(&super::actor(&staff), what, days).await
    };
    let form = Form::new("/pricing/backtest", BacktestForm::PATH).typed("subject", &subject).typed("days", &days);
    form.finish(start.await, |id| format!("/pricing/backtests/{id}")).map(drop)
}
