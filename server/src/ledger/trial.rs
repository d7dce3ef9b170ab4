//! A cap tried on the past: the stored charges and refunds, one after another, by the windows and the comparison that
//! [`super::decide`] uses.
//!
//! A charge that a deny cap would have refused is not spent, so that those after it have its room, and its refunds count
//! for nothing. Charges are tried as if each came by itself: what reservations held at the time is not known any more.

use super::window::{next_window, window_start};
use app::model::{CapAction, CapType, Credits, Timestamp, Uuid};
use std::collections::{HashMap, HashSet};

/// The cap, and the instant from which what it does is counted.
#[derive(Clone, Debug)]
pub struct Terms {
    pub cap_type: CapType,
    pub model: Option<String>,
    pub limit: Credits,
    pub action: CapAction,
    pub from: Timestamp,
}

/// What the ledger holds of one moment. They are given in the order in which they happened.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// The number of whoever pays attention to a cap: the user who caused the charge.
    pub user: i64,
    pub at: Timestamp,
    /// Of the charge itself.
    pub model: Option<&'a str>,
    pub what: What,
}

#[derive(Clone, Copy, Debug)]
pub enum What {
    Charge {
        id: Uuid,
        net: Credits,
    },
    /// `at` is that of the charge that is refunded.
    Refund {
        of: Uuid,
        at: Timestamp,
        credits: Credits,
    },
}

/// What the cap met of one user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met {
    pub count: i64,
    pub credits: Credits,
    pub first: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Counted {
    spend: Credits,
    told: bool,
    met: Met,
}

/// The trial under way.
#[derive(Debug)]
pub struct Trial {
    terms: Terms,
    /// The window that events lie in now; all users have the same ones.
    window: (Timestamp, Timestamp),
    users: HashMap<i64, Counted>,
    refused: HashSet<Uuid>,
    pub charges: i64,
    pub spend: Credits,
}

impl Trial {
    pub fn new(terms: Terms) -> Self {
        let window = bounds(terms.cap_type, terms.from);
        Self { terms, window, users: HashMap::new(), refused: HashSet::new(), charges: 0, spend: Credits::ZERO }
    }

    /// The first instant whose events matter: the start of the window that `from` lies in.
    pub const fn start(&self) -> Timestamp {
        self.window.0
    }

    pub fn take(&mut self, event: &Event<'_>) {
        let Terms { cap_type, model, .. } = &self.terms;
        if model.is_some() && model.as_deref() != event.model {
            return;
        }
        if event.at >= self.window.1 {
            self.window = bounds(*cap_type, event.at);
            for counted in self.users.values_mut() {
                counted.spend = Credits::ZERO;
                counted.told = false;
            }
        }
        match event.what {
            What::Charge { id, net } => self.charge(event.user, event.at, id, net),
            What::Refund { of, at, credits } => {
                let same_window = at >= self.window.0 && at < self.window.1;
                if same_window && !self.refused.contains(&of) {
                    let counted = self.users.entry(event.user).or_default();
                    counted.spend = less(counted.spend, credits);
                }
            }
        }
    }

    fn charge(&mut self, user: i64, at: Timestamp, id: Uuid, net: Credits) {
        let counts = at >= self.terms.from;
        let counted = self.users.entry(user).or_default();
        let after = more(counted.spend, net);
        let passes = after > self.terms.limit;
        let meets = match self.terms.action {
            CapAction::Deny | CapAction::Warn => passes,
            CapAction::Notify => passes && !counted.told,
        };
        counted.told |= passes;
        if meets && self.terms.action == CapAction::Deny {
            self.refused.insert(id);
        } else {
            counted.spend = after;
        }
        if counts {
            self.charges += 1;
            self.spend = more(self.spend, net);
        }
        if counts && meets {
            counted.met.count += 1;
            counted.met.credits = more(counted.met.credits, net);
            counted.met.first.get_or_insert(at);
        }
    }

    /// How many users had a charge, and what the cap met of whom, the most credits first.
    pub fn finish(self) -> (i64, Vec<(i64, Met)>) {
        let users = i64::try_from(self.users.len()).unwrap_or(i64::MAX);
        let mut met: Vec<_> = self
            .users
            .into_iter()
            .map(|(user, counted)| (user, counted.met))
            .filter(|(_, met)| met.count > 0)
            .collect();
        met.sort_by(|(a, one), (b, two)| two.credits.cmp(&one.credits).then(two.count.cmp(&one.count)).then(a.cmp(b)));
        (users, met)
    }
}

fn bounds(cap_type: CapType, at: Timestamp) -> (Timestamp, Timestamp) {
    (window_start(cap_type, at), next_window(cap_type, at))
}

fn more(a: Credits, b: Credits) -> Credits {
    Credits::from_micros(a.micros().saturating_add(b.micros()))
}

fn less(a: Credits, b: Credits) -> Credits {
    Credits::from_micros(a.micros().saturating_sub(b.micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn trial(action: CapAction, limit: &str, from: &str) -> Trial {
        let limit = limit.parse().unwrap();
        Trial::new(Terms { cap_type: CapType::Daily, model: None, limit, action, from: at(from) })
    }

    fn charge(trial: &mut Trial, user: i64, time: &str, net: &str) -> Uuid {
        let id = Uuid::from_u128(u128::from(trial.charges.unsigned_abs()) + 1);
        let what = What::Charge { id, net: net.parse().unwrap() };
        trial.take(&Event { user, at: at(time), model: Some("m"), what });
        id
    }

    fn refund(trial: &mut Trial, user: i64, time: &str, of: Uuid, made: &str, credits: &str) {
        let what = What::Refund { of, at: at(made), credits: credits.parse().unwrap() };
        trial.take(&Event { user, at: at(time), model: Some("m"), what });
    }

    #[test]
    fn what_is_refused_leaves_its_room_to_what_comes_after() {
        let mut trial = trial(CapAction::Deny, "10", "2026-11-01T00:00:00Z");
        charge(&mut trial, 1, "2026-11-01T01:00:00Z", "6");
        let refused = charge(&mut trial, 1, "2026-11-01T02:00:00Z", "5");
        charge(&mut trial, 1, "2026-11-01T03:00:00Z", "4");
        // The refund of a refused charge never was.
        refund(&mut trial, 1, "2026-11-01T04:00:00Z", refused, "2026-11-01T02:00:00Z", "5");
        charge(&mut trial, 1, "2026-11-01T05:00:00Z", "0.000001");
        charge(&mut trial, 1, "2026-11-02T00:00:00Z", "10");
        let (users, met) = trial.finish();
        let first = Some(at("2026-11-01T02:00:00Z"));
        assert_eq!((users, met), (1, vec![(1, Met { count: 2, credits: "5.000001".parse().unwrap(), first })]));
    }

    #[test]
    fn a_refund_makes_room_only_in_the_window_of_its_charge() {
        let mut trial = trial(CapAction::Deny, "10", "2026-11-01T00:00:00Z");
        let one = charge(&mut trial, 1, "2026-11-01T01:00:00Z", "8");
        refund(&mut trial, 1, "2026-11-01T02:00:00Z", one, "2026-11-01T01:00:00Z", "3");
        let two = charge(&mut trial, 1, "2026-11-01T03:00:00Z", "5");
        refund(&mut trial, 1, "2026-11-02T01:00:00Z", two, "2026-11-01T03:00:00Z", "5");
        charge(&mut trial, 1, "2026-11-02T02:00:00Z", "10");
        charge(&mut trial, 1, "2026-11-02T03:00:00Z", "1");
        assert_eq!(trial.finish().1[0].1.count, 1);
    }

    #[test]
    fn warnings_are_for_every_call_and_notices_once_in_a_window() {
        for (action, count) in [(CapAction::Warn, 3), (CapAction::Notify, 2)] {
            let mut trial = trial(action, "1", "2026-11-01T00:00:00Z");
            for time in ["2026-11-01T01:00:00Z", "2026-11-01T02:00:00Z", "2026-11-01T03:00:00Z", "2026-11-02T03:00:00Z"]
            {
                charge(&mut trial, 1, time, if time.contains("-02T") { "2" } else { "1" });
            }
            assert_eq!(trial.finish().1[0].1.count, count, "{action:?}");
        }
    }

    #[test]
    fn what_was_spent_before_the_first_instant_counts_but_is_not_told() {
        let mut trial = trial(CapAction::Deny, "10", "2026-11-01T12:00:00Z");
        assert_eq!(trial.start(), at("2026-11-01T00:00:00Z"));
        charge(&mut trial, 1, "2026-11-01T01:00:00Z", "9");
        charge(&mut trial, 1, "2026-11-01T02:00:00Z", "9");
        charge(&mut trial, 1, "2026-11-01T13:00:00Z", "2");
        assert_eq!((trial.charges, trial.finish().1[0].1.count), (1, 1));
    }
}
