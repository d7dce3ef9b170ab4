//! The events of the demo, hour by hour, in the order of their time.
//!
//! An hour has a desk time, some minutes past its start, at which people join, buy and are given back; its calls come after
//! that. So within an hour credits are there before they are spent.

use super::event::{Action, Call, Event, Settings};
use super::people::{Person, invent};
use super::prices::{Plan, Version};
use super::random::Random;
use super::rhythm::{adoption, change_hour, outage_hour, tide};
use super::traffic::call;
use super::wallet::Wallet;
use crate::clock::from_micros;
use app::model::{Credits, RefundReason, Timestamp};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, VecDeque};

pub(super) const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Minutes of each hour that belong to the desk.
const DESK: i64 = 10 * 60_000_000;
/// Calls a day for sixty users at full scale.
const CALLS_A_DAY: u64 = 1_000;
/// The mean number of calls in a sitting beyond what the hour would have anyhow, in millionths.
const SITTING: u64 = 2_000_000;

/// A person with what the demo keeps about them.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    pub person: Person,
    pub plan: Plan,
    pub wallet: Wallet,
    pub joined: bool,
    /// The hour at which the subscription brings its next credits.
    pub renews: u64,
}

/// The hour at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hour {
    /// From the start of the demo.
    pub index: u64,
    pub start: i64,
    pub end: i64,
    pub desk: Timestamp,
}

#[derive(Clone, Debug)]
pub(super) struct Refunding {
    pub charge: u64,
    pub user: String,
    pub amount: Option<Credits>,
    pub reason: RefundReason,
    pub note: Option<&'static str>,
}

/// Makes the events of a demo.
#[derive(Debug)]
pub struct Generator {
    pub(super) settings: Settings,
    pub(super) random: Random,
    pub(super) customers: Vec<Customer>,
    /// Hours of the demo, the last of them unfinished.
    pub(super) hours: u64,
    /// The first instant, at midnight UTC.
    start: i64,
    next_hour: u64,
    next_number: u64,
    ready: VecDeque<Event>,
    /// Refunds to come, by the hour at which they are made.
    refunds: BTreeMap<u64, Vec<Refunding>>,
    /// The hours at which an account is put right.
    pub(super) adjustments: Vec<u64>,
    /// Calls to make in all, and the weights among which they are shared.
    calls: u128,
    weights: u128,
}

impl Generator {
    pub fn new(settings: Settings) -> Self {
        let mut random = Random::new(settings.seed);
        let until = settings.until.as_microsecond();
        let start = until.div_euclid(DAY) * DAY - i64::from(settings.days) * DAY;
        let hours = u64::try_from((until - start).div_euclid(HOUR) + 1).unwrap_or(0);
        let people = invent(settings.users, settings.days, &mut random);
        let mut adjustments: Vec<u64> = (0..6).map(|_| random.between(hours / 8, hours.saturating_sub(8))).collect();
        adjustments.sort_unstable();
        let share = u64::from(settings.users) * u64::from(settings.days) * settings.scale_permille;
        let customers = people.into_iter().map(|person| Customer {
            plan: person.first_plan,
            wallet: Wallet::default(),
            joined: false,
            renews: u64::MAX,
            person,
        });
        let mut this = Self {
            customers: customers.collect(),
            calls: u128::from(CALLS_A_DAY * share) / 60_000,
            weights: 0,
            start,
            hours,
            random,
            settings,
            next_hour: 0,
            next_number: 0,
            ready: VecDeque::new(),
            refunds: BTreeMap::new(),
            adjustments,
        };
        let weigh = |hour| this.customers.iter().map(|c| u128::from(this.weight(c, hour))).sum::<u128>();
        this.weights = (0..hours).map(weigh).sum::<u128>().max(1);
        this
    }

    /// Whom the demo is about.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.customers.iter().map(|customer| &customer.person)
    }

    /// The first instant.
    pub fn start(&self) -> Timestamp {
        from_micros(self.start)
    }

    /// How much of all calls falls to a customer in an hour.
    fn weight(&self, customer: &Customer, hour: u64) -> u64 {
        if hour < customer.person.joins {
            return 0;
        }
        let since_epoch = self.start / HOUR + i64::try_from(hour).unwrap_or(0);
        let person = &customer.person;
        person.persona.at(since_epoch, person.zone_minutes) * person.weight * tide(hour, self.hours)
    }

    /// True when the customer may be at work now, for those decisions that nobody makes asleep.
    pub(super) fn is_awake(&self, customer: &Customer, hour: u64) -> bool {
        self.weight(customer, hour) > 0
    }

    pub(super) fn push(&mut self, at: Timestamp, user: &str, action: Action) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        self.ready.push_back(Event { number, at, user: user.to_owned(), action });
        number
    }

    pub(super) fn version(&self, hour: u64) -> Version {
        if hour < change_hour(self.hours) { Version::Launch } else { Version::Autumn }
    }

    fn hour(&mut self, index: u64) {
        let start = self.start + i64::try_from(index).unwrap_or(0) * HOUR;
        let end = (start + HOUR).min(self.settings.until.as_microsecond());
        let desk = from_micros(start + 30_000_000 + i64::try_from(self.random.below(540_000_000)).unwrap_or(0));
        if end <= start + DESK {
            return;
        }
        let hour = Hour { index, start, end, desk };
        self.desk(hour);
        for refund in self.refunds.remove(&index).unwrap_or_default() {
            let Refunding { charge, user, amount, reason, note } = refund;
            self.push(desk, &user, Action::Refund { charge, amount, reason, note });
        }
        self.traffic(hour);
    }

    /// All calls of an hour.
    fn traffic(&mut self, hour: Hour) {
        let month = month_of(hour.start);
        let mut calls = Vec::new();
        for index in 0..self.customers.len() {
            let weight = self.customers.get(index).map_or(0, |customer| self.weight(customer, hour.index));
            let expected = u128::from(weight) * self.calls * 1_000_000 / self.weights;
            let open = u128::try_from(hour.end - hour.start - DESK).unwrap_or(0);
            let expected =
                u64::try_from(expected * open / u128::try_from(HOUR - DESK).unwrap_or(1)).unwrap_or(u64::MAX);
            for _ in 0..self.sitting(expected) {
                calls.extend(self.one_call(index, hour, month));
            }
        }
        calls.sort_by_key(|(at, index, _)| (*at, *index));
        for (at, index, call) in calls {
            let Some(user) = self.customers.get(index).map(|customer| customer.person.id.clone()) else { continue };
            let (gross, refunded) = (call.gross, call.refund_follows);
            let charge = self.push(from_micros(at), &user, Action::Charge(Box::new(call)));
            if refunded {
                self.plan_refund(hour.index, charge, user, gross);
            }
        }
    }

    /// People come for several calls at once: a number that is right on average, and often 0.
    fn sitting(&mut self, expected: u64) -> u64 {
        if expected == 0 || self.random.below(expected + SITTING) >= expected {
            return 0;
        }
        let size = (expected + SITTING) * self.random.between(30, 170) / 100;
        self.random.round(size)
    }

    fn one_call(&mut self, index: usize, hour: Hour, month: i64) -> Option<(i64, usize, Call)> {
        let open = u64::try_from(hour.end - hour.start - DESK).unwrap_or(0);
        let at = hour.start + DESK + i64::try_from(self.random.below(open)).unwrap_or(0);
        let version = self.version(hour.index);
        let customer = self.customers.get_mut(index)?;
        let new_model = adoption(hour.index, self.hours) > 0;
        let (metrics, feature) = call(&customer.person, hour.index, self.hours, new_model, &mut self.random);
        let gross = version.cost(&metrics, customer.plan)?;
        let allowance = u64::try_from(customer.plan.allowance()).unwrap_or(0) * 1_000_000;
        let expires_before = from_micros(hour.start + HOUR);
        if !customer.wallet.charge(gross, allowance, month, expires_before) {
            return None;
        }
        let outage = (outage_hour(self.hours)..outage_hour(self.hours) + 2).contains(&hour.index);
        let refund_follows = gross >= 20_000 && self.random.permille(if outage { 400 } else { 7 });
        let gross = Credits::from_micros(i64::try_from(gross).ok()?);
        Some((at, index, Call { metrics, team: customer.person.team, feature, gross, refund_follows }))
    }

    fn plan_refund(&mut self, hour: u64, charge: u64, user: String, gross: Credits) {
        let outage = (outage_hour(self.hours)..outage_hour(self.hours) + 2).contains(&hour);
        let due = hour + if outage { self.random.between(3, 8) } else { self.random.between(1, 60) };
        let reason = if outage {
            RefundReason::ServiceFailure
        } else {
            *self.random.weighted(&[
                (RefundReason::ServiceFailure, 30),
                (RefundReason::Duplicate, 18),
                (RefundReason::BillingError, 14),
                (RefundReason::Goodwill, 22),
                (RefundReason::Fraud, 5),
                (RefundReason::Other, 11),
            ])
        };
        let note = match reason {
            RefundReason::Other => Some(*self.random.pick(&NOTES)),
            RefundReason::ServiceFailure if outage => Some("Gateway outage, answers were lost"),
            _ => None,
        };
        let partial = !outage && gross.micros() >= 200_000 && self.random.permille(350);
        let amount = partial.then(|| {
            let percent = i64::try_from(self.random.between(2, 8) * 10).unwrap_or(50);
            Credits::from_micros((gross.micros() * percent / 100 / 10_000).max(1) * 10_000)
        });
        self.refunds.entry(due).or_default().push(Refunding { charge, user, amount, reason, note });
    }
}

const NOTES: [&str; 4] = [
    "Answer was cut off, agreed by mail",
    "Test call during onboarding",
    "Wrong model chosen by our router",
    "Asked for in a support chat",
];

impl Iterator for Generator {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while self.ready.is_empty() && self.next_hour < self.hours {
            let hour = self.next_hour;
            self.next_hour += 1;
            self.hour(hour);
        }
        self.ready.pop_front()
    }
}

/// Months since the year 0, of an instant in microseconds.
fn month_of(micros: i64) -> i64 {
    let date = from_micros(micros).to_zoned_datetime(TimeZone::UTC).date();
    i64::from(date.year()) * 12 + i64::from(date.month())
}
