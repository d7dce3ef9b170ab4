//! What finance reads on the pages and in their files: whose a charge is, what has not begun, what a range is compared with,
//! and what somebody is told who gets no file.

use crate::{
    browser::fetch,
    desk_browser::Person,
    harness::{Answer, App},
};
use app::model::{Credits, Role};
use serde_json::json;
use std::sync::Arc;

/// The rows of a file, each by the names of its head.
fn rows(answer: &Answer) -> Vec<Vec<(String, String)>> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut reader = csv::Reader::from_reader(answer.bytes.as_slice());
    let head = reader.headers().unwrap().clone();
    let named =
        |row: csv::StringRecord| head.iter().zip(row.iter()).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    reader.records().map(|row| named(row.unwrap())).collect()
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    let found = row.iter().find(|(known, _)| known == name);
    &found.unwrap_or_else(|| panic!("{name} in {row:?}")).1
}

/// The amounts of a column, without empty cells.
fn sum(rows: &[Vec<(String, String)>], name: &str) -> String {
    let filled = rows.iter().map(|row| cell(row, name)).filter(|text| !text.is_empty());
    filled.map(|text| text.parse::<Credits>().unwrap()).sum::<Credits>().to_string()
}

/// A charge of so many credits at a moment.
async fn charge(app: &App, time: &str, amount: i64) {
    app.set_time(time);
    app.post("/users/ana/deductions", json!({ "amount": amount })).await.ok();
}

/// The bars of the first chart of a page, for wide screens.
fn bars(page: &str) -> usize {
    let chart = page.split("class=\"chart chart-columns\"").nth(1).unwrap();
    chart.split("chart-narrow").next().unwrap().matches("data-tip=").count()
}

on_both! {
    async fn a_charge_of_a_team_is_the_members_and_the_teams(app) {
        app.publish_prices().await.ok();
        app.put("/users/ana", json!({ "name": "Ana Berg" })).await.ok();
        app.grant("ana", 100).await;
        let made = app.post("/teams", json!({ "name": "Atlas <1>", "initial_balance": 40 })).await;
        let team = made.ok()["team_id"].as_str().unwrap().to_owned();
        app.post(&format!("/teams/{team}/members"), json!({ "user_id": "ana" })).await.ok();
        let body = json!({ "user_id": "ana", "metrics": { "model": "gpt", "input_tokens": 4000 } });
        let paid = app.post(&format!("/teams/{team}/deductions"), body).await.ok()["transaction_id"].clone();
        let own = json!({ "metrics": { "model": "gpt", "input_tokens": 1000 } });
        let own = app.post("/users/ana/deductions", own).await.ok()["transaction_id"].clone();
        let (finance, support) = (Person::of(&app, "Fin", Role::Finance).await, Person::of(&app, "Sue", Role::Support).await);
        let page = finance.read(&format!("/transactions/{}", paid.as_str().unwrap())).await;
        assert!(page.contains("<bdi>ana</bdi>"), "the member is not called by the team's name: {page}");
        assert_eq!(page.matches("<bdi>Atlas &lt;1&gt;</bdi>").count(), 1, "{page}");
        assert!(page.contains(&format!("href=\"/teams/{team}\"")), "{page}");
        assert!(page.contains("<a href=\"/users/ana\"><bdi>ana</bdi></a>"), "nor in the way here");
        assert!(page.contains("href=\"/pricing/versions/1\""));
        let own = format!("/transactions/{}", own.as_str().unwrap());
        assert!(finance.read(&own).await.contains("<bdi>Ana Berg</bdi>"));
        assert!(!support.read(&own).await.contains("href=\"/pricing"), "support may not open it");

        let listed = finance.read("/transactions?kind=charges").await;
        assert_eq!(listed.matches(">team Atlas &lt;1&gt; · gpt<").count(), 1, "{listed}");
        let narrowed = finance.read(&format!("/transactions?team={team}")).await;
        assert!(narrowed.contains("<span>Team Atlas &lt;1&gt;</span>") && narrowed.contains(&format!("value=\"{team}\"")));
        let wrong = finance.open("/transactions?team=atlas").await;
        assert_eq!(wrong.status, 404, "{}", wrong.text);
        assert!(wrong.text.contains("id=\"f-team-error\"") && wrong.text.contains(">Is no id of a team.<"), "{}", wrong.text);
    }

    async fn time_that_has_not_begun_has_no_figures(app) {
        app.grant("ana", 100).await;
        charge(&app, "2026-11-24T10:00:00Z", 4).await;
        charge(&app, "2026-11-25T11:00:00Z", 2).await;
        app.set_time("2026-11-25T12:30:00Z");
        let finance = Person::of(&app, "Fin", Role::Finance).await;
        let hours = rows(&finance.open("/export/spend.csv?range=today&step=hour").await);
        assert_eq!(hours.len(), 24);
        assert_eq!((cell(&hours[12], "spend"), cell(&hours[12], "added_up")), ("0", "2"));
        for name in ["spend", "charges", "refunded", "added_up", "unknown", "Other"] {
            assert!(hours[13..].iter().all(|hour| cell(hour, name).is_empty()), "{name} {:?}", hours[13]);
        }
        let page = finance.read("/spend?range=today&step=hour").await;
        let table = page.split("Spend over time</caption>").nth(1).unwrap().split("</table>").next().unwrap();
        let dashed = table.split("<tr>").filter(|row| row.contains("12:00–13:00") || row.contains("13:00–14:00"));
        assert_eq!(dashed.map(|row| row.matches('—').count()).collect::<Vec<_>>(), [0, 6], "{table}");

        let words = "from=2026-11-24&to=2026-11-28";
        let days = rows(&finance.open(&format!("/export/overview.csv?{words}")).await);
        let spend: Vec<_> = days.iter().map(|day| (cell(day, "spend"), cell(day, "unknown"))).collect();
        assert_eq!(spend, [("4", "4"), ("2", "2"), ("", ""), ("", ""), ("", "")]);
        let page = finance.read(&format!("/?{words}")).await;
        assert!(page.contains("hatched: this day is not over") && page.contains("over 2 days"), "{page}");
        assert_eq!(page.split("chart-narrow").next().unwrap().matches("\nnot begun yet\"").count(), 3);
        let calendar = rows(&finance.open(&format!("/export/spend-calendar.csv?{words}")).await);
        assert_eq!(calendar.iter().rev().take(4).map(|day| cell(day, "spend")).collect::<Vec<_>>(), ["", "", "", "2"]);
    }

    async fn an_hour_at_whose_end_the_clock_is_set_has_both_offsets(app) {
        app.set_time("2026-10-31T12:00:00Z");
        app.grant("ana", 100).await;
        charge(&app, "2026-11-01T05:30:00Z", 4).await;
        let finance = Person::of(&app, "Fin", Role::Finance).await;
        let page = finance.read("/spend?from=2026-11-01&to=2026-11-01&tz=America/New_York&step=hour").await;
        for name in ["00:00–01:00 EDT", "01:00 EDT–01:00 EST", "01:00–02:00 EST"] {
            assert!(page.contains(&format!("Sun 1 Nov 2026 {name}")), "{name} {page}");
        }
    }

    async fn a_range_that_is_not_over_is_compared_with_as_much_time(app) {
        app.grant("ana", 100).await;
        charge(&app, "2026-10-25T13:00:00Z", 20).await;
        charge(&app, "2026-10-31T10:00:00Z", 10).await;
        charge(&app, "2026-11-24T10:00:00Z", 5).await;
        charge(&app, "2026-11-24T13:00:00Z", 7).await;
        charge(&app, "2026-11-25T11:00:00Z", 3).await;
        app.set_time("2026-11-25T12:40:00Z");
        let finance = Person::of(&app, "Fin", Role::Finance).await;
        let before = async |words: &str| {
            let groups = rows(&finance.open(&format!("/export/spend-groups.csv?{words}")).await);
            (sum(&groups, "spend"), sum(&groups, "spend_before"))
        };
        assert_eq!(before("range=today").await, ("3".into(), "5".into()));
        assert_eq!(before("range=yesterday").await, ("12".into(), "0".into()));
        assert_eq!(before("range=mtd").await, ("15".into(), "0".into()), "the 25th until 12:30, not the whole of October");
        app.set_time("2026-11-25T13:20:00Z");
        assert_eq!(before("range=mtd").await, ("15".into(), "20".into()));
        let page = finance.read("/?range=mtd").await;
        assert!(page.contains("compared with 1 Oct – 25 Oct 2026 until 13:15"), "{page}");
        // November has a day less than October, whose last day is beside none of its days.
        app.set_time("2026-12-05T12:00:00Z");
        let finance = Person::of(&app, "Ina", Role::Finance).await;
        let days = rows(&finance.open("/export/spend.csv?range=last_month").await);
        assert_eq!((days.len(), sum(&days, "spend"), sum(&days, "period_before")), (31, "15".into(), "30".into()));
        let page = finance.read("/spend?range=last_month").await;
        assert!(page.contains("The period before was longer"), "{page}");
        app.assert_sound().await;
    }

    async fn what_a_file_is_of_stands_in_it(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 100).await;
        for (model, amount) in [("b", 1), ("a", 3), ("c", 2)] {
            app.post("/users/ana/deductions", json!({ "amount": amount, "metadata": { "model": model } })).await.ok();
        }
        let finance = Person::of(&app, "Fin", Role::Finance).await;
        for file in ["overview-models", "overview-users", "spend-groups"] {
            let rows = rows(&finance.open(&format!("/export/{file}.csv?range=7d&tz=asia/kathmandu")).await);
            let of = ["from", "to", "zone"].map(|name| cell(&rows[0], name));
            assert_eq!(of, ["2026-11-19", "2026-11-25", "Asia/Kathmandu"], "{file}");
        }
        let days = rows(&finance.open("/export/overview.csv?range=7d").await);
        assert_eq!(["a", "b", "c", "spend"].map(|name| sum(&days, name)), ["3", "1", "2", "6"]);
        let names = async |words: &str| {
            let groups = rows(&finance.open(&format!("/export/spend-groups.csv?{words}")).await);
            groups.iter().map(|row| cell(row, "name").to_owned()).collect::<String>()
        };
        assert_eq!(names("").await, "acb");
        assert_eq!(names("sort=name").await, "abc");
        assert_eq!(names("sort=spend&order=asc").await, "bca");
        let page = finance.read("/spend?sort=name&top=1").await;
        assert!(page.contains("aria-sort=\"ascending\"") && page.contains("Other (2 models)"), "{page}");
        assert!(page.contains("rows=all&amp;sort=name#groups") || page.contains("sort=name&amp;rows=all#groups"), "{page}");
        let wide = finance.read("/spend?range=90d&step=hour").await;
        assert!(wide.contains("shown by day: by hour they would be more than 120 columns"), "{wide}");
        assert!(finance.read("/spend?tz=asia/kathmandu").await.contains("days of Asia/Kathmandu"));
    }

    async fn a_person_who_gets_no_file_reads_why(app) {
        let (finance, support) = (Person::of(&app, "Fin", Role::Finance).await, Person::of(&app, "Sue", Role::Support).await);
        for (person, path, status, told) in [
            (&support, "/export/spend.csv", 403, "This needs the role admin or finance"),
            (&support, "/pricing/versions/1/export", 403, "This is not for the role support."),
            (&finance, "/export/spend.csv?by=pie", 422, "by must be one of model, team, user"),
            (&finance, "/export/spend.png?tz=%3Cb%3E", 422, "is no IANA time zone"),
        ] {
            let page = person.open(path).await;
            assert_eq!((page.status.as_u16(), page.header("content-type")), (status, Some("text/html; charset=utf-8")), "{path}");
            assert!(page.text.contains(told) && page.text.contains("There is no file to give you"), "{path} {}", page.text);
            assert!(page.header("content-security-policy").unwrap().contains("'nonce-") && !page.text.contains("<b>"));
            let problem = fetch(&app, path, person.cookie()).await;
            assert_eq!(problem.header("content-type"), Some("application/problem+json"), "{path}");
        }
    }

    async fn filters_have_a_zone_and_a_size_and_say_what_is_wrong(app) {
        app.grant("ana", 100).await;
        let body = json!({ "amount": 5, "expires_at": "2026-12-24T00:00:00Z" });
        app.post("/users/ana/credits", body).await.ok();
        let finance = Person::of(&app, "Fin", Role::Finance).await;
        for path in ["/transactions", "/audit", "/expiry", "/statement?month=2026-11"] {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = finance.read(&format!("{path}{joint}tz=asia/kathmandu")).await;
            assert!(page.contains("Asia/Kathmandu") && page.contains("id=\"f-tz\""), "{path} {page}");
            let wrong = finance.open(&format!("{path}{joint}tz=Mars")).await;
            assert!(wrong.status == 422 && wrong.text.contains("is no IANA time zone"), "{path} {}", wrong.text);
        }
        let page = finance.read("/transactions?tz=Asia/Kathmandu").await;
        assert!(page.contains("title=\"2026-11-25 17:45:00 +0545\""), "{page}");
        for label in ["Yesterday", "Last month", "Quarter to date", "Year to date"] {
            assert!(page.contains(&format!(">{label}</a>")), "{label}");
        }
        for path in ["/audit", "/expiry"] {
            assert!(finance.read(&format!("{path}?size=25")).await.contains("Rows of a page"), "{path}");
            assert_eq!(finance.open(&format!("{path}?size=7")).await.status, 422, "{path}");
        }
        for cursor in ["0", "-1", "x"] {
            assert_eq!(finance.open(&format!("/audit?cursor={cursor}")).await.status, 422, "{cursor}");
            app.get(&format!("/audit?cursor={cursor}")).await.refused(422, "invalid_request", Some("cursor"));
        }
        let wrong = finance.open("/transactions?min=-1").await;
        assert!(wrong.text.contains(">Must not be negative.<") && !wrong.text.contains("min must"), "{}", wrong.text);
        let year = finance.read("/expiry?days=366").await;
        assert!(year.contains("By week") && bars(&year) <= 120, "{}", bars(&year));
        assert_eq!(bars(&finance.read("/expiry?days=90").await), 90);
        let statement = finance.read("/statement?month=2026-11").await;
        assert!(statement.contains("Balance so far, 25 Nov 2026") && !statement.contains("Closing balance"), "{statement}");
    }
}
