//! What the desk shows beside the ledger's own answers: totals of a filter, notes, a user's teams, what expires.

use crate::desk_browser::{Person, hidden};
use app::backend::{Audits as _, DeskViews as _, Expiry as _, Ledger as _, Teams as _, Users as _};
use app::error::Code;
use app::model::{
    Actor, AuditAction, AuditQuery, Credits, EntryKind, Role, TeamCost, TransactionQuery, TransactionTotals,
};
use app::range::{RangeQuery, ReportRange};
use jiff::tz::TimeZone;
use serde_json::json;
use std::sync::Arc;

fn credits(text: &str) -> Credits {
    text.parse().unwrap()
}

on_both! {
    async fn totals_are_of_the_whole_filter_whatever_the_page(app) {
        for user in ["ana", "bo"] {
            app.grant(user, 100).await;
            for amount in 1..=5 {
                app.pass(60);
                app.post(&format!("/users/{user}/deductions"), json!({ "amount": amount })).await.ok();
            }
        }
        let ask = async |query: TransactionQuery| app.desk.transaction_totals(query).await.unwrap();
        let all = ask(TransactionQuery { limit: 2, ..TransactionQuery::default() }).await;
        assert_eq!(all, TransactionTotals { count: 12, added: credits("200"), taken: credits("-30") });
        let big = TransactionQuery {
            user_id: Some("ana".into()),
            kind: Some(EntryKind::Usage),
            min: Some(credits("4")),
            limit: 1,
            ..TransactionQuery::default()
        };
        assert_eq!(ask(big.clone()).await, TransactionTotals { count: 2, added: Credits::ZERO, taken: credits("-9") });
        // The oldest first, a page at a time, holds the same entries.
        let mut seen = Vec::new();
        let mut query = TransactionQuery { oldest: true, ..big };
        loop {
            let page = app.desk.transactions(query.clone()).await.unwrap();
            seen.extend(page.items.iter().map(|entry| entry.amount));
            query.cursor = page.next;
            if query.cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, [credits("-4"), credits("-5")]);
        let mut everything = TransactionQuery { oldest: true, limit: 5, ..TransactionQuery::default() };
        let mut times = Vec::new();
        loop {
            let page = app.desk.transactions(everything.clone()).await.unwrap();
            times.extend(page.items.iter().map(|entry| (entry.created_at, entry.id)));
            everything.cursor = page.next;
            if everything.cursor.is_none() {
                break;
            }
        }
        assert_eq!(times.len(), 12);
        assert!(times.is_sorted());
        let nobody = TransactionQuery { user_id: Some("nobody".into()), ..TransactionQuery::default() };
        assert_eq!(ask(nobody).await, TransactionTotals::default());
    }

    async fn notes_are_kept_in_order_and_are_about_someone(app) {
        app.grant("ana", 1).await;
        let by = Actor::staff("sam@example.com");
        let id = || app.ids.next(app.clock.now());
        // The page of the later one was opened first.
        for (note, text) in [(id(), "second"), (id(), "first <b>")].into_iter().rev() {
            app.pass(1);
            app.desk.add_note(&by, "ana", text, note).await.unwrap();
        }
        let detail = app.desk.user("ana").await.unwrap();
        let notes: Vec<_> = detail.notes.iter().map(|note| (note.text.as_str(), note.author.as_str())).collect();
        assert_eq!(notes, [("second", "staff:sam@example.com"), ("first <b>", "staff:sam@example.com")]);
        let refused = app.desk.add_note(&by, "nobody", "hello", id()).await.unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (Code::InvalidRequest, Some("user_id")));
        assert!(!app.desk.user("nobody").await.unwrap().exists, "a note makes no account");
        assert!(app.desk.add_note(&by, "ana", &"x".repeat(2000), id()).await.is_err());
    }

    async fn a_note_sent_twice_is_kept_once(app) {
        for user in ["ana", "bob"] {
            app.grant(user, 1).await;
        }
        let (sam, fay) = (Actor::staff("sam@example.com"), Actor::staff("fay@example.com"));
        let note = app.ids.next(app.clock.now());
        let sent = (0..6).map(|_| {
            let (app, sam) = (app.clone(), sam.clone());
            tokio::spawn(async move { app.desk.add_note(&sam, "ana", "hello", note).await })
        });
        let mut made = 0;
        for one in sent.collect::<Vec<_>>() {
            let kept = one.await.unwrap().unwrap();
            assert_eq!((kept.note.id, kept.note.text.as_str()), (note, "hello"));
            made += i32::from(!kept.idempotent);
        }
        assert_eq!(made, 1, "of many at once one is the first");
        app.pass(60);
        let again = app.desk.add_note(&sam, "ana", "hello", note).await.unwrap();
        assert!(again.idempotent && again.note.created_at < app.clock.now(), "{again:?}");
        for (by, user, text) in [(&sam, "ana", "hello!"), (&sam, "bob", "hello"), (&fay, "ana", "hello")] {
            let refused = app.desk.add_note(by, user, text, note).await.unwrap_err();
            assert_eq!(refused.code, Code::IdempotencyConflict, "{user} {text}");
        }
        assert_eq!(app.desk.notes("ana", None, 50).await.unwrap().items, [again.note]);
        assert_eq!(app.desk.notes("bob", None, 50).await.unwrap().items, []);
        let query = AuditQuery { subject: Some("ana".to_owned()), limit: 50, ..AuditQuery::default() };
        let told = app.desk.audit(query).await.unwrap().items;
        assert_eq!(told.iter().filter(|row| row.action == AuditAction::NoteAdded).count(), 1);
    }

    async fn a_note_sent_again_from_the_browser_says_so(app) {
        app.grant("ana", 1).await;
        let sam = Person::of(&app, "Sam", Role::Support).await;
        let key = hidden(sam.read("/users/ana").await.split("action=\"/ui/add_note\"").nth(1).unwrap(), "key");
        let form = |text, key| [("user_id", "ana"), ("text", text), ("key", key)];
        let next = sam.done("/ui/add_note", &form("hello", &key)).await;
        assert!(next.contains("saved=note") && !next.contains("again"), "{next}");
        assert!(sam.read(&next).await.contains("The note is kept<"));
        let next = sam.done("/ui/add_note", &form("hello", &key)).await;
        let page = sam.read(&next).await;
        assert!(page.contains("had been sent before and is kept once"), "{page}");
        assert_eq!(page.matches("class=\"note\"").count(), 1, "{page}");
        // Other words are another note, once that is seen.
        let refused = sam.refused("/ui/add_note", &form("and more", &key)).await;
        assert_eq!(refused.status, 409);
        assert!(refused.text.contains("has kept a note already") && refused.text.contains("and more"), "{}", refused.text);
        let fresh = hidden(refused.text.split("action=\"/ui/add_note\"").nth(1).unwrap(), "key");
        assert_ne!(fresh, key);
        sam.done("/ui/add_note", &form("and more", &fresh)).await;
        assert_eq!(sam.read("/users/ana").await.matches("class=\"note\"").count(), 2);
        for key in ["", "ana"] {
            assert_eq!(sam.refused("/ui/add_note", &form("hello", key)).await.status, 422, "{key}");
        }
    }

    async fn a_teams_charges_are_added_up_by_model_and_by_member(app) {
        app.publish_prices().await.ok();
        let made = app.post("/teams", json!({ "name": "Atlas", "initial_balance": 400 })).await;
        let id = made.ok()["team_id"].as_str().unwrap().to_owned();
        for user in ["ana", "bo"] {
            app.post(&format!("/teams/{id}/members"), json!({ "user_id": user })).await.ok();
        }
        app.put("/users/ana", json!({ "name": "Ana" })).await.ok();
        let charge = async |user: &str, body: serde_json::Value| {
            let mut body = body;
            body["user_id"] = json!(user);
            app.post(&format!("/teams/{id}/deductions"), body).await.ok();
        };
        charge("ana", json!({ "amount": 100 })).await;
        // A month later the first is out of the range; ana has left the team, and what she spent stays.
        app.pass(31 * 86_400);
        charge("ana", json!({ "metrics": { "model": "gpt", "input_tokens": 3_000 } })).await;
        charge("bo", json!({ "metrics": { "model": "gpt", "input_tokens": 1_000 } })).await;
        charge("bo", json!({ "amount": 7 })).await;
        app.api(axum::http::Method::DELETE, &format!("/teams/{id}/members/ana")).send().await;
        let query = RangeQuery { range: Some("30d"), ..RangeQuery::default() };
        let range = ReportRange::read(&query, "UTC", app.clock.now()).unwrap();
        let team = id.parse().unwrap();
        let spend = app.desk.team_spend(team, &range).await.unwrap();
        let all = app.desk.teams_spend(&range).await.unwrap();
        assert_eq!((all.len(), all[0].0, all[0].1), (1, team, spend.total), "the list says the same");
        assert_eq!(spend.total.charges, 3);
        let told = |costs: &[TeamCost]| -> Vec<(String, i64)> {
            costs.iter().map(|cost| (cost.key.clone(), cost.sum.charges)).collect()
        };
        let mut models = told(&spend.models);
        models.sort();
        assert_eq!(models, [("gpt".to_owned(), 2), ("unknown".to_owned(), 1)]);
        assert_eq!(spend.members.iter().find(|cost| cost.key == "ana").unwrap().name.as_deref(), Some("Ana"));
        for costs in [&spend.models, &spend.members] {
            assert_eq!(costs.iter().map(|cost| cost.sum.spend).sum::<Credits>(), spend.total.spend);
            assert!(costs.windows(2).all(|pair| pair[0].sum.spend >= pair[1].sum.spend));
        }
    }

    async fn a_user_page_knows_the_teams_and_the_holds(app) {
        app.grant("ana", 100).await;
        let made = app.post("/teams", json!({ "name": "Atlas", "initial_balance": 40 })).await;
        let id = made.ok()["team_id"].as_str().unwrap().to_owned();
        app.post(&format!("/teams/{id}/members"), json!({ "user_id": "ana", "spend_cap": 10 })).await.ok();
        app.post(&format!("/teams/{id}/deductions"), json!({ "user_id": "ana", "amount": 4 })).await.ok();
        app.post("/users/ana/reservations", json!({ "amount": 8, "operation": "draw" })).await.ok();
        let detail = app.desk.user("ana").await.unwrap();
        let team = &detail.memberships[0];
        assert_eq!((team.name.as_str(), team.pool, team.total_spent), ("Atlas", credits("36"), credits("4")));
        assert_eq!(team.spend_cap, Some(credits("10")));
        let held = &detail.reservations[0];
        assert_eq!((held.amount, held.operation.as_deref()), (credits("8"), Some("draw")));
        app.api(axum::http::Method::DELETE, &format!("/teams/{id}/members/ana")).send().await;
        app.post(&format!("/teams/{id}/members"), json!({ "user_id": "bo", "role": "owner" })).await.ok();
        assert_eq!(app.desk.user("bo").await.unwrap().memberships.len(), 1);
    }

    async fn what_expires_is_told_by_day_and_swept_once(app) {
        let grant = async |user: &str, amount: i64, until: &str| {
            let body = json!({ "amount": amount, "expires_at": until });
            app.post(&format!("/users/{user}/credits"), body).await.ok();
        };
        grant("ana", 10, "2026-11-26T00:00:00Z").await;
        grant("bo", 5, "2026-11-26T00:00:00Z").await;
        grant("ana", 20, "2026-11-27T12:00:00Z").await;
        grant("ana", 40, "2027-06-01T00:00:00Z").await;
        app.grant("ana", 7).await;
        app.post("/users/bo/deductions", json!({ "amount": 2 })).await.ok();
        let utc = TimeZone::UTC;
        let view = app.desk.expiring(7, &utc, None, 50).await.unwrap();
        let days: Vec<_> = view.days.iter().map(|day| (day.lots, day.credits)).collect();
        assert_eq!(days[..3], [(2, credits("13")), (0, Credits::ZERO), (1, credits("20"))]);
        assert_eq!((view.days.len(), view.lots.len(), view.due_lots), (7, 3, 0));
        assert_eq!(view.lots[1].remaining, credits("3"), "what is left of the lot, not what it was");

        app.set_time("2026-11-28T00:00:00Z");
        let due = app.desk.expiring(7, &utc, None, 50).await.unwrap();
        assert_eq!((due.due_lots, due.due_credits, due.due_accounts), (3, credits("33"), 2));
        assert_eq!((due.due[0].holder.id.as_str(), due.due[0].ledger_total), ("ana", credits("77")));
        let by = Actor::staff("ada@example.com");
        let dry = app.desk.sweep(&by, true).await.unwrap();
        assert_eq!((dry.expired_count, dry.expired_amount), (due.due_lots, due.due_credits), "the page and the dry run agree");
        app.desk.sweep(&by, false).await.unwrap();
        assert_eq!(app.desk.expiring(7, &utc, None, 50).await.unwrap().due_lots, 0);
        assert_eq!(app.balance("ana").await, "47");
        app.assert_sound().await;
        for days in [0, 367] {
            assert_eq!(app.desk.expiring(days, &utc, None, 50).await.unwrap_err().field.as_deref(), Some("days"));
        }
    }
}
