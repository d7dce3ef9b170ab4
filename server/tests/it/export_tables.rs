//! Files of single tables: each is linked by its page, has all rows, and adds up to what the page says.

use crate::{
    approvals::{ask, grant},
    backtest::{ended, usage},
    browser::{open, sign_in_as},
    exports::{charges, column, records, total},
    harness::{Answer, App, prices},
    receiver::{Receiver, deliver},
};
use app::{
    backend::Approvals as _,
    format,
    model::{Actor, Credits, Role},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

/// The file at `path` that a page leads to, with its address as the page writes it.
async fn linked(app: &App, page: &str, path: &str, cookie: &str) -> Answer {
    let shown = open(app, page, cookie).await;
    assert_eq!(shown.status, 200, "{page}: {}", shown.text);
    let rest = shown.text.split(&format!("href=\"{path}")).nth(1);
    let words = rest.unwrap_or_else(|| panic!("{page} has no link to {path}: {}", shown.text)).split('"').next();
    open(app, &format!("{path}{}", words.unwrap().replace("&amp;", "&")), cookie).await
}

/// The cells of a row.
fn cells(row: &csv::StringRecord) -> Vec<&str> {
    row.iter().collect()
}

fn credits(value: &Value) -> Credits {
    value.to_string().parse().unwrap()
}

/// Begins a back-test of these prices, waits for its end, and gives its page and its report.
async fn backtest(app: &App, config: Value) -> (String, Value) {
    let begun = app.post("/pricing/backtests", json!({ "config": config, "days": 7 })).await;
    let page = format!("/pricing/backtests/{}", begun.json["id"].as_str().unwrap_or_else(|| panic!("{}", begun.text)));
    let report = ended(app, &page).await["report"].clone();
    (page, report)
}

on_both! {
    async fn plans_versions_and_their_differences_are_files(app) {
        app.publish_prices().await.ok();
        for user in ["ana", "bob"] {
            app.grant(user, 100).await;
            app.put(&format!("/users/{user}/plan"), json!({ "plan_id": "pro" })).await.ok();
            let metrics = json!({ "metrics": { "model": "gpt", "input_tokens": 12_000 } });
            app.post(&format!("/users/{user}/deductions"), metrics).await.ok();
        }
        let mut dearer = prices();
        dearer["models"]["gpt"] = json!("(input_tokens + output_tokens) / 500");
        dearer["models"]["=1+1"] = json!("-1 + input_tokens");
        dearer["plans"] = json!({ "=Gold": { "id": "=Gold", "name": "@Gold", "free_allowance": 2.5 } });
        let body = json!({ "config": dearer, "label": "+Dearer" });
        app.post("/pricing/versions", body).await.ok();
        let cookie = sign_in_as(&app, Role::Finance).await;

        let (head, plans) = records(&linked(&app, "/plans", "/export/plans.csv", &cookie).await);
        let known: Vec<_> = plans.iter().map(cells).collect();
        assert_eq!(known, [
            ["'=Gold", "'@Gold", "2", "0", "2.5", "0", "0", "0", "0"],
            ["pro", "", "", "2", "", "20", "4", "0", "0"],
        ]);
        let given = format!(">{}<", format::credits(total(&column(&head, &plans, "allowance_used"))));
        assert!(open(&app, "/plans", &cookie).await.text.contains(&given));

        let (head, versions) = records(&linked(&app, "/pricing", "/export/pricing-versions.csv", &cookie).await);
        assert_eq!(head, ["version", "label", "active", "published_at_utc", "published_by", "activated_at_utc", "activated_by"]);
        let noon = "2026-11-25T12:00:00+00:00";
        let known: Vec<_> = versions.iter().map(cells).collect();
        assert_eq!(known, [
            ["2", "'+Dearer", "yes", noon, "key:test", noon, "key:test"],
            ["1", "", "no", noon, "key:test", noon, "key:test"],
        ]);

        let page = "/pricing/diff?from=1&to=2";
        let diff = linked(&app, page, "/export/pricing-diff.csv", &cookie).await;
        assert!(diff.header("content-disposition").unwrap().contains("pricing-diff-1-2.csv"));
        let (head, changes) = records(&diff);
        assert_eq!(head, ["from_version", "to_version", "path", "old", "new", "change_percent"]);
        let of = |path: &str| changes.iter().find(|row| row[2].contains(path)).map(|row| [&row[3], &row[4], &row[5]]);
        let gpt = ["(input_tokens + output_tokens) / 1000", "(input_tokens + output_tokens) / 500", "100"];
        assert_eq!(of("models.gpt"), Some(gpt));
        assert_eq!(of("=1+1"), Some(["", "'-1 + input_tokens", ""]));
        let count = format::counted(i64::try_from(changes.len()).unwrap(), "difference", "differences");
        assert!(open(&app, page, &cookie).await.text.contains(&count), "{count}");
        // Left out, it is from the version before to the newest, as on the page.
        assert_eq!(open(&app, "/export/pricing-diff.csv", &cookie).await.text, diff.text);
        open(&app, "/export/pricing-diff.csv?to=9", &cookie).await.refused(404, "version_not_found", None);
    }

    async fn the_days_of_the_expiry_page_add_up_in_any_zone(app) {
        for (number, end) in ["2026-11-26T18:30:00Z", "2026-11-30T00:00:00Z", "2026-12-20T12:00:00Z"].iter().enumerate() {
            app.post("/users/ana/credits", json!({ "amount": number + 1, "expires_at": end })).await.ok();
        }
        app.grant("ana", 100).await;
        let cookie = sign_in_as(&app, Role::Finance).await;
        for (zone, days) in [
            ("UTC", ["2026-11-26", "2026-11-29", "2026-12-20"]),
            // Half past six in the evening is midnight there: the day before is the last one.
            ("Asia/Kolkata", ["2026-11-26", "2026-11-30", "2026-12-20"]),
            ("Asia/Tokyo", ["2026-11-27", "2026-11-30", "2026-12-20"]),
        ] {
            let page = format!("/expiry?days=30&tz={zone}");
            let file = linked(&app, &page, "/export/expiry-days.csv", &cookie).await;
            assert!(file.header("content-disposition").unwrap().contains("expiry-days-2026-11-25-2026-12-24.csv"));
            let (head, rows) = records(&file);
            assert_eq!(rows.len(), 30, "{zone}");
            assert!(rows.iter().all(|row| &row[1] == zone));
            let filled: Vec<_> = rows.iter().filter(|row| &row[3] != "0").map(|row| [&row[0], &row[2], &row[3]]).collect();
            assert_eq!(filled, [[days[0], "1", "1"], [days[1], "1", "2"], [days[2], "1", "3"]], "{zone}");
            let (_, lots) = records(&linked(&app, &page, "/export/expiry.csv", &cookie).await);
            assert_eq!((lots.len(), total(&column(&head, &rows, "credits")).to_string()), (3, "6".to_owned()));
            let picture = linked(&app, &page, "/export/expiry-days.svg", &cookie).await;
            assert!(picture.text.contains(&format!("days of {zone}")) && !picture.text.contains("#lots"), "{zone}");
        }
        open(&app, "/export/expiry-days.png?days=0", &cookie).await.refused(422, "invalid_request", Some("days"));
        open(&app, "/export/expiry-days.csv?tz=Nowhere", &cookie).await.refused(422, "invalid_request", Some("tz"));
    }

    async fn a_cap_on_the_past_names_everybody_whom_it_meets(app) {
        charges(&app, "2026-11-24T00:00:00Z", 3).await;
        for number in 0..13 {
            let path = format!("/users/user-{number:02}");
            app.grant(&format!("user-{number:02}"), 100).await;
            app.post(&format!("{path}/deductions"), json!({ "amount": number + 5 })).await.ok();
        }
        app.pass(1);
        let cookie = sign_in_as(&app, Role::Finance).await;
        let words = "window=daily&limit=1.5&effect=deny&days=30";
        let page = format!("/caps/try?who=everyone&{words}");
        let (head, rows) = records(&linked(&app, &page, "/export/cap-trial.csv", &cookie).await);
        let users: BTreeSet<_> = rows.iter().map(|row| row[0].to_owned()).collect();
        assert_eq!((rows.len(), users.len()), (15, 15));
        assert!(users.contains("'=1+1"));
        let count: i64 = rows.iter().map(|row| row[2].parse::<i64>().unwrap()).sum();
        let worth = format::credits(total(&column(&head, &rows, "credits")));
        let shown = open(&app, &page, &cookie).await.text;
        let words_of = format!("refused {} worth {worth} credits", format::counted(count, "charge", "charges"));
        assert!(shown.contains(&words_of) && shown.contains("10 users on this page"), "{words_of}: {shown}");
        // Support may have it of a user.
        let support = sign_in_as(&app, Role::Support).await;
        assert!(!open(&app, &page, &support).await.text.contains("/export/cap-trial.csv"));
        let own = linked(&app, &format!("/caps/try?who=user&user=user-03&{words}"), "/export/cap-trial.csv", &support).await;
        let (_, own) = records(&own);
        assert_eq!(own.iter().map(|row| [&row[0], &row[2], &row[3]]).collect::<Vec<_>>(), [["user-03", "1", "8"]]);
        for (words, field) in [("", "who"), ("who=user", "user"), ("who=everyone&window=daily&effect=deny&limit=x", "limit")] {
            let answer = open(&app, &format!("/export/cap-trial.csv?{words}"), &cookie).await;
            assert_eq!((answer.status.as_u16(), &answer.json["field"]), (422, &json!(field)), "{}", answer.text);
        }
    }

    async fn a_back_test_is_files_that_add_up_to_its_report(app) {
        usage(&app).await;
        let cookie = sign_in_as(&app, Role::Finance).await;
        let mut dearer = prices();
        dearer["models"]["gpt"] = json!("(input_tokens + output_tokens) / 500");
        for config in [prices(), dearer] {
            let (page, report) = backtest(&app, config).await;
            let file = async |name: &str| records(&linked(&app, &page, &format!("/export/backtest-{name}.csv"), &cookie).await);
            let (head, models) = file("models").await;
            let (names, customers) = file("customers").await;
            for (column_name, side) in [("as_charged", "before"), ("at_these_prices", "after")] {
                assert_eq!(total(&column(&head, &models, column_name)), credits(&report["gross"][side]));
                assert_eq!(total(&column(&names, &customers, column_name)), credits(&report["net"][side]));
            }
            let counted = |rows: &[csv::StringRecord], at: usize| rows.iter().map(|row| row[at].parse::<i64>().unwrap()).sum::<i64>();
            assert_eq!((counted(&models, 1), counted(&customers, 3)), (6, 6));
            let (_, percentiles) = file("percentiles").await;
            assert_eq!(percentiles.len(), report["customers"]["percentiles"].as_array().unwrap().len());
            let (_, short) = file("short").await;
            let (_, caps) = file("caps").await;
            assert_eq!(json!([short.len(), caps.len()]), json!([report["short_count"], report["crossed_count"]]));
            let (_, unpriced) = file("unpriced").await;
            assert_eq!(unpriced.len(), report["unpriced"].as_array().unwrap().len());
            if customers.len() == 1 {
                assert_eq!(cells(&customers[0])[..3], ["", "", "3 others"], "who pays the same is not named");
            } else {
                assert_eq!((&short[0][1], &short[0][5], &caps[0][0], &caps[0][6]), ("bob", "10.5", "bob", "30.5"));
                assert!(customers.iter().any(|row| &row[0] == "team" && &row[2] == "Lab"));
            }
        }
        let none = "/export/backtest-models.csv?backtest=00000000-0000-0000-0000-000000000000";
        open(&app, none, &cookie).await.refused(404, "not_found", None);
        open(&app, "/export/backtest-models.csv", &cookie).await.refused(422, "invalid_request", Some("backtest"));
    }

    async fn requests_are_a_file_with_those_that_wait_and_all_that_ended(app) {
        let fay = Actor::staff("fay@example.com");
        for _ in 0..203 {
            let id = ask(&app, grant("500")).await;
            app.desk.decline(&fay, Role::Finance, id, "=no").await.unwrap();
        }
        for _ in 0..2 {
            ask(&app, grant("600")).await;
        }
        let cookie = sign_in_as(&app, Role::Finance).await;
        let (head, rows) = records(&linked(&app, "/approvals", "/export/approvals.csv", &cookie).await);
        let ids: BTreeSet<_> = rows.iter().map(|row| row[0].to_owned()).collect();
        assert_eq!((rows.len(), ids.len()), (205, 205));
        assert_eq!(total(&column(&head, &rows, "amount")), Credits::whole(203 * 500 + 2 * 600).unwrap());
        let first = cells(&rows[0]);
        let title = "Add 600 credits (grant) to ana";
        assert_eq!(first[1..7], ["grant", title, "ana", "600", "they asked kindly", "staff:sam@example.com"]);
        assert_eq!((first[9], first[10]), ("pending", ""));
        let last = cells(&rows[204]);
        assert_eq!((last[9], last[10], last[12]), ("declined", "staff:fay@example.com", "'=no"));
        let support = sign_in_as(&app, Role::Support).await;
        assert!(!open(&app, "/approvals", &support).await.text.contains("/export/approvals.csv"));
    }

    async fn people_keys_and_deliveries_are_files_for_admins(app) {
        let receiver = Receiver::start().await;
        let (webhook, secret) = receiver.register(&app, &[]).await;
        app.grant("ana", 7).await;
        deliver(&app).await;
        let by = Actor::system("test");
        app.staff.create(&by, "=Eve", "eve@example.com", Role::Finance, "correct horse battery").await.unwrap();
        let cookie = sign_in_as(&app, Role::Admin).await;
        let people = linked(&app, "/settings/people", "/export/people.csv", &cookie).await;
        let (_, people) = records(&people);
        assert_eq!(people.len(), 2);
        assert!(people.iter().any(|row| cells(row)[..3] == ["'=Eve", "eve@example.com", "finance"]));
        let keys = linked(&app, "/settings/keys", "/export/keys.csv", &cookie).await;
        assert!(!keys.text.contains(&app.key), "a key is shown once");
        let (_, keys) = records(&keys);
        assert_eq!((keys.len(), &keys[0][0]), (1, "test"));
        assert!(app.key.starts_with(&keys[0][1]) && keys[0][1].len() < app.key.len() / 2, "{:?}", keys[0]);
        let page = format!("/settings/webhooks/{webhook}");
        let log = linked(&app, &page, "/export/deliveries.csv", &cookie).await;
        assert!(!log.text.contains(&secret));
        let (_, log) = records(&log);
        assert_eq!(log.iter().map(|row| cells(row)[3..6].to_vec()).collect::<Vec<_>>(), [["credits.added", "delivered", "1"]]);
        open(&app, "/export/deliveries.csv?webhook=one", &cookie).await.refused(422, "invalid_request", Some("webhook"));
    }

    async fn a_users_ledger_is_a_file_of_its_filter(app) {
        let made = charges(&app, "2026-11-24T00:00:00Z", 60).await;
        let support = sign_in_as(&app, Role::Support).await;
        let (mut charged, mut all) = (0, 0);
        for user in ["%3D1%2B1", "ana"] {
            let (head, rows) =
                records(&linked(&app, &format!("/users/{user}?kind=usage"), "/export/transactions.csv", &support).await);
            assert!(rows.len() > 30 && rows.iter().all(|row| &row[5] == "usage"), "{head:?}");
            charged += rows.len();
            let (head, rows) = records(&linked(&app, &format!("/users/{user}"), "/export/transactions.csv", &support).await);
            all += rows.len();
            let balance = app.balance(user).await;
            assert_eq!(total(&column(&head, &rows, "amount")).to_string(), balance, "the entries are the balance");
        }
        assert_eq!((charged, all), (made, made + 2));
    }
}
