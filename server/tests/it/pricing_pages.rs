//! Pricing in the browser: drafts kept and published, stale tabs refused, files given out.

use crate::{
    desk_browser::{Person, hidden},
    harness::prices,
};
use app::model::{Role, Uuid};
use serde_json::{Value, json};
use std::sync::Arc;

fn dearer() -> Value {
    let mut config = prices();
    config["models"]["gpt"] = json!("(input_tokens + output_tokens) / 500");
    config
}

fn draft_of(next: &str) -> String {
    next.split("/drafts/").nth(1).unwrap().split(['/', '?']).next().unwrap().to_owned()
}

on_both! {
    async fn a_draft_is_kept_as_it_is_typed_and_becomes_a_version(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let editor = ada.read("/pricing/new?from=1").await;
        assert!(editor.contains("(input_tokens + output_tokens) / 1000") && editor.contains("No faults."));
        let wrong = r#"{"models": {"gpt": "input_tokens * * 2"}, "<b>": 1}"#;
        let next = ada
            .done("/ui/save_draft", &[("begun[base]", "1"), ("content", wrong), ("label", "Try"), ("sample[model]", "gpt"), ("sample[input_tokens]", "70")])
            .await;
        let id = draft_of(&next);
        let page = ada.read(&next).await;
        assert!(page.contains("2 faults") && page.contains("models.gpt"), "{page}");
        assert!(page.contains("&lt;b&gt;\": 1}") && !page.contains("<b>\""), "typed text is kept and is no markup");
        assert!(page.contains("name=\"sample[input_tokens]\" value=\"70\""), "{page}");
        let review = ada.read(&format!("/pricing/drafts/{id}/review")).await;
        assert!(!review.contains("action=\"/ui/publish_draft"), "a draft with faults cannot be published");
        let refused = ada.refused("/ui/publish_draft", &[("id", &id), ("revision", "1"), ("active_was", "1")]).await;
        assert_eq!(refused.status, 422, "{}", refused.text);

        let right = dearer().to_string();
        ada.done("/ui/save_draft", &[("id", &id), ("revision", "1"), ("begun[base]", "1"), ("content", &right), ("go", "review")]).await;
        let review = ada.read(&format!("/pricing/drafts/{id}/review")).await;
        assert!(review.contains("+100%"), "{review}");
        let (revision, active_was) = (hidden(&review, "revision"), hidden(&review, "active_was"));
        let form = [("id", id.as_str()), ("revision", revision.as_str()), ("active_was", active_was.as_str())];
        let next = ada.done("/ui/publish_draft", &form).await;
        assert!(next.starts_with("/pricing/versions/2?done=published"), "{next}");
        assert!(ada.done("/ui/publish_draft", &form).await.starts_with("/pricing/versions/2?"), "pressed twice, made once");
        let page = ada.read(&next).await;
        assert!(page.contains("Type 2 to confirm") && page.contains("staff:ada@example.com"), "{page}");
        assert_eq!(app.get("/pricing/active").await.ok()["version"], 1);
        let wrong = [("version", "2"), ("confirm", "3"), ("active_was", "1")];
        assert_eq!(ada.refused("/ui/activate_pricing", &wrong).await.status, 422);
        ada.done("/ui/activate_pricing", &[("version", "2"), ("confirm", "2"), ("active_was", "1")]).await;
        assert_eq!(app.get("/pricing/active").await.ok()["version"], 2);
        assert!(ada.read("/pricing/versions/1?activate=1").await.contains("Roll back"));
    }

    async fn a_stale_tab_activates_and_publishes_nothing(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let text = dearer().to_string();
        let next = ada.done("/ui/save_draft", &[("begun[base]", "1"), ("begun[seen_active]", "1"), ("content", &text)]).await;
        let id = draft_of(&next);
        let mut other = prices();
        other["models"]["new"] = json!("input_tokens");
        app.post("/pricing/versions", json!({ "config": other })).await.ok();

        let stale = ada.refused("/ui/activate_pricing", &[("version", "1"), ("confirm", "1"), ("active_was", "1")]).await;
        assert_eq!(stale.status, 409, "{}", stale.text);
        assert!(stale.text.contains("Version 2 became the active one") && stale.text.contains("<dd>version 2"), "{}", stale.text);
        let stale = ada.refused("/ui/publish_draft", &[("id", &id), ("revision", "1"), ("active_was", "1")]).await;
        assert_eq!(stale.status, 409);
        assert_eq!(app.get("/pricing/versions").await.ok().as_array().unwrap().len(), 2);

        let review = ada.read(&format!("/pricing/drafts/{id}/review")).await;
        assert!(review.contains("Version 2 became active since") && review.contains("<code>new</code>"), "{review}");
        let next = ada.done("/ui/rebase_draft", &[("id", &id), ("revision", "1")]).await;
        let review = ada.read(&next).await;
        assert!(review.contains("on top of the active version") && !review.contains("became active since"), "{review}");
        ada.done("/ui/publish_draft", &[("id", &id), ("revision", "2"), ("active_was", "2")]).await;
        let models = app.get("/pricing/versions/3").await.ok()["config"]["models"].clone();
        assert_eq!(models, json!({ "gpt": "(input_tokens + output_tokens) / 500", "new": "input_tokens" }));
    }

    async fn what_was_activated_while_a_draft_was_typed_is_told(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let editor = ada.read("/pricing/new").await;
        let (base, seen) = (hidden(&editor, "begun[base]"), hidden(&editor, "begun[seen_active]"));
        assert_eq!((base.as_str(), seen.as_str()), ("1", "1"));
        let mut other = prices();
        other["min_balance"] = json!(7);
        app.post("/pricing/versions", json!({ "config": other })).await.ok();

        let text = dearer().to_string();
        let form = [("begun[base]", base.as_str()), ("begun[seen_active]", seen.as_str()), ("content", text.as_str()), ("go", "review")];
        let next = ada.done("/ui/save_draft", &form).await;
        let review = ada.read(&next).await;
        assert!(review.contains("Version 2 became active since this draft was begun from version 1"), "{review}");
        assert!(review.contains("None of its changes") && review.contains("Publish all the same"), "{review}");
        let id = draft_of(&next);
        assert_eq!(hidden(&ada.read(&format!("/pricing/drafts/{id}")).await, "begun[seen_active]"), "1", "also of a copy");
        let review = ada.read(&ada.done("/ui/rebase_draft", &[("id", &id), ("revision", "1")]).await).await;
        assert!(!review.contains("became active since") && !review.contains("<span class=\"quiet\">floor"), "{review}");

        let first = ada.read(&ada.done("/ui/save_draft", &[("content", &text), ("go", "review")]).await).await;
        assert!(first.contains("Version 2 became active since this draft was begun without sight of it"), "{first}");
    }

    async fn a_draft_is_discarded_as_its_page_showed_it_and_the_log_says_so(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let ben = Person::of(&app, "Ben", Role::Admin).await;
        let next = ada.done("/ui/save_draft", &[("begun[base]", "1"), ("content", "{}"), ("label", "Dearer")]).await;
        let id = draft_of(&next);
        assert_eq!(hidden(&ada.read(&format!("/pricing/drafts/{id}/review")).await, "revision"), "1");
        ben.done("/ui/save_draft", &[("id", &id), ("revision", "1"), ("content", "{\"ben\": 1}"), ("label", "Dearer")]).await;
        let stale = ada.refused("/ui/discard_draft", &[("id", &id), ("revision", "1")]).await;
        assert_eq!(stale.status, 409, "{}", stale.text);
        assert!(stale.text.contains("staff:ben@example.com saved this draft since the page was made"), "{}", stale.text);
        assert!(ada.read(&format!("/pricing/drafts/{id}")).await.contains("\"ben\": 1"));
        assert_eq!(ada.refused("/ui/discard_draft", &[("id", &id)]).await.status, 409, "a page from before the upgrade");

        assert!(ada.done("/ui/discard_draft", &[("id", &id), ("revision", "2")]).await.starts_with("/pricing?"));
        assert_eq!(ada.refused("/ui/discard_draft", &[("id", &id), ("revision", "2")]).await.status, 404);
        let told = app.get("/audit?action=pricing.draft_discarded").await.ok()["items"].clone();
        assert_eq!(told.as_array().unwrap().len(), 1);
        let row = &told[0];
        assert_eq!((&row["actor"], &row["subject"]), (&json!("staff:ada@example.com"), &json!(id)));
        assert_eq!((&row["before"]["label"], &row["before"]["saved_by"]), (&json!("Dearer"), &json!("staff:ben@example.com")));
        let page = ada.read("/audit").await;
        assert!(page.contains("Pricing draft discarded") && !page.contains(&format!("version={id}")), "{page}");
    }

    async fn of_two_who_edit_one_draft_neither_loses_a_word(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let ben = Person::of(&app, "Ben", Role::Admin).await;
        let next = ada.done("/ui/save_draft", &[("begun[base]", "1"), ("content", "{}")]).await;
        let id = draft_of(&next);
        let edit = |text: &'static str| [("id", id.clone()), ("revision", "1".into()), ("begun[base]", "1".into()), ("content", text.to_owned())];
        let pairs = edit("{\"ada\": 1}");
        ada.done("/ui/save_draft", &pairs.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
        let pairs = edit("{\"ben\": 1}");
        let next = ben.done("/ui/save_draft", &pairs.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
        assert!(next.contains("copied=saved") && draft_of(&next) != id, "{next}");
        let page = ben.read(&next).await;
        assert!(page.contains("The same draft was saved elsewhere meanwhile") && page.contains("\"ben\": 1"), "{page}");
        assert!(ada.read(&format!("/pricing/drafts/{id}")).await.contains("\"ada\": 1"));
        ada.done("/ui/discard_draft", &[("id", &id), ("revision", "2")]).await;
        assert_eq!(ada.open(&format!("/pricing/drafts/{id}")).await.status, 404);
        let next = ben.done("/ui/save_draft", &pairs.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
        let page = ben.read(&next).await;
        assert!(page.contains("The draft was discarded meanwhile") && !page.contains("saved elsewhere"), "{page}");
        let text = dearer().to_string();
        let published = draft_of(&ada.done("/ui/save_draft", &[("begun[base]", "1"), ("content", &text)]).await);
        ada.done("/ui/publish_draft", &[("id", &published), ("revision", "1"), ("active_was", "1")]).await;
        let next = ben.done("/ui/save_draft", &[("id", &published), ("revision", "1"), ("content", "{}")]).await;
        assert!(ben.read(&next).await.contains("The draft had become a version meanwhile"), "{next}");
        assert_eq!(ada.refused("/ui/discard_draft", &[("id", &published), ("revision", "1")]).await.status, 404);
    }

    async fn finance_reads_and_support_sees_nothing(app) {
        app.publish_prices().await.ok();
        app.post("/pricing/versions", json!({ "config": dearer(), "activate": false })).await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let fin = Person::of(&app, "Fin", Role::Finance).await;
        let sue = Person::of(&app, "Sue", Role::Support).await;
        let next = ada.done("/ui/save_draft", &[("begun[base]", "1"), ("content", "{}")]).await;
        let draft = draft_of(&next);
        let reading = [
            "/pricing".to_owned(),
            "/pricing/versions/2".to_owned(),
            "/pricing/diff?from=1&to=2".to_owned(),
            format!("/pricing/drafts/{draft}/review"),
            "/pricing/versions/1/export?format=yaml".to_owned(),
        ];
        for path in &reading {
            assert_eq!(fin.open(path).await.status, 200, "{path}");
            assert_eq!(sue.open(path).await.status, 403, "{path}");
        }
        assert!(!fin.read("/pricing").await.contains("Activate version"));
        assert_eq!(fin.open("/pricing/new").await.status, 403);
        for person in [&fin, &sue] {
            for (path, pairs) in [
                ("/ui/save_draft", vec![("begun[base]", "1"), ("content", "{}")]),
                ("/ui/activate_pricing", vec![("version", "2"), ("confirm", "2"), ("active_was", "1")]),
                ("/ui/discard_draft", vec![("id", draft.as_str())]),
                ("/ui/publish_draft", vec![("id", draft.as_str()), ("revision", "1"), ("active_was", "1")]),
                ("/ui/rebase_draft", vec![("id", draft.as_str()), ("revision", "1")]),
            ] {
                let answer = person.refused(path, &pairs).await;
                assert_eq!(answer.status, 403, "{path}: {}", answer.text);
            }
        }
        assert_eq!(app.get("/pricing/active").await.ok()["version"], 1);
    }

    async fn a_version_is_given_out_as_a_file_that_reads_back(app) {
        app.publish_prices().await.ok();
        let fin = Person::of(&app, "Fin", Role::Finance).await;
        let file = fin.open("/pricing/versions/1/export?format=json").await;
        assert!(file.header("content-disposition").unwrap().contains("pricing-1.json"));
        let same = app.post("/pricing/versions", json!({ "config": file.json })).await;
        assert_eq!((&same.ok()["created"], &same.json["version"]["version"]), (&json!(false), &json!(1)));
        assert!(fin.read("/pricing/versions/1/export?format=yaml").await.contains("models:\n"));
        assert_eq!(fin.open("/pricing/versions/9/export").await.status, 404);
        assert_eq!(fin.open("/pricing/versions/zero").await.status, 404);
        assert_eq!(fin.open("/pricing/diff?from=1&to=9").await.status, 404);
    }
    async fn a_long_form_of_an_ended_session_comes_back_to_be_sent_again(app) {
        app.publish_prices().await.ok();
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let long = format!("</textarea><b>{}", "0123456789".repeat(300));
        let form = [("begun[base]", "1"), ("content", long.as_str()), ("label", "A \"label\""), ("go", "review")];
        let page = Person::stranger(&app).submit("/ui/save_draft", &form).await;
        assert_eq!(page.status, 401, "{}", page.text);
        assert!(page.text.contains("action=\"/ui/save_draft\"") && page.text.contains("Your session had ended"), "{}", page.text);
        assert!(page.text.contains(&format!("\n{}", long.replace('<', "&lt;").replace('>', "&gt;"))), "{}", page.text);
        assert!(page.text.contains("name=\"label\" value=\"A &quot;label&quot;\""), "{}", page.text);
        assert_eq!((hidden(&page.text, "begun[base]"), hidden(&page.text, "go")), ("1".to_owned(), "review".to_owned()));
        // What is short waits behind the sign-in instead, where an address holds all of it; whoever is signed in is not asked.
        let short = Person::stranger(&app).submit("/ui/rebase_draft", &[("id", &Uuid::nil().to_string()), ("revision", "1")]).await;
        assert!(short.header("location").unwrap().starts_with("/sign-in?"), "{}", short.status);
        let whole: [(&str, &[(&str, &str)]); 2] = [
            ("/ui/save_draft", &[("begun[seen_active]", "1"), ("content", "{\n}"), ("label", "kept")]),
            ("/ui/save_plan", &[("plan[form][key]", "kept"), ("plan[form][rates][0][formula]", "input_tokens")]),
        ];
        for (action, fields) in whole {
            let page = Person::stranger(&app).submit(action, fields).await;
            assert!(page.status == 401 && page.text.contains(&format!("action=\"{action}\"")), "{}", page.text);
            assert!(page.text.contains(">kept<") || page.text.contains("value=\"kept\""), "{}", page.text);
        }
        let pasted = Person::stranger(&app).paste("/pricing/import/upload", "text", "{\"lab\": 1,\n\"x\": 2}").await;
        assert!(pasted.status == 401 && pasted.text.contains("enctype=\"multipart/form-data\""), "{}", pasted.text);
        assert!(pasted.text.contains("{\"lab\": 1,\n\"x\": 2}"), "{}", pasted.text);
        let file = Person::stranger(&app).upload("/pricing/import/upload", "file", "{}").await;
        assert_eq!(file.header("location"), Some("/sign-in?next=%2Fpricing%2Fimport"));
        assert!(ada.done("/ui/save_draft", &form).await.starts_with("/pricing/drafts/"));
        // The way in is open, however long the address is that it leads on to.
        let next = format!("/users?q={}", "x".repeat(2_000));
        let entry = [("email", "ada@example.com"), ("password", "correct horse battery"), ("next", next.as_str())];
        let entered = Person::stranger(&app).submit("/ui/sign_in", &entry).await;
        assert_eq!(entered.header("location"), Some(next.as_str()), "{}", entered.status);
        assert!(ada.read("/send-again").await.contains("There is nothing to send"));
    }

    async fn what_changes_unevenly_is_told_rate_by_rate(app) {
        let config = |formula: &str| {
            let mut config = prices();
            config["models"]["gpt"] = json!(formula);
            config
        };
        app.post("/pricing/versions", json!({ "config": config("input_tokens * 2 + output_tokens * 5 + cache_read_tokens") })).await.ok();
        app.post("/pricing/versions", json!({ "config": config("input_tokens * 4 + output_tokens * 4 + cache_read_tokens") })).await.ok();
        let change = app.get("/pricing/diff?from=1&to=2").await.ok()["changes"][0].clone();
        assert_eq!(change["rates"], json!([
            { "of": "input_tokens", "old": "2", "new": "4", "percent": "100" },
            { "of": "output_tokens", "old": "5", "new": "4", "percent": "-20" },
        ]), "{change}");
        let fin = Person::of(&app, "Fin", Role::Finance).await;
        let page = fin.read("/pricing/diff?from=1&to=2").await;
        assert!(page.contains("input +100%") && page.contains("output −20%"), "{page}");
    }

    async fn first_prices_with_a_fault_are_kept_however_long_they_are(app) {
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let mut config = prices();
        config["models"]["gpt"] = json!(format!("input_tokens * * 2{}", " + 1".repeat(400)));
        let next = ada.done("/ui/first_prices", &[("config", &config.to_string())]).await;
        let page = ada.read(&next).await;
        assert!(page.contains("1 fault") && page.contains("models.gpt") && page.contains(" + 1 + 1"), "{page}");
        let faulty = ada.refused("/ui/first_prices", &[("config", r#"{"models": {"gpt": "input_tokens *"}, "foo": 1}"#)]).await;
        assert!(faulty.status == 422 && faulty.text.contains("2 faults.") && faulty.text.contains("<code>foo</code>"), "{}", faulty.text);
        assert!(!faulty.text.contains("errors message") && !faulty.text.contains("path: foo"), "{}", faulty.text);
        let short = ada.refused("/ui/first_prices", &[("config", "{\"models\"")]).await;
        assert!(short.status == 422 && short.text.contains("{\"models\""), "{}", short.text);
    }
}
