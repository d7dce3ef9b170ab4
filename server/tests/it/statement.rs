//! The monthly statement adds up: by day, by kind, from month to month, and from users and teams to the desk.

use crate::{
    browser::{open, sign_in_as},
    harness::App,
};
use app::{
    backend::{Analytics as _, Ledger as _, Teams as _},
    model::{
        Actor, AddCredits, Adjust, Charge, CreateTeam, CreditKind, CreditMetadata, Credits, Deduct, DeductTeam,
        EntryKind, Flows, Refund, RefundReason, Role, Statement, StatementOf, TeamRole, Transaction, TransactionQuery,
        Uuid,
    },
    range::{RangeQuery, ReportRange},
};
use jiff::ToSpan as _;
use server::store::sql;
use std::sync::Arc;

const USERS: [&str; 3] = ["ana", "=bob", "cat"];

/// A small generator, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn amount(&mut self, most: u64) -> Credits {
        Credits::from_micros(i64::try_from(1 + self.roll(most)).unwrap())
    }
}

/// Everything that can move credits, at random, over three months.
async fn play(app: &App, seed: u64) -> Uuid {
    let by = Actor::system("test");
    let mut dice = Dice(seed);
    app.set_time("2026-09-01T00:00:00Z");
    let request = CreateTeam { name: "Lab".into(), initial_balance: Credits::from_micros(90_000_000), key: None };
    let team = app.desk.create_team(&by, request).await.unwrap().team_id;
    app.desk.add_member(&by, team, "ana", TeamRole::Owner, None).await.unwrap();
    let mut charges: Vec<Uuid> = Vec::new();
    for number in 0..220_u64 {
        app.pass(i64::try_from(dice.roll(70_000)).unwrap());
        let user = USERS[usize::try_from(dice.roll(3)).unwrap()].to_owned();
        let key = Some(format!("k{number}"));
        let metadata = CreditMetadata { model: Some("gpt".into()), ..CreditMetadata::default() };
        match dice.roll(10) {
            0..=2 => {
                let kind = [CreditKind::Purchase, CreditKind::Subscription, CreditKind::Grant];
                let kind = kind[usize::try_from(dice.roll(3)).unwrap()];
                let days = i64::try_from(1 + dice.roll(20)).unwrap();
                let expires_at = (dice.roll(2) == 0).then(|| app.clock.now() + (days * 24).hours());
                let amount = dice.amount(40_000_000);
                let request = AddCredits { user_id: user, amount, kind, expires_at, metadata, key };
                app.desk.add_credits(&by, request).await.unwrap();
            }
            3..=5 => {
                let charge = Charge::Amount(dice.amount(9_000_000));
                let request = Deduct { user_id: user, charge, metadata, key, occurred_at: None };
                charges.extend(app.desk.deduct(&by, request).await.ok().map(|done| done.transaction_id));
            }
            6 => {
                let charge = Charge::Amount(dice.amount(5_000_000));
                let request = DeductTeam { team_id: team, user_id: "ana".into(), charge, metadata, key };
                charges.extend(app.desk.deduct_team(&by, request).await.ok().map(|done| done.transaction_id));
            }
            7 if !charges.is_empty() => {
                let at = usize::try_from(dice.roll(u64::try_from(charges.len()).unwrap())).unwrap();
                let (transaction_id, amount) = (charges[at], Some(dice.amount(2_000_000)));
                let request = Refund {
                    transaction_id,
                    amount,
                    reason: RefundReason::Goodwill,
                    note: None,
                    notify: false,
                    seen: None,
                    key,
                };
                drop(app.desk.refund(&by, request).await);
            }
            8 => {
                let amount = dice.amount(3_000_000).checked_neg().unwrap();
                let request = Adjust { user_id: user, amount, reason: "Correction".into(), allow_negative: true, key };
                app.desk.adjust(&by, request).await.unwrap();
            }
            _ => drop(app.desk.sweep(&by, false).await.unwrap()),
        }
    }
    team
}

async fn everything(app: &App) -> Vec<Transaction> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let query = TransactionQuery { cursor, limit: 200, ..TransactionQuery::default() };
        let page = app.desk.transactions(query).await.unwrap();
        rows.extend(page.items);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return rows,
        }
    }
}

fn month(from: &str, to: &str, zone: &str) -> ReportRange {
    let query = RangeQuery { from: Some(from), to: Some(to), tz: Some(zone), ..RangeQuery::default() };
    ReportRange::read(&query, "UTC", "2027-02-01T00:00:00Z".parse().unwrap()).unwrap()
}

/// Against all rows of the ledger, added up here.
fn assert_is(statement: &Statement, rows: &[Transaction], range: &ReportRange) {
    let said = format!("{} {} {}", statement.name, statement.first, statement.zone);
    let own = rows.iter().filter(|row| match &statement.of {
        StatementOf::Desk => true,
        StatementOf::User(user) => row.account == *user,
        StatementOf::Team(team) => row.account == team.to_string(),
    });
    let sum = |rows: &mut dyn Iterator<Item = &Transaction>| rows.map(|row| row.amount).sum::<Credits>();
    assert_eq!(statement.opening, sum(&mut own.clone().filter(|row| row.created_at < range.start)), "{said}");
    assert_eq!(statement.closing, sum(&mut own.clone().filter(|row| row.created_at < range.end)), "{said}");
    let inside = own.filter(|row| range.start <= row.created_at && row.created_at < range.end);
    assert_eq!(usize::try_from(statement.entries).unwrap(), inside.clone().count(), "{said}");
    for kind in EntryKind::ALL {
        let mut flows = statement.flows;
        assert_eq!(*flows.of(kind), sum(&mut inside.clone().filter(|row| row.kind == kind)), "{said} {kind:?}");
    }
    assert_eq!([statement.opening, statement.flows.total()].into_iter().sum::<Credits>(), statement.closing, "{said}");
    assert_eq!(statement.ledger, Some(statement.closing), "{said}");
    let mut balance = statement.opening;
    for day in &statement.days {
        assert_eq!(day.opening, balance, "{said} {}", day.date);
        balance = [balance, day.flows.total()].into_iter().sum();
        assert_eq!(day.closing, balance, "{said} {}", day.date);
        let of_day =
            inside.clone().filter(|row| row.created_at.to_zoned_datetime(range.zone.clone()).date() == day.date);
        assert_eq!(day.flows.total(), sum(&mut of_day.clone()), "{said} {}", day.date);
    }
    assert_eq!(balance, statement.closing, "{said}");
    let models: Credits = statement.models.iter().map(|row| row.total_spend).sum();
    let spend = [statement.flows.spend, statement.flows.team_spend].into_iter().sum::<Credits>();
    assert_eq!(models, spend.checked_neg().unwrap(), "{said}");
    if let Some(cost) = statement.cost {
        let paid: Credits = [cost.allowance, cost.uncollected, models].into_iter().sum();
        assert_eq!(cost.gross, paid, "{said}");
    }
}

on_both! {
    async fn every_month_of_everyone_adds_up(app) {
        let team = play(&app, 7).await;
        let rows = everything(&app).await;
        assert!(EntryKind::ALL.into_iter().all(|kind| rows.iter().any(|row| row.kind == kind)), "the script does all");
        for zone in ["UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York"] {
            let mut before: Option<Credits> = None;
            for (from, to) in [
                ("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-30"), ("2026-12-01", "2026-12-31"),
            ] {
                let range = month(from, to, zone);
                let desk = app.desk.statement(StatementOf::Desk, &range, false).await.unwrap();
                assert_is(&desk, &rows, &range);
                if let Some(before) = before {
                    assert_eq!(desk.opening, before, "{zone} {from}");
                }
                before = Some(desk.closing);
                let (mut opening, mut flows, mut entries) = (Vec::new(), Flows::default(), 0);
                let everyone = USERS.map(|user| StatementOf::User(user.into()));
                for of in everyone.into_iter().chain([StatementOf::Team(team)]) {
                    let part = app.desk.statement(of, &range, false).await.unwrap();
                    assert_is(&part, &rows, &range);
                    opening.push(part.opening);
                    entries += part.entries;
                    for kind in EntryKind::ALL {
                        let mut own = part.flows;
                        let sum = flows.of(kind);
                        *sum = [*sum, *own.of(kind)].into_iter().sum();
                    }
                }
                assert_eq!((opening.into_iter().sum::<Credits>(), flows, entries), (desk.opening, desk.flows, desk.entries));
            }
        }
        app.assert_sound().await;
    }

    async fn the_page_and_the_file_say_the_same(app) {
        play(&app, 11).await;
        let cookie = sign_in_as(&app, Role::Finance).await;
        let words = "month=2026-10&tz=Asia/Kathmandu&user=%3Dbob";
        let range = month("2026-10-01", "2026-10-31", "Asia/Kathmandu");
        let statement = app.desk.statement(StatementOf::User("=bob".into()), &range, false).await.unwrap();
        let page = open(&app, &format!("/statement?{words}"), &cookie).await;
        assert_eq!(page.status, 200, "{}", page.text);
        for amount in [statement.opening, statement.closing] {
            assert!(page.text.contains(&app::format::credits(amount)), "{amount}");
        }
        assert!(page.text.contains("Adds up") && page.text.contains("Asia/Kathmandu"));
        let file = open(&app, &format!("/export/statement.csv?{words}"), &cookie).await;
        assert_eq!(file.status, 200, "{}", file.text);
        assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"statement-2026-10-_bob.csv\""));
        let mut lines = csv::Reader::from_reader(file.bytes.as_slice());
        let rows: Vec<csv::StringRecord> = lines.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), statement.days.len() + 1);
        for row in &rows {
            assert_eq!((&row[0], &row[2]), ("'=bob", "Asia/Kathmandu"));
            let amounts: Vec<Credits> = row.iter().skip(3).take(10).map(|text| text.parse().unwrap()).collect();
            assert_eq!(amounts[..9].iter().copied().sum::<Credits>(), amounts[9], "{row:?}");
        }
        let last = rows.last().unwrap();
        assert_eq!((&last[1], &last[12]), ("2026-10", statement.closing.to_string().as_str()));
    }

    async fn a_long_ledger_is_added_up_when_asked_for_and_a_wrong_sum_is_found(app) {
        play(&app, 13).await;
        let cookie = sign_in_as(&app, Role::Finance).await;
        let forge = async |text: &'static str| {
            let mut tx = app.db.begin().await.unwrap();
            assert!(sql(text).execute(&mut tx).await.unwrap() > 0, "{text}");
            tx.commit().await.unwrap();
        };
        let page = async |words: &str| open(&app, &format!("/statement?month=2026-10{words}"), &cookie).await.text;
        assert!(page("").await.contains("Adds up"));
        // As if there were so many entries: only their count is told by these sums.
        forge("UPDATE rollup_kind SET entries = entries + 200000").await;
        let unproved = page("").await;
        assert!(unproved.contains("Prove against the ledger") && !unproved.contains("Adds up"), "{unproved}");
        assert!(page("&prove=1").await.contains("Adds up"));
        forge("UPDATE rollup_kind SET amount = amount + 1000000 WHERE kind = 'usage'").await;
        let wrong = page("&prove=1").await;
        assert!(!wrong.contains("Adds up") && wrong.contains("Does not add up"), "{wrong}");
    }

    async fn a_statement_of_nothing_says_so(app) {
        let cookie = sign_in_as(&app, Role::Admin).await;
        let page = open(&app, "/statement?month=2026-10", &cookie).await;
        assert!(page.status == 200 && page.text.contains("Nothing in this month"), "{}", page.text);
        for (words, status, told) in [
            ("month=2026-13", 422, "is no month such as 2026-01"),
            ("month=2026-12", 422, "as not begun yet"),
            ("tz=Mars/Olympus", 422, "is no IANA time zone"),
            ("user=nobody", 404, "No user nobody has ever been named"),
            ("team=x", 422, "s no id of a team"),
            ("user=a&team=0199f2c1-0000-7000-8000-000000000000", 422, "annot be given together"),
        ] {
            let page = open(&app, &format!("/statement?{words}"), &cookie).await;
            assert!(page.status == status && page.text.contains(told), "{words} {} {}", page.status, page.text);
            let file = open(&app, &format!("/export/statement.csv?{words}"), &cookie).await;
            assert!(file.status == status && file.text.contains(told), "{words} {}", file.text);
        }
        let support = sign_in_as(&app, Role::Support).await;
        for path in ["/statement", "/export/statement.csv"] {
            let refused = open(&app, path, &support).await;
            assert!(refused.status == 403 && refused.text.contains("admin or finance"), "{path} {}", refused.text);
        }
    }
}
