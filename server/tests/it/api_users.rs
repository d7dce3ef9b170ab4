//! Users over HTTP: profiles, search, plans, listings.

use crate::harness::App;
use axum::http::Method;
use serde_json::json;
use std::sync::Arc;

/// What each row of a listing calls itself, read to its last page.
async fn page_by_page(app: &App, path: &str, name: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{path}{cursor}")).await;
        found.extend(page.ok()["items"].as_array().unwrap().iter().map(|row| row[name].as_str().unwrap().to_owned()));
        let Some(next) = page.json["next"].as_str() else { return found };
        cursor = format!("&cursor={}", form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>());
    }
}

on_both! {
    async fn a_profile_makes_a_user_findable(app) {
        app.put("/users/u-1", json!({ "name": "Ana Pérez", "email": "ana@example.com" })).await.ok();
        app.grant("u-2", 1).await;
        for query in ["u-1", "pérez", "ANA@example"] {
            let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
            let found = app.get(&format!("/users?q={query}")).await;
            let ids: Vec<_> = found.ok()["items"].as_array().unwrap().iter().map(|row| &row["user_id"]).collect();
            assert_eq!(ids, ["u-1"], "{query}");
        }
        assert_eq!(app.get("/users").await.ok()["items"].as_array().unwrap().len(), 2);
        let wrong = app.put("/users/u-1", json!({ "email": "no mail" })).await;
        wrong.refused(422, "invalid_request", Some("email"));
        app.put("/users/u-1", json!({ "nick": "x" })).await.refused(422, "invalid_request", Some("nick"));
    }

    async fn users_are_ordered_by_any_figure_both_ways_page_by_page(app) {
        // Balances 30, 10, 10 and 20; what has expired does not count, though nobody has swept it.
        for (user, amount) in [("u-1", 30), ("u-2", 10), ("u-3", 10), ("u-4", 20)] {
            app.grant(user, amount).await;
        }
        let soon = json!({ "amount": 100, "kind": "grant", "expires_at": "2026-11-25T12:00:01Z" });
        app.post("/users/u-2/credits", soon).await.ok();
        app.pass(2);
        for (words, expected) in [
            ("sort=balance", ["u-1", "u-4", "u-3", "u-2"]),
            ("sort=balance&order=asc", ["u-2", "u-3", "u-4", "u-1"]),
            ("sort=user", ["u-1", "u-2", "u-3", "u-4"]),
            ("sort=user&order=desc", ["u-4", "u-3", "u-2", "u-1"]),
            ("sort=activity", ["u-4", "u-3", "u-2", "u-1"]),
        ] {
            assert_eq!(page_by_page(&app, &format!("/users?limit=1&{words}"), "user_id").await, expected, "{words}");
        }
        app.get("/users?sort=size").await.refused(422, "invalid_request", Some("sort"));
        app.get("/users?order=up").await.refused(422, "invalid_request", Some("order"));
        app.get("/users?sort=user&cursor=balance.1.1").await.refused(422, "invalid_request", Some("cursor"));
    }

    async fn teams_are_found_and_ordered_by_any_figure_both_ways_page_by_page(app) {
        for (team, balance, members) in [("Blue", 20, 0), ("amber", 10, 2), ("Blue sky", 10, 1)] {
            let made = app.post("/teams", json!({ "name": team, "initial_balance": balance })).await;
            let id = made.ok()["team_id"].as_str().unwrap().to_owned();
            for member in 0..members {
                let role = if member == 0 { "owner" } else { "member" };
                let body = json!({ "user_id": format!("u-{member}"), "role": role });
                app.post(&format!("/teams/{id}/members"), body).await.ok();
            }
        }
        for (words, expected) in [
            ("", &["Blue", "amber", "Blue sky"][..]),
            ("sort=created&order=desc", &["Blue sky", "amber", "Blue"]),
            ("sort=name", &["amber", "Blue", "Blue sky"]),
            ("sort=name&order=desc", &["Blue sky", "Blue", "amber"]),
            ("sort=members", &["amber", "Blue sky", "Blue"]),
            ("sort=balance", &["Blue", "Blue sky", "amber"]),
            ("sort=balance&order=asc", &["amber", "Blue sky", "Blue"]),
            ("q=BLUE", &["Blue", "Blue sky"]),
            ("q=sky+blue", &["Blue sky"]),
            ("q=b%25e", &[]),
        ] {
            assert_eq!(page_by_page(&app, &format!("/teams?limit=1&{words}"), "name").await, expected, "{words}");
        }
        app.get("/teams?sort=spend").await.refused(422, "invalid_request", Some("sort"));
        app.get("/teams?sort=name&cursor=balance.1.1").await.refused(422, "invalid_request", Some("cursor"));
    }

    async fn a_plan_pays_first_and_can_be_taken_away(app) {
        let early = app.put("/users/ana/plan", json!({ "plan_id": "pro" })).await;
        assert!(early.status == 404 || early.status == 409, "{}", early.text);
        app.publish_prices().await.ok();
        app.put("/users/ana/plan", json!({ "plan_id": "gold" })).await.refused(404, "plan_not_found", Some("plan_id"));
        let set = app.put("/users/ana/plan", json!({ "plan_id": "pro" })).await;
        assert_eq!(*set.ok(), json!({ "user_id": "ana", "plan_id": "pro" }));
        let charge = app.post("/users/ana/deductions", json!({ "amount": 4 })).await;
        assert_eq!((charge.ok()["allowance_consumed"].to_string(), charge.json["amount"].to_string()), ("4".into(), "0".into()));
        let unset = app.api(Method::DELETE, "/users/ana/plan").send().await;
        assert_eq!(*unset.ok(), json!({ "user_id": "ana", "plan_id": null }));
        let broke = app.post("/users/ana/deductions", json!({ "amount": 4 })).await;
        broke.refused(402, "insufficient_credits", None);
    }

    async fn transactions_are_paged_newest_first(app) {
        for amount in 1..=5 {
            app.grant("ana", amount).await;
        }
        app.grant("bob", 9).await;
        let amounts = |page: &serde_json::Value| -> Vec<i64> {
            page["items"].as_array().unwrap().iter().map(|row| row["amount"].as_i64().unwrap()).collect()
        };
        let first = app.get("/users/ana/transactions?limit=3").await;
        assert_eq!(amounts(first.ok()), [5, 4, 3]);
        let cursor = first.json["next"].as_str().unwrap();
        let second = app.get(&format!("/users/ana/transactions?limit=3&cursor={cursor}")).await;
        assert_eq!(amounts(second.ok()), [2, 1]);
        assert_eq!(second.json.get("next"), None);
        assert_eq!(amounts(app.get("/users/ana/transactions?kind=usage").await.ok()), [0_i64; 0]);
        assert_eq!(amounts(app.get("/users/ana/transactions?end=2026-11-25T12:00:00Z").await.ok()), [0_i64; 0]);
    }
}
