//! Accounts as people look for them: by id, name, e-mail.

use super::{Arg, StoreError, Tx, bulk::in_list, sql};
use crate::clock::from_micros;
use crate::ledger::AccountKey;
use app::model::{Credits, Profile, Timestamp, UserRow};
use sqlx::FromRow;
use std::collections::HashMap;

#[derive(Debug, FromRow)]
pub struct AccountInfo {
    pub id: i64,
    pub external_id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub plan_id: Option<String>,
    balance: i64,
    lifetime_purchased: i64,
    pub created_at: i64,
    pub last_activity_at: i64,
}

const SELECT: &str = "SELECT id, external_id, name, email, plan_id, balance, lifetime_purchased, created_at, \
                      last_activity_at FROM accounts";

impl AccountInfo {
    pub fn profile(&self) -> Profile {
        Profile { name: self.name.clone(), email: self.email.clone() }
    }
}

/// One account, if anything has named it.
pub async fn find(tx: &mut Tx, key: &AccountKey) -> Result<Option<AccountInfo>, StoreError> {
    sql(format!("{SELECT} WHERE kind = $1 AND external_id = $2"))
        .bind(key.kind.as_str())
        .bind(key.id.as_str())
        .optional(tx)
        .await
}

/// Users whose id, name or e-mail contains `query`, latest active first; an exact id comes before all others.
pub async fn search(
    tx: &mut Tx,
    query: &str,
    after: Option<(i64, i64)>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<(i64, UserRow)>, StoreError> {
    let folded = query.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let (at, number) = after.unwrap_or((i64::MAX, i64::MAX));
    let rows: Vec<AccountInfo> = sql(format!(
        "{SELECT} WHERE kind = 'user' AND search_key LIKE $1 ESCAPE '\\' AND (last_activity_at, id) < ($2, $3) \
         ORDER BY last_activity_at DESC, id DESC LIMIT $4"
    ))
    .bind(format!("%{folded}%"))
    .bind(at)
    .bind(number)
    .bind(i64::from(limit) + 1)
    .all(tx)
    .await?;
    let stale = stale(tx, rows.iter().map(|row| row.id), now).await?;
    let user = |row: AccountInfo| {
        let stale = stale.get(&row.id).copied().unwrap_or_default();
        let user = UserRow {
            profile: row.profile(),
            user_id: row.external_id,
            plan_id: row.plan_id,
            balance: Credits::from_micros(row.balance - stale),
            lifetime_purchased: Credits::from_micros(row.lifetime_purchased),
            last_activity: Some(from_micros(row.last_activity_at)),
        };
        (row.id, user)
    };
    Ok(rows.into_iter().map(user).collect())
}

/// Micro-credits per account that have expired but were not swept.
async fn stale(
    tx: &mut Tx,
    accounts: impl Iterator<Item = i64>,
    now: Timestamp,
) -> Result<HashMap<i64, i64>, StoreError> {
    const HEAD: &str = "SELECT account_id, expires_at, granted - consumed FROM lots \
                        WHERE open AND expires_at IS NOT NULL AND account_id IN";
    let accounts: Vec<Arg> = accounts.map(Arg::from).collect();
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let lots: Vec<(i64, i64, i64)> = in_list(HEAD, "", accounts).all(tx).await?;
    let mut sums = HashMap::new();
    for (account, _, left) in lots.into_iter().filter(|(_, expires_at, _)| *expires_at <= now.as_microsecond()) {
        *sums.entry(account).or_insert(0) += left;
    }
    Ok(sums)
}

/// Names an account, making it if nothing has named it yet.
pub async fn put_profile(tx: &mut Tx, key: &AccountKey, profile: &Profile, now: Timestamp) -> Result<(), StoreError> {
    let number = number(tx, key, now).await?;
    let words = [Some(key.id.as_str()), profile.name.as_deref(), profile.email.as_deref()];
    let search_key = words.into_iter().flatten().collect::<Vec<_>>().join("\n").to_lowercase();
    sql("UPDATE accounts SET name = $1, email = $2, search_key = $3 WHERE id = $4")
        .bind(profile.name.as_deref())
        .bind(profile.email.as_deref())
        .bind(search_key)
        .bind(number)
        .execute_one(tx)
        .await
}

/// Puts an account on a plan, or takes it off.
pub async fn set_plan(tx: &mut Tx, key: &AccountKey, plan: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
    let number = number(tx, key, now).await?;
    sql("UPDATE accounts SET plan_id = $1, revision = revision + 1 WHERE id = $2")
        .bind(plan)
        .bind(number)
        .execute_one(tx)
        .await
}

pub async fn number(tx: &mut Tx, key: &AccountKey, now: Timestamp) -> Result<i64, StoreError> {
    match find(tx, key).await? {
        Some(account) => Ok(account.id),
        None => super::write::create_account(tx, key, now).await,
    }
}
