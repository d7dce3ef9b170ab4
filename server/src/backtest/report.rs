//! From what was counted to what is shown. Names are looked up by the caller, for those alone that are shown.

use super::{
    caps::Crossed,
    engine::{Engine, Payer, credits},
};
use crate::clock::from_micros;
use app::model::{
    BacktestReport, CapCrossed, Credits, Customer, CustomerChange, CustomerChanges, GoneShort, ModelChange, Unpriced,
};
use std::collections::HashMap;

/// Customers and caps in a list.
const SHOWN: usize = 20;
/// Percentiles of the change.
const PERCENTILES: [u8; 7] = [1, 10, 25, 50, 75, 90, 99];

/// What was counted, with the accounts whose names are wanted.
#[derive(Debug)]
pub struct Sums {
    engine: Engine,
    more: Vec<(i64, Payer)>,
    less: Vec<(i64, Payer)>,
    short: Vec<(i64, Payer)>,
    crossed: Vec<Crossed>,
    counts: (i64, i64, i64, i64, i64),
    percentiles: Vec<(u8, i64)>,
}

/// Customers by the numbers of their accounts.
pub type Who = HashMap<i64, Customer>;

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Engine {
    /// Ends the counting.
    pub fn sums(mut self) -> Sums {
        let mut crossed = self.crossed();
        let mut payers: Vec<(i64, Payer)> = self.payers.iter().map(|(account, payer)| (*account, *payer)).collect();
        payers.sort_by_key(|(account, payer)| (payer.net.change(), *account));
        let fewer = payers.iter().filter(|(_, payer)| payer.net.change() < 0).count();
        let same = payers.iter().filter(|(_, payer)| payer.net.change() == 0).count();
        let greater = payers.len() - fewer - same;
        let less = payers.iter().take(fewer.min(SHOWN)).copied().collect();
        let more = payers.iter().rev().take(greater.min(SHOWN)).copied().collect();
        let mut short: Vec<_> = payers.iter().filter(|(_, payer)| payer.short.is_some()).copied().collect();
        short.sort_by_key(|(account, payer)| (std::cmp::Reverse(payer.short.map(|short| short.2)), *account));
        let counts = (count(greater), count(fewer), count(same), count(short.len()), count(crossed.len()));
        short.truncate(SHOWN);
        crossed.truncate(SHOWN);
        let percentiles = percentiles(payers.iter().map(|(_, payer)| payer));
        Sums { engine: self, more, less, short, crossed, counts, percentiles }
    }
}

/// The change of what each pays, in tenths of a per cent, of those who paid something; by nearest rank.
fn percentiles<'p>(payers: impl Iterator<Item = &'p Payer>) -> Vec<(u8, i64)> {
    let mut changes: Vec<i64> =
        payers.filter(|payer| payer.net.before > 0).map(|payer| tenths(payer.net.change(), payer.net.before)).collect();
    changes.sort_unstable();
    PERCENTILES
        .iter()
        .filter_map(|percent| {
            let rank = (changes.len() * usize::from(*percent)).div_ceil(100).max(1);
            changes.get(rank - 1).map(|change| (*percent, *change))
        })
        .collect()
}

/// `part / whole` in tenths of a per cent, half away from zero.
fn tenths(part: i64, whole: i64) -> i64 {
    let (part, whole) = (i128::from(part) * 1000, i128::from(whole));
    let rounded = (part.abs() * 2 + whole) / (whole * 2);
    i64::try_from(rounded * part.signum()).unwrap_or(i64::MAX)
}

impl Sums {
    /// The numbers of the accounts that the report names.
    pub fn named(&self) -> Vec<i64> {
        let payers = [&self.more, &self.less, &self.short].into_iter().flatten().map(|(account, _)| *account);
        let mut named: Vec<i64> = payers.chain(self.crossed.iter().map(|cap| cap.terms.user)).collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    pub fn report(self, who: &Who) -> BacktestReport {
        let named = |account: i64| {
            who.get(&account).cloned().unwrap_or_else(|| Customer {
                id: format!("account {account}"),
                team: false,
                name: None,
            })
        };
        let change = |(account, payer): &(i64, Payer)| CustomerChange {
            customer: named(*account),
            charges: payer.charges,
            net: credits(payer.net),
        };
        let (more, less, same, short_count, crossed_count) = self.counts;
        let short = self.short.iter().filter_map(|(account, payer)| {
            let (first, charges, missing) = payer.short?;
            Some(GoneShort {
                customer: named(*account),
                first: from_micros(first),
                charges,
                missing: Credits::from_micros(missing),
            })
        });
        let crossed = self.crossed.iter().map(|cap| CapCrossed {
            user_id: named(cap.terms.user).id,
            cap_type: cap.terms.cap_type,
            model: cap.terms.model.clone(),
            action: cap.terms.action,
            limit: Credits::from_micros(cap.terms.limit),
            windows: cap.windows,
            first: from_micros(cap.first),
            most: Credits::from_micros(cap.most),
        });
        let engine = &self.engine;
        let mut models: Vec<ModelChange> = engine
            .models
            .iter()
            .map(|(model, tally)| ModelChange {
                model: model.clone(),
                charges: tally.charges,
                gross: credits(tally.sum),
            })
            .collect();
        models.sort_by(|a, b| {
            let size = |change: &ModelChange| std::cmp::Reverse(change.gross.change().micros().unsigned_abs());
            size(a).cmp(&size(b)).then_with(|| b.gross.before.cmp(&a.gross.before)).then_with(|| a.model.cmp(&b.model))
        });
        let unpriced = engine.unpriced.iter().map(|(reason, tally)| Unpriced {
            reason: reason.clone(),
            charges: tally.charges,
            gross: Credits::from_micros(tally.sum.before),
        });
        BacktestReport {
            charges: engine.charges,
            repriced: engine.repriced,
            gross: credits(engine.gross),
            allowance: credits(engine.allowance),
            net: credits(engine.net),
            by_amount: engine.by_amount,
            unpriced: unpriced.collect(),
            models,
            customers: CustomerChanges {
                total: more + less + same,
                more,
                less,
                same,
                percentiles: self.percentiles.clone(),
                most_more: self.more.iter().map(change).collect(),
                most_less: self.less.iter().map(change).collect(),
            },
            short: short.collect(),
            short_count,
            crossed: crossed.collect(),
            crossed_count,
            pricing_micros: 0,
            took_micros: 0,
        }
    }
}
