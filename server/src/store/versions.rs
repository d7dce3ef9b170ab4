//! Pricing versions: immutable rows, and the compiled form of those in use.

use super::{StoreError, Tx, sql};
use crate::clock::from_micros;
use crate::ledger::ActivePricing;
use app::model::{
    Activation, PricingConfigData, PricingConfigHistoryItem, PricingConfigResult, Timestamp, Uuid,
    VersionRow as ListedVersion,
};
use app::pricing::Pricing;
use sqlx::FromRow;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

/// Versions that are read in search of a model.
const MAX_READ: usize = 100;

/// Compiled versions. A version never changes, so what was compiled once stays right; which one is active is read anew.
#[derive(Debug, Default)]
pub struct Compiled {
    known: Mutex<HashMap<i64, Arc<Pricing>>>,
}

impl Compiled {
    /// The active version, or none yet.
    pub async fn active(&self, tx: &mut Tx) -> Result<Option<ActivePricing>, StoreError> {
        let Some(version) = active_number(tx).await? else { return Ok(None) };
        let pricing = self.version(tx, version).await?;
        Ok(pricing.map(|pricing| ActivePricing { version, pricing }))
    }

    /// A version by its number, compiled.
    pub async fn version(&self, tx: &mut Tx, version: i64) -> Result<Option<Arc<Pricing>>, StoreError> {
        if let Some(pricing) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&version) {
            return Ok(Some(Arc::clone(pricing)));
        }
        let Some(stored) = by_number(tx, version).await? else { return Ok(None) };
        let pricing = Pricing::compile(stored.config)
            .map_err(|errors| StoreError::corrupt("pricing version", format!("{errors:?}")))?;
        let pricing = Arc::new(pricing);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(version, Arc::clone(&pricing));
        Ok(Some(pricing))
    }
}

/// The number of the active version.
pub async fn active_number(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    let found: Option<(i64,)> =
        sql("SELECT version FROM pricing_activations ORDER BY seq DESC LIMIT 1").optional(tx).await?;
    Ok(found.map(|(version,)| version))
}

#[derive(Debug, FromRow)]
struct VersionRow {
    version: i64,
    id: Uuid,
    content: String,
    label: Option<String>,
}

impl TryFrom<VersionRow> for PricingConfigResult {
    type Error = StoreError;

    fn try_from(row: VersionRow) -> Result<Self, StoreError> {
        let config: PricingConfigData =
            serde_json::from_str(&row.content).map_err(|error| StoreError::corrupt("pricing version", error))?;
        Ok(Self { id: row.id, config, version: row.version, label: row.label })
    }
}

pub async fn by_number(tx: &mut Tx, version: i64) -> Result<Option<PricingConfigResult>, StoreError> {
    let row: Option<VersionRow> = sql("SELECT version, id, content, label FROM pricing_versions WHERE version = $1")
        .bind(version)
        .optional(tx)
        .await?;
    row.map(PricingConfigResult::try_from).transpose()
}

/// The number, if there is a version of it.
pub async fn known(tx: &mut Tx, version: Option<i64>) -> Result<Option<i64>, StoreError> {
    let Some(version) = version else { return Ok(None) };
    let found: Option<(i64,)> =
        sql("SELECT version FROM pricing_versions WHERE version = $1").bind(version).optional(tx).await?;
    Ok(found.map(|(version,)| version))
}

/// Those of `models` that none of the latest versions prices.
pub async fn unpriced(tx: &mut Tx, mut models: BTreeSet<String>) -> Result<BTreeSet<String>, StoreError> {
    for item in history(tx).await?.into_iter().take(MAX_READ) {
        if models.is_empty() {
            break;
        }
        if let Some(version) = by_number(tx, item.version).await? {
            models.retain(|model| !version.config.models.contains_key(model));
        }
    }
    Ok(models)
}

/// The version with this very content.
pub async fn by_hash(tx: &mut Tx, hash: &[u8]) -> Result<Option<PricingConfigResult>, StoreError> {
    let row: Option<VersionRow> =
        sql("SELECT version, id, content, label FROM pricing_versions WHERE content_hash = $1")
            .bind(hash.to_vec())
            .optional(tx)
            .await?;
    row.map(PricingConfigResult::try_from).transpose()
}

pub async fn active(tx: &mut Tx) -> Result<Option<PricingConfigResult>, StoreError> {
    match active_number(tx).await? {
        Some(version) => by_number(tx, version).await,
        None => Ok(None),
    }
}

/// A new version's content and origin.
#[derive(Debug)]
pub struct NewVersion<'a> {
    pub id: Uuid,
    pub content: &'a str,
    pub hash: &'a [u8],
    pub label: Option<&'a str>,
    pub by: &'a str,
    pub now: Timestamp,
}

/// Writes a version under the next number. Two at once: one of them meets the unique number and begins anew.
pub async fn insert(tx: &mut Tx, new: &NewVersion<'_>) -> Result<i64, StoreError> {
    let (version,): (i64,) = sql("SELECT COALESCE(MAX(version), 0) + 1 FROM pricing_versions").one(tx).await?;
    sql("INSERT INTO pricing_versions (version, id, content, content_hash, label, created_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .bind(version)
    .bind(new.id)
    .bind(new.content)
    .bind(new.hash.to_vec())
    .bind(new.label)
    .bind(new.by)
    .bind(new.now)
    .execute_one(tx)
    .await?;
    Ok(version)
}

/// Makes a version the active one. The history of activations is kept.
pub async fn activate(tx: &mut Tx, version: i64, by: &str, now: Timestamp) -> Result<(), StoreError> {
    let (seq,): (i64,) = sql("SELECT COALESCE(MAX(seq), 0) + 1 FROM pricing_activations").one(tx).await?;
    sql("INSERT INTO pricing_activations (seq, version, activated_by, activated_at) VALUES ($1, $2, $3, $4)")
        .bind(seq)
        .bind(version)
        .bind(by)
        .bind(now)
        .execute_one(tx)
        .await
}

#[derive(Debug, FromRow)]
struct HistoryRow {
    id: Uuid,
    version: i64,
    label: Option<String>,
    created_at: i64,
}

/// All versions, newest first.
pub async fn history(tx: &mut Tx) -> Result<Vec<PricingConfigHistoryItem>, StoreError> {
    let active = active_number(tx).await?;
    let rows: Vec<HistoryRow> =
        sql("SELECT id, version, label, created_at FROM pricing_versions ORDER BY version DESC").all(tx).await?;
    let item = |row: HistoryRow| PricingConfigHistoryItem {
        id: row.id,
        version: row.version,
        label: row.label,
        active: active == Some(row.version),
        created_at: from_micros(row.created_at),
    };
    Ok(rows.into_iter().map(item).collect())
}

#[derive(Debug, FromRow)]
struct OriginRow {
    version: i64,
    created_by: String,
    activated_by: Option<String>,
    activated_at: Option<i64>,
}

/// All versions with who published them and who made them active last, newest first.
pub async fn listed(tx: &mut Tx) -> Result<Vec<ListedVersion>, StoreError> {
    let origins: Vec<OriginRow> = sql("SELECT v.version, v.created_by, a.activated_by, a.activated_at \
         FROM pricing_versions v LEFT JOIN pricing_activations a ON a.version = v.version AND a.seq = \
         (SELECT MAX(l.seq) FROM pricing_activations l WHERE l.version = v.version)")
    .all(tx)
    .await?;
    let mut origins: HashMap<i64, OriginRow> = origins.into_iter().map(|row| (row.version, row)).collect();
    let mut rows = Vec::new();
    for item in history(tx).await? {
        let Some(origin) = origins.remove(&item.version) else { continue };
        let activated = origin.activated_by.zip(origin.activated_at);
        let activated = activated.map(|(by, at)| Activation { version: item.version, by, at: from_micros(at) });
        rows.push(ListedVersion { item, created_by: origin.created_by, activated });
    }
    Ok(rows)
}

/// Who published a version, and when.
pub async fn origin(tx: &mut Tx, version: i64) -> Result<Option<(String, Timestamp)>, StoreError> {
    let row: Option<(String, i64)> = sql("SELECT created_by, created_at FROM pricing_versions WHERE version = $1")
        .bind(version)
        .optional(tx)
        .await?;
    Ok(row.map(|(by, at)| (by, from_micros(at))))
}

/// When a version was made the active one, newest first.
pub async fn activations(tx: &mut Tx, version: i64, limit: u32) -> Result<Vec<Activation>, StoreError> {
    let rows: Vec<(String, i64)> =
        sql("SELECT activated_by, activated_at FROM pricing_activations WHERE version = $1 \
         ORDER BY seq DESC LIMIT $2")
        .bind(version)
        .bind(i64::from(limit))
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(by, at)| Activation { version, by, at: from_micros(at) }).collect())
}
