//! Invitations of colleagues: a one-time link for one e-mail address and one role.

use crate::{
    clock::from_micros,
    store::{StoreError, Tx, sql},
};
use app::model::{Invite, Role, Timestamp, Uuid};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    role: String,
    invited_by: String,
    created_at: i64,
    expires_at: i64,
}

const SELECT: &str = "SELECT id, email, role, invited_by, created_at, expires_at FROM invites";

impl Row {
    fn read(self) -> Result<Invite, StoreError> {
        Ok(Invite {
            id: self.id,
            email: self.email,
            role: Role::parse(&self.role).ok_or_else(|| StoreError::corrupt("role", &self.role))?,
            invited_by: self.invited_by,
            created_at: from_micros(self.created_at),
            expires_at: from_micros(self.expires_at),
        })
    }
}

/// Writes an invitation, in place of any other that is open for the same address.
pub async fn insert(tx: &mut Tx, invite: &Invite, hash: &[u8]) -> Result<(), StoreError> {
    sql("UPDATE invites SET closed_at = $2 WHERE email = $1 AND closed_at IS NULL")
        .bind(invite.email.as_str())
        .bind(invite.created_at)
        .execute(tx)
        .await?;
    sql("INSERT INTO invites (id, token_hash, email, role, invited_by, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .bind(invite.id)
    .bind(hash.to_vec())
    .bind(invite.email.as_str())
    .bind(invite.role.as_str())
    .bind(invite.invited_by.as_str())
    .bind(invite.created_at)
    .bind(invite.expires_at)
    .execute_one(tx)
    .await
}

/// Those that can still be used, the oldest first.
pub async fn open(tx: &mut Tx, now: Timestamp) -> Result<Vec<Invite>, StoreError> {
    let rows: Vec<Row> = sql(format!("{SELECT} WHERE closed_at IS NULL AND expires_at > $1 ORDER BY created_at, id"))
        .bind(now)
        .all(tx)
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// The invitation of that token, if it can still be used.
pub async fn by_hash(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<Invite>, StoreError> {
    let row: Option<Row> = sql(format!("{SELECT} WHERE token_hash = $1 AND closed_at IS NULL AND expires_at > $2"))
        .bind(hash.to_vec())
        .bind(now)
        .optional(tx)
        .await?;
    row.map(Row::read).transpose()
}

pub async fn by_id(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<Option<Invite>, StoreError> {
    let row: Option<Row> = sql(format!("{SELECT} WHERE id = $1 AND closed_at IS NULL AND expires_at > $2"))
        .bind(id)
        .bind(now)
        .optional(tx)
        .await?;
    row.map(Row::read).transpose()
}

/// Uses an invitation up, or takes it back; false when somebody did before.
pub async fn close(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let touched = sql("UPDATE invites SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL")
        .bind(id)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(touched == 1)
}

/// The invitation of that address, if it can still be used; at most one is open.
pub async fn by_email(tx: &mut Tx, email: &str, now: Timestamp) -> Result<Option<Invite>, StoreError> {
    let row: Option<Row> = sql(format!("{SELECT} WHERE email = $1 AND closed_at IS NULL AND expires_at > $2"))
        .bind(email)
        .bind(now)
        .optional(tx)
        .await?;
    row.map(Row::read).transpose()
}
