//! Spend caps: set, listed, asked.

use super::{Desk, validate};
use crate::ledger::{Account, AccountKey, Cap, next_window, window_start};
use crate::store::{
    audit::{self, Change},
    caps, users,
};
use app::backend::{Answer, Caps};
use app::error::AppError;
use app::model::{
    Actor, AuditAction, AuditSubject, CapAction, CapCheckResult, CapStatus, CapType, Credits, SpendCap, Timestamp,
};
use async_trait::async_trait;
use serde_json::{Value, json};

fn check_model(model: Option<&str>) -> Answer<()> {
    model.map_or(Ok(()), |model| validate::id("model", model))
}

/// Refuses what can be no cap.
pub(super) fn check_cap(cap: &SpendCap) -> Answer<()> {
    validate::id("user_id", &cap.user_id)?;
    check_model(cap.model.as_deref())?;
    if cap.limit.is_negative() {
        return Err(AppError::invalid_amount("limit", "must not be negative"));
    }
    Ok(())
}

#[async_trait]
impl Caps for Desk {
    async fn caps(&self, user_id: &str) -> Answer<Vec<CapStatus>> {
        let loaded = self.peek_user(user_id).await?;
        let account = loaded.books.account(&AccountKey::user(user_id));
        Ok(account.caps.iter().map(|cap| status(user_id, cap, Self::now(self))).collect())
    }

    async fn set_cap(&self, by: &Actor, cap: SpendCap) -> Answer<Option<SpendCap>> {
        check_cap(&cap)?;
        let key = AccountKey::user(cap.user_id.clone());
        let replaced = self.retry(async || {
            let now = Self::now(self);
            let mut tx = self.db.begin().await?;
            let number = users::number(&mut tx, &key, now).await?;
            // The lock first, so that what was there before is what is replaced.
            caps::touch(&mut tx, number).await?;
            let before = caps::find(&mut tx, number, &cap.user_id, cap.cap_type, cap.model.as_deref()).await?;
            caps::set(&mut tx, number, &cap, now).await?;
            let change = Change::new(by, AuditAction::CapSet, AuditSubject::User, &cap.user_id);
            let change = change.from(before.as_ref().map(state)).to(state(&cap));
            audit::record(&mut tx, change, now).await?;
            tx.commit().await?;
            Ok(before)
        });
        Ok(replaced.await?)
    }

    async fn delete_cap(
        &self,
        by: &Actor,
        user_id: &str,
        cap_type: CapType,
        model: Option<&str>,
    ) -> Answer<Option<SpendCap>> {
        validate::id("user_id", user_id)?;
        check_model(model)?;
        let key = AccountKey::user(user_id);
        let deleted = self.retry(async || {
            let now = Self::now(self);
            let mut tx = self.db.begin().await?;
            let Some(account) = users::find(&mut tx, &key).await? else { return Ok(None) };
            caps::touch(&mut tx, account.id).await?;
            let Some(cap) = caps::find(&mut tx, account.id, user_id, cap_type, model).await? else { return Ok(None) };
            caps::delete(&mut tx, account.id, cap_type, model).await?;
            let change = Change::new(by, AuditAction::CapDeleted, AuditSubject::User, user_id);
            audit::record(&mut tx, change.from(state(&cap)), now).await?;
            tx.commit().await?;
            Ok(Some(cap))
        });
        Ok(deleted.await?)
    }

    async fn check_cap(&self, user_id: &str, amount: Option<Credits>, model: Option<&str>) -> Answer<CapCheckResult> {
        check_model(model)?;
        if amount.is_some_and(Credits::is_negative) {
            return Err(AppError::invalid_amount("amount", "must not be negative"));
        }
        let loaded = self.peek_user(user_id).await?;
        let account = loaded.books.account(&AccountKey::user(user_id));
        Ok(check(&account, amount, model, Self::now(self)))
    }
}

/// A cap as the audit log keeps it, without the user, who is the row's subject.
pub(super) fn state(cap: &SpendCap) -> Value {
    json!({ "type": cap.cap_type, "model": cap.model, "limit": cap.limit, "action": cap.action })
}

fn spend(cap: &Cap, now: Timestamp) -> Credits {
    cap.counters.get(&window_start(cap.cap_type, now)).map_or(Credits::ZERO, |counter| counter.spend)
}

pub(super) fn status(user_id: &str, cap: &Cap, now: Timestamp) -> CapStatus {
    CapStatus {
        cap: SpendCap {
            user_id: user_id.to_owned(),
            cap_type: cap.cap_type,
            model: cap.model.clone(),
            limit: cap.limit,
            action: cap.action,
        },
        spend: spend(cap, now),
        resets_at: next_window(cap.cap_type, now),
    }
}

/// The first deny breach, else the first soft one, else zeros: of the caps that count `model`, or of all when none is
/// named. Asked for an amount, a cap is breached when it would be passed; asked for none, a deny cap is when nothing more
/// fits under it, a soft one when it was passed.
pub(super) fn check(account: &Account, amount: Option<Credits>, model: Option<&str>, now: Timestamp) -> CapCheckResult {
    let matching = |cap: &&Cap| model.is_none() || cap.model.is_none() || cap.model.as_deref() == model;
    let counted = |cap: &Cap| {
        let held = if cap.model.is_none() && cap.action == CapAction::Deny { account.held(now) } else { Credits::ZERO };
        spend(cap, now).checked_add(held).unwrap_or(Credits::MAX)
    };
    let breached = |cap: &&Cap| match amount {
        Some(amount) => counted(cap).checked_add(amount).is_none_or(|total| total > cap.limit),
        None if cap.action == CapAction::Deny => counted(cap) >= cap.limit,
        None => counted(cap) > cap.limit,
    };
    let caps = || account.caps.iter().filter(matching);
    let denies = caps().filter(|cap| cap.action == CapAction::Deny).find(breached);
    let soft = caps().filter(|cap| cap.action != CapAction::Deny).find(breached);
    denies.or(soft).map_or_else(CapCheckResult::default, |cap| CapCheckResult {
        capped: cap.action == CapAction::Deny,
        current_spend: counted(cap),
        cap_limit: cap.limit,
        action: Some(cap.action),
        model: cap.model.clone(),
    })
}
