//! Files of single tables: each is linked by its page, has all rows, and adds up to what the page says.

use crate::{
    approvals::{ask, grant},
    backtest::{ended, usage},
    browser::{fetch, open, sign_in_as},
    desk_browser::Person,
    exports::{charges, column, records, total},
    harness::{Answer, App, prices},
    receiver::{Receiver, deliver},
};
use app::{
    backend::{Approvals as _, DeskViews as _, Drafts as _},
    format,
    model::{Actor, Credits, Role, SaveDraft},
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
        fetch(&app, "/export/pricing-diff.csv?to=9", &cookie).await.refused(404, "version_not_found", None);
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
        fetch(&app, "/export/expiry-days.png?days=0", &cookie).await.refused(422, "invalid_request", Some("days"));
        fetch(&app, "/export/expiry-days.csv?tz=Nowhere", &cookie).await.refused(422, "invalid_request", Some("tz"));
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
            let answer = fetch(&app, &format!("/export/cap-trial.csv?{words}"), &cookie).await;
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
        fetch(&app, none, &cookie).await.refused(404, "not_found", None);
        fetch(&app, "/export/backtest-models.csv", &cookie).await.refused(422, "invalid_request", Some("backtest"));
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

    async fn ones_own_requests_are_a_file_for_everybody(app) {
        let fay = Actor::staff("fay@example.com");
        for _ in 0..11 {
            let id = ask(&app, grant("500")).await;
            app.desk.decline(&fay, Role::Finance, id, "-no").await.unwrap();
        }
        ask(&app, grant("600")).await;
        let sam = Person::of(&app, "Sam", Role::Support).await;
        let (_, rows) = records(&linked(&app, "/approvals", "/export/own-approvals.csv", sam.cookie()).await);
        assert_eq!(rows.len(), 12, "all of them, and not only the latest");
        assert_eq!((&rows[0][4], &rows[0][9], &rows[11][4], &rows[11][12]), ("600", "pending", "500", "'-no"));
        let other = sign_in_as(&app, Role::Support).await;
        assert_eq!(records(&open(&app, "/export/own-approvals.csv", &other).await).1.len(), 0);
    }

    async fn what_limits_a_user_is_files_that_say_what_the_page_says(app) {
        app.grant("ana", 100).await;
        app.put("/users/ana/caps", json!({ "type": "daily", "action": "deny", "limit": 5 })).await.ok();
        let on_model = json!({ "type": "monthly", "action": "warn", "limit": 1.5, "model": "=1+1" });
        app.put("/users/ana/caps", on_model).await.ok();
        app.post("/users/ana/deductions", json!({ "amount": 2 })).await.ok();
        let made = app.post("/teams", json!({ "name": "=Pool", "initial_balance": 10 })).await;
        let team = made.ok()["team_id"].as_str().unwrap();
        app.post(&format!("/teams/{team}/members"), json!({ "user_id": "ana", "spend_cap": 2.5 })).await.ok();
        let support = sign_in_as(&app, Role::Support).await;
        let (head, limits) = records(&linked(&app, "/users/ana", "/export/cap-ladder.csv", &support).await);
        assert_eq!(head, ["type", "model", "action", "limit", "spend", "left", "resets_at_utc", "state"]);
        let mut known: Vec<_> = limits.iter().map(cells).collect();
        assert_eq!(known.pop().unwrap(), ["balance", "", "", "", "", "98", "", "refuses"]);
        known.sort_unstable();
        assert_eq!(known, [
            ["daily", "", "deny", "5", "2", "3", "2026-11-26T00:00:00+00:00", "binds first"],
            ["monthly", "'=1+1", "warn", "1.5", "0", "1.5", "2026-12-01T00:00:00+00:00", "warns"],
        ]);
        let (_, teams) = records(&linked(&app, "/users/ana", "/export/user-teams.csv", &support).await);
        let known: Vec<_> = teams.iter().map(cells).collect();
        assert_eq!(known, [[team, "'=Pool", "member", "2.5", "0", "10", "2.5", "limit binds"]]);
        let page = open(&app, "/users/ana", &support).await.text;
        for state in ["binds first", "warns", "limit binds"] {
            assert!(page.contains(&format!(">{state}<")), "{state}: {page}");
        }
        // Who has no cap is bound by the balance.
        let (_, limits) = records(&open(&app, "/export/cap-ladder.csv?user=nobody", &support).await);
        assert_eq!(limits.iter().map(cells).collect::<Vec<_>>(), [["balance", "", "", "", "", "0", "", "reached: refuses"]]);
        fetch(&app, "/export/cap-ladder.csv", &support).await.refused(422, "invalid_request", Some("user_id"));
    }

    async fn holds_and_notes_of_a_user_are_files_with_all_of_them(app) {
        app.grant("ana", 100).await;
        let by = Actor::staff("sam@example.com");
        for number in 1..=203 {
            let hold = json!({ "amount": 0.25, "operation": "=chat" });
            app.post("/users/ana/reservations", hold).await.ok();
            // All at the same moment, so that their ids alone part them.
            let note = app.ids.next(app.clock.now());
            app.desk.add_note(&by, "ana", &format!("={number}"), note).await.unwrap();
        }
        let support = sign_in_as(&app, Role::Support).await;
        let (head, holds) = records(&linked(&app, "/users/ana", "/export/reservations.csv", &support).await);
        assert_eq!(holds.len(), 203);
        let sum = total(&column(&head, &holds, "amount"));
        assert_eq!(sum.to_string(), "50.75");
        let page = open(&app, "/users/ana", &support).await.text;
        assert!(page.contains(&format!("{} held by open reservations", format::credits(sum))), "{page}");
        let noon = "2026-11-25T12:00:00+00:00";
        assert!(holds.iter().all(|row| cells(row)[1..4] == ["active", "0.25", "'=chat"] && &row[5] == noon), "{:?}", holds[0]);
        let (_, notes) = records(&linked(&app, "/users/ana", "/export/notes.csv", &support).await);
        let texts: Vec<_> = notes.iter().map(|row| row[3].to_owned()).collect();
        assert_eq!(texts, (1..=203).rev().map(|number| format!("'={number}")).collect::<Vec<_>>());
        assert_eq!(cells(&notes[0])[1..3], [noon, "staff:sam@example.com"]);
        for file in ["reservations", "notes"] {
            let nobody = open(&app, &format!("/export/{file}.csv?user=nobody"), &support).await;
            assert_eq!(records(&nobody).1.len(), 0);
            fetch(&app, &format!("/export/{file}.csv"), &support).await.refused(422, "invalid_request", Some("user_id"));
        }
    }

    async fn drafts_back_tests_and_price_lists_are_files_with_all_of_them(app) {
        let by = Actor::staff("ada@example.com");
        let draft = async |content: String| {
            let save = SaveDraft { label: Some("=Try".to_owned()), base: None, content, ..SaveDraft::default() };
            app.desk.save_draft(&by, save).await.unwrap().id
        };
        let admin = sign_in_as(&app, Role::Admin).await;
        let early = draft(prices().to_string()).await;
        let file = |draft| format!("/export/draft-diff.csv?draft={draft}");
        fetch(&app, &file(early), &admin).await.refused(409, "pricing_not_loaded", None);
        app.publish_prices().await.ok();
        for _ in 0..50 {
            draft("{".to_owned()).await;
        }
        fetch(&app, &file(draft("{".to_owned()).await), &admin).await.refused(422, "config_invalid", None);
        let cookie = sign_in_as(&app, Role::Finance).await;
        let (head, drafts) = records(&linked(&app, "/pricing", "/export/pricing-drafts.csv", &cookie).await);
        assert_eq!(head, ["id", "label", "begun_from_version", "saved_by", "saved_at_utc"]);
        assert_eq!(drafts.len(), 52);
        let noon = "2026-11-25T12:00:00+00:00";
        assert!(drafts.iter().all(|row| cells(row)[1..] == ["'=Try", "", "staff:ada@example.com", noon]), "{:?}", drafts[0]);

        let mut dearer = prices();
        dearer["models"]["gpt"] = json!("(input_tokens + output_tokens) / 500");
        dearer["models"]["=1+1"] = json!("-1 + input_tokens");
        let review = format!("/pricing/drafts/{}/review", draft(dearer.to_string()).await);
        let (head, changes) = records(&linked(&app, &review, "/export/draft-diff.csv", &cookie).await);
        assert_eq!(head, ["from_version", "to_draft", "path", "old", "new", "change_percent"]);
        app.post("/pricing/versions", json!({ "config": dearer })).await.ok();
        let (_, versions) = records(&linked(&app, "/pricing/diff?from=1&to=2", "/export/pricing-diff.csv", &cookie).await);
        let told = |rows: &[csv::StringRecord]| rows.iter().map(|row| cells(row)[2..].join("|")).collect::<Vec<_>>();
        assert_eq!(told(&changes), told(&versions), "a draft's changes are those of the version that it would be");
        assert!(told(&changes).iter().any(|row| row.contains("'-1 + input_tokens")), "{changes:?}");

        for _ in 0..11 {
            backtest(&app, prices()).await;
        }
        let (head, tests) = records(&linked(&app, "/pricing/backtest", "/export/backtests.csv", &cookie).await);
        let at = |name: &str| head.iter().position(|known| known == name).unwrap();
        assert_eq!(tests.len(), 11, "all that are kept, and not only the latest");
        let row = &tests[0];
        assert_eq!([&row[at("days")], &row[at("state")], &row[at("run_by")], &row[at("version")]], ["7", "done", "key:test", ""]);

        let mut list = json!({ "other": { "input_cost_per_token": 1e-6, "litellm_provider": "=other" } });
        for number in 0..203 {
            list[format!("lab-{number:03}")] = json!({ "input_cost_per_token": 2.5e-6, "litellm_provider": "lab" });
        }
        list["lab-pictures"] = json!({ "output_cost_per_image": 1, "litellm_provider": "lab" });
        let id = app.desk.add_price_list(&by, &list.to_string()).await.unwrap();
        let page = format!("/pricing/import/{id}?match=lab&rate=200");
        assert!(open(&app, &page, &admin).await.text.contains("200 of 204 that match"));
        let (head, models) = records(&linked(&app, &page, "/export/price-list.csv", &admin).await);
        let at = |name: &str| head.iter().position(|known| known == name).unwrap();
        assert_eq!(models.len(), 204);
        assert_eq!([&models[0][at("model")], &models[0][at("credits_per_usd")], &models[0][at("provider")]],
            ["lab-000", "200", "lab"]);
        assert!(models[0][at("formula")].starts_with("input_tokens * 0.0005"), "{:?}", models[0]);
        let pictures = models.iter().find(|row| &row[0] == "lab-pictures").unwrap();
        assert!(pictures[at("formula")].is_empty() && !pictures[at("no_formula_because")].is_empty(), "{pictures:?}");
        let wrong = format!("/export/price-list.csv?list={id}&rate=-1");
        fetch(&app, &wrong, &admin).await.refused(422, "invalid_request", Some("credits_per_usd"));
        assert!(!open(&app, &format!("/pricing/import/{id}?rate=-1"), &admin).await.text.contains("/export/price-list.csv"));
    }

    async fn a_statements_models_are_a_file_that_adds_up_to_it(app) {
        charges(&app, "2026-11-24T00:00:00Z", 3).await;
        app.post("/users/ana/deductions", json!({ "amount": 2, "metadata": { "model": "=1+1" } })).await.ok();
        let cookie = sign_in_as(&app, Role::Finance).await;
        for words in ["month=2026-11&tz=Asia/Kolkata", "month=2026-11&user=ana&tz=Asia/Kolkata"] {
            let page = format!("/statement?{words}");
            let (head, days) = records(&linked(&app, &page, "/export/statement.csv", &cookie).await);
            let spent = column(&head, &days, "spend").pop().unwrap();
            let file = linked(&app, &page, "/export/statement-models.csv", &cookie).await;
            assert!(file.header("content-disposition").unwrap().contains("statement-models-2026-11"));
            let (head, models) = records(&file);
            assert_eq!(total(&column(&head, &models, "spend")), spent.checked_neg().unwrap(), "{words}");
            assert!(models.iter().all(|row| cells(row)[1..4] == ["2026-11-01", "2026-11-30", "Asia/Kolkata"]));
            assert!(models.iter().any(|row| &row[4] == "'=1+1"), "{models:?}");
        }
    }

    async fn invitations_and_webhooks_are_files_without_their_secrets(app) {
        let by = Actor::staff("ada@example.com");
        let token = app.staff.invite(&by, "zed@example.com", Role::Finance).await.unwrap();
        let hook = json!({
            "url": "https://example.com/hook", "event_types": ["credits.added", "credits.expired"], "description": "=1+1",
        });
        let made = app.post("/webhooks", hook).await;
        let secret = made.ok()["secret"].as_str().unwrap();
        let cookie = sign_in_as(&app, Role::Admin).await;
        let invitations = linked(&app, "/settings/people", "/export/invitations.csv", &cookie).await;
        assert!(!invitations.text.contains(&token));
        let (noon, later) = ("2026-11-25T12:00:00+00:00", "2026-11-28T12:00:00+00:00");
        let (_, rows) = records(&invitations);
        let known: Vec<_> = rows.iter().map(cells).collect();
        assert_eq!(known, [["zed@example.com", "finance", "staff:ada@example.com", noon, later]]);
        let webhooks = linked(&app, "/settings/webhooks", "/export/webhooks.csv", &cookie).await;
        assert!(!webhooks.text.contains(secret));
        let (_, rows) = records(&webhooks);
        let known: Vec<_> = rows.iter().map(|row| cells(row)[1..].to_vec()).collect();
        assert_eq!(known, [["https://example.com/hook", "'=1+1", "credits.added credits.expired", noon, "", "", ""]]);
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
        fetch(&app, "/export/deliveries.csv?webhook=one", &cookie).await.refused(422, "invalid_request", Some("webhook"));
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
