//! What expires when; and the sweep that books out what has.

use crate::{
    error::AppError,
    model::{ExpiryView, Role},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpiryPageData {
    pub view: ExpiryView,
    pub days: u32,
    /// The zone of the days.
    pub zone: String,
    pub role: Role,
}

/// `days` ahead, 30 unless given; `tz` is the zone of the days, the reporting zone unless given; `size` are rows of a page.
#[server(prefix = "/ui", endpoint = "expiry")]
pub async fn load_expiry(
    days: String,
    tz: String,
    #[server(default)] size: String,
    cursor: Option<String>,
) -> Result<ExpiryPageData, AppError> {
    let load = async {
        let role = super::require(Role::may_report).await?.role;
        let backend = super::backend()?;
        let zone = super::parse::zone(&tz, backend.reporting_zone())?;
        let days = if days.is_empty() { 30 } else { super::parse::whole("days", &days)? };
        let (span, limit) = (crate::range::read_zone(&zone)?, super::parse::page_size(&size)?);
        let view = backend.expiring(days, &span, cursor.as_deref(), limit).await?;
        Ok(ExpiryPageData { view, days, zone, role })
    };
    super::answer(load.await)
}

/// Sweeps what the dry run showed: `lots` and `credits` say what that was, so that nothing is booked out unseen.
#[server(name = SweepForm, prefix = "/ui", endpoint = "sweep")]
pub async fn sweep(#[server(default)] lots: String, #[server(default)] credits: String) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::{error::Code, model::Credits};
    use leptos::server_fn::ServerFn;
    let swept = async {
        let staff = super::require(Role::may_manage).await?;
        let seen: (i64, Credits) = (parse::whole("lots", &lots)?, parse::amount("credits", &credits)?);
        let (backend, by) = (super::backend()?, super::actor(&staff));
        let due = backend.sweep(&by, true).await?;
        if (due.expired_count, due.expired_amount) != seen {
            let message =
                "What has expired is not what the dry run showed any more: look at the new numbers and confirm them.";
            return Err(AppError::new(Code::InvalidRequest, message));
        }
        backend.sweep(&by, false).await
    };
    let form = Form::new("/expiry?dry=1#sweep", SweepForm::PATH);
    form.finish(swept.await, |_| "/expiry?saved=swept".to_owned()).map(drop)
}
