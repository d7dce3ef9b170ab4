//! API keys. The key itself is never stored, only its SHA-256 and its first characters.

use crate::{
    clock::from_micros,
    store::{StoreError, Tx, sql},
};
use app::model::{Timestamp, Uuid};

/// A key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    pub id: Uuid,
    pub name: String,
    pub prefix: String,
    /// Words with a space between them.
    pub scopes: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: Uuid,
    name: String,
    prefix: String,
    scopes: String,
    created_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl From<KeyRow> for StoredKey {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            scopes: row.scopes,
            created_at: from_micros(row.created_at),
            last_used_at: row.last_used_at.map(from_micros),
            revoked_at: row.revoked_at.map(from_micros),
        }
    }
}

/// A name that is taken is [`StoreError::is_duplicate`].
pub async fn insert(tx: &mut Tx, key: &StoredKey, hash: &[u8]) -> Result<(), StoreError> {
    sql("INSERT INTO api_keys (id, name, key_hash, prefix, scopes, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(key.id)
        .bind(key.name.as_str())
        .bind(hash.to_vec())
        .bind(key.prefix.as_str())
        .bind(key.scopes.as_str())
        .bind(key.created_at)
        .execute_one(tx)
        .await
}

/// Keys whose first characters begin with `prefix`, which holds no wildcard that was meant as one.
pub async fn by_prefix(tx: &mut Tx, prefix: &str) -> Result<Vec<StoredKey>, StoreError> {
    let pattern = prefix.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let rows: Vec<KeyRow> = sql("SELECT id, name, prefix, scopes, created_at, last_used_at, revoked_at FROM api_keys \
         WHERE prefix LIKE $1 ESCAPE '\\' ORDER BY created_at LIMIT 20")
    .bind(format!("{pattern}%"))
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(StoredKey::from).collect())
}

/// The key of that hash, unless it is revoked.
pub async fn by_hash(tx: &mut Tx, hash: &[u8]) -> Result<Option<StoredKey>, StoreError> {
    let row = sql("SELECT id, name, prefix, scopes, created_at, last_used_at, revoked_at FROM api_keys \
         WHERE key_hash = $1 AND revoked_at IS NULL")
    .bind(hash.to_vec())
    .optional::<KeyRow>(tx)
    .await?;
    Ok(row.map(StoredKey::from))
}

/// All keys, oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<StoredKey>, StoreError> {
    let rows = sql(
        "SELECT id, name, prefix, scopes, created_at, last_used_at, revoked_at FROM api_keys ORDER BY created_at, id",
    )
    .all::<KeyRow>(tx)
    .await?;
    Ok(rows.into_iter().map(StoredKey::from).collect())
}

/// False when there is no such key, or none that is not revoked already.
pub async fn revoke(tx: &mut Tx, name: &str, now: Timestamp) -> Result<bool, StoreError> {
    let touched = sql("UPDATE api_keys SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL")
        .bind(name)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(touched == 1)
}

/// Notes a use; one that is later already stays.
pub async fn touch(tx: &mut Tx, id: Uuid, used_at: Timestamp) -> Result<(), StoreError> {
    sql("UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)")
        .bind(id)
        .bind(used_at)
        .execute(tx)
        .await?;
    Ok(())
}
