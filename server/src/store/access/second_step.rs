//! The second step of a sign-in: whose authenticator it is, and the codes for when it is lost.

use crate::{
    clock::from_micros,
    store::{StoreError, Tx, sql},
};
use app::model::{Timestamp, Uuid};

/// Somebody's authenticator.
#[derive(Clone, Debug)]
pub struct Stored {
    pub secret: Vec<u8>,
    /// Since then it is asked for; none while its first code has not been shown.
    pub confirmed_at: Option<Timestamp>,
}

pub async fn find(tx: &mut Tx, staff: Uuid) -> Result<Option<Stored>, StoreError> {
    let row: Option<(Vec<u8>, Option<i64>)> =
        sql("SELECT secret, confirmed_at FROM staff_second_steps WHERE staff_id = $1").bind(staff).optional(tx).await?;
    Ok(row.map(|(secret, confirmed_at)| Stored { secret, confirmed_at: confirmed_at.map(from_micros) }))
}

/// Begins one, in the place of one that was begun and never confirmed; false when there is a confirmed one.
pub async fn begin(tx: &mut Tx, staff: Uuid, secret: &[u8], now: Timestamp) -> Result<bool, StoreError> {
    let touched =
        sql("INSERT INTO staff_second_steps (staff_id, secret, created_at, last_step) VALUES ($1, $2, $3, 0) \
         ON CONFLICT (staff_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at \
         WHERE staff_second_steps.confirmed_at IS NULL")
        .bind(staff)
        .bind(secret.to_vec())
        .bind(now)
        .execute(tx)
        .await?;
    Ok(touched == 1)
}

/// Asks for it from now on; false when that was so already.
pub async fn confirm(tx: &mut Tx, staff: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let touched = sql("UPDATE staff_second_steps SET confirmed_at = $2 WHERE staff_id = $1 AND confirmed_at IS NULL")
        .bind(staff)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(touched == 1)
}

/// Takes the code of a step; false when it, or a later one, was taken before.
pub async fn use_step(tx: &mut Tx, staff: Uuid, step: i64) -> Result<bool, StoreError> {
    let touched = sql("UPDATE staff_second_steps SET last_step = $2 WHERE staff_id = $1 AND last_step < $2")
        .bind(staff)
        .bind(step)
        .execute(tx)
        .await?;
    Ok(touched == 1)
}

/// Forgets the authenticator; false when there was none.
pub async fn remove(tx: &mut Tx, staff: Uuid) -> Result<bool, StoreError> {
    Ok(sql("DELETE FROM staff_second_steps WHERE staff_id = $1").bind(staff).execute(tx).await? == 1)
}

/// Gives somebody these recovery codes and no others.
pub async fn put_codes(tx: &mut Tx, staff: Uuid, hashes: &[[u8; 32]]) -> Result<(), StoreError> {
    sql("DELETE FROM staff_recovery_codes WHERE staff_id = $1").bind(staff).execute(tx).await?;
    for hash in hashes {
        sql("INSERT INTO staff_recovery_codes (staff_id, code_hash) VALUES ($1, $2)")
            .bind(staff)
            .bind(hash.to_vec())
            .execute_one(tx)
            .await?;
    }
    Ok(())
}

/// Uses a recovery code up; false when it is none, or was used before.
pub async fn use_code(tx: &mut Tx, staff: Uuid, hash: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let touched = sql("UPDATE staff_recovery_codes SET used_at = $3 \
         WHERE staff_id = $1 AND code_hash = $2 AND used_at IS NULL")
    .bind(staff)
    .bind(hash.to_vec())
    .bind(now)
    .execute(tx)
    .await?;
    Ok(touched == 1)
}

pub async fn codes_left(tx: &mut Tx, staff: Uuid) -> Result<i64, StoreError> {
    let (left,): (i64,) = sql("SELECT count(*) FROM staff_recovery_codes WHERE staff_id = $1 AND used_at IS NULL")
        .bind(staff)
        .one(tx)
        .await?;
    Ok(left)
}
