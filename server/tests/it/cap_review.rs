//! All caps at a glance, and a cap tried on the past: the trial and a real cap must tell the same.

use crate::harness::App;
use app::backend::CapReview as _;
use app::error::Code;
use app::model::{CapAction, CapQuery, CapScope, CapSort, CapState, CapTrial, CapType, Credits, Direction, ListQuery};
use serde_json::json;
use std::sync::Arc;

fn credits(text: &str) -> Credits {
    text.parse().unwrap()
}

fn trial(scope: CapScope, cap_type: CapType, limit: &str) -> CapTrial {
    CapTrial { scope, cap_type, model: None, limit: credits(limit), action: CapAction::Deny, days: 90, named: 10 }
}

async fn charge(app: &App, user: &str, amount: i64, model: &str) -> crate::harness::Answer {
    let body = json!({ "amount": amount, "metadata": { "model": model } });
    app.post(&format!("/users/{user}/deductions"), body).await
}

/// A small generator, so that a failure can be played again.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

on_both! {
    async fn a_trial_tells_what_a_real_cap_refused(app) {
        // Two users live the same weeks; one of them has the caps.
        app.grant("free", 1_000_000).await;
        app.grant("capped", 1_000_000).await;
        app.put("/users/capped/caps", json!({ "type": "daily", "limit": 30, "action": "deny" })).await.ok();
        let mut seed = 7;
        let (mut refused, mut worth) = (0_i64, 0_i64);
        for _ in 0..120 {
            app.pass(i64::try_from(next(&mut seed) % 20_000).unwrap());
            let amount = i64::try_from(next(&mut seed) % 12).unwrap() + 1;
            let model = if next(&mut seed).is_multiple_of(2) { "gpt" } else { "claude" };
            let made = charge(&app, "free", amount, model).await;
            let tried = charge(&app, "capped", amount, model).await;
            if tried.status == 403 {
                refused += 1;
                worth += amount;
            }
            if next(&mut seed).is_multiple_of(4) {
                // Refunds make room under the cap; a charge that was refused has none.
                for answer in [made, tried] {
                    if let Some(id) = answer.json["transaction_id"].as_str() {
                        let path = format!("/transactions/{id}/refunds");
                        app.post(&path, json!({ "amount": 1, "reason": "goodwill" })).await.ok();
                    }
                }
            }
        }
        app.pass(1);
        assert!(refused > 5, "{refused} refusals prove little");
        let told = app.desk.try_cap(trial(CapScope::User("free".into()), CapType::Daily, "30")).await.unwrap();
        assert_eq!((told.count, told.credits.micros(), told.charges), (refused, worth * 1_000_000, 120));
        assert_eq!((told.users, told.users_met), (1, 1));
        assert_eq!(told.worst[0].user_id, "free");
        assert_eq!(told.first, Some(told.worst[0].first));
        // The cap that is there would have met nothing of what it let through.
        let real = app.desk.try_cap(trial(CapScope::User("capped".into()), CapType::Daily, "30")).await.unwrap();
        assert_eq!((real.count, real.charges), (0, 120 - refused));
        let all = app.desk.try_cap(trial(CapScope::Everyone, CapType::Daily, "30")).await.unwrap();
        assert_eq!((all.count, all.charges, all.users), (refused, 240 - refused, 2));
    }

    async fn a_trial_counts_team_charges_and_only_its_plan(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 1000).await;
        app.grant("bo", 1000).await;
        app.put("/users/ana/plan", json!({ "plan_id": "pro" })).await.ok();
        let made = app.post("/teams", json!({ "name": "Atlas", "initial_balance": 100 })).await;
        let id = made.ok()["team_id"].as_str().unwrap().to_owned();
        app.post(&format!("/teams/{id}/members"), json!({ "user_id": "ana" })).await.ok();
        app.post(&format!("/teams/{id}/deductions"), json!({ "user_id": "ana", "amount": 6 })).await.ok();
        // 10 of it are paid by the allowance: a cap counts the net.
        charge(&app, "ana", 15, "gpt").await.ok();
        charge(&app, "bo", 50, "gpt").await.ok();
        app.pass(1);
        let plan = app.desk.try_cap(trial(CapScope::Plan("pro".into()), CapType::Monthly, "10")).await.unwrap();
        assert_eq!((plan.charges, plan.spend, plan.count, plan.credits), (2, credits("11"), 1, credits("5")));
        let mut of_model = trial(CapScope::Everyone, CapType::Monthly, "20");
        of_model.model = Some("gpt".into());
        let of_model = app.desk.try_cap(of_model).await.unwrap();
        assert_eq!((of_model.charges, of_model.count, of_model.worst[0].user_id.as_str()), (2, 1, "bo"));
    }

    async fn what_cannot_be_tried_says_why(app) {
        let ask = async |trial| app.desk.try_cap(trial).await.unwrap_err();
        let nobody = ask(trial(CapScope::User("nobody".into()), CapType::Daily, "1")).await;
        assert_eq!(nobody.field.as_deref(), Some("user"));
        assert_eq!(ask(trial(CapScope::Plan("none".into()), CapType::Daily, "1")).await.code, Code::PlanNotFound);
        assert_eq!(ask(trial(CapScope::Everyone, CapType::Daily, "-1")).await.code, Code::InvalidAmount);
        for days in [0, 91] {
            let far = CapTrial { days, ..trial(CapScope::Everyone, CapType::Daily, "1") };
            assert_eq!(ask(far).await.field.as_deref(), Some("days"));
        }
    }

    async fn caps_are_listed_by_any_order_a_page_at_a_time(app) {
        for (user, limit, spent) in [("ana", 100, 10), ("bo", 10, 9), ("cy", 5, 5), ("dee", 0, 0), ("a%b", 50, 1)] {
            app.grant(&user.replace('%', "%25"), 100).await;
            let path = format!("/users/{}", user.replace('%', "%25"));
            if spent > 0 {
                app.post(&format!("{path}/deductions"), json!({ "amount": spent })).await.ok();
            }
            let cap = json!({ "type": "daily", "limit": limit, "action": "deny" });
            app.put(&format!("{path}/caps"), cap).await.ok();
        }
        for (sort, direction, order) in [
            (CapSort::Share, Direction::Desc, ["dee", "cy", "bo", "ana", "a%b"]),
            (CapSort::Share, Direction::Asc, ["a%b", "ana", "bo", "cy", "dee"]),
            (CapSort::Spend, Direction::Desc, ["ana", "bo", "cy", "a%b", "dee"]),
            (CapSort::Limit, Direction::Desc, ["ana", "a%b", "bo", "cy", "dee"]),
            (CapSort::User, Direction::Asc, ["a%b", "ana", "bo", "cy", "dee"]),
            (CapSort::User, Direction::Desc, ["dee", "cy", "bo", "ana", "a%b"]),
        ] {
            let mut found = Vec::new();
            let mut cursor = None;
            loop {
                let list = ListQuery { sort, direction, cursor, limit: 2, ..ListQuery::default() };
                let query = CapQuery { list, ..CapQuery::default() };
                let page = app.desk.cap_list(query).await.unwrap();
                assert_eq!((page.all, page.reached, page.close), (5, 2, 1));
                found.extend(page.items.into_iter().map(|row| row.status.cap.user_id));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(found, order, "{sort:?} {direction:?}");
        }
        for (state, count) in [(CapState::Reached, 2), (CapState::Close, 1), (CapState::Open, 2)] {
            let query = CapQuery { state, ..CapQuery::default() };
            assert_eq!(app.desk.cap_list(query).await.unwrap().items.len(), count, "{state:?}");
        }
        let search = |search: &str| ListQuery { search: search.into(), ..ListQuery::default() };
        let query = CapQuery { list: search("A%"), ..CapQuery::default() };
        assert_eq!(app.desk.cap_list(query).await.unwrap().items.len(), 1, "a percent sign is no wildcard");
        let list = ListQuery { cursor: Some("user.1.ana".into()), ..ListQuery::default() };
        let stale = CapQuery { list, ..CapQuery::default() };
        assert_eq!(app.desk.cap_list(stale).await.unwrap_err().field.as_deref(), Some("cursor"));
    }
}
