//! Drafts of prices, and the price lists that some are made from.

use super::{StoreError, Tx, sql};
use crate::clock::from_micros;
use app::model::{DraftRow, PlanForm, PricingDraft, Timestamp, Uuid};
use sqlx::FromRow;

/// Price lists that are kept: each is some megabytes, and is read again within minutes or never.
const MAX_LISTS: i64 = 5;

#[derive(Debug, FromRow)]
struct Row {
    id: Uuid,
    base: Option<i64>,
    seen_active: Option<i64>,
    label: Option<String>,
    content: String,
    plan_form: Option<String>,
    revision: i64,
    published: Option<i64>,
    created_by: String,
    updated_by: String,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<Row> for PricingDraft {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let plan_form: Option<PlanForm> = match row.plan_form {
            Some(text) => Some(serde_json::from_str(&text).map_err(|error| StoreError::corrupt("plan form", error))?),
            None => None,
        };
        Ok(Self {
            id: row.id,
            base: row.base,
            seen_active: row.seen_active,
            label: row.label,
            content: row.content,
            plan_form,
            revision: row.revision,
            published: row.published,
            created_by: row.created_by,
            updated_by: row.updated_by,
            created_at: from_micros(row.created_at),
            updated_at: from_micros(row.updated_at),
        })
    }
}

/// A draft; locked against other writers when `tx` will write.
pub async fn find(tx: &mut Tx, id: Uuid, lock: bool) -> Result<Option<PricingDraft>, StoreError> {
    let lock = if lock { tx.for_update() } else { "" };
    let row: Option<Row> = sql(format!(
        "SELECT id, base, seen_active, label, content, plan_form, revision, published, created_by, updated_by, created_at, \
         updated_at FROM pricing_drafts WHERE id = $1{lock}"
    ))
    .bind(id)
    .optional(tx)
    .await?;
    row.map(PricingDraft::try_from).transpose()
}

#[derive(Debug, FromRow)]
struct ListRow {
    id: Uuid,
    base: Option<i64>,
    label: Option<String>,
    updated_by: String,
    updated_at: i64,
}

/// Drafts that are no version yet, the latest first, at most `limit`.
pub async fn open(tx: &mut Tx, limit: u32) -> Result<Vec<DraftRow>, StoreError> {
    let rows: Vec<ListRow> = sql("SELECT id, base, label, updated_by, updated_at FROM pricing_drafts \
         WHERE published IS NULL ORDER BY updated_at DESC, id DESC LIMIT $1")
    .bind(i64::from(limit))
    .all(tx)
    .await?;
    let item = |row: ListRow| DraftRow {
        id: row.id,
        base: row.base,
        label: row.label,
        updated_by: row.updated_by,
        updated_at: from_micros(row.updated_at),
    };
    Ok(rows.into_iter().map(item).collect())
}

pub async fn insert(tx: &mut Tx, draft: &PricingDraft) -> Result<(), StoreError> {
    sql("INSERT INTO pricing_drafts (id, base, seen_active, label, content, plan_form, revision, created_by, updated_by, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
    .bind(draft.id)
    .bind(draft.base)
    .bind(draft.seen_active)
    .bind(draft.label.as_deref())
    .bind(draft.content.as_str())
    .bind(plan_text(draft)?)
    .bind(draft.revision)
    .bind(draft.created_by.as_str())
    .bind(draft.updated_by.as_str())
    .bind(draft.created_at)
    .bind(draft.updated_at)
    .execute_one(tx)
    .await
}

/// Writes everything of a draft that may change.
pub async fn update(tx: &mut Tx, draft: &PricingDraft) -> Result<(), StoreError> {
    sql("UPDATE pricing_drafts SET base = $2, seen_active = $3, label = $4, content = $5, plan_form = $6, revision = $7, \
         published = $8, updated_by = $9, updated_at = $10 WHERE id = $1")
    .bind(draft.id)
    .bind(draft.base)
    .bind(draft.seen_active)
    .bind(draft.label.as_deref())
    .bind(draft.content.as_str())
    .bind(plan_text(draft)?)
    .bind(draft.revision)
    .bind(draft.published)
    .bind(draft.updated_by.as_str())
    .bind(draft.updated_at)
    .execute_one(tx)
    .await
}

fn plan_text(draft: &PricingDraft) -> Result<Option<String>, StoreError> {
    let Some(form) = &draft.plan_form else { return Ok(None) };
    serde_json::to_string(form).map(Some).map_err(|error| StoreError::corrupt("plan form", error))
}

/// Takes a draft away that was found and is no version.
pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM pricing_drafts WHERE id = $1 AND published IS NULL").bind(id).execute_one(tx).await
}

/// A price list as it was given.
#[derive(Debug, FromRow)]
pub struct StoredList {
    pub content: String,
    pub created_by: String,
    pub created_at: i64,
}

pub async fn price_list(tx: &mut Tx, id: Uuid) -> Result<Option<StoredList>, StoreError> {
    sql("SELECT content, created_by, created_at FROM price_lists WHERE id = $1").bind(id).optional(tx).await
}

/// Keeps a price list, and drops the oldest.
pub async fn add_price_list(tx: &mut Tx, id: Uuid, text: &str, by: &str, now: Timestamp) -> Result<(), StoreError> {
    sql("INSERT INTO price_lists (id, content, created_by, created_at) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(text)
        .bind(by)
        .bind(now)
        .execute_one(tx)
        .await?;
    sql("DELETE FROM price_lists WHERE id NOT IN \
         (SELECT id FROM price_lists ORDER BY created_at DESC, id DESC LIMIT $1)")
    .bind(MAX_LISTS)
    .execute(tx)
    .await?;
    Ok(())
}
