//! Writing what was decided: new entries, the rows they touched, and the reports, in one go.

use super::{
    Arg, StoreError, Tx,
    books::Loaded,
    bulk::{self, Insert},
    cache::Cache,
    rollups,
    rows::{ENTRY_WIDTH, INSERT_ENTRY, entry_args},
    teams::{self, NewTeam},
};
use crate::ledger::{AccountKey, Decision, Entry, Step};
use app::model::{Timestamp, Uuid};
use std::collections::{BTreeSet, HashMap};

/// Everything that a batch changed, each row once, with its last value.
#[derive(Debug, Default)]
struct Changes<'a> {
    entries: Vec<&'a Entry>,
    lots: BTreeSet<(&'a AccountKey, i64)>,
    allowance: BTreeSet<(&'a AccountKey, Timestamp)>,
    counters: BTreeSet<(&'a AccountKey, i64, Timestamp)>,
    reservations: BTreeSet<(&'a AccountKey, Uuid)>,
    members: BTreeSet<(&'a AccountKey, &'a str)>,
    teams: Vec<NewTeam<'a>>,
}

/// Writes the decisions of a batch; `loaded` holds the books after all of them.
pub async fn save(
    tx: &mut Tx,
    loaded: &mut Loaded,
    decisions: &[Decision],
    now: Timestamp,
    cache: &Cache,
) -> Result<(), StoreError> {
    let mut changes = Changes::default();
    for decision in decisions {
        for step in &decision.steps {
            match step {
                Step::Append(entry) => changes.entries.push(entry),
                Step::Lot(lot) => {
                    changes.lots.insert((&decision.account, lot.seq));
                }
                Step::Debt(_) => {}
                Step::Allowance { month, .. } => {
                    changes.allowance.insert((&decision.account, *month));
                }
                Step::Count { account, cap, window, .. } => {
                    changes.counters.insert((account, *cap, *window));
                }
                Step::Reservation(reservation) => {
                    changes.reservations.insert((&decision.account, reservation.id));
                }
                Step::Spent { member, .. } => {
                    changes.members.insert((&decision.account, member));
                }
                Step::Team { name, key, digest } => {
                    changes.teams.push(NewTeam { account: &decision.account, name, key: key.as_deref(), digest });
                }
            }
        }
    }
    number_new_accounts(tx, loaded, &changes.entries, now).await?;
    for team in &changes.teams {
        teams::create(tx, number_of(&loaded.numbers, team.account)?, team).await?;
    }
    let [lots, drawn] = lots(loaded, &changes)?;
    let mut inserts = vec![
        accounts(loaded, now)?,
        entries(loaded, &changes.entries)?,
        lots,
        drawn,
        allowance(loaded, &changes)?,
        counters(loaded, &changes),
        reservations(loaded, &changes)?,
        members(loaded, &changes)?,
    ];
    inserts.extend(rollups::of(loaded, &changes.entries, cache)?);
    bulk::insert(tx, inserts).await
}

/// Accounts exist from the first write that names them.
async fn number_new_accounts(
    tx: &mut Tx,
    loaded: &mut Loaded,
    entries: &[&Entry],
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = |key: &AccountKey| loaded.numbers.contains_key(key);
    let mut missing: BTreeSet<AccountKey> = loaded.books.touched.iter().filter(|key| !known(key)).cloned().collect();
    let members = entries.iter().filter(|entry| !entry.is_own()).map(|entry| entry.user());
    missing.extend(members.filter(|key| !known(key)));
    for key in missing {
        let number = create_account(tx, &key, now).await?;
        loaded.numbers.insert(key, number);
    }
    Ok(())
}

/// Makes an empty account and gives its number.
pub async fn create_account(tx: &mut Tx, key: &AccountKey, now: Timestamp) -> Result<i64, StoreError> {
    let (number,): (i64,) = super::sql(
        "INSERT INTO accounts (kind, external_id, search_key, seq, balance, lifetime_purchased, debt, created_at, \
         last_activity_at) VALUES ($1, $2, $3, 0, 0, 0, 0, $4, $4) RETURNING id",
    )
    .bind(key.kind.as_str())
    .bind(key.id.as_str())
    .bind(key.id.to_lowercase())
    .bind(now)
    .one(tx)
    .await?;
    Ok(number)
}

fn number_of(numbers: &HashMap<AccountKey, i64>, key: &AccountKey) -> Result<i64, StoreError> {
    numbers.get(key).copied().ok_or_else(|| StoreError::corrupt("account", "it has no number"))
}

/// The number of the user who caused an entry.
pub fn user_number(loaded: &Loaded, entry: &Entry) -> Result<i64, StoreError> {
    let numbers = &loaded.numbers;
    if entry.is_own() { number_of(numbers, &entry.account) } else { number_of(numbers, &entry.user()) }
}

fn accounts(loaded: &Loaded, now: Timestamp) -> Result<Insert, StoreError> {
    const HEAD: &str = "INSERT INTO accounts (id, kind, external_id, search_key, revision, seq, balance, lifetime_purchased, \
                        debt, created_at, last_activity_at)";
    // The row is there: the VALUES before the sequence are only what an insert would need.
    const TAIL: &str = "ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, seq = excluded.seq, balance = excluded.balance, \
                        lifetime_purchased = excluded.lifetime_purchased, debt = excluded.debt, \
                        last_activity_at = excluded.last_activity_at";
    let mut rows = Vec::with_capacity(loaded.books.touched.len());
    for key in &loaded.books.touched {
        let Some(account) = loaded.books.accounts.get(key) else { continue };
        rows.push([
            number_of(&loaded.numbers, key)?.into(),
            key.kind.as_str().into(),
            key.id.as_str().into(),
            "".into(),
            (loaded.revisions.get(key).copied().unwrap_or_default() + 1).into(),
            account.seq.into(),
            account.balance.into(),
            account.lifetime_purchased.into(),
            account.debt.into(),
            now.into(),
            now.into(),
        ]);
    }
    Ok(Insert::new(HEAD, TAIL, rows))
}

fn entries(loaded: &Loaded, entries: &[&Entry]) -> Result<Insert, StoreError> {
    let mut rows: Vec<[Arg; ENTRY_WIDTH]> = Vec::with_capacity(entries.len());
    for entry in entries {
        let account = number_of(&loaded.numbers, &entry.account)?;
        rows.push(entry_args(entry, account, user_number(loaded, entry)?)?);
    }
    Ok(Insert::new(INSERT_ENTRY, "", rows))
}

/// Lots that are new, used up or opened again, and those that were drawn on and no more: a statement that does not name
/// `open` leaves the indexes of open lots alone.
fn lots(loaded: &Loaded, changes: &Changes<'_>) -> Result<[Insert; 2], StoreError> {
    const HEAD: &str = "INSERT INTO lots (account_id, seq, source_entry, kind, granted, consumed, expires_at, open, \
                        created_at)";
    const TAIL: &str = "ON CONFLICT (account_id, seq) DO UPDATE SET consumed = excluded.consumed, open = excluded.open";
    const DRAWN: &str = "ON CONFLICT (account_id, seq) DO UPDATE SET consumed = excluded.consumed";
    // A charge makes no lot and opens none.
    let other: BTreeSet<&AccountKey> =
        changes.entries.iter().filter(|entry| !entry.kind.is_charge()).map(|entry| &entry.account).collect();
    let (mut rows, mut drawn) = (Vec::with_capacity(changes.lots.len()), Vec::with_capacity(changes.lots.len()));
    for (key, seq) in &changes.lots {
        let Some(lot) = loaded.books.accounts.get(*key).and_then(|account| account.lot(*seq)) else { continue };
        let open = lot.remaining().is_positive();
        let row = [
            number_of(&loaded.numbers, key)?.into(),
            lot.seq.into(),
            lot.source.into(),
            lot.kind.as_str().into(),
            lot.granted.into(),
            lot.consumed.into(),
            lot.expires_at.into(),
            open.into(),
            lot.created_at.into(),
        ];
        if open && !other.contains(*key) { &mut drawn } else { &mut rows }.push(row);
    }
    Ok([Insert::new(HEAD, TAIL, rows), Insert::new(HEAD, DRAWN, drawn)])
}

fn allowance(loaded: &Loaded, changes: &Changes<'_>) -> Result<Insert, StoreError> {
    const HEAD: &str = "INSERT INTO allowance_used (account_id, month, used)";
    const TAIL: &str = "ON CONFLICT (account_id, month) DO UPDATE SET used = excluded.used";
    let mut rows = Vec::new();
    for (key, month) in &changes.allowance {
        let Some(amount) = loaded.books.accounts.get(*key).and_then(|account| account.allowance.get(month)) else {
            continue;
        };
        rows.push([number_of(&loaded.numbers, key)?.into(), (*month).into(), (*amount).into()]);
    }
    Ok(Insert::new(HEAD, TAIL, rows))
}

fn counters(loaded: &Loaded, changes: &Changes<'_>) -> Insert {
    const HEAD: &str = "INSERT INTO cap_counters (cap_id, window_start, spend, notified)";
    const TAIL: &str = "ON CONFLICT (cap_id, window_start) DO UPDATE SET spend = excluded.spend, \
                        notified = excluded.notified";
    let mut rows = Vec::new();
    for (key, cap_id, window) in &changes.counters {
        let caps = loaded.books.accounts.get(*key).map(|account| account.caps.as_slice()).unwrap_or_default();
        let Some(counter) = caps.iter().find(|cap| cap.id == *cap_id).and_then(|cap| cap.counters.get(window)) else {
            continue;
        };
        rows.push([(*cap_id).into(), (*window).into(), counter.spend.into(), counter.notified.into()]);
    }
    Insert::new(HEAD, TAIL, rows)
}

fn reservations(loaded: &Loaded, changes: &Changes<'_>) -> Result<Insert, StoreError> {
    const HEAD: &str = "INSERT INTO reservations (id, account_id, amount, operation, status, pricing_version, floor, \
                        actor, key, digest, balance, reserved_total, created_at, expires_at, entry_id)";
    const TAIL: &str = "ON CONFLICT (id) DO UPDATE SET status = excluded.status, expires_at = excluded.expires_at, \
                        entry_id = excluded.entry_id";
    let mut rows = Vec::new();
    for (key, id) in &changes.reservations {
        let known = loaded.books.accounts.get(*key).and_then(|account| account.reservations.get(id));
        let Some(reservation) = known else { continue };
        rows.push([
            reservation.id.into(),
            number_of(&loaded.numbers, key)?.into(),
            reservation.amount.into(),
            reservation.operation.as_deref().into(),
            reservation.status.as_str().into(),
            reservation.pricing_version.into(),
            reservation.floor.into(),
            reservation.actor.as_str().into(),
            reservation.key.as_deref().into(),
            reservation.digest.clone().into(),
            reservation.balance.into(),
            reservation.reserved_total.into(),
            reservation.created_at.into(),
            reservation.expires_at.into(),
            reservation.transaction.into(),
        ]);
    }
    Ok(Insert::new(HEAD, TAIL, rows))
}

fn members(loaded: &Loaded, changes: &Changes<'_>) -> Result<Insert, StoreError> {
    const HEAD: &str = "INSERT INTO team_members (team_id, user_id, role, total_spent, added_at)";
    // The row is there: only a member charges.
    const TAIL: &str = "ON CONFLICT (team_id, user_id) DO UPDATE SET total_spent = excluded.total_spent";
    let mut rows = Vec::new();
    for (team, user) in &changes.members {
        let known = loaded.books.accounts.get(*team).and_then(|account| account.members.get(*user));
        let Some(member) = known else { continue };
        rows.push([
            number_of(&loaded.numbers, team)?.into(),
            number_of(&loaded.numbers, &AccountKey::user(*user))?.into(),
            member.role.as_str().into(),
            member.total_spent.into(),
            0_i64.into(),
        ]);
    }
    Ok(Insert::new(HEAD, TAIL, rows))
}
