//! Pricing versions: published once, never changed, made active in either direction.

use super::Desk;
use crate::ledger::events;
use crate::pricelist::{self, Format};
use crate::store::{
    StoreError, Tx,
    audit::{self, Change},
    versions::{self, NewVersion},
};
use app::backend::{Answer, Pricing as Port};
use app::error::{AppError, Code};
use app::model::{
    Actor, AuditAction, AuditSubject, ConfigError, PricingConfigData, PricingConfigHistoryItem, PricingConfigResult,
    Published, VersionDetail, VersionRow,
};
use app::pricing::{canonical_json, read_config};
use async_trait::async_trait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Activations of a version that its page shows.
const ACTIVATIONS: u32 = 20;

fn not_found(version: i64) -> AppError {
    AppError::new(Code::VersionNotFound, format!("No pricing version {version}.")).with("version", version)
}

/// The refusal of a configuration with faults.
pub(super) fn invalid(errors: Vec<ConfigError>) -> AppError {
    let count = errors.len();
    let message = format!("The configuration has {count} error{}.", if count == 1 { "" } else { "s" });
    AppError::new(Code::ConfigInvalid, message).with("errors", errors)
}

/// What people are to read beside a configuration; an empty text is none.
pub(super) fn label_of(label: Option<String>) -> Answer<Option<String>> {
    let label = label.map(|label| label.trim().to_owned()).filter(|label| !label.is_empty());
    if let Some(label) = &label {
        super::validate::id("label", label)?;
    }
    Ok(label)
}

#[async_trait]
impl Port for Desk {
    async fn versions(&self) -> Answer<Vec<PricingConfigHistoryItem>> {
        let mut tx = self.db.snapshot().await?;
        Ok(versions::history(&mut tx).await?)
    }

    async fn version(&self, version: i64) -> Answer<PricingConfigResult> {
        let mut tx = self.db.snapshot().await?;
        versions::by_number(&mut tx, version).await?.ok_or_else(|| not_found(version))
    }

    async fn active_version(&self) -> Answer<PricingConfigResult> {
        let mut tx = self.db.snapshot().await?;
        versions::active(&mut tx)
            .await?
            .ok_or_else(|| AppError::new(Code::PricingNotLoaded, "No pricing version is active yet: publish one."))
    }

    async fn publish(&self, by: &Actor, config: Value, label: Option<String>, activate: bool) -> Answer<Published> {
        let config = read_config(&config).map_err(invalid)?;
        let label = label_of(label)?;
        let published = self.retry(async || self.insert_version(by, &config, label.as_deref(), activate).await);
        Ok(published.await?)
    }

    async fn activate(&self, by: &Actor, version: i64) -> Answer<PricingConfigHistoryItem> {
        self.activate_when(by, version, |_| true).await
    }

    async fn activate_after(
        &self,
        by: &Actor,
        version: i64,
        active_was: Option<i64>,
    ) -> Answer<PricingConfigHistoryItem> {
        // Pressed twice, the second finds what it wants.
        self.activate_when(by, version, |active| active == active_was || active == Some(version)).await
    }

    async fn version_rows(&self) -> Answer<Vec<VersionRow>> {
        let mut tx = self.db.snapshot().await?;
        Ok(versions::listed(&mut tx).await?)
    }

    async fn version_detail(&self, version: i64) -> Answer<VersionDetail> {
        let mut tx = self.db.snapshot().await?;
        let found = versions::by_number(&mut tx, version).await?.ok_or_else(|| not_found(version))?;
        let origin = versions::origin(&mut tx, version).await?;
        let (created_by, created_at) = origin.ok_or_else(|| not_found(version))?;
        let activations = versions::activations(&mut tx, version, ACTIVATIONS).await?;
        let active = versions::active_number(&mut tx).await?;
        Ok(VersionDetail { version: found, created_by, created_at, activations, active })
    }

    async fn two_versions(&self, from: i64, to: i64) -> Answer<(PricingConfigResult, PricingConfigResult, String)> {
        let mut tx = self.db.snapshot().await?;
        let old = versions::by_number(&mut tx, from).await?.ok_or_else(|| not_found(from))?;
        let new = versions::by_number(&mut tx, to).await?.ok_or_else(|| not_found(to))?;
        let text =
            pricelist::unified((&format!("version {from}"), &old.config), (&format!("version {to}"), &new.config));
        Ok((old, new, text))
    }

    async fn version_text(&self, version: i64, yaml: bool) -> Answer<String> {
        let format = if yaml { Format::Yaml } else { Format::Json };
        Ok(format.write(&self.version(version).await?.config))
    }
}

/// The refusal of somebody who decided on what is no longer so.
pub(super) fn active_changed(active: Option<i64>) -> AppError {
    let what = match active {
        Some(version) => format!("Version {version} became the active one since this page was made"),
        None => "No version is active any more".to_owned(),
    };
    AppError::new(
        Code::EditConflict,
        format!("{what}. Nothing was changed: look at what it changes, and decide again."),
    )
    .with("active", active)
}

/// What the audit log is told of a new version. The content is in the version itself, for good; the log has what proves it.
pub(super) fn published(by: &Actor, version: &PricingConfigResult) -> Change {
    let digest = audit::hex(&Sha256::digest(canonical_json(&version.config)));
    let state = json!({
        "version": version.version,
        "label": version.label,
        "models": version.config.models.len(),
        "sha256": digest,
    });
    Change::new(by, AuditAction::PricingPublished, AuditSubject::Pricing, version.version.to_string()).to(state)
}

/// What became of a wish to activate.
enum Activated {
    Done,
    Unknown,
    Changed(Option<i64>),
}

impl Desk {
    /// Makes a version the active one when `agrees` with the one that is.
    async fn activate_when(
        &self,
        by: &Actor,
        version: i64,
        agrees: impl Fn(Option<i64>) -> bool + Send + Sync,
    ) -> Answer<PricingConfigHistoryItem> {
        let done = self.retry(async || {
            let mut tx = self.db.begin().await?;
            let Some(wanted) = versions::by_number(&mut tx, version).await? else { return Ok(Activated::Unknown) };
            let active = versions::active_number(&mut tx).await?;
            if !agrees(active) {
                return Ok(Activated::Changed(active));
            }
            if active != Some(version) {
                let change = self.make_active(&mut tx, by, &wanted, active).await?;
                audit::record(&mut tx, change, Self::now(self)).await?;
            }
            tx.commit().await?;
            Ok(Activated::Done)
        });
        match done.await? {
            Activated::Unknown => return Err(not_found(version)),
            Activated::Changed(active) => return Err(active_changed(active)),
            Activated::Done => {}
        }
        let history = self.versions().await?;
        history.into_iter().find(|item| item.version == version).ok_or_else(|| not_found(version))
    }

    /// Makes a version the active one, and gives what the audit log is to be told.
    pub(super) async fn make_active(
        &self,
        tx: &mut Tx,
        by: &Actor,
        version: &PricingConfigResult,
        before: Option<i64>,
    ) -> Result<Change, StoreError> {
        let now = Self::now(self);
        versions::activate(tx, version.version, &by.name, now).await?;
        let event = events::pricing_activated(version.version, before, version.label.as_deref(), &by.name);
        self.outbox.write_one(tx, &event, None, now).await?;
        let change = Change::new(by, AuditAction::PricingActivated, AuditSubject::Pricing, version.version.to_string());
        let after = json!({ "active": version.version, "label": version.label });
        Ok(change.from(json!({ "active": before })).to(after))
    }

    /// Equal content is the version it equals.
    async fn insert_version(
        &self,
        by: &Actor,
        config: &PricingConfigData,
        label: Option<&str>,
        activate: bool,
    ) -> Result<Published, StoreError> {
        let mut tx = self.db.begin().await?;
        let (version, created) = self.put_version(&mut tx, by, config, label).await?;
        let mut changes = Vec::new();
        if created {
            changes.push(published(by, &version));
        }
        let before = versions::active(&mut tx).await?.map(|active| active.version);
        let mut active = before == Some(version.version);
        if activate && !active {
            changes.push(self.make_active(&mut tx, by, &version, before).await?);
            active = true;
        }
        audit::record_all(&mut tx, changes, Self::now(self)).await?;
        tx.commit().await?;
        Ok(Published { version, active, created })
    }

    /// The version of this content, and whether it is new.
    pub(super) async fn put_version(
        &self,
        tx: &mut Tx,
        by: &Actor,
        config: &PricingConfigData,
        label: Option<&str>,
    ) -> Result<(PricingConfigResult, bool), StoreError> {
        let content = canonical_json(config);
        let hash = Sha256::digest(&content).to_vec();
        if let Some(version) = versions::by_hash(tx, &hash).await? {
            return Ok((version, false));
        }
        let (id, now) = (self.new_id(), Self::now(self));
        let new = NewVersion { id, content: &content, hash: &hash, label, by: &by.name, now };
        let number = versions::insert(tx, &new).await?;
        let label = label.map(str::to_owned);
        Ok((PricingConfigResult { id, config: config.clone(), version: number, label }, true))
    }
}
