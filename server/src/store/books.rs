//! Loading the books: what the waiting commands need to know, under lock, in a handful of reads.

use super::{
    Arg, StoreError, Tx,
    bulk::{find_ids, in_list, in_rows},
    cache::{Cache, Special},
    reservations,
    rows::{EntryRow, SELECT_ENTRY, read_account_kind},
    teams, versions,
};
use crate::clock::from_micros;
use crate::ledger::{
    Account, AccountKey, AccountKind, Action, Books, Cap, Charged, Command, Counter, Draw, Entry, Lot, Operation,
    day_start, month_start,
};
use app::model::{CapAction, CapType, Credits, EntryKind, Timestamp, Uuid};
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The books, with what the database knows their accounts by.
#[derive(Debug, Default)]
pub struct Loaded {
    pub books: Books,
    pub numbers: HashMap<AccountKey, i64>,
    /// As they were when loaded.
    pub revisions: HashMap<AccountKey, i64>,
    /// Models that this transaction put into the table of models.
    pub models: Vec<String>,
}

#[derive(Debug, FromRow)]
struct AccountRow {
    id: i64,
    revision: i64,
    kind: String,
    external_id: String,
    plan_id: Option<String>,
    seq: i64,
    balance: i64,
    lifetime_purchased: i64,
    debt: i64,
}

/// Whether the books are loaded to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Accounts are locked, in the order of their numbers, so that two writers cannot wait for each other.
    Write,
    Read,
}

/// Loads all that `commands` need. What `cache` knows at an account's present revision is taken from there.
pub async fn load(
    tx: &mut Tx,
    commands: &[&Command],
    lock: Lock,
    now: Timestamp,
    compiled: &versions::Compiled,
    cache: &mut Cache,
) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::default();
    let special = Cache::special(commands);
    cache.check(tx).await?;
    if cache.pricing.is_none() {
        cache.pricing = Some(compiled.active(tx).await?);
    }
    loaded.books.pricing = cache.pricing.clone().flatten();
    let mut unread: BTreeSet<AccountKey> =
        commands.iter().flat_map(|command| [Some(command.account.clone()), command.member()]).flatten().collect();
    unread.retain(|key| !remembered(key, &special, cache, &mut loaded));
    load_accounts(tx, &unread, lock, cache, &mut loaded).await?;
    teams::load_made(tx, commands, &mut loaded.books).await?;
    if loaded.numbers.is_empty() {
        return Ok(loaded);
    }
    load_recorded(tx, commands, &mut loaded).await?;
    load_charged(tx, commands, &mut loaded).await?;
    let mut names: HashMap<i64, AccountKey> = HashMap::new();
    for key in &unread {
        let Some(number) = loaded.numbers.get(key) else { continue };
        // At one revision the plan is the same as well.
        let known = cache.take(key, loaded.revisions.get(key)).filter(|known| !special.holds(key, known));
        match (known, loaded.books.accounts.get_mut(key)) {
            (Some(known), Some(account)) => {
                account.lots = known.lots;
                account.allowance = known.allowance;
                account.caps = known.caps;
                account.reservations = known.reservations;
            }
            _ => {
                names.insert(*number, key.clone());
            }
        }
    }
    reservations::load_named(tx, commands, &mut loaded).await?;
    reservations::load_versions(tx, commands, compiled, &mut loaded.books).await?;
    teams::load_members(tx, commands, &mut loaded).await?;
    if names.is_empty() {
        return Ok(loaded);
    }
    let numbers: Vec<i64> = names.keys().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let returned = lots_to_return(&loaded);
    load_lots(tx, &numbers, returned, &names, &mut loaded.books).await?;
    load_caps(tx, &numbers, now, &names, &mut loaded.books).await?;
    reservations::load_active(tx, &numbers, &names, &mut loaded.books).await?;
    load_allowance(tx, commands, now, &names, &mut loaded.books).await?;
    for key in names.values() {
        if let Some(account) = loaded.books.accounts.get_mut(key) {
            account.lots.sort_by(Lot::draw_order);
        }
    }
    Ok(loaded)
}

/// Takes an account as a batch before left it, if nobody else has written since; true when it is all that is needed.
fn remembered(key: &AccountKey, special: &Special, cache: &mut Cache, loaded: &mut Loaded) -> bool {
    let Some(number) = cache.number(key) else { return false };
    let Some((revision, account)) = cache.take_unread(key) else { return false };
    if special.holds(key, &account) {
        return false;
    }
    loaded.numbers.insert(key.clone(), number);
    loaded.revisions.insert(key.clone(), revision);
    loaded.books.accounts.insert(key.clone(), account);
    true
}

async fn load_accounts(
    tx: &mut Tx,
    wanted: &BTreeSet<AccountKey>,
    lock: Lock,
    cache: &Cache,
    loaded: &mut Loaded,
) -> Result<(), StoreError> {
    const USERS: &str = "SELECT id, kind, external_id FROM accounts WHERE kind = 'user' AND external_id IN";
    const TEAMS: &str = "SELECT id, kind, external_id FROM accounts WHERE kind = 'team' AND external_id IN";
    const ACCOUNTS: &str = "SELECT id, revision, kind, external_id, plan_id, seq, balance, lifetime_purchased, debt \
                            FROM accounts WHERE id IN";
    let (mut numbers, mut users, mut teams) = (BTreeSet::new(), Vec::new(), Vec::new());
    for key in wanted {
        match (cache.number(key), key.kind) {
            (Some(number), _) => {
                numbers.insert(number);
            }
            (None, AccountKind::User) => users.push(Arg::from(key.id.as_str())),
            (None, AccountKind::Team) => teams.push(Arg::from(key.id.as_str())),
        }
    }
    for (head, names) in [(USERS, users), (TEAMS, teams)] {
        if !names.is_empty() {
            let found: Vec<(i64, String, String)> = in_list(head, "", names).all(tx).await?;
            numbers.extend(found.into_iter().map(|(number, ..)| number));
        }
    }
    if numbers.is_empty() {
        return Ok(());
    }
    // One statement locks them all, in the order of their numbers.
    let lock = lock == Lock::Write && !tx.for_update().is_empty();
    let tail = if lock { "ORDER BY id FOR UPDATE" } else { "ORDER BY id" };
    let rows: Vec<AccountRow> = in_list(ACCOUNTS, tail, numbers.into_iter().map(Arg::from)).all(tx).await?;
    for row in rows {
        let key = AccountKey { kind: read_account_kind(&row.kind)?, id: row.external_id };
        loaded.numbers.insert(key.clone(), row.id);
        loaded.revisions.insert(key.clone(), row.revision);
        loaded.books.accounts.insert(
            key,
            Account {
                seq: row.seq,
                balance: Credits::from_micros(row.balance),
                debt: Credits::from_micros(row.debt),
                lifetime_purchased: Credits::from_micros(row.lifetime_purchased),
                plan_id: row.plan_id,
                ..Account::default()
            },
        );
    }
    Ok(())
}

/// Entries written under the keys at hand.
async fn load_recorded(tx: &mut Tx, commands: &[&Command], loaded: &mut Loaded) -> Result<(), StoreError> {
    const ONE: &str = "SELECT id FROM entries WHERE account_id = ?1 AND operation = ?2 AND key = ?3";
    const FIND: &str = "WITH wanted (account_id, operation, key) AS (";
    // A subquery for each key, so that each is looked up in the index whatever the database believes the table holds; the
    // LIMIT keeps it from joining it in again.
    const FOUND: &str = ") SELECT f.id FROM (SELECT (SELECT e.id FROM entries e WHERE e.account_id = w.account_id \
         AND e.operation = w.operation AND e.key = w.key) AS id FROM wanted w LIMIT 1000) f WHERE f.id IS NOT NULL";
    let keys: Vec<[Arg; 3]> = commands
        .iter()
        .filter_map(|command| {
            let number = *loaded.numbers.get(&command.account)?;
            let key = command.key.as_deref()?;
            Some([number.into(), command.action.operation().as_str().into(), key.into()])
        })
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    let found = find_ids(tx, ONE, (FIND, FOUND), keys).await?;
    for entry in entries_by(tx, "e.id", found).await? {
        if let Some(key) = entry.key.clone() {
            loaded.books.recorded.insert((entry.account.clone(), entry.operation, key), entry);
        }
    }
    Ok(())
}

/// The debits that refunds at hand name, with the refunds they have had.
async fn load_charged(tx: &mut Tx, commands: &[&Command], loaded: &mut Loaded) -> Result<(), StoreError> {
    let ids: BTreeSet<Uuid> = commands
        .iter()
        .filter_map(|command| match command.action {
            Action::Refund { transaction, .. } => Some(transaction),
            _ => None,
        })
        .collect();
    for charged in charged(tx, ids).await? {
        loaded.books.charged.insert(charged.entry.id, charged);
    }
    Ok(())
}

/// Entries with their refunds, oldest refund first.
pub async fn charged(tx: &mut Tx, ids: BTreeSet<Uuid>) -> Result<Vec<Charged>, StoreError> {
    let mut found: BTreeMap<Uuid, Charged> = entries_by(tx, "e.id", ids.iter().copied())
        .await?
        .into_iter()
        .map(|entry| (entry.id, Charged { entry, refunds: Vec::new() }))
        .collect();
    for refund in entries_by(tx, "e.reference_entry", ids).await? {
        if refund.operation == Operation::Refund
            && let Some(charged) = refund.reference.and_then(|id| found.get_mut(&id))
        {
            charged.refunds.push(refund);
        }
    }
    for charged in found.values_mut() {
        charged.refunds.sort_by_key(|refund| refund.seq);
    }
    Ok(found.into_values().collect())
}

/// Entries whose `column` is one of `ids`.
pub(super) async fn entries_by(
    tx: &mut Tx,
    column: &'static str,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Entry>, StoreError> {
    let ids: Vec<Arg> = ids.into_iter().map(Arg::from).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let size = ids.len().next_power_of_two();
    let last = ids.last().cloned();
    let text = format!("{SELECT_ENTRY} WHERE {column} IN {}", super::tuples(1, size, 1));
    let padding = last.into_iter().cycle().take(size - ids.len());
    let rows: Vec<EntryRow> = super::sql(text).bind_all(ids.into_iter().chain(padding)).all(tx).await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// Closed lots that a refund at hand may return credits to.
fn lots_to_return(loaded: &Loaded) -> BTreeSet<(i64, i64)> {
    let mut lots = BTreeSet::new();
    for charged in loaded.books.charged.values() {
        if let Some(number) = loaded.numbers.get(&charged.entry.account) {
            lots.extend(charged.entry.draws.iter().map(|draw: &Draw| (*number, draw.lot)));
        }
    }
    lots
}

#[derive(Debug, FromRow)]
pub struct LotRow {
    pub account_id: i64,
    pub seq: i64,
    pub source_entry: Uuid,
    pub kind: String,
    pub granted: i64,
    pub consumed: i64,
    pub expires_at: Option<i64>,
    pub created_at: i64,
}

impl TryFrom<LotRow> for Lot {
    type Error = StoreError;

    fn try_from(row: LotRow) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.seq,
            source: row.source_entry,
            kind: EntryKind::parse(&row.kind).ok_or_else(|| StoreError::corrupt("lot kind", &row.kind))?,
            granted: Credits::from_micros(row.granted),
            consumed: Credits::from_micros(row.consumed),
            expires_at: row.expires_at.map(from_micros),
            created_at: from_micros(row.created_at),
        })
    }
}

async fn load_lots(
    tx: &mut Tx,
    numbers: &[i64],
    returned: BTreeSet<(i64, i64)>,
    names: &HashMap<i64, AccountKey>,
    books: &mut Books,
) -> Result<(), StoreError> {
    const OPEN: &str = "SELECT account_id, seq, source_entry, kind, granted, consumed, expires_at, created_at FROM lots \
                        WHERE open AND account_id IN";
    const NAMED: &str = "WITH wanted (account_id, seq) AS (";
    const FOUND: &str = ") SELECT l.account_id, l.seq, l.source_entry, l.kind, l.granted, l.consumed, l.expires_at, \
                         l.created_at FROM wanted w CROSS JOIN lots l \
                         WHERE NOT l.open AND l.account_id = w.account_id AND l.seq = CAST(w.seq AS BIGINT)";
    let mut rows: Vec<LotRow> = in_list(OPEN, "", numbers.iter().map(|n| Arg::from(*n))).all(tx).await?;
    if !returned.is_empty() {
        let keys = returned.into_iter().map(|(number, seq)| [number.into(), seq.into()]).collect();
        let closed: BTreeMap<(i64, i64), LotRow> = in_rows(NAMED, FOUND, keys)
            .all::<LotRow>(tx)
            .await?
            .into_iter()
            .map(|row| ((row.account_id, row.seq), row))
            .collect();
        rows.extend(closed.into_values());
    }
    for row in rows {
        if let Some(account) = names.get(&row.account_id).and_then(|key| books.accounts.get_mut(key)) {
            account.lots.push(row.try_into()?);
        }
    }
    Ok(())
}

#[derive(Debug, FromRow)]
struct CapRow {
    id: i64,
    account_id: i64,
    cap_type: String,
    model: String,
    cap_limit: i64,
    action: String,
    window_start: Option<i64>,
    spend: Option<i64>,
    notified: Option<bool>,
}

async fn load_caps(
    tx: &mut Tx,
    numbers: &[i64],
    now: Timestamp,
    names: &HashMap<i64, AccountKey>,
    books: &mut Books,
) -> Result<(), StoreError> {
    const CAPS: &str = "SELECT c.id, c.account_id, c.type AS cap_type, c.model, c.cap_limit, c.action, w.window_start, \
                        w.spend, w.notified FROM caps c LEFT JOIN cap_counters w ON w.cap_id = c.id \
                        AND w.window_start >= $1 WHERE c.account_id IN";
    let size = numbers.len().next_power_of_two();
    let padding = numbers.last().copied().into_iter().cycle().take(size - numbers.len());
    let rows: Vec<CapRow> = super::sql(format!("{CAPS} {} ORDER BY c.id", super::tuples(1, size, 2)))
        .bind(month_start(now).min(day_start(now)))
        .bind_all(numbers.iter().copied().chain(padding).map(Arg::from))
        .all(tx)
        .await?;
    for row in rows {
        let Some(account) = names.get(&row.account_id).and_then(|key| books.accounts.get_mut(key)) else { continue };
        if account.caps.last().is_none_or(|cap| cap.id != row.id) {
            account.caps.push(Cap {
                id: row.id,
                cap_type: read_cap_type(&row.cap_type)?,
                model: Some(row.model).filter(|model| !model.is_empty()),
                limit: Credits::from_micros(row.cap_limit),
                action: read_cap_action(&row.action)?,
                counters: BTreeMap::new(),
            });
        }
        if let (Some(cap), Some(window)) = (account.caps.last_mut(), row.window_start) {
            let spend = Credits::from_micros(row.spend.unwrap_or_default());
            cap.counters.insert(from_micros(window), Counter { spend, notified: row.notified.unwrap_or_default() });
        }
    }
    Ok(())
}

pub fn read_cap_type(text: &str) -> Result<CapType, StoreError> {
    match text {
        "daily" => Ok(CapType::Daily),
        "monthly" => Ok(CapType::Monthly),
        other => Err(StoreError::corrupt("cap type", other)),
    }
}

pub fn read_cap_action(text: &str) -> Result<CapAction, StoreError> {
    match text {
        "deny" => Ok(CapAction::Deny),
        "warn" => Ok(CapAction::Warn),
        "notify" => Ok(CapAction::Notify),
        other => Err(StoreError::corrupt("cap action", other)),
    }
}

/// Allowance used in the months at hand, of the accounts with a plan or with a refund that may return some.
async fn load_allowance(
    tx: &mut Tx,
    commands: &[&Command],
    now: Timestamp,
    names: &HashMap<i64, AccountKey>,
    books: &mut Books,
) -> Result<(), StoreError> {
    const HEAD: &str = "WITH wanted (account_id, month) AS (";
    const TAIL: &str = ") SELECT DISTINCT u.account_id, u.month, u.used FROM wanted w CROSS JOIN allowance_used u \
                        WHERE u.account_id = w.account_id AND u.month = CAST(w.month AS BIGINT)";
    let numbers: HashMap<&AccountKey, i64> = names.iter().map(|(number, key)| (key, *number)).collect();
    let mut wanted: BTreeSet<(i64, Timestamp)> = BTreeSet::new();
    let planned = |key: &AccountKey| books.accounts.get(key).is_some_and(|account| account.plan_id.is_some());
    // The present month of every account, also of one that is named beside another: what is remembered of it is whole.
    wanted.extend(names.iter().filter(|(_, key)| planned(key)).map(|(number, _)| (*number, month_start(now))));
    for command in commands.iter().filter(|command| planned(&command.account)) {
        if let Some(number) = numbers.get(&command.account) {
            wanted.insert((*number, month_start(command.effective_at(now))));
        }
    }
    for charged in books.charged.values().filter(|charged| charged.entry.allowance.is_positive()) {
        if let Some(number) = numbers.get(&charged.entry.account) {
            wanted.insert((*number, month_start(charged.entry.occurred_at)));
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let keys = wanted.into_iter().map(|(number, month)| [number.into(), month.into()]).collect();
    let rows: Vec<(i64, i64, i64)> = in_rows(HEAD, TAIL, keys).all(tx).await?;
    for (number, month, used) in rows {
        if let Some(account) = names.get(&number).and_then(|key| books.accounts.get_mut(key)) {
            account.allowance.insert(from_micros(month), Credits::from_micros(used));
        }
    }
    Ok(())
}
