//! The books: the accounts at hand, in memory, as of the last command decided.

use super::{
    decide::{Decision, Step},
    entry::{AccountKey, Draw, Entry, Operation},
    lots::Lot,
    reservation::Reservation,
};
use app::model::{CapAction, CapType, Credits, EntryKind, PlanDefinition, TeamRole, Timestamp, Uuid};
use app::pricing::Pricing;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// The active pricing version.
#[derive(Clone, Debug)]
pub struct ActivePricing {
    pub version: i64,
    pub pricing: Arc<Pricing>,
}

/// A spend cap with its counters of the windows at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Cap {
    pub id: i64,
    pub cap_type: CapType,
    pub model: Option<String>,
    pub limit: Credits,
    pub action: CapAction,
    /// By window start.
    pub counters: BTreeMap<Timestamp, Counter>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    pub spend: Credits,
    pub notified: bool,
}

/// One account's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    pub seq: i64,
    /// Σ entries: with what has expired but was not swept, less debt.
    pub balance: Credits,
    pub debt: Credits,
    pub lifetime_purchased: Credits,
    pub plan_id: Option<String>,
    /// Lots with something left, and those that a refund at hand may return to; in draw order.
    pub lots: Vec<Lot>,
    /// Allowance used, by month start.
    pub allowance: BTreeMap<Timestamp, Credits>,
    pub caps: Vec<Cap>,
    /// The open ones, those whose time is over and that no reaper has met, and those that a command at hand names.
    pub reservations: BTreeMap<Uuid, Reservation>,
    /// Of a team: the members that commands at hand name.
    pub members: BTreeMap<String, Member>,
}

/// A team's member, present or past: who comes back has spent what they had.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub role: TeamRole,
    /// Lifetime limit: none, or 0 for one who may not spend.
    pub spend_cap: Option<Credits>,
    pub total_spent: Credits,
    pub present: bool,
}

/// A team that was made under a key.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamMade {
    pub team: Uuid,
    pub digest: Vec<u8>,
}

/// A debit that a refund names, with the refunds it has had.
#[derive(Clone, Debug, PartialEq)]
pub struct Charged {
    pub entry: Entry,
    pub refunds: Vec<Entry>,
}

/// All that the commands at hand need to know.
#[derive(Clone, Debug, Default)]
pub struct Books {
    pub accounts: HashMap<AccountKey, Account>,
    pub pricing: Option<ActivePricing>,
    /// Entries already written under a key that a command at hand carries.
    pub recorded: HashMap<(AccountKey, Operation, String), Entry>,
    pub charged: HashMap<Uuid, Charged>,
    /// Teams made under a key that a command at hand carries.
    pub teams: HashMap<String, TeamMade>,
    /// Versions that reservations at hand were made under.
    pub versions: HashMap<i64, Arc<Pricing>>,
    /// Accounts that a decision has touched since the books were loaded.
    pub touched: BTreeSet<AccountKey>,
}

impl Account {
    /// Credits that have expired but were not swept.
    pub fn stale(&self, now: Timestamp) -> Credits {
        self.lots.iter().filter(|lot| lot.is_expired(now)).map(Lot::remaining).sum()
    }

    /// The balance a caller is told: unexpired credits, less debt.
    pub fn spendable(&self, now: Timestamp) -> Credits {
        Credits::from_micros(self.balance.micros() - self.stale(now).micros())
    }

    /// What a charge may draw on.
    pub fn available(&self, now: Timestamp) -> Credits {
        Credits::from_micros(self.spendable(now).micros() - self.held(now).micros())
    }

    /// Reservations that still hold credits.
    pub fn open(&self, now: Timestamp) -> impl Iterator<Item = &Reservation> {
        self.reservations.values().filter(move |reservation| reservation.is_open(now))
    }

    /// Σ open reservations.
    pub fn held(&self, now: Timestamp) -> Credits {
        self.open(now).map(|reservation| reservation.amount).sum()
    }

    pub fn lot(&self, seq: i64) -> Option<&Lot> {
        self.lots.iter().find(|lot| lot.seq == seq)
    }

    fn put_lot(&mut self, lot: Lot) {
        if let Some(known) = self.lots.iter_mut().find(|known| known.seq == lot.seq) {
            *known = lot;
        } else {
            let at = self.lots.partition_point(|known| known.draw_order(&lot).is_lt());
            self.lots.insert(at, lot);
        }
    }
}

impl Books {
    /// The account as it stands; one that nothing has named yet is all zeros.
    pub fn account(&self, key: &AccountKey) -> Account {
        self.accounts.get(key).cloned().unwrap_or_default()
    }

    pub fn caps(&self, key: &AccountKey) -> &[Cap] {
        self.accounts.get(key).map_or(&[], |account| account.caps.as_slice())
    }

    /// The floor in force: the active version's, 0 while none is active.
    pub fn floor(&self) -> Credits {
        self.pricing.as_ref().map_or(Credits::ZERO, |active| active.pricing.min_balance())
    }

    /// The prices of a version: the active one, or one that a reservation at hand was made under.
    pub fn version(&self, version: i64) -> Option<&Pricing> {
        match &self.pricing {
            Some(active) if active.version == version => Some(&active.pricing),
            _ => self.versions.get(&version).map(AsRef::as_ref),
        }
    }

    /// The plan of an account, as the active version defines it.
    pub fn plan(&self, account: &Account) -> Option<&PlanDefinition> {
        self.pricing.as_ref()?.pricing.plan(account.plan_id.as_deref()?)
    }

    /// Takes a decision into the books. Every step says a whole new value, so that none can fail.
    pub fn apply(&mut self, decision: &Decision) {
        if decision.steps.is_empty() {
            return;
        }
        self.touched.insert(decision.account.clone());
        for step in &decision.steps {
            if let Step::Count { account, cap, window, counter } = step {
                self.touched.insert(account.clone());
                let caps = self.accounts.get_mut(account).map(|account| &mut account.caps);
                if let Some(cap) = caps.and_then(|caps| caps.iter_mut().find(|known| known.id == *cap)) {
                    cap.counters.insert(*window, *counter);
                }
            }
        }
        let account = self.accounts.entry(decision.account.clone()).or_default();
        for step in &decision.steps {
            match step {
                Step::Append(entry) => {
                    debug_assert_eq!(entry.seq, account.seq + 1, "sequence numbers have no gaps");
                    account.seq = entry.seq;
                    account.balance = entry.balance_after;
                    if let Some(total) = entry.outcome.lifetime_purchased {
                        account.lifetime_purchased = total;
                    }
                    if let Some(key) = &entry.key {
                        let scope = (entry.account.clone(), entry.operation, key.clone());
                        self.recorded.insert(scope, (**entry).clone());
                    }
                    if entry.kind == EntryKind::Refund
                        && let Some(charged) = entry.reference.and_then(|id| self.charged.get_mut(&id))
                    {
                        charged.refunds.push((**entry).clone());
                    }
                }
                Step::Lot(lot) => account.put_lot(lot.clone()),
                Step::Debt(debt) => account.debt = *debt,
                Step::Allowance { month, used } => {
                    account.allowance.insert(*month, *used);
                }
                Step::Count { .. } => {}
                Step::Reservation(reservation) => {
                    account.reservations.insert(reservation.id, reservation.clone());
                }
                Step::Team { key, digest, .. } => {
                    if let Some(key) = key {
                        let made = TeamMade { team: decision.account.team_id(), digest: digest.clone() };
                        self.teams.insert(key.clone(), made);
                    }
                }
                Step::Spent { member, total } => {
                    if let Some(member) = account.members.get_mut(member) {
                        member.total_spent = *total;
                    }
                }
            }
        }
    }
}

impl Charged {
    /// Draws that earlier refunds have returned.
    pub fn returned(&self) -> Vec<Draw> {
        self.refunds.iter().flat_map(|refund| refund.draws.iter().copied()).collect()
    }
}
