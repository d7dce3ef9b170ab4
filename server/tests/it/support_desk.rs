//! The support agent's day in the browser: refunds from stale tabs, above the limit, asked for twice; what is pasted into the
//! search box; a charge explained with its caps.

use crate::{
    approvals::limits,
    desk_browser::{Person, hidden},
    harness::App,
};
use app::{
    backend::{CapReview as _, Caps as _},
    model::{Actor, CapAction, CapType, Limits, Role, SpendCap, Uuid},
};
use serde_json::json;
use std::sync::Arc;

/// A charge to ana of so much; gives its id.
async fn charge(app: &App, amount: &str) -> String {
    let charge = app.post("/users/ana/deductions", json!({ "amount": amount })).await;
    charge.ok()["transaction_id"].as_str().unwrap().to_owned()
}

/// The form of a refund page, filled in.
fn filled(page: &str, amount: &str) -> Vec<(&'static str, String)> {
    let mut form =
        vec![("amount", amount.to_owned()), ("reason", "goodwill".to_owned()), ("note", "asked twice".to_owned())];
    form.extend(["transaction_id", "key", "seen"].map(|name| (name, hidden(page, name))));
    form
}

fn pairs<'a>(form: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

on_both! {
    async fn a_refund_from_a_stale_tab_is_refused_with_the_present_figures(app) {
        app.grant("ana", 10).await;
        let id = charge(&app, "4.345678").await;
        let sam = Person::of(&app, "Sam", Role::Support).await;
        let address = format!("/transactions/{id}/refund");
        let (one, two) = (sam.read(&address).await, sam.read(&address).await);
        assert_eq!(hidden(&one, "seen"), "0");
        sam.done("/ui/refund", &pairs(&filled(&one, "2"))).await;
        let again = sam.done("/ui/refund", &pairs(&filled(&one, "2"))).await;
        assert!(again.contains("again=1"), "the same form is the same refund: {again}");
        let refused = sam.refused("/ui/refund", &pairs(&filled(&two, "2"))).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        let said = "2 credits were refunded since you opened this, by sam@example.com, just now: look it over.";
        assert!(refused.text.contains(said), "{}", refused.text);
        assert!(refused.text.contains("asked twice") && refused.text.contains("2.345678"), "{}", refused.text);
        assert_eq!(hidden(&refused.text, "seen"), "2");
        assert_eq!(app.balance("ana").await, "7.654322");
        sam.done("/ui/refund", &pairs(&filled(&refused.text, "2"))).await;
        assert_eq!(app.balance("ana").await, "9.654322");
        app.assert_sound().await;
    }

    async fn a_form_sent_again_with_other_values_says_so(app) {
        app.grant("ana", 10).await;
        let id = charge(&app, "4").await;
        let sam = Person::of(&app, "Sam", Role::Support).await;
        let page = sam.read(&format!("/transactions/{id}/refund")).await;
        let next = sam.done("/ui/refund", &pairs(&filled(&page, "1"))).await;
        let made = next.split("done=").nth(1).unwrap().to_owned();
        let refused = sam.refused("/ui/refund", &pairs(&filled(&page, "2"))).await;
        assert!(refused.text.contains("This form was sent already"), "{}", refused.text);
        assert!(refused.text.contains(&format!("href=\"/transactions/{made}\"")), "{}", refused.text);
        assert!(!refused.text.contains("dempotency key was"), "{}", refused.text);
    }

    async fn a_wrong_amount_is_said_once_and_a_printed_one_is_read(app) {
        app.grant("ana", 5_000).await;
        let id = charge(&app, "2000.5").await;
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        let page = ada.read(&format!("/transactions/{id}/refund")).await;
        let refused = ada.refused("/ui/refund", &pairs(&filled(&page, "12,5"))).await;
        assert_eq!(refused.text.matches("write 12.5 or 1,000").count(), 2, "at its field, and unseen: {}", refused.text);
        let output = refused.text.split("<output").nth(1).unwrap().split('>').next().unwrap();
        assert!(output.contains("hidden"), "{output}");
        let mut form = filled(&page, "1,000.5");
        form.push(("notify", "yes".to_owned()));
        let next = ada.done("/ui/refund", &pairs(&form)).await;
        let refund = next.split("done=").nth(1).unwrap();
        assert!(ada.read(&next).await.contains("Refunded 1,000.5 credits"));
        assert!(ada.read(&format!("/transactions/{refund}")).await.contains("the product was asked to tell them"));
        assert_eq!(app.balance("ana").await, "4000");
        let one = filled(&ada.read(&format!("/transactions/{id}/refund")).await, "1");
        let next = ada.done("/ui/refund", &pairs(&one)).await;
        let page = ada.read(&next).await;
        assert!(page.contains("Refunded 1 credit<"), "{page}");
    }

    async fn a_refund_above_the_limit_says_so_and_is_asked_for_once(app) {
        limits(&app, Limits { support_refund: Some("200".parse().unwrap()), ..Limits::default() }).await;
        app.put("/users/ana", json!({ "name": "\u{202e}Ana" })).await.ok();
        app.grant("ana", 1_000).await;
        let id = charge(&app, "252").await;
        let sam = Person::of(&app, "Sam", Role::Support).await;
        let address = format!("/transactions/{id}/refund");
        let page = sam.read(&address).await;
        assert!(page.contains("Above your limit of 200: it goes to approval. What is asked for: 252 credits back to \u{2068}Ana\u{2069}: balance 748"), "{page}");
        assert!(page.contains("Ask for approval"), "{page}");
        let ada = Person::of(&app, "Ada", Role::Admin).await;
        assert!(!ada.read(&address).await.contains("Ask for approval"));

        let next = sam.done("/ui/refund", &pairs(&filled(&page, "252"))).await;
        let asked = next.split('?').next().unwrap().to_owned();
        assert!(asked.starts_with("/approvals/"), "{next}");
        let again = sam.refused("/ui/refund", &pairs(&filled(&sam.read(&address).await, "252"))).await;
        assert_eq!(again.status, 409);
        assert!(again.text.contains("This is asked for already, by sam@example.com, just now"), "{}", again.text);
        let link = format!("href=\"{asked}\"");
        for path in [address.as_str(), &format!("/transactions/{id}"), "/users/ana", "/approvals"] {
            assert!(sam.read(path).await.contains(&link), "{path}");
        }

        let fin = Person::of(&app, "Fin", Role::Finance).await;
        let page = fin.read(&asked).await;
        for text in ["href=\"/users/ana\"", "252 credits", "Refunded already", "balance 748 → 1,000", "Approve"] {
            assert!(page.contains(text), "{text}: {page}");
        }
        fin.done("/ui/decide", &[("id", asked.trim_start_matches("/approvals/")), ("answer", "approve")]).await;
        assert_eq!(app.balance("ana").await, "1000");
        let own = sam.read("/approvals").await;
        assert!(own.contains("Your requests") && own.contains("approved"), "{own}");
        assert!(!sam.read("/users/ana").await.contains(&link));
    }

    async fn credits_above_the_limit_need_a_note_which_is_asked_for_at_its_field(app) {
        let sam = Person::of(&app, "Sam", Role::Support).await;
        app.grant("ana", 1).await;
        let form = |amount, note, page: &str| {
            [("user_id", "ana".to_owned()), ("amount", amount), ("credit_kind", "grant".to_owned()), ("note", note), ("key", hidden(page, "key"))]
        };
        let page = sam.read("/users/ana").await;
        assert!(page.contains("Above your limit of 100 in 24 hours for one user it goes to approval."), "{page}");
        sam.done("/ui/add_credits", &pairs(&form("60".to_owned(), String::new(), &page))).await;
        let page = sam.read("/users/ana").await;
        assert!(page.contains("it goes to approval; you have given 60."), "{page}");
        let refused = sam.refused("/ui/add_credits", &pairs(&form("41".to_owned(), String::new(), &page))).await;
        assert!(refused.text.contains("Is missing: this is above your limit"), "{}", refused.text);
        assert!(!refused.text.contains("That did not work"), "{}", refused.text);
        let next = sam.done("/ui/add_credits", &pairs(&form("41".to_owned(), "an outage".to_owned(), &page))).await;
        let fin = Person::of(&app, "Fin", Role::Finance).await;
        let page = fin.read(next.split('?').next().unwrap()).await;
        assert!(page.contains("61 → 102") && page.contains("last 24 hours"), "{page}");
    }

    async fn a_cap_of_supports_waits_for_an_admin_once(app) {
        app.grant("ana", 1).await;
        let sam = Person::of(&app, "Sam", Role::Support).await;
        let form = |limit, why| [("user_id", "ana"), ("window", "daily"), ("limit", limit), ("effect", "deny"), ("why", why)];
        let refused = sam.refused("/ui/set_cap", &form("5", "")).await;
        assert!(refused.text.contains("Is missing: an admin must approve it"), "{}", refused.text);
        let next = sam.done("/ui/set_cap", &form("5", "they asked")).await;
        assert!(sam.read(&next).await.contains("An admin must approve it: it waits here"));
        let again = sam.refused("/ui/set_cap", &form("6", "they asked")).await;
        assert!(again.text.contains(&format!("href=\"{}\"", next.split('?').next().unwrap())), "{}", again.text);
    }

    async fn whatever_is_pasted_is_found(app) {
        app.put("/users/thandiwe-mokoena", json!({ "name": "Thandiwe  Mokoena", "email": "thandiwe@example.com" })).await.ok();
        app.put("/users/other", json!({ "name": "Thandiwe Other" })).await.ok();
        app.grant("ana", 10).await;
        let id = charge(&app, "4").await;
        let sam = Person::of(&app, "Sam", Role::Support).await;
        let search = |text: &str| format!("/users?{}", serde_urlencoded::to_string([("q", text)]).unwrap());
        for text in [
            "http://desk.example/users/thandiwe-mokoena",
            "/users/thandiwe-mokoena",
            "Thandiwe Mokoena <thandiwe@example.com>",
            "mailto:thandiwe@example.com",
            "\"thandiwe-mokoena\"",
            "Thandiwe   Mokoena",
            "mokoena thandiwe",
            "#thandiwe-mokoena",
        ] {
            let page = sam.read(&search(text)).await;
            assert!(page.contains("href=\"/users/thandiwe-mokoena\"") && !page.contains("href=\"/users/other\""), "{text}: {page}");
        }
        for text in [
            id.clone(),
            format!("#{id}"),
            format!("\"{id}\""),
            format!("http://desk.example/transactions/{id}"),
            format!("http://desk.example/transactions/{id}/refund"),
        ] {
            let found = sam.open(&search(&text)).await;
            assert_eq!(found.header("location"), Some(format!("/transactions/{id}").as_str()), "{text}");
        }
        let end = &id[id.len() - 4..];
        for text in [id[..8].to_owned(), format!("{}…{end}", &id[..8]), format!("{}...{end}", &id[..13])] {
            let page = sam.read(&search(&text)).await;
            assert!(page.contains(&format!("href=\"/transactions/{id}\"")), "{text}: {page}");
        }
        let other = if end == "0000" { "1111" } else { "0000" };
        assert!(sam.read(&search(&format!("{}…{other}", &id[..8]))).await.contains("Nothing matches"));
        assert_eq!(app.get("/users?q=mokoena%20thandiwe").await.ok()["items"].as_array().unwrap().len(), 1);
        assert_eq!(app.get("/users?q=mokoena%20other").await.ok()["items"].as_array().unwrap().len(), 0);
    }

    async fn a_charge_says_what_caps_had_counted(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 100).await;
        let by = Actor::staff("ada@example.com");
        let cap = |cap_type, model: Option<&str>, limit: &str| SpendCap {
            user_id: "ana".to_owned(),
            cap_type,
            model: model.map(str::to_owned),
            limit: limit.parse().unwrap(),
            action: CapAction::Warn,
        };
        for cap in [cap(CapType::Daily, None, "10"), cap(CapType::Monthly, Some("gpt"), "100")] {
            app.desk.set_cap(&by, cap).await.unwrap();
        }
        let metered = async |tokens: i64| {
            let body = json!({ "metrics": { "model": "gpt", "input_tokens": tokens } });
            let made = app.post("/users/ana/deductions", body).await;
            made.ok()["transaction_id"].as_str().unwrap().to_owned()
        };
        metered(7_000).await;
        app.pass(24 * 3_600);
        let first = charge(&app, "5").await;
        app.pass(60);
        app.post(&format!("/transactions/{first}/refunds"), json!({ "amount": 2, "reason": "goodwill" })).await.ok();
        let made = app.post("/teams", json!({ "name": "Atlas", "initial_balance": 40 })).await;
        let team = made.ok()["team_id"].as_str().unwrap().to_owned();
        app.post(&format!("/teams/{team}/members"), json!({ "user_id": "ana" })).await.ok();
        app.post(&format!("/teams/{team}/deductions"), json!({ "user_id": "ana", "amount": 4 })).await.ok();
        app.pass(60);
        let last: Uuid = metered(6_000).await.parse().unwrap();
        let rows = app.desk.spend_then(last).await.unwrap().unwrap();
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.cap_type, row.model.as_deref(), row.before.to_string(), row.after.to_string(), row.cap.is_some()))
            .collect();
        assert_eq!(told, [
            (CapType::Daily, None, "7".into(), "13".into(), true),
            (CapType::Monthly, None, "14".into(), "20".into(), false),
            (CapType::Monthly, Some("gpt"), "7".into(), "13".into(), true),
        ]);
        // The counters of the caps, which the ledger keeps, agree.
        let counted: Vec<_> = app.desk.caps("ana").await.unwrap().iter().map(|cap| cap.spend.to_string()).collect();
        assert_eq!(counted, ["13", "13"]);
        // What comes later changes nothing of it.
        app.pass(60);
        app.post(&format!("/transactions/{last}/refunds"), json!({ "reason": "goodwill" })).await.ok();
        metered(1_000).await;
        assert_eq!(app.desk.spend_then(last).await.unwrap().unwrap(), rows);
        let sam = Person::of(&app, "Sam", Role::Support).await;
        let page = sam.read(&format!("/transactions/{last}")).await;
        for text in ["Caps at that moment", "26 Nov 2026", "November 2026", "3 past it: it would warn", "within, 87 left"] {
            assert!(page.contains(text), "{text}: {page}");
        }
    }
}
