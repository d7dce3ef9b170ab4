//! One walk over all entries, as they lie: what balance, sequence and chain of each account must be, and what allowance was
//! used. To read a million rows once and add up here takes a second; to have the database sort them, once for each
//! question, takes many.

use super::{StoreError, Tx, rollups::DAY, sql};
use crate::{clock::from_micros, ledger::month_start};
use app::model::Timestamp;
use futures_util::TryStreamExt as _;
use std::collections::{BTreeMap, HashMap};

/// Rows that SQLite reads before others have their turn on this thread.
const TURN: i64 = 10_000;
/// Broken links kept of an account.
const KEPT: usize = 100;

/// Account, number, amount, balance after it, time, and what the allowance paid of a charge.
type Row = (i64, i64, i64, i64, i64, i64);

const COLUMNS: &str = "account_id, seq, amount, balance_after, occurred_at, \
                       CASE WHEN kind IN ('usage', 'team_usage') THEN COALESCE(allowance, 0) ELSE 0 END";

/// What the entries say.
#[derive(Debug, Default)]
pub struct Walk {
    /// By the number of the account; one without entries is not there.
    pub accounts: HashMap<i64, Chain>,
    /// Allowance used by account and day, refunds apart.
    used: HashMap<(i64, i64), i64>,
}

/// The entries of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    pub sum: i64,
    pub entries: i64,
    /// The highest number.
    pub last: i64,
    /// Entries whose balance is not the one before plus their amount: number, what it would be, what it is.
    pub broken: Vec<(i64, i64, i64)>,
    /// Up to where entries have come without a gap, and the balance after that one.
    linked: i64,
    balance: i64,
    /// Those that came before their turn: amount and balance by number.
    early: BTreeMap<i64, (i64, i64)>,
}

impl Walk {
    pub async fn over(tx: &mut Tx) -> Result<Self, StoreError> {
        let mut walk = Self::default();
        match tx {
            Tx::Sqlite(..) => {
                let text = format!("SELECT rowid, {COLUMNS} FROM entries WHERE rowid > $1 ORDER BY rowid LIMIT {TURN}");
                let mut after = i64::MIN;
                loop {
                    let rows: Vec<(i64, i64, i64, i64, i64, i64, i64)> =
                        sql(text.as_str()).bind(after).many(tx).await?;
                    let Some((last, ..)) = rows.last() else { break };
                    after = *last;
                    for (_, account, seq, amount, balance, at, allowance) in rows {
                        walk.take((account, seq, amount, balance, at, allowance));
                    }
                    tokio::task::yield_now().await;
                }
            }
            Tx::Postgres(tx) => {
                let text = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM entries"));
                let mut rows = sqlx::query_as(text).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    walk.take(row);
                }
            }
        }
        walk.accounts.values_mut().for_each(Chain::end);
        Ok(walk)
    }

    fn take(&mut self, (account, seq, amount, after, at, allowance): Row) {
        self.accounts.entry(account).or_default().take(seq, amount, after);
        if allowance != 0 {
            *self.used.entry((account, at.div_euclid(DAY))).or_default() += allowance;
        }
    }

    /// Allowance used by account and month, less what refunds gave back to it. Months are not made in SQL, so days are.
    pub async fn allowance_used(self, tx: &mut Tx) -> Result<BTreeMap<(i64, Timestamp), i64>, StoreError> {
        let returned: Vec<(i64, i64, i64)> = sql("SELECT r.account_id, o.occurred_at, r.allowance FROM entries r \
             JOIN entries o ON o.id = r.reference_entry WHERE r.kind = 'refund' AND r.allowance > 0")
        .all(tx)
        .await?;
        let returned = returned.into_iter().map(|(account, at, back)| ((account, at.div_euclid(DAY)), -back));
        let mut starts: HashMap<i64, Timestamp> = HashMap::new();
        let mut months = BTreeMap::new();
        for ((account, day), used) in self.used.into_iter().chain(returned) {
            let month = *starts.entry(day).or_insert_with(|| month_start(from_micros(day * DAY)));
            *months.entry((account, month)).or_default() += used;
        }
        Ok(months)
    }
}

impl Chain {
    fn take(&mut self, seq: i64, amount: i64, after: i64) {
        self.sum = self.sum.saturating_add(amount);
        self.entries += 1;
        self.last = self.last.max(seq);
        if seq != self.linked + 1 {
            self.early.insert(seq, (amount, after));
            return;
        }
        self.link(seq, amount, after);
        while let Some((amount, after)) = self.early.remove(&(self.linked + 1)) {
            self.link(self.linked + 1, amount, after);
        }
    }

    fn link(&mut self, seq: i64, amount: i64, after: i64) {
        let expected = self.balance.saturating_add(amount);
        if expected != after && self.broken.len() < KEPT {
            self.broken.push((seq, expected, after));
        }
        (self.linked, self.balance) = (seq, after);
    }

    /// Links what is left behind a gap: after one, a balance begins from nothing.
    fn end(&mut self) {
        for (seq, (amount, after)) in std::mem::take(&mut self.early) {
            if seq != self.linked + 1 {
                self.balance = 0;
            }
            self.link(seq, amount, after);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Entries of one account with these amounts: number, amount, balance.
    fn entries(amounts: &[i64]) -> Vec<(i64, i64, i64)> {
        let mut balance = 0;
        let link = |(seq, amount): (i64, &i64)| {
            balance += amount;
            (seq, *amount, balance)
        };
        (1..).zip(amounts).map(link).collect()
    }

    fn walked(entries: &[(i64, i64, i64)]) -> Chain {
        let mut chain = Chain::default();
        for (seq, amount, after) in entries {
            chain.take(*seq, *amount, *after);
        }
        chain.end();
        chain
    }

    proptest! {
        #[test]
        fn a_chain_holds_in_whatever_order_it_is_read(
            entries in prop::collection::vec(-1_000_i64..1_000, 1..60).prop_map(|amounts| entries(&amounts)).prop_shuffle(),
        ) {
            let chain = walked(&entries);
            prop_assert_eq!(&chain.broken, &vec![]);
            let (sum, count) = (entries.iter().map(|(_, amount, _)| amount).sum(), i64::try_from(entries.len()).unwrap());
            prop_assert_eq!((chain.sum, chain.entries, chain.last), (sum, count, count));
        }

        #[test]
        fn a_changed_entry_is_named_in_whatever_order_it_is_read(
            (mut entries, at) in prop::collection::vec(-1_000_i64..1_000, 1..60)
                .prop_map(|amounts| entries(&amounts)).prop_shuffle().prop_flat_map(|entries| {
                    let count = entries.len();
                    (Just(entries), 0..count)
                }),
        ) {
            entries[at].1 += 1;
            let (seq, _, after) = entries[at];
            prop_assert_eq!(walked(&entries).broken, vec![(seq, after + 1, after)]);
        }
    }

    #[test]
    fn a_gap_breaks_the_chain_behind_it() {
        let mut all = entries(&[5, -2, 7, -1]);
        all.remove(1);
        let chain = walked(&all);
        assert_eq!((chain.entries, chain.last), (3, 4));
        assert_eq!(chain.broken, [(3, 7, 10)]);
    }
}
