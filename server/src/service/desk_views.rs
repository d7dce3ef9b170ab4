//! What the desk shows beside the ledger's own answers.

use super::{Desk, reading, validate};
use crate::auth::keys::{MARK, PREFIX};
use crate::ledger::AccountKey;
use crate::store::{
    access::keys,
    audit::{self, Change},
    notes, teams, transactions, users,
};
use app::backend::{Answer, DeskViews};
use app::error::AppError;
use app::model::{
    Actor, AuditAction, AuditSubject, KeyFound, StaffNote, Transaction, TransactionQuery, TransactionTotals, Uuid,
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

    async fn add_note(&self, by: &Actor, user_id: &str, text: &str) -> Answer<StaffNote> {
        validate::id("user_id", user_id)?;
        validate::note("text", text)?;
        let now = Self::now(self);
        let note = StaffNote { id: self.new_id(), author: by.name.clone(), text: text.to_owned(), created_at: now };
        let mut tx = self.db.begin().await?;
        // A note is about someone who is there: it does not make an account.
        let Some(account) = users::find(&mut tx, &AccountKey::user(user_id)).await? else {
            return Err(AppError::invalid("user_id", "has no account: nothing has named this id yet"));
        };
        notes::add(&mut tx, account.id, &note).await?;
        let change = Change::new(by, AuditAction::NoteAdded, AuditSubject::User, user_id);
        audit::record(&mut tx, change.to(json!({ "note": note.id, "text": text })), now).await?;
        tx.commit().await?;
        Ok(note)
    }
}
