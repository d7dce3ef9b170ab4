//! One charge after another, priced anew and counted.

use super::caps::{CapTerms, Counter, Crossed};
use crate::{
    clock::from_micros,
    ledger::{month_start, next_window},
    store::charges::{StoredCharge, StoredKind},
};
use app::{
    model::{CapType, Credits, UsageMetrics},
    pricing::Pricing,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Microseconds of a UTC day.
const DAY: i64 = 86_400_000_000;
/// Different reasons for which there is no price; the rest are told together.
const MAX_REASONS: usize = 20;

/// Micro-credits before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) before: i64,
    pub(super) after: i64,
}

impl Pair {
    fn add(&mut self, before: i64, after: i64) {
        self.before = self.before.saturating_add(before);
        self.after = self.after.saturating_add(after);
    }

    pub(super) const fn change(self) -> i64 {
        self.after.saturating_sub(self.before)
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) charges: i64,
    pub(super) sum: Pair,
}

/// A customer: an account that paid.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Payer {
    pub(super) charges: i64,
    pub(super) net: Pair,
    last_seq: i64,
    /// The first charge below the floor, the number of such charges, and the most that was missing.
    pub(super) short: Option<(i64, i64, i64)>,
}

/// Allowance that a user has used in a month at the new prices.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    month: i64,
    micros: i64,
}

/// The back-test under way. It counts from `from` on.
#[derive(Debug)]
pub struct Engine {
    pricing: Arc<Pricing>,
    from: i64,
    /// The month that charges lie in now.
    month: (i64, i64),
    used: HashMap<i64, Used>,
    caps: HashMap<i64, Vec<Counter>>,
    pub(super) payers: HashMap<i64, Payer>,
    pub(super) models: HashMap<Option<String>, Tally>,
    pub(super) unpriced: BTreeMap<String, Tally>,
    pub(super) charges: i64,
    pub(super) repriced: i64,
    pub(super) by_amount: i64,
    pub(super) gross: Pair,
    pub(super) allowance: Pair,
    pub(super) net: Pair,
}

impl Engine {
    pub fn new(pricing: Arc<Pricing>, from: i64, caps: Vec<CapTerms>) -> Self {
        let mut counters: HashMap<i64, Vec<Counter>> = HashMap::new();
        for cap in caps {
            counters.entry(cap.user).or_default().push(Counter::new(cap));
        }
        Self {
            pricing,
            from,
            month: month_of(from),
            used: HashMap::new(),
            caps: counters,
            payers: HashMap::new(),
            models: HashMap::new(),
            unpriced: BTreeMap::new(),
            charges: 0,
            repriced: 0,
            by_amount: 0,
            gross: Pair::default(),
            allowance: Pair::default(),
            net: Pair::default(),
        }
    }

    /// The first instant whose charges matter: the start of the month that the range begins in.
    pub fn first(from: i64) -> i64 {
        month_of(from).0
    }

    /// Takes the next charge or refund. They must come in the order of their time.
    pub fn take(&mut self, charge: &StoredCharge) {
        if charge.at < self.month.0 || charge.at >= self.month.1 {
            self.month = month_of(charge.at);
        }
        if charge.kind == StoredKind::Refund {
            self.give_back(charge);
            return;
        }
        let gross = self.price(charge);
        let allowance = self.use_allowance(charge, gross);
        let net = Pair { before: charge.net, after: net_after(charge, gross, allowance) };
        let told = charge.at >= self.from;
        if let Some(caps) = self.caps.get_mut(&charge.user) {
            let windows = (charge.at.div_euclid(DAY) * DAY, self.month.0);
            for cap in caps {
                cap.take(charge.model.as_deref(), charge.at, windows, (net.before, net.after), told);
            }
        }
        if !told {
            return;
        }
        self.charges += 1;
        self.gross.add(charge.gross, gross);
        self.allowance.add(charge.allowance, allowance);
        self.net.add(net.before, net.after);
        match self.models.get_mut(&charge.model) {
            Some(tally) => tally.add(charge.gross, gross),
            None => self.models.entry(charge.model.clone()).or_default().add(charge.gross, gross),
        }
        self.pay(charge, net);
    }

    /// The price by the new configuration; where there is none, what was charged.
    fn price(&mut self, charge: &StoredCharge) -> i64 {
        let told = charge.at >= self.from;
        let Some(quantities) = &charge.quantities else {
            self.by_amount += i64::from(told);
            return charge.gross;
        };
        let priced = match serde_json::from_str::<UsageMetrics>(quantities) {
            // A team's pool pays plain rates.
            Ok(metrics) => {
                let metrics = UsageMetrics { model: charge.model.clone(), ..metrics };
                let plan = charge.plan.as_deref().filter(|_| charge.kind == StoredKind::Usage);
                self.pricing.cost(&metrics, plan).map_err(|error| error.to_string())
            }
            Err(_) => Err("the stored quantities cannot be read".to_owned()),
        };
        match priced {
            Ok(cost) => {
                self.repriced += i64::from(told);
                cost.micros()
            }
            Err(reason) => {
                if told {
                    let full = self.unpriced.len() >= MAX_REASONS && !self.unpriced.contains_key(&reason);
                    let reason = if full { "other reasons".to_owned() } else { reason };
                    self.unpriced.entry(reason).or_default().add(charge.gross, charge.gross);
                }
                charge.gross
            }
        }
    }

    /// What the plan of that time pays of the new price, by the allowance that the new configuration gives it.
    fn use_allowance(&mut self, charge: &StoredCharge, gross: i64) -> i64 {
        let Some(plan) = charge.plan.as_deref().filter(|_| charge.kind == StoredKind::Usage) else { return 0 };
        let whole = self.pricing.plan(plan).map_or(0, |plan| plan.free_allowance.micros());
        let used = self.used.entry(charge.user).or_default();
        if used.month != self.month.0 {
            *used = Used { month: self.month.0, micros: 0 };
        }
        let part = gross.min((whole - used.micros).max(0));
        used.micros = used.micros.saturating_add(part);
        part
    }

    /// A refund returned allowance of the month at hand.
    fn give_back(&mut self, refund: &StoredCharge) {
        if let Some(used) = self.used.get_mut(&refund.user).filter(|used| used.month == self.month.0) {
            used.micros = (used.micros - refund.allowance).max(0);
        }
    }

    fn pay(&mut self, charge: &StoredCharge, net: Pair) {
        let floor = if charge.kind == StoredKind::TeamUsage { 0 } else { self.pricing.min_balance().micros() };
        let payer = self.payers.entry(charge.account).or_default();
        payer.charges += 1;
        payer.net.add(net.before, net.after);
        // A balance is known in the order of entries; imported history stands in another, and tells no balance.
        if charge.seq <= payer.last_seq {
            return;
        }
        payer.last_seq = charge.seq;
        let missing = floor.saturating_sub(charge.spendable_after.saturating_sub(payer.net.change()));
        // Who is below a new floor without a new price, and pays nothing, is not refused anything.
        let was_short = charge.spendable_after < floor && payer.net.change() <= 0;
        if missing > 0 && net.after > 0 && !was_short {
            let (_, charges, most) = payer.short.get_or_insert((charge.at, 0, 0));
            *charges += 1;
            *most = (*most).max(missing);
        }
    }

    /// The caps that would have been crossed.
    pub(super) fn crossed(&mut self) -> Vec<Crossed> {
        let caps = std::mem::take(&mut self.caps);
        let mut crossed: Vec<_> = caps.into_values().flatten().filter_map(Counter::into_crossed).collect();
        crossed.sort_by_key(|cap| (std::cmp::Reverse(cap.windows), cap.terms.user, cap.first));
        crossed
    }
}

impl Tally {
    fn add(&mut self, before: i64, after: i64) {
        self.charges += 1;
        self.sum.add(before, after);
    }
}

/// What the balance pays of the new price. What a settlement could not collect at the old price is not collected at the
/// new one either, as far as it goes.
fn net_after(charge: &StoredCharge, gross: i64, allowance: i64) -> i64 {
    let uncollected = charge.gross - charge.allowance - charge.net;
    (gross - allowance - uncollected.max(0)).max(0)
}

/// The start of the month of an instant, and of the next.
fn month_of(at: i64) -> (i64, i64) {
    let at = from_micros(at);
    (month_start(at).as_microsecond(), next_window(CapType::Monthly, at).as_microsecond())
}

/// Micro-credits as an amount.
pub(super) const fn credits(pair: Pair) -> app::model::BeforeAfter {
    app::model::BeforeAfter { before: Credits::from_micros(pair.before), after: Credits::from_micros(pair.after) }
}
