//! What the desk shows beside the ledger's own answers.

use super::{Desk, validate};
use crate::ledger::AccountKey;
use crate::store::{notes, users};
use app::backend::{Answer, DeskViews};
use app::error::AppError;
use app::model::{Actor, StaffNote, TransactionQuery, TransactionTotals};
use async_trait::async_trait;

#[async_trait]
impl DeskViews for Desk {
    async fn transaction_totals(&self, query: TransactionQuery) -> Answer<TransactionTotals> {
        self.read_totals(query).await
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
        tx.commit().await?;
        Ok(note)
    }
}
