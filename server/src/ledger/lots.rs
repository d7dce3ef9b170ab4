//! Lots: where credits came from, and the order in which they go.
//!
//! A debit draws lots by earliest expiry first, those without one last, then by age. Every draw is recorded, so that a
//! refund can return it: last drawn first.

use super::entry::Draw;
use app::model::{Credits, EntryKind, Timestamp, Uuid};
use std::cmp::Ordering;

/// The lot number that stands for debt in a draw.
pub const DEBT: i64 = 0;

/// Credits of one positive entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Lot {
    /// The seq of the entry that granted it.
    pub seq: i64,
    pub source: Uuid,
    pub kind: EntryKind,
    pub granted: Credits,
    /// Drawn, less what was returned; an expired and swept lot is consumed whole.
    pub consumed: Credits,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl Lot {
    pub fn remaining(&self) -> Credits {
        Credits::from_micros(self.granted.micros() - self.consumed.micros())
    }

    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// Earliest expiry first, none last, then age.
    pub fn draw_order(&self, other: &Self) -> Ordering {
        let key = |lot: &Self| (lot.expires_at.is_none(), lot.expires_at, lot.seq);
        key(self).cmp(&key(other))
    }

    /// This lot after `amount` more of it was consumed.
    #[must_use]
    pub fn consume(&self, amount: Credits) -> Self {
        let consumed = Credits::from_micros(self.consumed.micros() + amount.micros());
        debug_assert!(consumed <= self.granted && !consumed.is_negative(), "a lot is drawn within its bounds");
        Self { consumed, ..self.clone() }
    }

    /// This lot after `amount` was returned to it.
    #[must_use]
    pub fn restore(&self, amount: Credits) -> Self {
        self.consume(Credits::from_micros(-amount.micros()))
    }
}

/// Takes `amount` from the spendable lots, in draw order. What they lack is drawn from debt; the caller has decided
/// beforehand whether that may be.
pub fn draw(lots: &[Lot], amount: Credits, now: Timestamp) -> (Vec<Draw>, Vec<Lot>) {
    let mut left = amount;
    let (mut draws, mut changed) = (Vec::new(), Vec::new());
    for lot in lots.iter().filter(|lot| !lot.is_expired(now) && lot.remaining().is_positive()) {
        if !left.is_positive() {
            break;
        }
        let taken = lot.remaining().min(left);
        draws.push(Draw { lot: lot.seq, amount: taken });
        changed.push(lot.consume(taken));
        left = Credits::from_micros(left.micros() - taken.micros());
    }
    if left.is_positive() {
        draws.push(Draw { lot: DEBT, amount: left });
    }
    (draws, changed)
}

/// What of `drawn` has not been `returned` yet, last drawn first, up to `amount`.
pub fn give_back(drawn: &[Draw], returned: &[Draw], amount: Credits) -> Vec<Draw> {
    let mut left = amount.micros();
    let mut back = Vec::new();
    for draw in drawn.iter().rev() {
        let before: i64 = returned.iter().filter(|r| r.lot == draw.lot).map(|r| r.amount.micros()).sum();
        let part = (draw.amount.micros() - before).min(left);
        if part > 0 {
            back.push(Draw { lot: draw.lot, amount: Credits::from_micros(part) });
            left -= part;
        }
    }
    debug_assert!(left == 0, "a refund within its bounds finds all of its draws");
    back
}
