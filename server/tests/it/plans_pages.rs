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
        let next = ada.done("/ui/save_plan", &wrong).await;
        let page = ada.read(&next).await;
        assert!(page.contains("3 faults to mend"), "{page}");
        for typed in ["value=\"1,5\"", "value=\"three\"", "value=\"input_tokens +\""] {
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
