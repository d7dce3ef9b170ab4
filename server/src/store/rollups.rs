//! Spend reports' sums, kept in the charge's own transaction.
//!
//! By model they are kept for 15 minutes, an hour and a day at once, so that a report reads the coarsest that fits its
//! zone; by user for 15 minutes and a day; by team, for what a team paid, as by model. By kind, also for what is no charge, as
//! by model: what came and went. Both of these have rows for each writer, so that one does not wait for another's commit.

use super::{StoreError, books::Loaded, bulk::Insert, cache::Cache, write::user_number};
use crate::ledger::{AccountKind, Entry};
use app::model::{Credits, EntryKind, SpendSum, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Lengths of the buckets in microseconds.
pub const QUARTER: i64 = 900_000_000;
pub const HOUR: i64 = 3_600_000_000;
pub const DAY: i64 = 86_400_000_000;
/// What a charge without a model is reported under.
pub const UNKNOWN_MODEL: &str = "unknown";

/// What entries add to one bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Net spend of the charges, in micro-credits.
    pub spend: i64,
    pub charges: i64,
    /// What refunds of charges gave back, in micro-credits.
    pub refunded: i64,
}

impl From<Tally> for SpendSum {
    fn from(Tally { spend, charges, refunded }: Tally) -> Self {
        Self { spend: Credits::from_micros(spend), charges, refunded: Credits::from_micros(refunded) }
    }
}

impl Tally {
    /// Of a charge its net spend; of a charge's refund the credits given back; of anything else nothing.
    fn of(entry: &Entry, loaded: &Loaded) -> Option<Self> {
        if entry.kind.is_charge() {
            return Some(Self { spend: -entry.amount.micros(), charges: 1, refunded: 0 });
        }
        let original = loaded.books.charged.get(&entry.reference?)?;
        let refunds_a_charge = entry.kind == EntryKind::Refund && original.entry.kind.is_charge();
        refunds_a_charge.then(|| Self { spend: 0, charges: 0, refunded: entry.amount.micros() })
    }

    pub fn add(&mut self, other: Self) {
        self.spend += other.spend;
        self.charges += other.charges;
        self.refunded += other.refunded;
    }
}

/// The start of the bucket of `span` microseconds that `at` lies in.
pub fn bucket(at: Timestamp, span: i64) -> i64 {
    at.as_microsecond().div_euclid(span) * span
}

/// What new entries add to the reports. Rows are taken in the order of their keys, so that two writers cannot wait for each
/// other.
pub fn of(loaded: &mut Loaded, entries: &[&Entry], cache: &Cache) -> Result<[Insert; 5], StoreError> {
    const MODEL: &str = "INSERT INTO rollup_model (span, bucket, model, lane, spend, charges, refunded)";
    const BY_MODEL: &str = "ON CONFLICT (span, bucket, model, lane) DO UPDATE SET spend = rollup_model.spend + excluded.spend, \
                            charges = rollup_model.charges + excluded.charges, \
                            refunded = rollup_model.refunded + excluded.refunded";
    const USER: &str = "INSERT INTO rollup_user (span, bucket, user_id, spend, charges, refunded)";
    const BY_USER: &str = "ON CONFLICT (span, bucket, user_id) DO UPDATE SET spend = rollup_user.spend + excluded.spend, \
                           charges = rollup_user.charges + excluded.charges, \
                           refunded = rollup_user.refunded + excluded.refunded";
    const TEAM: &str = "INSERT INTO rollup_team (span, bucket, team_id, spend, charges, refunded)";
    const BY_TEAM: &str = "ON CONFLICT (span, bucket, team_id) DO UPDATE SET spend = rollup_team.spend + excluded.spend, \
                           charges = rollup_team.charges + excluded.charges, \
                           refunded = rollup_team.refunded + excluded.refunded";
    const KIND: &str = "INSERT INTO rollup_kind (span, bucket, kind, lane, amount, entries)";
    const BY_KIND: &str = "ON CONFLICT (span, bucket, kind, lane) DO UPDATE SET amount = rollup_kind.amount + excluded.amount, \
                           entries = rollup_kind.entries + excluded.entries";
    let mut kinds: BTreeMap<(i64, i64, &str), (i64, i64)> = BTreeMap::new();
    let mut models: BTreeMap<(i64, i64, &str), Tally> = BTreeMap::new();
    let mut users: BTreeMap<(i64, i64, i64), Tally> = BTreeMap::new();
    let mut teams: BTreeMap<(i64, i64, i64), Tally> = BTreeMap::new();
    for entry in entries {
        for span in [QUARTER, HOUR, DAY] {
            let sum = kinds.entry((span, bucket(entry.occurred_at, span), entry.kind.as_str())).or_default();
            sum.0 += entry.amount.micros();
            sum.1 += 1;
        }
        let Some(tally) = Tally::of(entry, loaded) else { continue };
        let model = entry.model.as_deref().unwrap_or(UNKNOWN_MODEL);
        let user = user_number(loaded, entry)?;
        let is_team = entry.account.kind == AccountKind::Team;
        let team = loaded.numbers.get(&entry.account).copied().filter(|_| is_team);
        for span in [QUARTER, HOUR, DAY] {
            let start = bucket(entry.occurred_at, span);
            if let Some(team) = team {
                teams.entry((span, start, team)).or_default().add(tally);
            }
            models.entry((span, start, model)).or_default().add(tally);
            if span != HOUR {
                users.entry((span, start, user)).or_default().add(tally);
            }
        }
    }
    let names: BTreeSet<&str> =
        models.keys().map(|(_, _, model)| *model).filter(|name| !cache.models.contains(*name)).collect();
    loaded.models = names.iter().map(|name| (*name).to_owned()).collect();
    let names = names.into_iter().map(|name| [name.into()]).collect();
    let accounts = |sums: BTreeMap<(i64, i64, i64), Tally>| {
        let row = |((span, start, account), t): ((i64, i64, i64), Tally)| {
            [span.into(), start.into(), account.into(), t.spend.into(), t.charges.into(), t.refunded.into()]
        };
        sums.into_iter().map(row).collect()
    };
    let models = models.into_iter().map(|((span, start, model), t)| {
        [
            span.into(),
            start.into(),
            model.into(),
            cache.lane.into(),
            t.spend.into(),
            t.charges.into(),
            t.refunded.into(),
        ]
    });
    let kinds = kinds.into_iter().map(|((span, start, kind), (amount, count))| {
        [span.into(), start.into(), kind.into(), cache.lane.into(), amount.into(), count.into()]
    });
    Ok([
        Insert::new("INSERT INTO models (name)", "ON CONFLICT (name) DO NOTHING", names),
        Insert::new(USER, BY_USER, accounts(users)),
        Insert::new(TEAM, BY_TEAM, accounts(teams)),
        Insert::new(MODEL, BY_MODEL, models.collect()),
        Insert::new(KIND, BY_KIND, kinds.collect()),
    ])
}
