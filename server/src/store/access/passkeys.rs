//! Passkeys of people.

use crate::{
    clock::from_micros,
    store::{StoreError, Tx, sql},
};
use app::model::{PasskeyInfo, Timestamp, Uuid};

/// A passkey with what proves it.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: Uuid,
    pub staff_id: Uuid,
    /// JSON.
    pub credential: String,
}

/// A new passkey.
#[derive(Clone, Debug)]
pub struct New<'a> {
    pub id: Uuid,
    pub staff_id: Uuid,
    pub name: &'a str,
    pub credential_id: &'a [u8],
    /// JSON.
    pub credential: &'a str,
    pub counter: i64,
}

/// Those of a person, the oldest first.
pub async fn of(tx: &mut Tx, staff: Uuid) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<(Uuid, Uuid, String)> =
        sql("SELECT id, staff_id, credential FROM staff_passkeys WHERE staff_id = $1 ORDER BY created_at, id")
            .bind(staff)
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(|(id, staff_id, credential)| Stored { id, staff_id, credential }).collect())
}

/// The same as their owner sees them.
pub async fn list(tx: &mut Tx, staff: Uuid) -> Result<Vec<PasskeyInfo>, StoreError> {
    let rows: Vec<(Uuid, String, i64, Option<i64>)> = sql(
        "SELECT id, name, created_at, last_used_at FROM staff_passkeys WHERE staff_id = $1 ORDER BY created_at, id",
    )
    .bind(staff)
    .all(tx)
    .await?;
    let read = |(id, name, created_at, last_used_at): (Uuid, String, i64, Option<i64>)| PasskeyInfo {
        id,
        name,
        created_at: from_micros(created_at),
        last_used_at: last_used_at.map(from_micros),
    };
    Ok(rows.into_iter().map(read).collect())
}

pub async fn by_credential_id(tx: &mut Tx, credential_id: &[u8]) -> Result<Option<Stored>, StoreError> {
    let row: Option<(Uuid, Uuid, String)> =
        sql("SELECT id, staff_id, credential FROM staff_passkeys WHERE credential_id = $1")
            .bind(credential_id.to_vec())
            .optional(tx)
            .await?;
    Ok(row.map(|(id, staff_id, credential)| Stored { id, staff_id, credential }))
}

pub async fn count(tx: &mut Tx, staff: Uuid) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT count(*) FROM staff_passkeys WHERE staff_id = $1").bind(staff).one(tx).await?;
    Ok(count)
}

/// One that somebody has already is [`StoreError::is_duplicate`].
pub async fn insert(tx: &mut Tx, new: New<'_>, now: Timestamp) -> Result<(), StoreError> {
    sql("INSERT INTO staff_passkeys (id, staff_id, name, credential_id, credential, counter, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .bind(new.id)
    .bind(new.staff_id)
    .bind(new.name)
    .bind(new.credential_id.to_vec())
    .bind(new.credential)
    .bind(new.counter)
    .bind(now)
    .execute_one(tx)
    .await
}

/// Notes a use; false when the passkey has gone, or has counted as far before: then there are two of it.
pub async fn note_use(
    tx: &mut Tx,
    id: Uuid,
    credential: &str,
    counter: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = sql("UPDATE staff_passkeys SET credential = $2, counter = $3, last_used_at = $4 \
         WHERE id = $1 AND (counter < $3 OR (counter = 0 AND $3 = 0))")
    .bind(id)
    .bind(credential)
    .bind(counter)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(touched == 1)
}

/// Removes one of a person's, and gives its name.
pub async fn remove(tx: &mut Tx, staff: Uuid, id: Uuid) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sql("SELECT name FROM staff_passkeys WHERE id = $1 AND staff_id = $2")
        .bind(id)
        .bind(staff)
        .optional(tx)
        .await?;
    let touched =
        sql("DELETE FROM staff_passkeys WHERE id = $1 AND staff_id = $2").bind(id).bind(staff).execute(tx).await?;
    Ok(row.filter(|_| touched == 1).map(|(name,)| name))
}

/// Removes all of a person's, and tells how many there were.
pub async fn remove_all(tx: &mut Tx, staff: Uuid) -> Result<u64, StoreError> {
    sql("DELETE FROM staff_passkeys WHERE staff_id = $1").bind(staff).execute(tx).await
}
