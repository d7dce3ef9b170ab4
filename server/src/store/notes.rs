//! What colleagues wrote down about users: rows that are added and never changed.

use super::{StoreError, Tx, sql};
use crate::clock::from_micros;
use app::model::{StaffNote, Uuid};
use sqlx::FromRow;

#[derive(Debug, FromRow)]
struct NoteRow {
    id: Uuid,
    author: String,
    text: String,
    created_at: i64,
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

/// Notes about an account, newest first, at most `limit`.
pub async fn of_account(tx: &mut Tx, account: i64, limit: u32) -> Result<Vec<StaffNote>, StoreError> {
    let rows: Vec<NoteRow> = sql("SELECT id, author, text, created_at FROM user_notes WHERE account_id = $1 \
         ORDER BY created_at DESC, id DESC LIMIT $2")
    .bind(account)
    .bind(i64::from(limit))
    .all(tx)
    .await?;
    let note = |row: NoteRow| StaffNote {
        id: row.id,
        author: row.author,
        text: row.text,
        created_at: from_micros(row.created_at),
    };
    Ok(rows.into_iter().map(note).collect())
}
