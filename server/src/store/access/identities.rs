//! Whom an identity provider knows, and who they are here.

use crate::store::{StoreError, Tx, sql};
use app::model::{Timestamp, Uuid};

/// Whose identity that is.
pub async fn find(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<Uuid>, StoreError> {
    let row: Option<(Uuid,)> = sql("SELECT staff_id FROM staff_identities WHERE issuer = $1 AND subject = $2")
        .bind(issuer)
        .bind(subject)
        .optional(tx)
        .await?;
    Ok(row.map(|(staff,)| staff))
}

/// True when somebody has an identity of that provider.
pub async fn has(tx: &mut Tx, staff: Uuid, issuer: &str) -> Result<bool, StoreError> {
    let (count,): (i64,) = sql("SELECT count(*) FROM staff_identities WHERE staff_id = $1 AND issuer = $2")
        .bind(staff)
        .bind(issuer)
        .one(tx)
        .await?;
    Ok(count > 0)
}

/// One that is linked already, or a second of that person, is [`StoreError::is_duplicate`].
pub async fn insert(tx: &mut Tx, issuer: &str, subject: &str, staff: Uuid, now: Timestamp) -> Result<(), StoreError> {
    sql("INSERT INTO staff_identities (issuer, subject, staff_id, linked_at) VALUES ($1, $2, $3, $4)")
        .bind(issuer)
        .bind(subject)
        .bind(staff)
        .bind(now)
        .execute_one(tx)
        .await
}

/// Forgets somebody's identities, and tells how many there were.
pub async fn remove(tx: &mut Tx, staff: Uuid) -> Result<u64, StoreError> {
    sql("DELETE FROM staff_identities WHERE staff_id = $1").bind(staff).execute(tx).await
}
