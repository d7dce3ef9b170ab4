//! Files of the pages: what they hold is what the page shows, in every zone; who may not open the page gets no file.
//!
//! The table must name all there are: a file that is added without a line here fails the test.

use crate::{
    backtest::ended,
    browser::{fetch, open, sign_in_as},
    harness::{Answer, App, prices},
    receiver::Receiver,
};
use app::{
    backend::Drafts as _,
    format,
    model::{Actor, Credits, Role, SaveDraft, Uuid},
};
use axum::{body::Body, http::Request};
use serde_json::json;
use server::http::export;
use std::{collections::BTreeSet, sync::Arc};

/// Who may: a letter for each role, in the order admin, finance, support.
type Who = &'static str;

/// Route, words of a request, who may have the file.
const FILES: &[(&str, &str, Who)] = &[
    ("/export/overview.csv", "", "af"),
    ("/export/overview-models.csv", "", "af"),
    ("/export/overview-users.csv", "", "af"),
    ("/export/spend.csv", "", "af"),
    ("/export/spend-groups.csv", "", "af"),
    ("/export/spend-calendar.csv", "", "af"),
    ("/export/statement.csv", "", "af"),
    ("/export/statement-models.csv", "", "af"),
    ("/export/transactions.csv", "", "af"),
    ("/export/transactions.csv", "kind=usage", "af"),
    ("/export/transactions.csv", "user=ana&kind=usage", "afs"),
    ("/export/transactions.csv", "team={team}", "afs"),
    ("/export/audit.csv", "", "af"),
    ("/export/users.csv", "", "af"),
    ("/export/teams.csv", "", "af"),
    ("/export/lots.csv", "user=ana", "afs"),
    ("/export/cap-ladder.csv", "user=ana", "afs"),
    ("/export/user-teams.csv", "user=ana", "afs"),
    ("/export/reservations.csv", "user=ana", "afs"),
    ("/export/notes.csv", "user=ana", "afs"),
    ("/export/team-members.csv", "team={team}", "afs"),
    ("/export/team-spend.csv", "team={team}", "afs"),
    ("/export/caps.csv", "", "af"),
    ("/export/cap-trial.csv", "who=user&user=ana&window=daily&limit=1&effect=deny", "afs"),
    ("/export/cap-trial.csv", "who=plan&plan=pro&window=daily&limit=1&effect=deny", "af"),
    ("/export/cap-trial.csv", "who=everyone&user=ana&window=daily&limit=1&effect=deny", "af"),
    ("/export/plans.csv", "", "af"),
    ("/export/plans/{file}", "", "af"),
    ("/export/expiry.csv", "", "af"),
    ("/export/expiry-days.csv", "", "af"),
    ("/export/approvals.csv", "", "af"),
    ("/export/own-approvals.csv", "", "afs"),
    ("/export/pricing-versions.csv", "", "af"),
    ("/export/pricing-diff.csv", "", "af"),
    ("/export/pricing-drafts.csv", "", "af"),
    ("/export/draft-diff.csv", "draft={draft}", "af"),
    ("/export/price-list.csv", "list={list}", "a"),
    ("/export/backtests.csv", "", "af"),
    ("/export/backtest-models.csv", "backtest={backtest}", "af"),
    ("/export/backtest-customers.csv", "backtest={backtest}", "af"),
    ("/export/backtest-percentiles.csv", "backtest={backtest}", "af"),
    ("/export/backtest-short.csv", "backtest={backtest}", "af"),
    ("/export/backtest-caps.csv", "backtest={backtest}", "af"),
    ("/export/backtest-unpriced.csv", "backtest={backtest}", "af"),
    ("/export/people.csv", "", "a"),
    ("/export/invitations.csv", "", "a"),
    ("/export/keys.csv", "", "a"),
    ("/export/webhooks.csv", "", "a"),
    ("/export/deliveries.csv", "webhook={webhook}", "a"),
    ("/export/overview.svg", "", "af"),
    ("/export/overview.png", "", "af"),
    ("/export/overview-models.svg", "", "af"),
    ("/export/overview-models.png", "", "af"),
    ("/export/overview-users.svg", "", "af"),
    ("/export/overview-users.png", "", "af"),
    ("/export/spend.svg", "", "af"),
    ("/export/spend.png", "", "af"),
    ("/export/spend-split.svg", "split=model&by=user", "af"),
    ("/export/spend-split.png", "split=model&by=user", "af"),
    ("/export/spend-calendar.svg", "", "af"),
    ("/export/spend-calendar.png", "", "af"),
    ("/export/expiry-days.svg", "", "af"),
    ("/export/expiry-days.png", "", "af"),
];

/// What a line of [`FILES`] asks for, with these ids.
fn address(route: &str, words: &str, ids: &[(&str, &str)]) -> String {
    let address = format!("{}?{words}", route.replace("{file}", "pro.csv"));
    ids.iter().fold(address, |address, (name, id)| address.replace(&format!("{{{name}}}"), id))
}

/// The addresses of all files, with ids that nothing has.
pub fn addresses() -> Vec<String> {
    let nil = Uuid::nil().to_string();
    let ids = ["team", "backtest", "webhook", "draft", "list"].map(|name| (name, nil.as_str()));
    FILES.iter().map(|(route, words, _)| address(route, words, &ids)).collect()
}

pub fn records(answer: &Answer) -> (Vec<String>, Vec<csv::StringRecord>) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let mut reader = csv::Reader::from_reader(answer.bytes.as_slice());
    let head = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (head, reader.records().map(Result::unwrap).collect())
}

pub fn column(head: &[String], rows: &[csv::StringRecord], name: &str) -> Vec<Credits> {
    let at = head.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} in {head:?}"));
    // What has not begun has no figures.
    let amount = |text: &str| if text.is_empty() { Credits::ZERO } else { text.parse().unwrap() };
    rows.iter().map(|row| amount(&row[at])).collect()
}

pub fn total(amounts: &[Credits]) -> Credits {
    amounts.iter().copied().sum()
}

/// Charges around the days on which clocks are set, by users whose ids want to be formulas.
pub async fn charges(app: &App, start: &str, hours: i64) -> usize {
    app.set_time(start);
    app.publish_prices().await.ok();
    for user in ["%3D1%2B1", "ana"] {
        app.grant(user, 100_000).await;
    }
    let mut made = 0;
    for number in 0..hours * 2 {
        app.pass(30 * 60 - 7);
        let user = if number % 3 == 0 { "%3D1%2B1" } else { "ana" };
        let body = json!({ "metrics": { "model": "gpt", "input_tokens": 1000 + number * 37 } });
        app.post(&format!("/users/{user}/deductions"), body).await.ok();
        made += 1;
    }
    made
}

/// The texts of the chart's tips, in order.
fn tips(page: &str) -> Vec<String> {
    let chart = page.split("class=\"chart chart-columns\"").nth(1).unwrap();
    let wide = chart.split("chart-narrow").next().unwrap();
    let tips = wide.split("data-tip=\"").skip(1).map(|part| part.split('"').next().unwrap());
    tips.map(|tip| tip.replace("&#39;", "'").replace("&amp;", "&")).collect()
}

async fn chart_table_file_and_ledger_agree(app: &App, zone: &str, day: &str, columns: usize) {
    let start = format!("{day}T00:00:00Z").parse::<jiff::Timestamp>().unwrap() - jiff::SignedDuration::from_hours(16);
    charges(app, &start.to_string(), 60).await;
    let cookie = sign_in_as(app, Role::Finance).await;
    for (step, count) in [("hour", columns), ("day", 1)] {
        let words = format!("from={day}&to={day}&tz={zone}&step={step}");
        let page = open(app, &format!("/spend?{words}"), &cookie).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("Adds up") && page.text.contains(zone), "{zone} {step}");
        let (head, mut rows) = records(&open(app, &format!("/export/spend.csv?{words}"), &cookie).await);
        // The day before may have an hour more, which stands in a row of its own.
        let beyond = rows.pop_if(|row| row[0].is_empty());
        assert_eq!(beyond.is_some(), columns == 23 && step == "hour", "{zone}");
        let (spend, tips) = (column(&head, &rows, "spend"), tips(&page.text));
        assert_eq!((rows.len(), tips.len()), (count, count), "{zone} {step} {tips:?}");
        for (tip, amount) in tips.iter().zip(&spend) {
            assert!(tip.contains(&format!("\n{} credits, ", format::credits(*amount))), "{tip} {amount}");
            // The same figure stands in the table.
            assert!(page.text.contains(&format!(">{}<", format::credits(*amount))), "{amount}");
        }
        assert!(rows.iter().all(|row| &row[2] == zone));
        assert!(rows.windows(2).all(|pair| pair[0][1] == pair[1][0]), "{zone}: each begins where the one before ends");
        let parts: Vec<Credits> = [column(&head, &rows, "gpt"), column(&head, &rows, "Other")].concat();
        assert_eq!(total(&parts), total(&spend));
        let (head, days) = records(&open(app, &format!("/export/overview.csv?{words}"), &cookie).await);
        assert_eq!(total(&column(&head, &days, "spend")), total(&spend), "{zone}");
        let words = format!("kind=charges&{words}");
        let (head, charges) = records(&open(app, &format!("/export/transactions.csv?{words}"), &cookie).await);
        let ledger = total(&column(&head, &charges, "amount"));
        assert_eq!(ledger.checked_neg().unwrap(), total(&spend), "{zone} {step}");
    }
}

macro_rules! cases {
    ($($name:ident $zone:literal $day:literal $hours:literal),*) => { on_both! {     /// As browsers ask for them: the compression reads a stream past its end.
    async fn long_files_arrive_whole_when_they_are_compressed(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 100).await;
        let cookie = sign_in_as(&app, Role::Finance).await;
        for file in ["users", "teams", "caps", "transactions", "audit", "expiry", "plans/pro"] {
            for coding in ["gzip", "br", "gzip, deflate, br, zstd"] {
                let request = Request::get(format!("/export/{file}.csv"))
                    .header("host", "desk.example")
                    .header("cookie", &cookie)
                    .header("accept-encoding", coding);
                let answer = app.send(request.body(Body::empty()).unwrap()).await;
                assert_eq!(answer.status, 200, "{file} {coding}");
                assert!(answer.header("content-encoding").is_some() && !answer.bytes.is_empty(), "{file} {coding}");
            }
        }
    }

$(async fn $name(app) {
        chart_table_file_and_ledger_agree(&app, $zone, $day, $hours).await;
    })* } };
}

cases! {
    kolkata "Asia/Kolkata" "2026-06-15" 24,
    kathmandu "Asia/Kathmandu" "2026-06-15" 24,
    lord_howe_back "Australia/Lord_Howe" "2026-04-05" 25,
    lord_howe_forward "Australia/Lord_Howe" "2026-10-04" 24,
    new_york_forward "America/New_York" "2026-03-08" 23,
    new_york_back "America/New_York" "2026-11-01" 25
}

on_both! {
    async fn a_long_table_has_all_rows_of_the_filter_and_no_formula(app) {
        let made = charges(&app, "2026-06-01T00:00:00Z", 120).await;
        let cookie = sign_in_as(&app, Role::Admin).await;
        let (head, rows) = records(&open(&app, "/export/transactions.csv?kind=charges", &cookie).await);
        assert_eq!(rows.len(), made);
        let ids: BTreeSet<&str> = rows.iter().map(|row| &row[0]).collect();
        assert_eq!(ids.len(), made, "no row twice");
        let users: BTreeSet<&str> = rows.iter().map(|row| &row[4]).collect();
        assert_eq!(users.into_iter().collect::<Vec<_>>(), ["'=1+1", "ana"]);
        let spent = total(&column(&head, &rows, "amount"));
        let (head, all) = records(&open(&app, "/export/transactions.csv", &cookie).await);
        let (head, users) = (total(&column(&head, &all, "amount")), records(&open(&app, "/export/users.csv", &cookie).await));
        assert_eq!(head, total(&column(&users.0, &users.1, "balance")), "the entries are the balances");
        assert_eq!(head, [Credits::whole(200_000).unwrap(), spent].into_iter().sum::<Credits>());
        let words = "from=2026-06-01&to=2026-06-30&by=user";
        let (head, groups) = records(&open(&app, &format!("/export/spend-groups.csv?{words}"), &cookie).await);
        assert_eq!(total(&column(&head, &groups, "spend")), spent.checked_neg().unwrap());
        let (head, days) = records(&open(&app, &format!("/export/spend-calendar.csv?{words}"), &cookie).await);
        assert_eq!(total(&column(&head, &days, "spend")), spent.checked_neg().unwrap());
    }

    async fn caps_members_and_lots_are_files(app) {
        charges(&app, "2026-11-24T00:00:00Z", 3).await;
        for number in 0..230 {
            let user = format!("user-{number:03}");
            let cap = json!({ "type": "daily", "action": "warn", "limit": number + 1 });
            app.put(&format!("/users/{user}/caps"), cap).await.ok();
            app.put(&format!("/users/{user}/plan"), json!({ "plan_id": "pro" })).await.ok();
            let credits = json!({ "amount": number + 1, "expires_at": "2026-11-30T00:00:00Z" });
            app.post(&format!("/users/{user}/credits"), credits).await.ok();
        }
        let cookie = sign_in_as(&app, Role::Finance).await;
        let sum = Credits::whole((1..=230).sum()).unwrap();
        let (head, caps) = records(&open(&app, "/export/caps.csv?q=user-&action=warn&sort=user", &cookie).await);
        assert_eq!((caps.len(), total(&column(&head, &caps, "limit"))), (230, sum));
        let (head, lots) = records(&open(&app, "/export/expiry.csv?days=30&tz=Asia/Kolkata", &cookie).await);
        assert_eq!((lots.len(), total(&column(&head, &lots, "remaining"))), (230, sum));
        assert!(lots.iter().all(|row| &row[0] == "2026-11-30T05:30:00+05:30" && &row[1] == "Asia/Kolkata"), "{:?}", lots[0]);
        let (_, members) = records(&open(&app, "/export/plans/pro.csv", &cookie).await);
        let ids: BTreeSet<&str> = members.iter().map(|row| &row[0]).collect();
        assert_eq!(ids.len(), 230);
        let made = app.post("/teams", json!({ "name": "=Pool", "initial_balance": 10 })).await;
        let team = made.ok()["team_id"].as_str().unwrap();
        let limited = json!({ "user_id": "=1+1", "role": "member", "spend_cap": 2.5 });
        app.post(&format!("/teams/{team}/members"), limited).await.ok();
        // What is of one account is for everybody who may open its page.
        let support = sign_in_as(&app, Role::Support).await;
        let (head, members) = records(&open(&app, &format!("/export/team-members.csv?team={team}"), &support).await);
        assert_eq!(head.iter().collect::<Vec<_>>(), ["user_id", "name", "role", "spend_cap", "total_spent"]);
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].iter().collect::<Vec<_>>(), ["'=1+1", "", "member", "2.5", "0"]);
        let (head, lots) = records(&open(&app, "/export/lots.csv?user=user-007", &support).await);
        assert_eq!(total(&column(&head, &lots, "remaining")), Credits::whole(8).unwrap());
        assert_eq!(&lots[0][3], "2026-11-30T00:00:00+00:00");
        fetch(&app, "/export/team-members.csv?team=pool", &support).await.refused(422, "invalid_request", Some("team"));
        let unknown = "/export/team-members.csv?team=00000000-0000-7000-8000-000000000000";
        fetch(&app, unknown, &support).await.refused(404, "team_not_found", None);
        fetch(&app, "/export/plans/none.csv", &cookie).await.refused(404, "plan_not_found", None);
        fetch(&app, "/export/expiry.csv?days=soon", &cookie).await.refused(422, "invalid_request", Some("days"));
        fetch(&app, "/export/caps.csv?state=maybe", &cookie).await.refused(422, "invalid_request", Some("state"));
    }

    async fn charts_are_files_of_their_own(app) {
        charges(&app, "2026-11-20T00:00:00Z", 30).await;
        let cookie = sign_in_as(&app, Role::Finance).await;
        let ending = json!({ "amount": 5, "expires_at": "2026-11-30T00:00:00Z" });
        app.post("/users/ana/credits", ending).await.ok();
        let charts =
            ["overview", "overview-models", "overview-users", "spend", "spend-split", "spend-calendar", "expiry-days"];
        let split = "range=30d&by=user&split=model";
        for chart in charts {
            let svg = open(&app, &format!("/export/{chart}.svg?{split}"), &cookie).await;
            assert_eq!((svg.status.as_u16(), svg.header("content-type")), (200, Some("image/svg+xml")), "{}", svg.text);
            assert!(svg.text.starts_with("<svg xmlns") && svg.text.contains("days of UTC"), "{chart}");
            assert!(!svg.text.contains("var(") && !svg.text.contains("href"), "{chart}");
            let png = open(&app, &format!("/export/{chart}.png?{split}"), &cookie).await;
            assert_eq!(png.header("content-type"), Some("image/png"), "{}", png.text);
            assert!(png.bytes.starts_with(b"\x89PNG\r\n") && png.bytes.len() > 4_000, "{chart} {}", png.bytes.len());
        }
    }

    async fn every_file_is_for_its_roles_only(app) {
        let there: BTreeSet<&str> = export::paths().into_iter().collect();
        let listed: BTreeSet<&str> = FILES.iter().map(|(route, ..)| *route).collect();
        assert_eq!(there, listed, "each file needs a line in FILES: who may have it");
        charges(&app, "2026-11-24T00:00:00Z", 3).await;
        let team = app.post("/teams", json!({ "name": "Pool" })).await.ok()["team_id"].as_str().unwrap().to_owned();
        let (webhook, _) = Receiver::start().await.register(&app, &[]).await;
        let begun = app.post("/pricing/backtests", json!({ "version": 1, "days": 7 })).await;
        let backtest = begun.json["id"].as_str().unwrap_or_else(|| panic!("{}", begun.text));
        ended(&app, &format!("/pricing/backtests/{backtest}")).await;
        let by = Actor::system("test");
        let draft = SaveDraft { content: prices().to_string(), ..SaveDraft::default() };
        let draft = app.desk.save_draft(&by, draft).await.unwrap().id.to_string();
        let list = app.desk.add_price_list(&by, "{\"lab\": { \"input_cost_per_token\": 1e-6 }}").await.unwrap().to_string();
        let ids = [
            ("team", team.as_str()),
            ("webhook", &webhook),
            ("backtest", backtest),
            ("draft", &draft),
            ("list", &list),
        ];
        for (role, letter) in [(Role::Admin, 'a'), (Role::Finance, 'f'), (Role::Support, 's')] {
            let cookie = sign_in_as(&app, role).await;
            for (route, words, who) in FILES {
                let file = address(route, words, &ids);
                let answer = fetch(&app, &file, &cookie).await;
                if who.contains(letter) {
                    assert_eq!(answer.status, 200, "{file} as {}: {}", role.as_str(), answer.text);
                    assert!(answer.header("content-disposition").unwrap().starts_with("attachment"), "{file}");
                } else {
                    assert!(answer.refused(403, "forbidden", None)["roles"].is_array(), "{file}");
                }
            }
        }
        for (route, words, _) in FILES {
            let answer = open(&app, &address(route, words, &ids), "").await;
            assert!(answer.header("location").is_some_and(|to| to.starts_with("/sign-in?next=")), "{route}");
        }
    }

    async fn who_may_not_read_the_page_gets_no_file(app) {
        charges(&app, "2026-11-24T00:00:00Z", 3).await;
        let stranger = open(&app, "/export/spend.csv?by=user", "").await;
        assert_eq!(stranger.header("location"), Some("/sign-in?next=%2Fexport%2Fspend.csv%3Fby%3Duser"));
        let support = sign_in_as(&app, Role::Support).await;
        let own = open(&app, "/export/transactions.csv?user=ana", &support).await;
        assert_eq!(records(&own).1.len(), 5);
        let finance = sign_in_as(&app, Role::Finance).await;
        for (words, field) in [
            ("spend.csv?by=customer", "by"), ("spend.png?step=minute", "step"), ("spend-groups.csv?split=model", "split"),
            ("spend.csv?tz=Nowhere", "tz"), ("spend-split.svg", "split"), ("overview.csv?from=2026-02-30", "from"),
            ("transactions.csv?kind=charge", "kind"), ("transactions.csv?start=today", "start"),
        ] {
            fetch(&app, &format!("/export/{words}"), &finance).await.refused(422, "invalid_request", Some(field));
        }
    }
}
