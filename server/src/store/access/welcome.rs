//! The one-time link that creates the first admin.

use super::staff;
use crate::store::{StoreError, Tx, sql};
use app::model::Timestamp;

pub async fn insert(tx: &mut Tx, hash: &[u8], now: Timestamp, expires_at: Timestamp) -> Result<(), StoreError> {
    sql("INSERT INTO welcome_links (token_hash, created_at, expires_at) VALUES ($1, $2, $3)")
        .bind(hash.to_vec())
        .bind(now)
        .bind(expires_at)
        .execute_one(tx)
        .await
}

/// True while the link may still be used.
pub async fn is_open(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<bool, StoreError> {
    let (count,): (i64,) =
        sql("SELECT count(*) FROM welcome_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2")
            .bind(hash.to_vec())
            .bind(now)
            .one(tx)
            .await?;
    Ok(count == 1 && !staff::exists_any(tx).await?)
}

/// Uses the link up, and every other one with it; false when it was not open. Of two that come at the same time, the
/// second waits here for the rows of the first and then finds them used.
pub async fn consume(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<bool, StoreError> {
    let lock = if matches!(tx, Tx::Postgres(_)) { " FOR UPDATE" } else { "" };
    let open: Vec<(Vec<u8>, i64)> = sql(format!(
        "SELECT token_hash, expires_at FROM welcome_links WHERE used_at IS NULL ORDER BY token_hash{lock}"
    ))
    .all(tx)
    .await?;
    let found = open.iter().any(|(other, expires_at)| other == hash && *expires_at > now.as_microsecond());
    if !found || staff::exists_any(tx).await? {
        return Ok(false);
    }
    sql("UPDATE welcome_links SET used_at = $1 WHERE used_at IS NULL").bind(now).execute(tx).await?;
    Ok(true)
}
