//! Plans in the browser: listed with members and cost, edited into a draft, and two people at the same plan.

use crate::{
    desk_browser::{Person, hidden},
    harness::{App, prices},
};
use app::model::Role;
use serde_json::json;
use std::sync::Arc;

async fn member(app: &App, user: &str) {
    app.grant(user, 100).await;
    app.put(&format!("/users/{user}/plan"), json!({ "plan_id": "pro" })).await.ok();
    let metrics = json!({ "metrics": { "model": "gpt", "input_tokens": 8_000 } });
    app.post(&format!("/users/{user}/deductions"), metrics).await.ok();
}

/// The form of the plan `pro`, with an allowance and one rate.
fn form<'a>(base: &'a str, allowance: &'a str, formula: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("plan[base]", base),
        ("plan[revision]", "0"),
        ("plan[go]", "review"),
        ("plan[form][key]", "pro"),
        ("plan[form][name]", "Pro"),
        ("plan[form][free_allowance]", allowance),
        ("plan[form][features][0][name]", "seats"),
        ("plan[form][features][0][kind]", "number"),
        ("plan[form][features][0][value]", "3"),
        ("plan[form][rates][0][model]", "gpt"),
        ("plan[form][rates][0][formula]", formula),
    ]
}

on_both! {
    async fn plans_are_listed_with_members_and_what_they_give_away(app) {
        app.publish_prices().await.ok();
        member(&app, "ana").await;
        member(&app, "bob").await;
        let fin = Person::of(&app, "Fin", Role::Finance).await;
        let list = fin.read("/plans").await;
        assert!(list.contains("href=\"/plans/pro\"") && list.contains(">16<"), "eight credits of each member: {list}");
        let page = fin.read("/plans/pro").await;
        assert!(page.contains("ana") && page.contains("bob") && !page.contains("Edit the plan"), "{page}");
        assert_eq!(fin.open("/plans/gold").await.status, 404);
        assert_eq!(fin.open("/plans/pro/edit").await.status, 403);
        let sue = Person::of(&app, "Sue", Role::Support).await;
        assert_eq!(sue.open("/plans").await.status, 403);
        for person in [&fin, &sue] {
            assert_eq!(person.refused("/ui/save_plan", &form("1", "5", "input_tokens")).await.status, 403);
        }

        let mut without = prices();
        without.as_object_mut().unwrap().remove("plans");
        app.post("/pricing/versions", json!({ "config": without })).await.ok();
        assert!(fin.read("/plans").await.contains("not in the active version"));
    }

    async fn a_plan_is_edited_into_a_draft_that_says_whom_it_touches(app) {
        app.publish_prices().await.ok();
        member(&app, "ana").await;
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        assert!(ada.read("/plans/pro/edit").await.contains("value=\"10\""));
        let mut wrong = form("1", "1,5", "input_tokens +");
        wrong[8].1 = "three";
        wrong.extend([
            ("plan[form][features][1][name]", "sso"),
            ("plan[form][features][1][kind]", "yes"),
            ("plan[form][features][1][value]", "600"),
        ]);
        let next = ada.done("/ui/save_plan", &wrong).await;
        let page = ada.read(&next).await;
        assert!(page.contains("4 faults to mend") && page.contains("of type yes has no value"), "{page}");
        for typed in ["value=\"1,5\"", "value=\"three\"", "value=\"600\"", "value=\"input_tokens +\""] {
            assert!(page.contains(typed), "{typed} is kept: {page}");
        }
        let draft = hidden(&page, "plan[draft]");
        let mut right = form("1", "8", "input_tokens / 2000");
        right.extend([("plan[draft]", draft.as_str())]);
        right[1].1 = "1";
        let next = ada.done("/ui/save_plan", &right).await;
        assert_eq!(next, format!("/pricing/drafts/{draft}/review"));
        let review = ada.read(&next).await;
        assert!(review.contains("10 → 8") && review.contains("1 member has no allowance left this month"), "{review}");
        let publish = [("id", draft.as_str()), ("revision", "2"), ("active_was", "1")];
        ada.done("/ui/publish_draft", &publish).await;
        let plan = app.get("/pricing/versions/2").await.ok()["config"]["plans"]["pro"].clone();
        assert_eq!(plan, json!({ "id": "pro", "name": "Pro", "free_allowance": 8, "features": { "seats": 3 },
            "rate_overrides": { "gpt": "input_tokens / 2000" } }));
    }

    async fn the_review_names_rates_and_features_and_doubts_a_model_that_nothing_knows(app) {
        let mut priced = prices();
        priced["models"]["_default"] = json!("input_tokens / 1000");
        let active = json!({ "config": priced });
        priced["models"]["old"] = json!("input_tokens");
        app.post("/pricing/versions", json!({ "config": priced })).await.ok();
        app.post("/pricing/versions", active).await.ok();
        app.grant("bob", 100).await;
        member(&app, "ana").await;
        let metrics = json!({ "metrics": { "model": "charged", "input_tokens": 1_000 } });
        app.post("/users/bob/deductions", metrics).await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let mut edited = form("2", "10", "input_tokens / 2000");
        let more = ["old", "charged", "gtp", "_default"];
        let names: Vec<_> = (1..=more.len()).map(|row| ["model", "formula"].map(|part| format!("plan[form][rates][{row}][{part}]"))).collect();
        for (name, model) in names.iter().zip(more) {
            edited.extend([(name[0].as_str(), model), (name[1].as_str(), "input_tokens")]);
        }
        let review = ada.read(&ada.done("/ui/save_plan", &edited).await).await;
        assert!(review.contains("rates of _default, charged, gpt, gtp, old; feature seats"), "{review}");
        assert!(review.contains("<a href=\"/plans/pro\">1</a>"), "{review}");
        assert!(review.contains("a model that nothing else knows") && review.contains("<li><code>gtp</code>"), "{review}");
        for known in more.iter().filter(|name| **name != "gtp") {
            assert!(!review.contains(&format!("<li><code>{known}</code>")), "{known} is known: {review}");
        }
        assert!(review.contains("Publish as a version"), "a doubt is no refusal");
    }

    async fn a_removed_plan_is_put_back_only_by_the_button_that_says_so(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let mut gone = form("1", "10", "input_tokens");
        gone[2].1 = "remove";
        let next = ada.done("/ui/save_plan", &gone).await;
        let draft = next.split("/drafts/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let edit = format!("/plans/pro/edit?draft={draft}");
        let page = ada.read(&edit).await;
        assert!(page.contains("This draft takes the plan out") && page.contains("Put the plan back and review"), "{page}");
        assert!(!page.contains("Remove the plan…") && hidden(&page, "plan[form][removed]") == "true", "{page}");

        let mut rows = form("1", "10", "input_tokens");
        (rows[1].1, rows[2].1) = ("1", "rows");
        rows.extend([("plan[draft]", draft.as_str()), ("plan[form][removed]", "true")]);
        let page = ada.read(&ada.done("/ui/save_plan", &rows).await).await;
        assert!(page.contains("This draft takes the plan out"), "more rows put nothing back: {page}");
        (rows[1].1, rows[2].1) = ("2", "review");
        let review = ada.read(&ada.done("/ui/save_plan", &rows).await).await;
        assert!(!review.contains(">removed<") && review.contains("feature seats"), "{review}");
        assert!(!ada.read(&edit).await.contains("takes the plan out"));
    }

    async fn of_two_who_edit_a_plan_the_second_is_told_what_changed(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let ben = Person::of(&app, "Ben", Role::Admin).await;
        let draft = |next: String| next.split("/drafts/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let first = draft(ada.done("/ui/save_plan", &form("1", "20", "input_tokens / 1000")).await);
        let second = draft(ben.done("/ui/save_plan", &form("1", "30", "input_tokens / 500")).await);
        ada.done("/ui/publish_draft", &[("id", &first), ("revision", "1"), ("active_was", "1")]).await;
        ada.done("/ui/activate_pricing", &[("version", "2"), ("confirm", "2"), ("active_was", "1")]).await;

        let late = ben.refused("/ui/publish_draft", &[("id", &second), ("revision", "1"), ("active_was", "1")]).await;
        assert_eq!(late.status, 409);
        assert!(late.text.contains("What version 2 changed") && late.text.contains("<code>pro.free_allowance</code>"), "{}", late.text);
        let next = ben.done("/ui/rebase_draft", &[("id", &second), ("revision", "1")]).await;
        let review = ben.read(&next).await;
        assert!(review.contains("plans.pro.free_allowance") && review.contains("20 → 30"), "{review}");
        let form = ben.read(&format!("/plans/pro/edit?draft={second}")).await;
        assert!(form.contains("value=\"30\"") && form.contains("value=\"input_tokens / 500\""), "what was typed is kept: {form}");
    }

    async fn a_new_plan_needs_a_key_of_its_own(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let mut fresh = form("1", "5", "input_tokens");
        fresh.push(("plan[form][fresh]", "true"));
        let page = ada.read(&ada.done("/ui/save_plan", &fresh).await).await;
        assert!(page.contains("there is a plan of this key already"), "{page}");
        fresh[3].1 = "  ";
        let next = ada.done("/ui/save_plan", &fresh).await;
        let page = ada.read(&next).await;
        assert!(next.starts_with("/plans/new?draft=") && page.contains("as a key must not be empty"), "{next} {page}");
        for typed in ["value=\"seats\"", "value=\"3\"", "value=\"input_tokens\""] {
            assert!(page.contains(typed), "{typed} is kept: {page}");
        }
        let draft = hidden(&page, "plan[draft]");
        fresh[3].1 = "max";
        let mut mended = fresh.clone();
        mended[1].1 = "1";
        mended.push(("plan[draft]", &draft));
        let next = ada.done("/ui/save_plan", &mended).await;
        assert!(next.contains(&draft), "the same draft: {next}");
        // The name is taken by another plan.
        assert!(ada.read(&next).await.contains("Pro"), "{next}");
    }
}
