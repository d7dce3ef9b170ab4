//! The spend page's figures: the same whichever way they are cut, in every zone, and exactly those of the charges behind
//! them.

use crate::harness::App;
use app::{
    backend::{Analytics as _, Ledger as _, Teams as _},
    model::{
        Actor, Charge, CreateTeam, CreditMetadata, Credits, Deduct, DeductTeam, Refund, RefundReason, SpendBy,
        SpendQuery, SpendReport, Step, TeamRole, Timestamp, TransactionQuery, Uuid,
    },
    range::{RangeQuery, ReportRange},
};
use jiff::ToSpan as _;
use server::store::{repair, sql};
use std::sync::Arc;

/// A day on which the zone's clock is set, or an ordinary one of a zone off the hour.
const CASES: [(&str, &str); 7] = [
    ("UTC", "2026-06-15"),
    ("Asia/Kolkata", "2026-06-15"),
    ("Asia/Kathmandu", "2026-06-15"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
];

/// A charge as the test remembers it.
struct Made {
    at: Timestamp,
    amount: Credits,
    user: &'static str,
    model: Option<&'static str>,
    team: bool,
}

fn range(from: &str, to: &str, tz: &str) -> ReportRange {
    let query = RangeQuery { from: Some(from), to: Some(to), tz: Some(tz), ..RangeQuery::default() };
    ReportRange::read(&query, "UTC", "2026-12-25T12:00:00Z".parse().unwrap()).unwrap()
}

/// The day of a case with its neighbours.
fn around(day: &str, tz: &str) -> ReportRange {
    let day: jiff::civil::Date = day.parse().unwrap();
    let (from, to) = (day.yesterday().unwrap().to_string(), day.tomorrow().unwrap().to_string());
    range(&from, &to, tz)
}

fn micros(micros: i64) -> Credits {
    Credits::from_micros(micros)
}

fn total<'a>(rows: impl IntoIterator<Item = &'a Credits>) -> Credits {
    rows.into_iter().copied().sum()
}

async fn team(app: &App) -> Uuid {
    let by = Actor::system("test");
    let request = CreateTeam { name: "Research".into(), initial_balance: micros(1_000_000_000), key: Some("t".into()) };
    let team = app.desk.create_team(&by, request).await.unwrap().team_id;
    app.desk.add_member(&by, team, "ana", TeamRole::Owner, None).await.unwrap();
    team
}

/// Charges at uneven moments over `range`, some of a team, some without a model; and some refunds of them.
async fn charges(app: &App, range: &ReportRange) -> Vec<Made> {
    app.set_time(&range.start.to_string());
    let by = Actor::system("test");
    let team = team(app).await;
    for user in ["ana", "bob", "cat"] {
        app.grant(user, 1_000).await;
    }
    let (mut made, mut at, mut number) = (Vec::new(), range.start, 0_i64);
    while at < range.end {
        app.set_time(&at.to_string());
        let user = ["ana", "bob", "cat"][usize::try_from(number % 3).unwrap()];
        let model = [Some("gpt"), Some("sonnet"), None, Some("haiku")][usize::try_from(number % 4).unwrap()];
        let pays = user == "ana" && number % 2 == 0;
        let amount = micros(1 + number * 1_000_003 % 7_000_019);
        let metadata = CreditMetadata { model: model.map(str::to_owned), ..CreditMetadata::default() };
        let (charge, key) = (Charge::Amount(amount), Some(format!("c{number}")));
        let id = if pays {
            let request = DeductTeam { team_id: team, user_id: user.into(), charge, metadata, key };
            app.desk.deduct_team(&by, request).await.unwrap().transaction_id
        } else {
            let request = Deduct { user_id: user.into(), charge, metadata, key, occurred_at: None };
            app.desk.deduct(&by, request).await.unwrap().transaction_id
        };
        if number % 10 == 6 {
            let key = Some(format!("r{number}"));
            let request = Refund {
                transaction_id: id,
                amount: None,
                reason: RefundReason::Goodwill,
                note: None,
                notify: false,
                seen: None,
                key,
            };
            app.desk.refund(&by, request).await.unwrap();
        }
        made.push(Made { at, amount, user, model, team: pays });
        (at, number) = (at + 23.minutes() + 7.seconds(), number + 1);
    }
    made
}

/// Everything that a report says of itself must be one.
fn assert_adds_up(report: &SpendReport, made: &[Made], range: &ReportRange) {
    let said = format!("{:?} {:?} {:?} {}", report.by, report.split, report.step, range.zone_name);
    let expected = |start: Timestamp, end: Timestamp| -> (Credits, i64) {
        let inside = made.iter().filter(|charge| start <= charge.at && charge.at < end);
        (inside.clone().map(|charge| charge.amount).sum(), i64::try_from(inside.count()).unwrap())
    };
    let (spend, count) = expected(range.start, range.end);
    assert_eq!((report.total.spend, report.total.charges), (spend, count), "{said}");
    assert_eq!(total(report.groups.iter().map(|group| &group.sum.spend)), spend, "{said}");
    assert_eq!(report.groups.iter().map(|group| group.sum.charges).sum::<i64>(), count, "{said}");
    assert_eq!(total(report.groups.iter().map(|group| &group.sum.refunded)), report.total.refunded, "{said}");
    let proof = report.proof.as_ref().unwrap();
    assert_eq!((proof.ledger, proof.entries, proof.difference()), (spend, count, Credits::ZERO), "{said}");
    let (first, last) = (report.buckets.first().unwrap(), report.buckets.last().unwrap());
    assert_eq!((first.start, last.end), (range.start, range.end), "{said}");
    assert!(report.buckets.windows(2).all(|pair| pair[0].end == pair[1].start), "{said}");
    for bucket in &report.buckets {
        let inside = expected(bucket.start, bucket.end);
        assert_eq!((bucket.sum.spend, bucket.sum.charges), inside, "{said} {}", bucket.start);
        for (group, part) in report.groups.iter().zip(&bucket.parts) {
            let own = made.iter().filter(|charge| bucket.start <= charge.at && charge.at < bucket.end);
            let own = own.filter(|charge| key(charge, report.by, &group.key));
            assert_eq!(*part, own.map(|charge| charge.amount).sum(), "{said} {} {}", bucket.start, group.name);
        }
        assert_eq!([total(&bucket.parts), bucket.rest()].into_iter().sum::<Credits>(), bucket.sum.spend, "{said}");
    }
    if let Some(split) = report.split {
        for group in &report.groups {
            for (part, amount) in report.splits.iter().zip(&group.parts) {
                let both = made.iter().filter(|charge| range.start <= charge.at && charge.at < range.end);
                let both = both.filter(|c| key(c, report.by, &group.key) && key(c, split, &part.key));
                assert_eq!(*amount, both.map(|charge| charge.amount).sum(), "{said} {} {}", group.name, part.name);
            }
        }
    }
}

/// Whether a charge belongs to a key.
fn key(charge: &Made, by: SpendBy, key: &str) -> bool {
    match by {
        SpendBy::Model => charge.model.unwrap_or("unknown") == key,
        SpendBy::User => charge.user == key,
        SpendBy::Team => charge.team != key.is_empty(),
    }
}

/// What the transactions page finds behind a bar or a row.
async fn behind(app: &App, query: TransactionQuery) -> Credits {
    let (mut sum, mut cursor) = (Credits::ZERO, None);
    loop {
        let page = app.desk.transactions(TransactionQuery { cursor, limit: 200, ..query.clone() }).await.unwrap();
        sum = page.items.iter().map(|row| row.amount.checked_neg().unwrap()).chain([sum]).sum();
        match page.next {
            Some(next) => cursor = Some(next),
            None => return sum,
        }
    }
}

async fn every_cut_agrees(app: &App, day: &str, zone: &str) {
    let wide = around(day, zone);
    let made = charges(app, &wide).await;
    let day = range(day, day, zone);
    for (range, step) in [(&day, Step::Hour), (&wide, Step::Hour), (&wide, Step::Day), (&wide, Step::Week)] {
        for by in SpendBy::ALL {
            for split in [None].into_iter().chain(SpendBy::ALL.map(Some)).filter(|split| *split != Some(by)) {
                let query = SpendQuery { by, split, step: Some(step), top: 2 };
                let report = app.desk.spend(range, query, false).await.unwrap();
                assert_eq!((report.step, report.named), (step, 2));
                assert_adds_up(&report, &made, range);
            }
        }
    }
    let report = |by| app.desk.spend(&day, SpendQuery { by, split: None, step: None, top: 12 }, false);
    let charges = TransactionQuery { charges: true, start: Some(day.start), end: Some(day.end), ..Default::default() };
    for bucket in report(SpendBy::Model).await.unwrap().buckets {
        let (start, end) = (Some(bucket.start), Some(bucket.end));
        assert_eq!(behind(app, TransactionQuery { start, end, ..charges.clone() }).await, bucket.sum.spend);
    }
    for by in SpendBy::ALL {
        for group in report(by).await.unwrap().groups {
            let query = match by {
                SpendBy::Model => TransactionQuery { model: Some(group.key), ..charges.clone() },
                SpendBy::User => TransactionQuery { user_id: Some(group.key), ..charges.clone() },
                SpendBy::Team if group.key.is_empty() => {
                    TransactionQuery { charges: false, kind: Some(app::model::EntryKind::Usage), ..charges.clone() }
                }
                SpendBy::Team => TransactionQuery { team: group.key.parse().ok(), ..charges.clone() },
            };
            assert_eq!(behind(app, query).await, group.sum.spend, "{by:?} {}", group.name);
        }
    }
    app.assert_sound().await;
}

macro_rules! cases {
    ($($name:ident $case:literal),*) => { on_both! { $(async fn $name(app) {
        let (zone, day) = CASES[$case];
        every_cut_agrees(&app, day, zone).await;
    })* } };
}

cases!(utc 0, kolkata 1, kathmandu 2, lord_howe_back 3, lord_howe_forward 4, new_york_forward 5, new_york_back 6);

on_both! {
    async fn the_period_before_is_beside_the_range(app) {
        let before = range("2026-06-12", "2026-06-13", "Asia/Kathmandu");
        let after = range("2026-06-14", "2026-06-15", "Asia/Kathmandu");
        let made = charges(&app, &range("2026-06-12", "2026-06-15", "Asia/Kathmandu")).await;
        let query = SpendQuery { by: SpendBy::Team, split: None, step: Some(Step::Day), top: 8 };
        let (earlier, later) =
            (app.desk.spend(&before, query, false).await.unwrap(), app.desk.spend(&after, query, false).await.unwrap());
        assert_adds_up(&later, &made, &after);
        assert_eq!(later.previous, earlier.total);
        let days: Vec<_> = earlier.buckets.iter().map(|bucket| bucket.sum.spend).collect();
        assert_eq!(later.previous_buckets, days);
        for group in &later.groups {
            let same = earlier.groups.iter().find(|other| other.key == group.key).unwrap();
            assert_eq!(group.previous, same.sum, "{}", group.name);
        }
        // The calendar goes further back than the range, and its days are the same days.
        let calendar: Vec<_> = later.calendar.iter().rev().take(4).map(|day| day.total_spend).collect();
        let all = [later.buckets[1].sum.spend, later.buckets[0].sum.spend, days[1], days[0]];
        assert_eq!((calendar, later.calendar.len()), (all.to_vec(), 26 * 7));
    }

    async fn sums_by_team_are_checked_and_made_anew(app) {
        charges(&app, &range("2026-06-15", "2026-06-15", "UTC")).await;
        let mut tx = app.db.begin().await.unwrap();
        sql("UPDATE rollup_team SET spend = spend + 5").execute(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = app.db.begin().await.unwrap();
        let found = server::store::verify::differences(&mut tx, app.clock.now()).await.unwrap();
        assert!(!found.is_empty() && found.iter().all(|found| found.check.contains("by team")), "{found:?}");
        repair::repair(&mut tx, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        app.assert_sound().await;
    }

    async fn a_split_by_the_same_thing_is_refused(app) {
        let query = SpendQuery { by: SpendBy::User, split: Some(SpendBy::User), step: None, top: 8 };
        let error = app.desk.spend(&range("2026-06-15", "2026-06-15", "UTC"), query, false).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some("split"));
    }
}
