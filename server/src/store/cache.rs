//! What a writer remembers of the accounts that it wrote last, so that a busy account is not read again for each charge.
//!
//! Nothing is believed without asking. On SQLite the database tells whether anybody else has written since; if nobody has,
//! all of it still holds. Else, and on PostgreSQL always, an account's row is read, and locked, and only at the revision
//! remembered is the rest used. Each change of what the ledger decides by counts the revision up, whichever process makes it.

use super::{State, StoreError, Tx, books::Loaded, events::Listener};
use crate::ledger::{Account, AccountKey, AccountKind, Action, ActivePricing, Command};
use app::model::ReservationStatus;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Accounts remembered at most; then all are forgotten, and read anew as they come.
const ROOM: usize = 20_000;
/// An account of more open lots than these is not worth its memory.
const LOTS: usize = 200;

/// Accounts that are read, and not remembered.
#[derive(Debug, Default)]
pub struct Special {
    /// Lots that are used up and a refund returns to, the members of a team.
    always: BTreeSet<AccountKey>,
    /// Another month's allowance and another window's caps, where there are any.
    dated: BTreeSet<AccountKey>,
}

impl Special {
    pub fn holds(&self, key: &AccountKey, account: &Account) -> bool {
        let months_matter = || account.plan_id.is_some() || !account.caps.is_empty();
        self.always.contains(key) || self.dated.contains(key) && months_matter()
    }
}

/// An account as a batch left it.
#[derive(Debug)]
struct Kept {
    revision: i64,
    account: Account,
    /// The unbroken run of batches it was kept in.
    run: u64,
}

#[derive(Debug, Default)]
pub struct Cache {
    /// The writer's own number in its process, from 0.
    pub lane: i64,
    /// Accounts' numbers never change.
    numbers: HashMap<AccountKey, i64>,
    accounts: HashMap<AccountKey, Kept>,
    /// Models known to be in the table of models.
    pub models: HashSet<String>,
    /// The active version, or that there is none; empty when it must be read.
    pub pricing: Option<Option<ActivePricing>>,
    /// Who listens to events; empty when it must be read.
    pub listeners: Option<Vec<Listener>>,
    /// Counts how often somebody else wrote between two batches: what was kept before that must be asked for.
    run: u64,
    /// The database as the batch before left it.
    left: Option<State>,
    /// The database as this batch found it.
    found: Option<State>,
}

impl Cache {
    pub fn of_lane(lane: i64) -> Self {
        Self { lane, ..Self::default() }
    }

    pub fn number(&self, key: &AccountKey) -> Option<i64> {
        self.numbers.get(key).copied()
    }

    /// Asks whether anybody else has written since the batch before.
    pub async fn check(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        self.found = tx.state().await?;
        // Until this batch is kept, it may have failed half way.
        let left = self.left.take();
        let holds = self.found.zip(left).is_some_and(|(found, left)| found.follows(left));
        if !holds {
            self.pricing = None;
            self.listeners = None;
            self.run += 1;
        }
        Ok(())
    }

    /// Takes out the account with its revision, if nobody else has written since it was kept.
    pub fn take_unread(&mut self, key: &AccountKey) -> Option<(i64, Account)> {
        if self.accounts.get(key)?.run != self.run {
            return None;
        }
        self.accounts.remove(key).map(|kept| (kept.revision, kept.account))
    }

    /// Takes out the account, if it is known at this revision.
    pub fn take(&mut self, key: &AccountKey, revision: Option<&i64>) -> Option<Account> {
        self.accounts.remove(key).filter(|kept| Some(&kept.revision) == revision).map(|kept| kept.account)
    }

    /// Accounts of which a command at hand may need more than what is open now.
    pub fn special(commands: &[&Command]) -> Special {
        let mut special = Special::default();
        for command in commands {
            match command.action {
                _ if command.account.kind == AccountKind::Team => &mut special.always,
                Action::Refund { .. } => &mut special.always,
                Action::Deduct { occurred_at: Some(_), .. } => &mut special.dated,
                _ => continue,
            }
            .insert(command.account.clone());
        }
        special
    }

    /// Remembers the accounts of a batch that was committed, or that changed nothing.
    pub fn keep(&mut self, loaded: Loaded, commands: &[&Command]) {
        if self.numbers.len() + loaded.numbers.len() > ROOM {
            self.numbers.clear();
            self.accounts.clear();
        }
        self.left = self.found.take();
        let special = Self::special(commands);
        let Loaded { books, mut revisions, numbers, models } = loaded;
        self.models.extend(models);
        for key in &books.touched {
            *revisions.entry(key.clone()).or_default() += 1;
        }
        self.numbers.extend(numbers);
        for (key, mut account) in books.accounts {
            account.lots.retain(|lot| lot.remaining().is_positive());
            account.reservations.retain(|_, reservation| reservation.status == ReservationStatus::Active);
            if let Some(revision) = revisions.get(&key)
                && account.lots.len() <= LOTS
                && !special.holds(&key, &account)
            {
                self.accounts.insert(key, Kept { revision: *revision, account, run: self.run });
            }
        }
    }
}
