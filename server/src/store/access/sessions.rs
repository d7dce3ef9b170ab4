//! Sessions of the dashboard. `staff_id` repeats what `data` says, so that a person's sessions can be found.

use crate::{
    clock::from_micros,
    store::{StoreError, Tx, sql},
};
use app::model::{Timestamp, Uuid};

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    pub id: String,
    pub staff_id: Option<Uuid>,
    /// JSON.
    pub data: String,
    pub expires_at: Timestamp,
}

/// An id that is taken is [`StoreError::is_duplicate`].
pub async fn insert(tx: &mut Tx, session: &StoredSession) -> Result<(), StoreError> {
    sql("INSERT INTO sessions (id, staff_id, data, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(session.id.as_str())
        .bind(session.staff_id)
        .bind(session.data.as_str())
        .bind(session.expires_at)
        .execute_one(tx)
        .await
}

/// Changes a session that is there; one that was deleted meanwhile stays deleted.
pub async fn update(tx: &mut Tx, session: &StoredSession) -> Result<bool, StoreError> {
    let touched = sql("UPDATE sessions SET staff_id = $2, data = $3, expires_at = $4 WHERE id = $1")
        .bind(session.id.as_str())
        .bind(session.staff_id)
        .bind(session.data.as_str())
        .bind(session.expires_at)
        .execute(tx)
        .await?;
    Ok(touched == 1)
}

/// The session, unless it has expired.
pub async fn load(tx: &mut Tx, id: &str, now: Timestamp) -> Result<Option<StoredSession>, StoreError> {
    let row: Option<(Option<Uuid>, String, i64)> =
        sql("SELECT staff_id, data, expires_at FROM sessions WHERE id = $1 AND expires_at > $2")
            .bind(id)
            .bind(now)
            .optional(tx)
            .await?;
    Ok(row.map(|(staff_id, data, expires_at)| StoredSession {
        id: id.to_owned(),
        staff_id,
        data,
        expires_at: from_micros(expires_at),
    }))
}

pub async fn delete(tx: &mut Tx, id: &str) -> Result<u64, StoreError> {
    sql("DELETE FROM sessions WHERE id = $1").bind(id).execute(tx).await
}

/// Ends every session of a person.
pub async fn delete_of(tx: &mut Tx, staff: Uuid) -> Result<u64, StoreError> {
    sql("DELETE FROM sessions WHERE staff_id = $1").bind(staff).execute(tx).await
}

/// Clears away what has expired and tells how many there were.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    sql("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(tx).await
}
