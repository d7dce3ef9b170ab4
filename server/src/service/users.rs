//! Finding users, and their page.

use super::{Desk, caps, paging, reading, validate};
use crate::ledger::{Account, AccountKey, events, month_start};
use crate::store::{
    StoreError,
    audit::{self, Change},
    caps as stored, notes, reservations, teams, users, versions,
};
use app::backend::{Answer, Users};
use app::error::{AppError, Code};
use app::model::{
    Actor, AllowanceResult, AuditAction, AuditSubject, CheckFeatureResult, Credits, GetUserPlanResult, Lot, Page,
    PlanDefinition, Profile, SetUserPlanResult, Timestamp, TransactionQuery, UserDetail, UserQuery, UserRow, UserSort,
};
use async_trait::async_trait;
use jiff::{civil::Date, tz::TimeZone};
use serde_json::{Value, json};

/// Notes and reservations that a user's page shows, the newest ones.
const NOTES: u32 = 50;
const RESERVATIONS: u32 = 10;

#[async_trait]
impl Users for Desk {
    async fn search_users(&self, query: UserQuery) -> Answer<Page<UserRow>> {
        let limit = paging::limit(query.limit)?;
        let after = paging::read_place(query.cursor.as_deref(), query.sort, query.sort == UserSort::User)?;
        let words = paging::words(&query.search);
        let mut tx = self.db.snapshot().await?;
        let rows = users::search(&mut tx, &query, &words, after, Self::now(self)).await?;
        Ok(paging::page(rows, limit, |(place, _)| paging::write_place(query.sort, place), |(_, row)| row))
    }

    async fn user(&self, user_id: &str) -> Answer<UserDetail> {
        validate::id("user_id", user_id)?;
        let now = Self::now(self);
        let key = AccountKey::user(user_id);
        let mut tx = self.db.snapshot().await?;
        let loaded = self.peek(&mut tx, &key, now).await?;
        let info = users::find(&mut tx, &key).await?;
        let (mut memberships, mut written) = (Vec::new(), Vec::new());
        if let Some(info) = &info {
            memberships = teams::of_user(&mut tx, info.id, now).await?;
            written = notes::of_account(&mut tx, info.id, None, NOTES).await?;
        }
        let held = reservations::of_user(&mut tx, user_id, None, RESERVATIONS).await?;
        drop(tx);
        let account = loaded.books.account(&key);
        let plan = loaded.books.plan(&account);
        let query = TransactionQuery { user_id: Some(user_id.to_owned()), limit: 50, ..TransactionQuery::default() };
        Ok(UserDetail {
            user_id: user_id.to_owned(),
            exists: info.is_some(),
            profile: info.as_ref().map(users::AccountInfo::profile).unwrap_or_default(),
            created_at: info.as_ref().map(|info| crate::clock::from_micros(info.created_at)),
            balance: reading::balance(&key, &account, now),
            min_balance: loaded.books.floor(),
            plan_name: plan.map(|plan| plan.name.clone()),
            free_allowance: plan.map_or(Credits::ZERO, |plan| plan.free_allowance),
            allowance: allowance(&account, plan, now),
            lots: lots(&account, now),
            caps: account.caps.iter().map(|cap| caps::status(user_id, cap, now)).collect(),
            cap_check: caps::check(&account, None, None, now),
            memberships,
            reservations: held.iter().map(|held| held.view(user_id, now)).collect(),
            notes: written,
            transactions: self.read_transactions(query).await?,
        })
    }

    async fn put_profile(&self, by: &Actor, user_id: &str, profile: Profile) -> Answer<Profile> {
        validate::id("user_id", user_id)?;
        let trim = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let profile = Profile { name: trim(profile.name), email: trim(profile.email) };
        validate::profile(&profile)?;
        let key = AccountKey::user(user_id);
        self.retry(async || {
            let now = Self::now(self);
            let mut tx = self.db.begin().await?;
            let number = users::number(&mut tx, &key, now).await?;
            stored::touch(&mut tx, number).await?;
            let before = users::find(&mut tx, &key).await?.map(|account| account.profile()).unwrap_or_default();
            users::put_profile(&mut tx, &key, &profile, now).await?;
            if before != profile {
                let change = Change::new(by, AuditAction::ProfileSet, AuditSubject::User, user_id);
                audit::record(&mut tx, change.from(json!(before)).to(json!(profile)), now).await?;
            }
            tx.commit().await
        })
        .await?;
        Ok(profile)
    }

    async fn set_plan(&self, by: &Actor, user_id: &str, plan: Option<&str>) -> Answer<SetUserPlanResult> {
        validate::id("user_id", user_id)?;
        if let Some(plan) = plan {
            let mut tx = self.db.snapshot().await?;
            let active = versions::active(&mut tx).await?;
            if !active.is_some_and(|active| active.config.plans.contains_key(plan)) {
                let message = format!("The active pricing version has no plan {plan:?}.");
                return Err(AppError {
                    field: Some("plan_id".to_owned()),
                    ..AppError::new(Code::PlanNotFound, message)
                });
            }
        }
        let key = AccountKey::user(user_id);
        self.retry(async || -> Result<(), StoreError> {
            let now = Self::now(self);
            let mut tx = self.db.begin().await?;
            let number = users::number(&mut tx, &key, now).await?;
            stored::touch(&mut tx, number).await?;
            let before = users::find(&mut tx, &key).await?.and_then(|account| account.plan_id);
            users::set_plan(&mut tx, &key, plan, now).await?;
            if before.as_deref() != plan {
                let event = events::plan_changed(&key, plan, before.as_deref());
                self.outbox.write_one(&mut tx, &event, Some(number), now).await?;
                let change = Change::new(by, AuditAction::PlanSet, AuditSubject::User, user_id);
                audit::record(&mut tx, change.from(json!({ "plan": before })).to(json!({ "plan": plan })), now).await?;
            }
            tx.commit().await
        })
        .await?;
        Ok(SetUserPlanResult { user_id: user_id.to_owned(), plan_id: plan.map(str::to_owned) })
    }

    async fn plan(&self, user_id: &str) -> Answer<GetUserPlanResult> {
        let loaded = self.peek_user(user_id).await?;
        let account = loaded.books.account(&AccountKey::user(user_id));
        let plan = loaded.books.plan(&account);
        Ok(GetUserPlanResult {
            user_id: user_id.to_owned(),
            plan_name: plan.map(|plan| plan.name.clone()),
            free_allowance: plan.map(|plan| plan.free_allowance).unwrap_or_default(),
            features: plan.map(|plan| plan.features.clone()).unwrap_or_default(),
            plan_id: account.plan_id,
        })
    }

    async fn allowance(&self, user_id: &str) -> Answer<AllowanceResult> {
        let loaded = self.peek_user(user_id).await?;
        let account = loaded.books.account(&AccountKey::user(user_id));
        Ok(allowance(&account, loaded.books.plan(&account), Self::now(self)))
    }

    async fn feature(&self, user_id: &str, feature: &str) -> Answer<CheckFeatureResult> {
        validate::id("feature", feature)?;
        let loaded = self.peek_user(user_id).await?;
        let account = loaded.books.account(&AccountKey::user(user_id));
        let value =
            loaded.books.plan(&account).and_then(|plan| plan.features.get(feature)).cloned().unwrap_or_default();
        let has_feature = !matches!(value, Value::Null | Value::Bool(false));
        Ok(CheckFeatureResult { user_id: user_id.to_owned(), feature: feature.to_owned(), value, has_feature })
    }
}

/// What is left of the month's allowance, and the month's first and last day.
fn allowance(account: &Account, plan: Option<&PlanDefinition>, now: Timestamp) -> AllowanceResult {
    let month = month_start(now);
    let first = day_of(month);
    let used = account.allowance.get(&month).copied().unwrap_or_default();
    let whole = plan.map_or(Credits::ZERO, |plan| plan.free_allowance);
    AllowanceResult {
        plan_id: account.plan_id.clone(),
        allowance_remaining: Credits::from_micros((whole.micros() - used.micros()).max(0)),
        period_start: first,
        period_end: first.last_of_month(),
    }
}

fn day_of(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::UTC).date()
}

/// Lots as they will be drawn, expired ones last.
fn lots(account: &Account, now: Timestamp) -> Vec<Lot> {
    let mut lots: Vec<_> = account.lots.iter().filter(|lot| lot.remaining().is_positive()).collect();
    lots.sort_by(|a, b| a.is_expired(now).cmp(&b.is_expired(now)).then_with(|| a.draw_order(b)));
    lots.into_iter()
        .map(|lot| Lot {
            source_transaction_id: lot.source,
            kind: lot.kind,
            granted: lot.granted,
            remaining: lot.remaining(),
            expires_at: lot.expires_at,
            created_at: lot.created_at,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowances_month_ends_on_its_last_day() {
        let now: Timestamp = "2028-02-10T12:00:00Z".parse().unwrap();
        let left = allowance(&Account::default(), None, now);
        assert_eq!(
            (left.period_start.to_string(), left.period_end.to_string()),
            ("2028-02-01".into(), "2028-02-29".into())
        );
    }
}
