//! Back-tests over real entries: priced by the same version they cost what is stored; dearer prices show who is hurt.

use crate::{
    desk_browser::Person,
    harness::{App, prices},
};
use app::{
    backend::{Backtests as _, Drafts as _},
    model::{Actor, Backtest, BacktestOf, BacktestState, Role, SaveDraft},
};
use axum::http::Method;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

async fn run(app: &App, subject: BacktestOf, days: i64) -> Backtest {
    let id = app.desk.start_backtest(&Actor::system("test"), subject, days).await.unwrap();
    for _ in 0..400 {
        let test = app.desk.backtest(id).await.unwrap();
        if test.state != BacktestState::Running {
            assert_eq!(test.state, BacktestState::Done, "{:?}", test.problem);
            return test;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the back-test does not end");
}

/// A back-test as the interface has it, once it has ended.
pub async fn ended(app: &App, path: &str) -> Value {
    for _ in 0..400 {
        let answer = app.get(path).await;
        if answer.ok()["state"] != "running" {
            return answer.json;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the back-test does not end");
}

async fn charge(app: &App, user: &str, tokens: i64) -> String {
    let body = json!({ "metrics": { "model": "gpt", "input_tokens": tokens } });
    app.post(&format!("/users/{user}/deductions"), body).await.ok()["transaction_id"].as_str().unwrap().to_owned()
}

/// Ana with a plan, Bob with little left and a cap, a team, a charge by amount, and a refund.
pub async fn usage(app: &App) {
    app.publish_prices().await.ok();
    for (user, amount) in [("ana", 100), ("bob", 20)] {
        app.grant(user, amount).await;
    }
    app.put("/users/ana/plan", json!({ "plan_id": "pro" })).await.ok();
    app.put("/users/bob/caps", json!({ "type": "daily", "limit": 18, "action": "deny" })).await.ok();
    let team = app.post("/teams", json!({ "name": "Lab", "initial_balance": 50 })).await;
    let team = team.ok()["team_id"].as_str().unwrap().to_owned();
    app.post(&format!("/teams/{team}/members"), json!({ "user_id": "ana" })).await.ok();
    charge(app, "ana", 8_000).await;
    app.pass(60);
    let second = charge(app, "ana", 7_000).await;
    app.pass(60);
    app.post(&format!("/transactions/{second}/refunds"), json!({ "reason": "goodwill" })).await.ok();
    app.pass(60);
    charge(app, "ana", 3_000).await;
    charge(app, "bob", 15_000).await;
    app.post("/users/bob/deductions", json!({ "amount": 0.5 })).await.ok();
    let body = json!({ "user_id": "ana", "metrics": { "model": "gpt", "output_tokens": 4_000 } });
    app.api(Method::POST, &format!("/teams/{team}/deductions")).json(body).send().await.ok();
    app.pass(60);
}

on_both! {
    async fn the_version_that_charged_gives_exactly_what_is_stored(app) {
        usage(&app).await;
        let report = run(&app, BacktestOf::Version(1), 7).await.report.unwrap();
        assert_eq!((report.charges, report.repriced, report.by_amount), (6, 5, 1));
        assert_eq!(report.gross.before, report.gross.after);
        assert_eq!(report.gross.after.to_string(), "37.5");
        assert_eq!((report.net.before, report.allowance.before), (report.net.after, report.allowance.after));
        assert_eq!((report.customers.same, report.short_count, report.crossed_count), (3, 0, 0));
        let ledger = app.get("/analytics/aggregate").await.ok()["total_credits_consumed"].to_string();
        assert_eq!(report.net.before.to_string(), ledger, "what balances paid is what the reports say");
    }

    async fn dearer_prices_show_who_would_be_hurt(app) {
        usage(&app).await;
        let mut dearer = prices();
        dearer["models"]["gpt"] = json!("(input_tokens + output_tokens) / 500");
        let save = SaveDraft { base: Some(1), content: dearer.to_string(), label: Some("Dearer".into()), ..SaveDraft::default() };
        let draft = app.desk.save_draft(&Actor::system("test"), save).await.unwrap().id;
        let test = run(&app, BacktestOf::Draft(draft), 30).await;
        assert_eq!(test.label, "draft: Dearer");
        let report = test.report.unwrap();
        assert_eq!(report.gross.after.to_string(), "74.5");
        let gpt = report.models.iter().find(|row| row.model.as_deref() == Some("gpt")).unwrap();
        assert_eq!((gpt.charges, gpt.gross.change().to_string().as_str()), (5, "37"));
        assert_eq!((report.short_count, report.short[0].customer.id.as_str()), (1, "bob"));
        assert_eq!(report.short[0].missing.to_string(), "10.5");
        assert_eq!((report.crossed_count, report.crossed[0].most.to_string().as_str()), (1, "30.5"));
        assert!(report.customers.most_more.iter().any(|row| row.customer.team));
        app.assert_sound().await;
    }

    async fn a_product_server_starts_one_and_reads_its_report(app) {
        usage(&app).await;
        let begun = app.post("/pricing/backtests", json!({ "version": 1, "days": 7 })).await;
        assert_eq!(begun.status, 202, "{}", begun.text);
        let place = begun.header("location").and_then(|place| place.strip_prefix("/api/v1")).unwrap().to_owned();
        assert_eq!(place, format!("/pricing/backtests/{}", begun.json["id"].as_str().unwrap()));
        assert_eq!((&begun.json["subject"], &begun.json["days"]), (&json!({ "version": 1 }), &json!(7)));
        let done = ended(&app, &place).await;
        assert_eq!((&done["state"], &done["done"], &done["requested_by"]), (&json!("done"), &json!(7), &json!("key:test")));
        let report = &done["report"];
        assert_eq!((report["charges"].as_i64(), report["gross"]["after"].to_string().as_str()), (Some(6), "37.5"));

        let mut dearer = prices();
        dearer["models"]["gpt"] = json!("(input_tokens + output_tokens) / 500");
        let yaml = "models: {gpt: (input_tokens + output_tokens) / 500}\nmin_balance: 0\n";
        let bodies = [
            app.post("/pricing/backtests", json!({ "config": dearer, "label": " Dearer " })).await,
            app.api(Method::POST, "/pricing/backtests").bytes("application/yaml", yaml).send().await,
        ];
        for (begun, label) in bodies.iter().zip(["Dearer", "a configuration"]) {
            assert_eq!((begun.status.as_u16(), &begun.json["label"]), (202, &json!(label)), "{}", begun.text);
            assert_eq!((&begun.json["subject"], &begun.json["days"]), (&json!("config"), &json!(30)));
            let done = ended(&app, &format!("/pricing/backtests/{}", begun.json["id"].as_str().unwrap())).await;
            assert_eq!(done["report"]["gross"]["after"].to_string(), "74.5");
        }
        let list = app.get("/pricing/backtests").await;
        let labels: Vec<_> = list.ok().as_array().unwrap().iter().map(|test| test["label"].as_str().unwrap()).collect();
        assert_eq!(labels, ["a configuration", "Dearer", "version 1"]);
        assert!(list.ok().as_array().unwrap().iter().all(|test| test["report"].is_null() && test["state"] == "done"));
        assert_eq!(app.get("/pricing/versions").await.ok().as_array().unwrap().len(), 1, "nothing was published");

        let fin = Person::of(&app, "Fin", Role::Finance).await;
        let page = fin.read(&format!("/pricing/backtests/{}", bodies[0].json["id"].as_str().unwrap())).await;
        assert!(page.contains("Back-test of Dearer") && page.contains("key:test"), "{page}");
        // Where the prices stand; those of a configuration stand nowhere.
        assert!(!page.contains("href=\"/pricing/versions/"), "{page}");
        assert!(fin.read(&place).await.contains("href=\"/pricing/versions/1\""));
    }

    async fn what_cannot_be_tried_is_refused_by_the_interface(app) {
        app.publish_prices().await.ok();
        let start = |body: Value| app.post("/pricing/backtests", body);
        start(json!({ "days": 7 })).await.refused(422, "invalid_request", Some("version"));
        start(json!({ "version": 1, "config": prices() })).await.refused(422, "invalid_request", Some("config"));
        start(json!({ "version": 1, "label": "x" })).await.refused(422, "invalid_request", Some("label"));
        start(json!({ "version": 1, "days": 8 })).await.refused(422, "invalid_request", Some("days"));
        start(json!({ "version": 1, "day": 7 })).await.refused(422, "invalid_request", Some("day"));
        start(json!({ "version": "1" })).await.refused(422, "invalid_request", Some("version"));
        start(json!({ "version": 9 })).await.refused(404, "version_not_found", None);
        let faulty = start(json!({ "config": { "models": { "gpt": "input_tokens *" } } })).await;
        assert_eq!(faulty.refused(422, "config_invalid", None)["errors"][0]["path"], "models.gpt");
        let twice = r#"{"config": {"models": {"gpt": "input_tokens", "gpt": "input_tokens * 2"}}}"#;
        let twice = app.api(Method::POST, "/pricing/backtests").text(twice).send().await;
        assert_eq!(twice.refused(422, "config_invalid", None)["errors"][0]["message"], "is given twice");
        let nobody = "/pricing/backtests/00000000-0000-0000-0000-000000000000";
        app.get(nobody).await.refused(404, "not_found", None);
        app.get("/pricing/backtests/one").await.refused(404, "not_found", Some("backtest_id"));
        assert_eq!(*app.get("/pricing/backtests").await.ok(), json!([]));
    }

    async fn the_page_follows_a_run_and_shows_its_report(app) {
        usage(&app).await;
        let fin = Person::of(&app, "Fin", Role::Finance).await;
        let sue = Person::of(&app, "Sue", Role::Support).await;
        assert_eq!(sue.open("/pricing/backtest").await.status, 403);
        assert_eq!(sue.refused("/ui/start_backtest", &[("subject", "v1"), ("days", "7")]).await.status, 403);
        for (subject, days) in [("v1", "8"), ("x", "7"), ("v1", "many")] {
            assert_eq!(fin.refused("/ui/start_backtest", &[("subject", subject), ("days", days)]).await.status, 422);
        }
        assert_eq!(fin.refused("/ui/start_backtest", &[("subject", "v9"), ("days", "7")]).await.status, 404);
        let next = fin.done("/ui/start_backtest", &[("subject", "v1"), ("days", "7")]).await;
        let mut page = fin.read(&next).await;
        for _ in 0..400 {
            if !page.contains("http-equiv=\"refresh\"") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
            page = fin.read(&next).await;
        }
        assert!(page.contains("By model") && page.contains("37.5") && page.contains("staff:fin@example.com"), "{page}");
        assert!(fin.read("/pricing/backtest").await.contains("version 1"));
        assert_eq!(fin.open("/pricing/backtests/00000000-0000-0000-0000-000000000000").await.status, 404);
    }

    async fn a_price_list_is_chosen_from_in_the_browser(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let list = json!({
            "lab-a": { "input_cost_per_token": 2.5e-6, "litellm_provider": "lab" },
            "lab-b": { "output_cost_per_image": 1, "litellm_provider": "lab" },
            "other": { "input_cost_per_token": 1e-6, "litellm_provider": "other" },
        });
        for (text, fault) in [("[]", "is no price list"), ("", "is missing")] {
            let page = ada.upload("/pricing/import/upload", "file", text).await;
            assert!(page.status == 422 && page.text.contains(fault), "{}", page.text);
        }
        let page = ada.paste("/pricing/import/upload", "text", "{\"lab-a\": </textarea>").await;
        assert_eq!(page.status, 422, "{}", page.text);
        assert!(page.text.contains("This is no price list") && page.text.contains("{\"lab-a\": &lt;/textarea&gt;"), "{}", page.text);
        assert_eq!(ada.open("/pricing/import/upload").await.header("location"), Some("/pricing/import"));
        let answer = ada.upload("/pricing/import/upload", "file", &list.to_string()).await;
        let page = answer.header("location").unwrap().to_owned();
        let id = page.rsplit('/').next().unwrap();
        let shown = ada.read(&format!("{page}?match=lab&rate=200")).await;
        assert!(shown.contains("input_tokens * 0.0005") && shown.contains("output_cost_per_image"), "{shown}");
        assert!(!shown.contains("value=\"other\" "), "{shown}");
        let wrong = ada.open(&format!("{page}?rate=-1")).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("Must be a number above 0"), "{}", wrong.text);
        let none = [("id", id), ("go", "ticked"), ("choice[credits_per_usd]", "200")];
        assert_eq!(ada.refused("/ui/choose_models", &none).await.status, 422);
        let ticked = [("id", id), ("go", "ticked"), ("choice[credits_per_usd]", "200"), ("choice[models][]", "lab-a"), ("choice[models][]", "other")];
        let review = ada.read(&ada.done("/ui/choose_models", &ticked).await).await;
        assert!(review.contains("2 models from the price list, 200 credits per USD"), "{review}");
        let all = [("id", id), ("go", "all"), ("choice[provider]", "lab"), ("choice[replace]", "true")];
        let review = ada.read(&ada.done("/ui/choose_models", &all).await).await;
        assert!(review.contains("<code>lab-a</code>") && review.contains(">gone<"), "{review}");
        let fin = Person::of(&app, "Fin", Role::Finance).await;
        assert_eq!(fin.open("/pricing/import").await.status, 403);
        assert_eq!(fin.upload("/pricing/import/upload", "file", &list.to_string()).await.status, 403);
        assert_eq!(fin.refused("/ui/choose_models", &ticked).await.status, 403);
    }
}
