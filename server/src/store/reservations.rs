//! Reservations: those that hold credits, and those that commands name.

use super::{
    Arg, StoreError, Tx,
    books::Loaded,
    bulk::{in_list, in_rows},
    sql, versions,
};
use crate::clock::from_micros;
use crate::ledger::{AccountKey, Action, Books, Command, Reservation};
use app::model::{Credits, ReservationStatus, Timestamp, Uuid};
use sqlx::FromRow;
use std::collections::{BTreeSet, HashMap};

const SELECT: &str = "SELECT r.id, r.account_id, r.amount, r.operation, r.status, r.pricing_version, r.floor, r.actor, \
                      r.key, r.digest, r.balance, r.reserved_total, r.created_at, r.expires_at, r.entry_id";

#[derive(Debug, FromRow)]
struct ReservationRow {
    id: Uuid,
    account_id: i64,
    amount: i64,
    operation: Option<String>,
    status: String,
    pricing_version: Option<i64>,
    floor: i64,
    actor: String,
    key: Option<String>,
    digest: Vec<u8>,
    balance: i64,
    reserved_total: i64,
    created_at: i64,
    expires_at: i64,
    entry_id: Option<Uuid>,
}

impl TryFrom<ReservationRow> for Reservation {
    type Error = StoreError;

    fn try_from(row: ReservationRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            amount: Credits::from_micros(row.amount),
            operation: row.operation,
            status: ReservationStatus::parse(&row.status)
                .ok_or_else(|| StoreError::corrupt("reservation status", &row.status))?,
            pricing_version: row.pricing_version,
            floor: Credits::from_micros(row.floor),
            actor: row.actor,
            key: row.key,
            digest: row.digest,
            balance: Credits::from_micros(row.balance),
            reserved_total: Credits::from_micros(row.reserved_total),
            created_at: from_micros(row.created_at),
            expires_at: from_micros(row.expires_at),
            transaction: row.entry_id,
        })
    }
}

/// Loads what the accounts hold: the active ones, also those whose time is over.
pub(super) async fn load_active(
    tx: &mut Tx,
    numbers: &[i64],
    names: &HashMap<i64, AccountKey>,
    books: &mut Books,
) -> Result<(), StoreError> {
    const HEAD: &str = "SELECT r.id, r.account_id, r.amount, r.operation, r.status, r.pricing_version, r.floor, r.actor, \
                        r.key, r.digest, r.balance, r.reserved_total, r.created_at, r.expires_at, r.entry_id \
                        FROM reservations r WHERE r.status = 'active' AND r.account_id IN";
    put(in_list(HEAD, "", numbers.iter().map(|number| Arg::from(*number))).all(tx).await?, names, books)
}

/// Loads those that commands name, by their id or by the key that they were made under.
pub async fn load_named(tx: &mut Tx, commands: &[&Command], loaded: &mut Loaded) -> Result<(), StoreError> {
    const BY_KEY: &str = "WITH wanted (account_id, key) AS (";
    const KEYED: &str = ") SELECT r.id, r.account_id, r.amount, r.operation, r.status, r.pricing_version, r.floor, \
                         r.actor, r.key, r.digest, r.balance, r.reserved_total, r.created_at, r.expires_at, r.entry_id \
                         FROM wanted w CROSS JOIN reservations r WHERE r.account_id = w.account_id AND r.key = w.key";
    let names: HashMap<i64, AccountKey> = loaded.numbers.iter().map(|(key, number)| (*number, key.clone())).collect();
    let ids: BTreeSet<Uuid> = commands.iter().filter_map(|command| command.reservation()).collect();
    if !ids.is_empty() {
        let size = ids.len().next_power_of_two();
        let last = ids.last().copied().into_iter().cycle().take(size - ids.len());
        let text = format!("{SELECT} FROM reservations r WHERE r.id IN {}", super::tuples(1, size, 1));
        let rows = sql(text).bind_all(ids.iter().copied().chain(last).map(Arg::from)).all(tx).await?;
        put(rows, &names, &mut loaded.books)?;
    }
    let keys: Vec<[Arg; 2]> = commands
        .iter()
        .filter(|command| matches!(command.action, Action::Reserve { .. }))
        .filter_map(|command| Some([(*loaded.numbers.get(&command.account)?).into(), command.key.as_deref()?.into()]))
        .collect();
    if !keys.is_empty() {
        put(in_rows(BY_KEY, KEYED, keys).all(tx).await?, &names, &mut loaded.books)?;
    }
    Ok(())
}

/// Compiles the versions that are to settle them.
pub async fn load_versions(
    tx: &mut Tx,
    commands: &[&Command],
    compiled: &versions::Compiled,
    books: &mut Books,
) -> Result<(), StoreError> {
    let mut wanted = BTreeSet::new();
    for command in commands.iter().filter(|command| matches!(command.action, Action::Settle { .. })) {
        let account = books.accounts.get(&command.account);
        let known = account.zip(command.reservation()).and_then(|(account, id)| account.reservations.get(&id));
        wanted.extend(known.and_then(|reservation| reservation.pricing_version));
    }
    for version in wanted {
        if let Some(pricing) = compiled.version(tx, version).await? {
            books.versions.insert(version, pricing);
        }
    }
    Ok(())
}

fn put(rows: Vec<ReservationRow>, names: &HashMap<i64, AccountKey>, books: &mut Books) -> Result<(), StoreError> {
    for row in rows {
        if let Some(account) = names.get(&row.account_id).and_then(|key| books.accounts.get_mut(key)) {
            account.reservations.insert(row.id, row.try_into()?);
        }
    }
    Ok(())
}

/// One reservation with the id of its user.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<(String, Reservation)>, StoreError> {
    let row: Option<ReservationRow> =
        sql(format!("{SELECT} FROM reservations r WHERE r.id = $1")).bind(id).optional(tx).await?;
    let Some(row) = row else { return Ok(None) };
    let (user,): (String,) = sql("SELECT external_id FROM accounts WHERE id = $1").bind(row.account_id).one(tx).await?;
    Ok(Some((user, row.try_into()?)))
}

/// A user's reservations, newest first, at most `limit`, of those made before `before`. Ids are in the order of time.
pub async fn of_user(
    tx: &mut Tx,
    user: &str,
    before: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Reservation>, StoreError> {
    let rows: Vec<ReservationRow> = sql(format!(
        "{SELECT} FROM reservations r JOIN accounts a ON a.id = r.account_id WHERE a.kind = 'user' \
         AND a.external_id = $1 AND r.id < $2 ORDER BY r.id DESC LIMIT $3"
    ))
    .bind(user)
    .bind(before.unwrap_or(Uuid::max()))
    .bind(i64::from(limit))
    .all(tx)
    .await?;
    rows.into_iter().map(Reservation::try_from).collect()
}

/// Active ones whose time is over, oldest first: user and id.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<(String, Uuid)>, StoreError> {
    sql("SELECT a.external_id, r.id FROM reservations r JOIN accounts a ON a.id = r.account_id \
         WHERE r.status = 'active' AND r.expires_at <= $1 ORDER BY r.expires_at LIMIT $2")
    .bind(now)
    .bind(i64::from(limit))
    .all(tx)
    .await
}
