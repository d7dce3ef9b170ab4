//! What the desk shows beside the ledger's own answers.

use super::{Desk, paging, reading, validate};
use crate::auth::keys::{MARK, PREFIX};
use crate::ledger::AccountKey;
use crate::store::{
    access::keys,
    audit::{self, Change},
    notes, teams, transactions, users,
};
use app::backend::{Answer, DeskViews};
use app::error::{AppError, Code};
use app::model::{
    Actor, AuditAction, AuditSubject, KeptNote, KeyFound, Page, StaffNote, Transaction, TransactionQuery,
    TransactionTotals, Uuid,
};
use app::pasted::IdPart;
use async_trait::async_trait;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Entries shown of those whose ids fit a part.
const FOUND: usize = 10;

#[async_trait]
impl DeskViews for Desk {
    async fn transaction_totals(&self, query: TransactionQuery) -> Answer<TransactionTotals> {
        self.read_totals(query).await
    }

    async fn team_names(&self, teams: BTreeSet<Uuid>) -> Answer<BTreeMap<Uuid, String>> {
        let mut tx = self.db.snapshot().await?;
        Ok(teams::names(&mut tx, &teams).await?)
    }

    async fn keys_by_prefix(&self, prefix: &str) -> Answer<Vec<KeyFound>> {
        // No more than is stored readably: whoever pastes a whole key has not told the database a secret.
        let prefix: String = prefix.trim().chars().take(PREFIX).collect();
        if !prefix.starts_with(MARK) || prefix.len() < MARK.len() + 4 {
            return Ok(Vec::new());
        }
        let mut tx = self.db.snapshot().await?;
        let found = keys::by_prefix(&mut tx, &prefix).await?;
        let key = |key: keys::StoredKey| KeyFound {
            name: key.name,
            prefix: key.prefix,
            scopes: key.scopes,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
        };
        Ok(found.into_iter().map(key).collect())
    }

    async fn transactions_by_part(&self, part: &IdPart) -> Answer<Vec<Transaction>> {
        let mut tx = self.db.snapshot().await?;
        let entries = transactions::by_part(&mut tx, part, FOUND).await?;
        reading::rows(&mut tx, &entries).await
    }

    async fn notes(&self, user_id: &str, cursor: Option<&str>, limit: u32) -> Answer<Page<StaffNote>> {
        validate::id("user_id", user_id)?;
        let limit = paging::limit(limit)?;
        let before = paging::cursor(cursor, read_cursor)?;
        let mut tx = self.db.snapshot().await?;
        let rows = match users::find(&mut tx, &AccountKey::user(user_id)).await? {
            Some(account) => notes::of_account(&mut tx, account.id, before, limit + 1).await?,
            None => Vec::new(),
        };
        Ok(paging::page(rows, limit, write_cursor, |note| note))
    }

    async fn add_note(&self, by: &Actor, user_id: &str, text: &str, note: Uuid) -> Answer<KeptNote> {
        validate::id("user_id", user_id)?;
        validate::note("text", text)?;
        let now = Self::now(self);
        let note = StaffNote { id: note, author: by.name.clone(), text: text.to_owned(), created_at: now };
        let added = self.retry(async || {
            let mut tx = self.db.begin().await?;
            // A note is about someone who is there: it does not make an account.
            let Some(account) = users::find(&mut tx, &AccountKey::user(user_id)).await? else {
                return Ok(Err(AppError::invalid("user_id", "has no account: nothing has named this id yet")));
            };
            if let Some((of, known)) = notes::find(&mut tx, note.id).await? {
                let same = of == account.id && known.author == note.author && known.text == note.text;
                return Ok(if same { Ok(KeptNote { note: known, idempotent: true }) } else { Err(other_note()) });
            }
            notes::add(&mut tx, account.id, &note).await?;
            let change = Change::new(by, AuditAction::NoteAdded, AuditSubject::User, user_id);
            audit::record(&mut tx, change.to(json!({ "note": note.id, "text": text })), now).await?;
            tx.commit().await?;
            Ok(Ok(KeptNote { note: note.clone(), idempotent: false }))
        });
        added.await?
    }
}

fn other_note() -> AppError {
    let message =
        "This form has kept a note already, with other words. Sent again from here, it counts as another one.";
    AppError::new(Code::IdempotencyConflict, message)
}

/// Where a page of notes ended: a time and an id.
fn write_cursor(note: &StaffNote) -> String {
    format!("{}.{}", note.created_at.as_microsecond(), note.id.simple())
}

fn read_cursor(text: &str) -> Option<(i64, Uuid)> {
    let (at, id) = text.split_once('.')?;
    Some((at.parse().ok()?, Uuid::try_parse(id).ok()?))
}
