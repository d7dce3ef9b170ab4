//! The first steps of a new desk, each of which can be left out and come back to.

#[cfg(feature = "ssr")]
use crate::model::Role;
use crate::{error::AppError, model::DeskSettings};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How far the desk is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetupPageData {
    pub settings: DeskSettings,
    /// The active pricing version.
    pub version: Option<i64>,
    /// Keys that are not revoked.
    pub keys: usize,
    /// True once the ledger has a charge.
    pub charged: bool,
    /// The key that was just made, this once.
    pub made: Option<String>,
    /// Where this page was asked for, for the commands on it.
    pub site: String,
}

#[server(prefix = "/ui", endpoint = "first_steps")]
pub async fn load_setup() -> Result<SetupPageData, AppError> {
    use crate::model::{EntryKind, TransactionQuery};
    let load = async {
        super::require(Role::may_configure).await?;
        let backend = super::backend()?;
        let versions = backend.versions().await?;
        let keys = super::access()?.keys().await?;
        let query = TransactionQuery { kind: Some(EntryKind::Usage), limit: 1, ..TransactionQuery::default() };
        Ok(SetupPageData {
            settings: backend.settings().await?,
            version: versions.iter().find(|item| item.active).map(|item| item.version),
            keys: keys.iter().filter(|key| key.revoked_at.is_none()).count(),
            charged: !backend.transactions(query).await?.items.is_empty(),
            made: super::once::take("key"),
            site: super::once::absolute(""),
        })
    };
    super::answer(load.await)
}

/// Publishes the first prices, as JSON.
#[server(name = FirstPricesForm, prefix = "/ui", endpoint = "first_prices")]
pub async fn first_prices(#[server(default)] config: String) -> Result<(), AppError> {
    use super::form::{Form, MAX_TYPED, posted_without_script};
    use crate::model::SaveDraft;
    use leptos::server_fn::ServerFn;
    let publish = async {
        let staff = super::require(Role::may_configure).await?;
        let rule = |error: serde_json::Error| AppError::invalid("config", format!("is no JSON: {error}"));
        let config = serde_json::from_str(&config).map_err(rule)?;
        super::backend()?.publish(&super::actor(&staff), config, Some("first prices".to_owned()), true).await
    };
    let form = Form::new("/setup#pricing", FirstPricesForm::PATH).typed("config", &config);
    let published = publish.await;
    let too_long = posted_without_script() && config.chars().count() > MAX_TYPED;
    if published.is_err()
        && too_long
        && let Ok(staff) = super::require(Role::may_configure).await
    {
        // What does not fit into an address is kept as a draft, whose page shows what is wrong at its place.
        let content = config.replace("\r\n", "\n");
        let label = Some("first prices".to_owned());
        let draft = SaveDraft { label, content, ..SaveDraft::default() };
        let saved = super::backend()?.save_draft(&super::actor(&staff), draft).await;
        return form.finish(saved, |saved| format!("/pricing/drafts/{}", saved.id)).map(drop);
    }
    form.finish(published, |_| "/setup?saved=pricing#pricing".to_owned()).map(drop)
}

/// Puts the first steps away, or (`again` has any text) takes them out again.
#[server(name = SetUpForm, prefix = "/ui", endpoint = "set_up")]
pub async fn set_up(#[server(default)] again: String) -> Result<(), AppError> {
    use super::form::Form;
    use crate::model::SettingChange;
    use leptos::server_fn::ServerFn;
    let done = again.is_empty();
    let set = async {
        let staff = super::require(Role::may_configure).await?;
        super::backend()?.change_setting(&super::actor(&staff), SettingChange::SetUp(done)).await
    };
    let next = if done { "/" } else { "/setup" };
    Form::new("/setup", SetUpForm::PATH).finish(set.await, |_| next.to_owned()).map(drop)
}
