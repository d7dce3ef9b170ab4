//! Accounts as people look for them: by id, name, e-mail.

use super::{
    Arg, StoreError, Tx,
    bulk::in_list,
    sql,
    text::{Place, Text},
};
use crate::clock::from_micros;
use crate::ledger::AccountKey;
use app::model::{Credits, Profile, Timestamp, UserQuery, UserRow, UserSort};
use sqlx::FromRow;

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

/// Names looked up at a time: a statement takes so many arguments only.
const LOOKED_UP: usize = 4_096;

/// Names of the users with these numbers.
pub async fn names(tx: &mut Tx, numbers: &[i64]) -> Result<Vec<(i64, String, Option<String>)>, StoreError> {
    const HEAD: &str = "SELECT id, external_id, name FROM accounts WHERE id IN";
    let mut names = Vec::with_capacity(numbers.len());
    for numbers in numbers.chunks(LOOKED_UP) {
        let found: Vec<_> = in_list(HEAD, "", numbers.iter().map(|number| Arg::from(*number))).all(tx).await?;
        names.extend(found);
    }
    Ok(names)
}

/// What is listed of users; the balance is without what has expired but was not swept.
const LISTED: &str = "WITH stale AS (SELECT account_id, CAST(SUM(granted - consumed) AS BIGINT) AS credits FROM lots \
     WHERE open AND expires_at IS NOT NULL AND expires_at <= ? GROUP BY account_id), \
     found AS (SELECT a.id, a.external_id, a.name, a.email, a.plan_id, \
     CAST(a.balance - COALESCE(s.credits, 0) AS BIGINT) AS balance, a.lifetime_purchased, a.created_at, \
     a.last_activity_at FROM accounts a LEFT JOIN stale s ON s.account_id = a.id \
     WHERE a.kind = 'user'";

/// Users whose id, name and e-mail contain each of the `words`, those after `after`: at most the query's limit and one more,
/// which tells that there is a next page.
pub async fn search(
    tx: &mut Tx,
    query: &UserQuery,
    words: &[String],
    after: Option<Place>,
    now: Timestamp,
) -> Result<Vec<(Place, UserRow)>, StoreError> {
    let column = match query.sort {
        UserSort::Activity => "last_activity_at",
        UserSort::User => "external_id",
        UserSort::Balance => "balance",
        UserSort::Purchased => "lifetime_purchased",
    };
    let mut text = Text::default();
    text.push(LISTED, [now.into()]);
    text.push_words("a.search_key", words);
    text.push(") SELECT * FROM found WHERE 1 = 1", []);
    text.push_page(column, query.direction, after, query.limit);
    let rows: Vec<AccountInfo> = sql(text.text).bind_all(text.args).all(tx).await?;
    let listed = |info: AccountInfo| {
        let place = match query.sort {
            UserSort::Activity => Place::Figure(info.last_activity_at, info.id),
            UserSort::User => Place::Name(info.external_id.clone(), info.id),
            UserSort::Balance => Place::Figure(info.balance, info.id),
            UserSort::Purchased => Place::Figure(info.lifetime_purchased, info.id),
        };
        let row = UserRow {
            profile: info.profile(),
            user_id: info.external_id,
            plan_id: info.plan_id,
            balance: Credits::from_micros(info.balance),
            lifetime_purchased: Credits::from_micros(info.lifetime_purchased),
            last_activity: Some(from_micros(info.last_activity_at)),
        };
        (place, row)
    };
    Ok(rows.into_iter().map(listed).collect())
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

/// Puts an account on a plan, or takes it off, and gives the account's number.
pub async fn set_plan(tx: &mut Tx, key: &AccountKey, plan: Option<&str>, now: Timestamp) -> Result<i64, StoreError> {
    let number = number(tx, key, now).await?;
    sql("UPDATE accounts SET plan_id = $1, revision = revision + 1 WHERE id = $2")
        .bind(plan)
        .bind(number)
        .execute_one(tx)
        .await?;
    Ok(number)
}

pub async fn number(tx: &mut Tx, key: &AccountKey, now: Timestamp) -> Result<i64, StoreError> {
    match find(tx, key).await? {
        Some(account) => Ok(account.id),
        None => super::write::create_account(tx, key, now).await,
    }
}
