//! What an admin sets for the whole desk, and whether it is well.

#[cfg(feature = "ssr")]
use crate::model::Role;
use crate::{
    error::AppError,
    model::{DeskSettings, Health},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The settings as they hold.
#[server(prefix = "/ui", endpoint = "settings")]
pub async fn load_settings() -> Result<DeskSettings, AppError> {
    let load = async {
        super::require(Role::may_configure).await?;
        super::backend()?.settings().await
    };
    super::answer(load.await)
}

/// What the desk stands on.
#[server(prefix = "/ui", endpoint = "health")]
pub async fn load_health() -> Result<Health, AppError> {
    let load = async {
        super::require(Role::may_configure).await?;
        super::backend()?.health().await
    };
    super::answer(load.await)
}

#[cfg(feature = "ssr")]
async fn change(change: crate::model::SettingChange) -> Result<DeskSettings, AppError> {
    let staff = super::require(Role::may_configure).await?;
    super::backend()?.change_setting(&super::actor(&staff), change).await
}

/// The page that a settings form is on: the settings, or a step of the set-up.
#[cfg(feature = "ssr")]
fn page_of(step: &str, anchor: &str) -> String {
    if step.is_empty() { format!("/settings#{anchor}") } else { format!("/setup#{anchor}") }
}

/// The reporting zone; empty is the environment's.
#[server(name = SetZoneForm, prefix = "/ui", endpoint = "set_zone")]
pub async fn set_zone(#[server(default)] zone: String, #[server(default)] step: String) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::SettingChange;
    use leptos::server_fn::ServerFn;
    let set = async { change(SettingChange::Zone(parse::optional("zone", &zone)?)).await };
    let page = page_of(&step, "zone");
    let form = Form::new(page.clone(), SetZoneForm::PATH).typed("zone", &zone);
    form.finish(set.await, |_| crate::link::with_query(&page, [("saved", "zone")])).map(drop)
}

/// How credits are shown in money; an empty rate shows none.
#[server(name = SetCurrencyForm, prefix = "/ui", endpoint = "set_currency")]
pub async fn set_currency(
    #[server(default)] currency: String,
    #[server(default)] rate: String,
    #[server(default)] step: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::{Currency, SettingChange};
    use leptos::server_fn::ServerFn;
    let set = async {
        let shown = if rate.trim().is_empty() {
            None
        } else {
            let code = parse::needed("currency", &currency)?.to_uppercase();
            Some(Currency { code, credits_per_unit: parse::amount("rate", &rate)? })
        };
        change(SettingChange::Currency(shown)).await
    };
    let page = page_of(&step, "currency");
    let form = Form::new(page.clone(), SetCurrencyForm::PATH).typed("currency", &currency).typed("rate", &rate);
    let saved = if rate.trim().is_empty() { "no-currency" } else { "currency" };
    form.finish(set.await, |_| crate::link::with_query(&page, [("saved", saved)])).map(drop)
}

/// The limits as they were typed, and as the page showed them (JSON).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedLimits {
    pub support_refund: String,
    pub support_grant: String,
    pub admin_refund: String,
    pub admin_grant: String,
    pub admin_cap: String,
    pub activation: String,
    pub hours: String,
    pub was: String,
}

/// Above which amounts a second person is needed; an empty amount is no limit.
#[server(name = SetLimitsForm, prefix = "/ui", endpoint = "set_limits")]
pub async fn set_limits(limits: TypedLimits) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::{Limits, SettingChange};
    use leptos::server_fn::ServerFn;
    let typed = limits;
    let set = async {
        let amount = |field: &str, text: &str| match text.trim() {
            "" => Ok(None),
            text => parse::limit(field, text).map(Some),
        };
        let hours = || AppError::invalid("hours", "must be a whole number of hours");
        let to = Limits {
            support_refund: amount("support_refund", &typed.support_refund)?,
            support_grant: amount("support_grant", &typed.support_grant)?,
            admin_refund: amount("admin_refund", &typed.admin_refund)?,
            admin_grant: amount("admin_grant", &typed.admin_grant)?,
            admin_cap: amount("admin_cap", &typed.admin_cap)?,
            activation: !typed.activation.is_empty(),
            hours: typed.hours.trim().parse().map_err(|_| hours())?,
        };
        let shown = || AppError::invalid("was", "is not what the page said: reload it");
        let was = Some(typed.was.as_str()).filter(|was| !was.is_empty());
        let was = was.map(|was| serde_json::from_str(was).map_err(|_| shown())).transpose()?;
        change(SettingChange::Limits { to, was }).await
    };
    let form = Form::new("/settings#limits", SetLimitsForm::PATH)
        .typed("support_refund", &typed.support_refund)
        .typed("support_grant", &typed.support_grant)
        .typed("admin_refund", &typed.admin_refund)
        .typed("admin_grant", &typed.admin_grant)
        .typed("admin_cap", &typed.admin_cap)
        .typed("activation", &typed.activation)
        .typed("hours", &typed.hours);
    form.finish(set.await, |_| "/settings?saved=limits#limits".to_owned()).map(drop)
}
