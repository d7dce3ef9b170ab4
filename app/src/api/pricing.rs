//! Pricing versions: listed, read, compared, made active.

use crate::{
    error::AppError,
    model::{DraftRow, Role, VersionDetail, VersionRow},
    pricing::ChangedTerm,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The pricing page, for the person who looks at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PricingPageData {
    /// Newest first.
    pub versions: Vec<VersionRow>,
    pub drafts: Vec<DraftRow>,
    pub role: Role,
}

/// A version's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionPageData {
    pub detail: VersionDetail,
    /// What making it the active one would change.
    pub changes: Vec<ChangedTerm>,
    pub role: Role,
}

/// Two versions compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiffPageData {
    pub from: i64,
    pub to: i64,
    /// Every version, newest first.
    pub versions: Vec<VersionRow>,
    pub changes: Vec<ChangedTerm>,
    /// As a unified diff of the two as YAML.
    pub unified: String,
}

/// All versions, and the drafts.
#[server(prefix = "/ui", endpoint = "pricing")]
pub async fn load_pricing() -> Result<PricingPageData, AppError> {
    let load = async {
        let role = super::require(Role::may_report).await?.role;
        let backend = super::backend()?;
        let (versions, drafts) = (backend.version_rows().await?, backend.drafts(super::drafts::DRAFTS).await?);
        Ok(PricingPageData { versions, drafts, role })
    };
    super::answer(load.await)
}

/// One version, whole.
#[server(prefix = "/ui", endpoint = "pricing_version")]
pub async fn load_version(version: String) -> Result<VersionPageData, AppError> {
    let load = async {
        let role = super::require(Role::may_report).await?.role;
        let backend = super::backend()?;
        let detail = backend.version_detail(super::parse::version(&version)?).await?;
        let changes = match detail.active.filter(|active| *active != detail.version.version) {
            Some(active) => crate::pricing::diff(&backend.version(active).await?.config, &detail.version.config),
            None => Vec::new(),
        };
        Ok(VersionPageData { detail, changes, role })
    };
    super::answer(load.await)
}

/// What changes from one version to another; left out, from the one before to the newest.
#[server(prefix = "/ui", endpoint = "pricing_diff")]
pub async fn load_diff(from: String, to: String) -> Result<DiffPageData, AppError> {
    let load = async {
        super::require(Role::may_report).await?;
        compare_versions(&super::backend()?, &from, &to).await
    };
    super::answer(load.await)
}

/// Compares two versions, for the page and for its file.
#[cfg(feature = "ssr")]
pub async fn compare_versions(
    backend: &crate::backend::SharedBackend,
    from: &str,
    to: &str,
) -> Result<DiffPageData, AppError> {
    use super::parse::version;
    let versions = backend.version_rows().await?;
    let newest = versions.first().map_or(1, |row| row.item.version);
    let to = if to.is_empty() { newest } else { version(to)? };
    let from = if from.is_empty() { (to - 1).max(1) } else { version(from)? };
    let (old, new, unified) = backend.two_versions(from, to).await?;
    Ok(DiffPageData { from, to, versions, changes: crate::pricing::diff(&old.config, &new.config), unified })
}

/// Makes `version` the active one; `confirm` is its number, typed, and `active_was` the one that was active when the page
/// was made.
#[server(name = ActivateForm, prefix = "/ui", endpoint = "activate_pricing")]
pub async fn activate_pricing(
    version: i64,
    #[server(default)] confirm: String,
    #[server(default)] active_was: String,
) -> Result<(), AppError> {
    use super::form::Form;
    use crate::model::Proposal;
    use leptos::server_fn::ServerFn;
    let activate = async {
        let staff = super::require(Role::may_manage).await?;
        if confirm.trim() != version.to_string() {
            return Err(AppError::invalid("confirm", format!("must be {version}, the number of the version")));
        }
        let active = super::parse::active_was(&active_was)?;
        let (by, why) = (super::actor(&staff), format!("Make version {version} the active one."));
        super::backend()?.propose(&by, staff.role, Proposal::Activation { version, active }, &why, None).await
    };
    let page = format!("/pricing/versions/{version}");
    let form = Form::new(format!("{page}?activate=1#activate"), ActivateForm::PATH).typed("confirm", &confirm);
    let next = format!("{page}?done=activated");
    form.finish(activate.await, |done| super::form::proposed(done, &next)).map(drop)
}
