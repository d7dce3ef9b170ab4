//! Pricing versions: published once, never changed, made active in either direction.

use super::Desk;
use crate::ledger::events;
use crate::store::{
    StoreError, Tx,
    audit::{self, Change},
    versions::{self, NewVersion},
};
use app::backend::{Answer, Pricing as Port};
use app::error::{AppError, Code};
use app::model::{
    Actor, AuditAction, AuditSubject, PricingConfigData, PricingConfigHistoryItem, PricingConfigResult, Published,
};
use app::pricing::{canonical_json, read_config};
use async_trait::async_trait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn not_found(version: i64) -> AppError {
    AppError::new(Code::VersionNotFound, format!("No pricing version {version}.")).with("version", version)
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
        let config = read_config(&config).map_err(|errors| {
            let count = errors.len();
            let message = format!("The configuration has {count} error{}.", if count == 1 { "" } else { "s" });
            AppError::new(Code::ConfigInvalid, message).with("errors", errors)
        })?;
        let label = label.map(|label| label.trim().to_owned()).filter(|label| !label.is_empty());
        if let Some(label) = &label {
            super::validate::id("label", label)?;
        }
        let published = self.retry(async || self.insert_version(by, &config, label.as_deref(), activate).await);
        Ok(published.await?)
    }

    async fn activate(&self, by: &Actor, version: i64) -> Answer<PricingConfigHistoryItem> {
        let known = self.retry(async || {
            let mut tx = self.db.begin().await?;
            let Some(wanted) = versions::by_number(&mut tx, version).await? else { return Ok(false) };
            let active = versions::active(&mut tx).await?.map(|active| active.version);
            if active != Some(version) {
                let change = self.make_active(&mut tx, by, &wanted, active).await?;
                audit::record(&mut tx, change, Self::now(self)).await?;
            }
            tx.commit().await?;
            Ok(true)
        });
        if !known.await? {
            return Err(not_found(version));
        }
        let history = self.versions().await?;
        history.into_iter().find(|item| item.version == version).ok_or_else(|| not_found(version))
    }
}

impl Desk {
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
        let content = canonical_json(config);
        let hash = Sha256::digest(&content).to_vec();
        let mut tx = self.db.begin().await?;
        let existing = versions::by_hash(&mut tx, &hash).await?;
        let created = existing.is_none();
        let now = Self::now(self);
        let mut changes = Vec::new();
        let version = if let Some(version) = existing {
            version
        } else {
            let id = self.new_id();
            let new = NewVersion { id, content: &content, hash: &hash, label, by: &by.name, now };
            let number = versions::insert(&mut tx, &new).await?;
            let change = Change::new(by, AuditAction::PricingPublished, AuditSubject::Pricing, number.to_string());
            // The content is in the version itself, for good; the log has what proves it.
            let models = config.models.len();
            let digest = audit::hex(&hash);
            changes.push(change.to(json!({ "version": number, "label": label, "models": models, "sha256": digest })));
            let label = label.map(str::to_owned);
            PricingConfigResult { id, config: config.clone(), version: number, label }
        };
        let before = versions::active(&mut tx).await?.map(|active| active.version);
        let mut active = before == Some(version.version);
        if activate && !active {
            changes.push(self.make_active(&mut tx, by, &version, before).await?);
            active = true;
        }
        audit::record_all(&mut tx, changes, now).await?;
        tx.commit().await?;
        Ok(Published { version, active, created })
    }
}
