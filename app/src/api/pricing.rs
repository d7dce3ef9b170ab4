//! Pricing versions: listed, read, made active.

use crate::{
    error::AppError,
    model::{PricingConfigHistoryItem, PricingConfigResult, Role, Timestamp},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The pricing page, for the person who looks at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PricingPageData {
    /// Newest first.
    pub versions: Vec<PricingConfigHistoryItem>,
    /// The version that is shown whole: the one asked for, else the active one.
    pub shown: Option<PricingConfigResult>,
    pub role: Role,
    pub now: Timestamp,
}

/// All versions, and the content of `version` (the active one when it is left out).
#[server(prefix = "/ui", endpoint = "pricing")]
pub async fn load_pricing(version: Option<i64>) -> Result<PricingPageData, AppError> {
    let load = async {
        let role = super::require(Role::may_report).await?.role;
        let backend = super::backend()?;
        let mut versions = backend.versions().await?;
        versions.sort_by_key(|item| std::cmp::Reverse(item.version));
        let wanted = version.or_else(|| versions.iter().find(|item| item.active).map(|item| item.version));
        let shown = match wanted {
            Some(version) => Some(backend.version(version).await?),
            None => None,
        };
        Ok(PricingPageData { versions, shown, role, now: backend.now() })
    };
    super::answer(load.await)
}

/// Makes `version` the active one; `confirm` is its number, typed.
#[server(name = ActivateForm, prefix = "/ui", endpoint = "activate_pricing")]
pub async fn activate_pricing(version: i64, #[server(default)] confirm: String) -> Result<(), AppError> {
    use super::form::Form;
    use crate::link;
    use leptos::server_fn::ServerFn;
    let activate = async {
        let staff = super::require(Role::may_manage).await?;
        if confirm.trim() != version.to_string() {
            return Err(AppError::invalid("confirm", format!("must be {version}, the number of the version")));
        }
        super::backend()?.activate(&super::actor(&staff), version).await
    };
    let number = version.to_string();
    let page = link::with_query("/pricing#activate", [("activate", number.as_str())]);
    let form = Form::new(page, ActivateForm::PATH).typed("confirm", &confirm);
    form.finish(activate.await, |_| link::with_query("/pricing", [("done", number.as_str())])).map(drop)
}
