//! What colleagues wrote down about users: rows that are added and never changed.

use super::{StoreError, Tx, sql};
use crate::clock::from_micros;
use app::model::{StaffNote, Uuid};
use sqlx::FromRow;

#[derive(Debug, FromRow)]
struct NoteRow {
    id: Uuid,
    account_id: i64,
    author: String,
    text: String,
    created_at: i64,
}

impl From<NoteRow> for StaffNote {
    fn from(row: NoteRow) -> Self {
        Self { id: row.id, author: row.author, text: row.text, created_at: from_micros(row.created_at) }
    }
}

pub async fn add(tx: &mut Tx, account: i64, note: &StaffNote) -> Result<(), StoreError> {
    sql("INSERT INTO user_notes (id, account_id, author, text, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(note.id)
        .bind(account)
        .bind(note.author.as_str())
        .bind(note.text.as_str())
        .bind(note.created_at)
        .execute_one(tx)
        .await
}

/// A note, with the account that it is about.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<(i64, StaffNote)>, StoreError> {
    let row: Option<NoteRow> = sql("SELECT id, account_id, author, text, created_at FROM user_notes WHERE id = $1")
        .bind(id)
        .optional(tx)
        .await?;
    Ok(row.map(|row| (row.account_id, row.into())))
}

/// Notes about an account, newest first, at most `limit`, of those that come after `before` in that order.
pub async fn of_account(
    tx: &mut Tx,
    account: i64,
    before: Option<(i64, Uuid)>,
    limit: u32,
) -> Result<Vec<StaffNote>, StoreError> {
    let (at, id) = before.unwrap_or((i64::MAX, Uuid::max()));
    let rows: Vec<NoteRow> = sql("SELECT id, account_id, author, text, created_at FROM user_notes \
         WHERE account_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4")
    .bind(account)
    .bind(at)
    .bind(id)
    .bind(i64::from(limit))
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(StaffNote::from).collect())
}
