//! Approved changes that are not money: a cap and an activation, each with its request in one transaction.

use super::{Desk, approvals::Approving, caps::state};
use crate::ledger::AccountKey;
use crate::store::{
    audit::{self, Change},
    caps, users, versions,
};
use app::backend::Answer;
use app::error::{AppError, Code};
use app::model::{Actor, AuditAction, AuditSubject, CapType, SpendCap};

fn stale(what: &str) -> AppError {
    let message = format!("{what} since this was asked for. Decline it, and have it asked for anew.");
    AppError::new(Code::EditConflict, message)
}

impl Desk {
    /// The cap of that type and model as it is now.
    pub(super) async fn find_cap(
        &self,
        user_id: &str,
        cap_type: CapType,
        model: Option<&str>,
    ) -> Answer<Option<SpendCap>> {
        let mut tx = self.db.snapshot().await?;
        let Some(account) = users::find(&mut tx, &AccountKey::user(user_id)).await? else { return Ok(None) };
        Ok(caps::find(&mut tx, account.id, user_id, cap_type, model).await?)
    }

    pub(super) async fn approve_cap(
        &self,
        asker: &Actor,
        approving: &Approving,
        (user_id, cap_type, model): (&str, CapType, Option<&str>),
        to: Option<SpendCap>,
        from: Option<SpendCap>,
    ) -> Answer<()> {
        let now = Self::now(self);
        let done = self.retry(async || {
            let mut tx = self.db.begin().await?;
            let number = users::number(&mut tx, &AccountKey::user(user_id), now).await?;
            caps::touch(&mut tx, number).await?;
            if let Err(refusal) = approving.begin(&mut tx, now).await? {
                return Ok(Err(refusal));
            }
            if caps::find(&mut tx, number, user_id, cap_type, model).await? != from {
                return Ok(Err(stale("The cap has changed")));
            }
            let action = if let Some(cap) = &to {
                caps::set(&mut tx, number, cap, now).await?;
                AuditAction::CapSet
            } else {
                caps::delete(&mut tx, number, cap_type, model).await?;
                AuditAction::CapDeleted
            };
            let change = Change::new(asker, action, AuditSubject::User, user_id);
            let change = change.from(from.as_ref().map(state)).to(to.as_ref().map(state));
            let finished = approving.finish(&mut tx, None, now).await?;
            audit::record_all(&mut tx, vec![change, finished], now).await?;
            tx.commit().await?;
            Ok(Ok(()))
        });
        done.await?
    }

    pub(super) async fn approve_activation(
        &self,
        asker: &Actor,
        approving: &Approving,
        version: i64,
        active: Option<i64>,
    ) -> Answer<()> {
        let now = Self::now(self);
        let done = self.retry(async || {
            let mut tx = self.db.begin().await?;
            if let Err(refusal) = approving.begin(&mut tx, now).await? {
                return Ok(Err(refusal));
            }
            let Some(wanted) = versions::by_number(&mut tx, version).await? else {
                return Ok(Err(AppError::new(Code::VersionNotFound, format!("No pricing version {version}."))));
            };
            let current = versions::active(&mut tx).await?.map(|active| active.version);
            if current != active {
                return Ok(Err(stale("Another version has been made active")));
            }
            let change = self.make_active(&mut tx, asker, &wanted, current).await?;
            let finished = approving.finish(&mut tx, None, now).await?;
            audit::record_all(&mut tx, vec![change, finished], now).await?;
            tx.commit().await?;
            Ok(Ok(()))
        });
        done.await?
    }
}
