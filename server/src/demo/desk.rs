//! What happens at the desk: people join, subscribe and buy; credits are given and put right.

use super::event::Action;
use super::generate::{Generator, HOUR, Hour};
use super::prices::{Plan, Version};
use super::rhythm::{change_hour, launch_hour, outage_hour};
use crate::clock::from_micros;
use app::model::{CreditKind, Credits, Timestamp};

/// Whole credits, and days that they last.
const WELCOME: (i64, i64) = (100, 30);
const LAUNCH_GIFT: (i64, i64) = (50, 14);
const APOLOGY: (i64, i64) = (25, 30);
const LOYALTY: (i64, i64) = (40, 4);
const SUBSCRIPTION_DAYS: i64 = 31;

const REASONS: [&str; 4] = [
    "Chargeback by the bank, order disputed",
    "Goodwill grant was entered twice",
    "Credits moved to the company's main account",
    "Test credits taken back after the pilot",
];

impl Generator {
    /// Everything of an hour that is no call and no refund.
    pub(super) fn desk(&mut self, hour: Hour) {
        if hour.index == 0 {
            self.push(hour.desk, "", Action::Publish(Version::Launch));
        } else if hour.index == change_hour(self.hours) {
            self.push(hour.desk, "", Action::Publish(Version::Autumn));
        }
        // The last day is left to the sweep of whoever starts the server.
        if hour.index > 0 && hour.index.is_multiple_of(24) && hour.index + 24 <= self.hours {
            self.push(hour.desk, "", Action::Sweep);
        }
        for index in 0..self.customers.len() {
            self.customer(index, hour);
        }
        self.gifts(hour);
        for _ in 0..self.adjustments.iter().filter(|at| **at == hour.index).count() {
            self.adjust(hour);
        }
    }

    fn customer(&mut self, index: usize, hour: Hour) {
        let Some(customer) = self.customers.get_mut(index) else { return };
        let person = customer.person.clone();
        if hour.index == person.joins {
            customer.joined = true;
            customer.renews = hour.index;
            self.push(hour.desk, &person.id, Action::Profile { name: person.name, email: person.email });
            self.push(hour.desk, &person.id, Action::Plan(person.first_plan));
            self.give(index, hour, CreditKind::Grant, WELCOME, "Welcome");
        }
        self.subscribe(index, hour);
        self.buy(index, hour);
    }

    fn subscribe(&mut self, index: usize, hour: Hour) {
        let Some(customer) = self.customers.get_mut(index) else { return };
        let id = customer.person.id.clone();
        if let Some((plan, after)) = customer.person.upgrade
            && hour.index == customer.person.joins + after * 24
        {
            customer.plan = plan;
            customer.renews = hour.index;
            self.push(hour.desk, &id, Action::Plan(plan));
        }
        let Some(customer) = self.customers.get_mut(index) else { return };
        if customer.joined && customer.renews == hour.index {
            customer.renews += 30 * 24;
            if customer.plan != Plan::Free {
                let amount = customer.plan.subscription();
                self.give(index, hour, CreditKind::Subscription, (amount, SUBSCRIPTION_DAYS), "Monthly credits");
            }
        }
    }

    /// Buys a pack when less than a tenth of one is left; not everybody notices within the hour.
    fn buy(&mut self, index: usize, hour: Hour) {
        let Some(customer) = self.customers.get(index) else { return };
        if !customer.joined || !customer.person.pays || !self.is_awake(customer, hour.index) {
            return;
        }
        let pack: i64 = match customer.person.weight {
            12_000.. => 5_000,
            5_000.. => 2_000,
            1_500.. => 1_000,
            _ => 200,
        };
        let low = u64::try_from(pack * 100_000).unwrap_or(0);
        let Some(customer) = self.customers.get_mut(index) else { return };
        if customer.wallet.balance(from_micros(hour.start + HOUR)) < low && self.random.permille(600) {
            self.give(index, hour, CreditKind::Purchase, (pack, 0), "Credit pack");
        }
    }

    /// Gifts to everybody, and to the faithful.
    fn gifts(&mut self, hour: Hour) {
        let (gift, what, chance) = match hour.index {
            at if at == launch_hour(self.hours) => (LAUNCH_GIFT, "Launch week", 1_000),
            at if at == outage_hour(self.hours) + 20 => (APOLOGY, "Apology for the outage", 1_000),
            at if at + 36 == self.hours => (LOYALTY, "Thank you", 200),
            _ => return,
        };
        for index in 0..self.customers.len() {
            if self.customers.get(index).is_some_and(|customer| customer.joined) && self.random.permille(chance) {
                self.give(index, hour, CreditKind::Grant, gift, what);
            }
        }
    }

    /// Gives whole credits that last for so many days; for ever when 0.
    fn give(&mut self, index: usize, hour: Hour, kind: CreditKind, (credits, days): (i64, i64), what: &'static str) {
        let Some(customer) = self.customers.get_mut(index) else { return };
        let Some(amount) = Credits::whole(credits) else { return };
        let expires_at: Option<Timestamp> =
            (days > 0).then(|| from_micros(hour.desk.as_microsecond() + days * 24 * HOUR));
        customer.wallet.add(u64::try_from(amount.micros()).unwrap_or(0), expires_at);
        let id = customer.person.id.clone();
        self.push(hour.desk, &id, Action::Credit { amount, kind, expires_at, what });
    }

    /// Takes some credits from somebody who has enough of them.
    fn adjust(&mut self, hour: Hour) {
        let after = from_micros(hour.start + HOUR);
        let rich = |customer: &mut super::generate::Customer| customer.wallet.balance(after) > 150_000_000;
        let mut able: Vec<usize> = Vec::new();
        for (index, customer) in self.customers.iter_mut().enumerate() {
            if rich(customer) {
                able.push(index);
            }
        }
        if able.is_empty() {
            return;
        }
        let index = *self.random.pick(&able);
        let amount = self.random.between(5, 60) * 1_000_000;
        let reason = *self.random.pick(&REASONS);
        let Some(customer) = self.customers.get_mut(index) else { return };
        if customer.wallet.take(amount, after) {
            let id = customer.person.id.clone();
            let amount = Credits::from_micros(-i64::try_from(amount).unwrap_or(0));
            self.push(hour.desk, &id, Action::Adjust { amount, reason });
        }
    }
}
