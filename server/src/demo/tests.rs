//! The generator: the same for a seed, and of the shape of a product's life.

use super::event::{Action, Call, Event, Settings};
use super::generate::Generator;
use super::models::NEW_MODEL;
use super::prices::{Plan, Version};
use super::rhythm::{change_hour, launch_hour};
use app::model::{CreditKind, Credits, RefundReason, Timestamp};
use app::pricing::{Pricing, read_config};
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

fn settings(seed: u64) -> Settings {
    Settings::new(seed, "2026-11-25T12:34:56Z".parse().unwrap())
}

fn events(seed: u64) -> Vec<Event> {
    Generator::new(settings(seed)).collect()
}

fn calls(events: &[Event]) -> impl Iterator<Item = (&Event, &Call)> {
    events.iter().filter_map(|event| match &event.action {
        Action::Charge(call) => Some((event, call.as_ref())),
        _ => None,
    })
}

/// Day of the demo, from 0.
fn day(at: Timestamp) -> i64 {
    let midnight: Timestamp = "2026-08-27T00:00:00Z".parse().unwrap();
    at.duration_since(midnight).as_hours() / 24
}

#[test]
fn a_seed_gives_the_same_events_and_another_seed_others() {
    let first = events(1);
    assert_eq!(first, events(1));
    assert_ne!(first, events(2));
}

#[test]
fn there_are_enough_calls_in_the_order_of_their_time() {
    let settings = settings(1);
    let events = events(1);
    let count = calls(&events).count();
    assert!((60_000..=100_000).contains(&count), "{count} calls");
    assert!(events.windows(2).all(|pair| pair[0].at <= pair[1].at && pair[0].number + 1 == pair[1].number));
    assert!(events.iter().all(|event| event.at <= settings.until));
    let last = events.last().unwrap().at;
    assert!(settings.until.duration_since(last).as_hours() < 1, "use goes on until now");
}

#[test]
fn size_follows_users_days_and_scale() {
    let small = Settings { scale_permille: 100, ..settings(1) };
    let count = calls(&Generator::new(small).collect::<Vec<_>>()).count();
    assert!((6_000..=11_000).contains(&count), "{count} calls");
    let none = Settings { users: 0, days: 0, ..settings(1) };
    assert!(calls(&Generator::new(none).collect::<Vec<_>>()).count() == 0);
}

#[test]
fn weekends_are_quieter_and_nights_too() {
    let events = events(1);
    let (mut weekend, mut week, mut night, mut noon) = (0, 0, 0, 0);
    for (event, _) in calls(&events) {
        let at = event.at.to_zoned_datetime(TimeZone::UTC);
        match at.weekday() {
            Weekday::Saturday | Weekday::Sunday => weekend += 1,
            _ => week += 1,
        }
        noon += usize::from((10..15).contains(&at.hour()));
        night += usize::from(at.hour() >= 22 || at.hour() < 3);
    }
    // Two days against five.
    assert!(weekend * 5 < week * 2 * 3 / 4, "{weekend} on weekends, {week} in the week");
    assert!(night < noon, "{night} by night, {noon} by day");
}

/// What balances pay on each day, and not the allowances of plans.
fn paid_by_day(events: &[Event]) -> BTreeMap<Date, i64> {
    let mut plans: HashMap<&str, Plan> = HashMap::new();
    let mut used: HashMap<(&str, i16, i8), i64> = HashMap::new();
    let mut days = BTreeMap::new();
    for event in events {
        match &event.action {
            Action::Plan(plan) => drop(plans.insert(&event.user, *plan)),
            Action::Charge(call) => {
                let day = event.at.to_zoned_datetime(TimeZone::UTC).date();
                let allowance = plans[event.user.as_str()].allowance() * Credits::SCALE;
                let used = used.entry((&event.user, day.year(), day.month())).or_default();
                let covered = call.gross.micros().min((allowance - *used).max(0));
                *used += covered;
                *days.entry(day).or_default() += call.gross.micros() - covered;
            }
            _ => {}
        }
    }
    days
}

#[test]
fn the_first_of_a_month_is_a_day_like_others() {
    for until in ["2026-11-25T12:34:56Z", "2026-12-20T15:00:00Z", "2027-02-09T08:00:00Z"] {
        let days = paid_by_day(&Generator::new(Settings::new(1, until.parse().unwrap())).collect::<Vec<_>>());
        let mut tried = 0;
        for (day, paid) in days.iter().filter(|(day, _)| day.day() == 1) {
            // The same weekday a week before and after, since weekends are quieter.
            let beside = |week: i64| days.get(&day.checked_add(week.weeks()).unwrap());
            let (Some(before), Some(after)) = (beside(-1), beside(1)) else { continue };
            assert!(paid * 4 > before + after, "{paid} on {day}, {before} and {after} a week before and after");
            tried += 1;
        }
        assert!(tried >= 2, "{tried} until {until}");
    }
}

#[test]
fn the_launch_stands_out_and_the_product_grows() {
    let events = events(1);
    let mut days: BTreeMap<i64, usize> = BTreeMap::new();
    for (event, _) in calls(&events) {
        *days.entry(day(event.at)).or_default() += 1;
    }
    let week = |first: i64| (first..first + 7).map(|day| days.get(&day).copied().unwrap_or(0)).sum::<usize>();
    assert!(week(83) > 2 * week(1), "{} after {}", week(83), week(1));
    let launch = i64::try_from(launch_hour(91 * 24) / 24).unwrap();
    assert!(week(launch) * 10 > week(launch - 7) * 12, "{} after {}", week(launch), week(launch - 7));
}

#[test]
fn the_new_model_is_taken_up_after_the_price_change() {
    let events = events(1);
    let change = i64::try_from(change_hour(91 * 24) / 24).unwrap();
    let share = |first: i64| {
        let in_week = calls(&events).filter(|(event, _)| (first..first + 7).contains(&day(event.at)));
        let models: Vec<_> = in_week.filter_map(|(_, call)| call.metrics.model.as_deref()).collect();
        models.iter().filter(|model| **model == NEW_MODEL).count() * 1_000 / models.len().max(1)
    };
    assert_eq!(share(change - 7), 0);
    assert!(share(change + 1) > 0 && share(83) > 2 * share(change + 1) && share(83) > 80, "{}", share(83));
}

#[test]
fn everything_that_a_desk_does_is_there() {
    let settings = settings(1);
    let events = events(1);
    let (mut kinds, mut reasons, mut plans) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    let (mut partial, mut adjusted, mut expired, mut expiring) = (0, 0, 0, 0);
    for event in &events {
        match &event.action {
            Action::Credit { kind, expires_at, .. } => {
                *kinds.entry(format!("{kind:?}")).or_insert(0) += 1;
                let soon = settings.until + jiff::SignedDuration::from_hours(24 * 7);
                expired += usize::from(expires_at.is_some_and(|at| at <= settings.until));
                expiring += usize::from(expires_at.is_some_and(|at| at > settings.until && at <= soon));
            }
            Action::Refund { amount, reason, note, .. } => {
                reasons.insert(reason.as_str());
                partial += usize::from(amount.is_some());
                assert!(*reason != RefundReason::Other || note.is_some());
            }
            Action::Adjust { amount, .. } => adjusted += usize::from(amount.is_negative()),
            Action::Plan(plan) => drop(plans.insert(plan.key())),
            _ => {}
        }
    }
    assert_eq!(reasons.len(), RefundReason::ALL.len());
    assert_eq!(plans.len(), Plan::ALL.len());
    assert!(kinds.len() == 3 && kinds.values().all(|count| *count > 20), "{kinds:?}");
    assert!(partial > 20 && adjusted > 2 && expired > 50 && expiring > 5, "{partial} {adjusted} {expired} {expiring}");
}

/// What the generator counts with must be what the ledger will charge.
#[test]
fn costs_are_those_of_the_pricing_engine() {
    let engines: HashMap<bool, Pricing> = [Version::Launch, Version::Autumn]
        .into_iter()
        .map(|version| {
            let config = read_config(&serde_json::to_value(version.config()).unwrap()).unwrap();
            (version == Version::Autumn, Pricing::compile(config).unwrap())
        })
        .collect();
    let mut plans: HashMap<String, Plan> = HashMap::new();
    let mut autumn = false;
    let mut spent = Credits::ZERO;
    for event in Generator::new(settings(1)) {
        match &event.action {
            Action::Publish(version) => autumn = *version == Version::Autumn,
            Action::Plan(plan) => drop(plans.insert(event.user.clone(), *plan)),
            Action::Charge(call) => {
                let plan = plans.get(&event.user).map(|plan| plan.key());
                assert_eq!(engines[&autumn].cost(&call.metrics, plan), Ok(call.gross), "{:?}", call.metrics);
                spent = spent.checked_add(call.gross).unwrap();
            }
            _ => {}
        }
    }
    assert!(spent > Credits::whole(20_000).unwrap(), "{spent} credits spent");
}

#[test]
fn nobody_spends_what_they_do_not_have() {
    let mut balances: HashMap<String, i64> = HashMap::new();
    let mut purchases = 0;
    for event in Generator::new(settings(1)) {
        let balance = balances.entry(event.user.clone()).or_default();
        match &event.action {
            Action::Credit { amount, kind, .. } => {
                *balance += amount.micros();
                purchases += usize::from(*kind == CreditKind::Purchase);
            }
            Action::Adjust { amount, .. } => *balance += amount.micros(),
            // Of a month, an allowance may have paid as much as the largest.
            Action::Charge(call) => *balance -= call.gross.micros(),
            _ => {}
        }
        assert!(*balance > -4 * Plan::Scale.allowance() * Credits::SCALE, "{} has {balance}", event.user);
    }
    assert!(purchases > 20);
}
