//! Reports over HTTP, in the days of any zone.

use serde_json::{Value, json};
use std::sync::Arc;

on_both! {
    async fn spend_adds_up_by_day_model_and_user(app) {
        app.publish_prices().await.ok();
        app.grant("ana", 100).await;
        app.grant("bob", 100).await;
        // 23:50 in Berlin is still the 24th there, and 22:50 in UTC.
        for (time, user, tokens) in [
            ("2026-11-24T22:50:00Z", "ana", 1000), ("2026-11-24T23:10:00Z", "bob", 4000), ("2026-11-25T10:00:00Z", "ana", 2000),
        ] {
            app.set_time(time);
            let body = json!({ "metrics": { "model": "gpt", "input_tokens": tokens } });
            app.post(&format!("/users/{user}/deductions"), body).await.ok();
        }
        app.post("/users/ana/deductions", json!({ "amount": 0.5 })).await.ok();
        let span = "start=2026-11-24&end=2026-11-26&tz=Europe/Berlin";
        let days = app.get(&format!("/analytics/daily-spend?{span}")).await;
        let spend = |rows: &Value, key: &str| -> Vec<(String, String)> {
            let rows = rows.as_array().unwrap().iter();
            rows.map(|row| (row[key].as_str().unwrap().to_owned(), row["total_spend"].to_string())).collect()
        };
        let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter().map(|(key, total)| ((*key).to_owned(), (*total).to_owned())).collect()
        };
        assert_eq!(spend(days.ok(), "date"), pairs(&[("2026-11-24", "1"), ("2026-11-25", "6.5")]));
        let users = app.get(&format!("/analytics/spend-by-user?{span}")).await;
        assert_eq!(spend(users.ok(), "user_id"), pairs(&[("bob", "4"), ("ana", "3.5")]));
        let models = app.get(&format!("/analytics/spend-by-model?{span}")).await;
        assert_eq!(spend(models.ok(), "model"), pairs(&[("gpt", "7"), ("unknown", "0.5")]));
        let top = app.get(&format!("/analytics/top-users?{span}&limit=1")).await;
        assert_eq!(spend(top.ok(), "user_id"), pairs(&[("bob", "4")]));
        let totals = app.get(&format!("/analytics/aggregate?{span}")).await;
        assert_eq!(totals.ok()["total_credits_consumed"].to_string(), "7.5");
        assert_eq!(totals.json["avg_daily_spend"].to_string(), "3.75");
        assert_eq!((&totals.json["top_model"], &totals.json["top_user"]), (&json!("gpt"), &json!("bob")));
        let part = app.get("/analytics/aggregate?start=2026-11-24T23:00:00Z&end=2026-11-25T00:00:00Z").await;
        assert_eq!(part.ok()["total_credits_consumed"].to_string(), "4");
    }

    async fn a_span_without_spend_is_zero(app) {
        let days = app.get("/analytics/daily-spend?start=2026-11-01&end=2026-11-04&tz=Asia/Kathmandu").await;
        let totals: Vec<_> = days.ok().as_array().unwrap().iter().map(|day| day["total_spend"].to_string()).collect();
        assert_eq!(totals, ["0", "0", "0"]);
        let totals = app.get("/analytics/aggregate").await;
        assert_eq!((&totals.ok()["active_users"], &totals.json["top_model"]), (&json!(0), &json!(null)));
    }
}
