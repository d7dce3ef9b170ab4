//! What a stranger can read: the error codes, and the viewer of the description.

use app::error::Code;
use axum::{body::Body, http::Request};
use std::sync::Arc;

fn open(path: &str) -> Request<Body> {
    Request::builder().uri(path).header("accept", "text/html").body(Body::empty()).unwrap()
}

on_both! {
    async fn every_code_is_explained_where_an_error_points(app) {
        let page = app.send(open("/docs/errors")).await;
        assert_eq!(page.status, 200, "signed out: {}", page.text);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        for code in Code::ALL {
            assert!(page.text.contains(&format!("id=\"{}\"", code.as_str())), "{code:?} has no place");
        }
        assert!(page.text.contains("what can still be refunded"), "the members are explained");
        let refusal = app.get("/transactions/none").await;
        let (path, anchor) = refusal.json["type"].as_str().unwrap().split_once('#').unwrap();
        assert_eq!((path, anchor), ("/docs/errors", "transaction_not_found"));
    }

    async fn the_description_can_be_read_with_files_of_this_server_only(app) {
        let short = app.send(open("/api/docs")).await;
        assert_eq!((short.status.as_u16(), short.header("location")), (303, Some("/api/docs/")));
        let page = app.send(open("/api/docs/")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(page.text.contains("<a href=\"/\">"), "the way back: {}", page.text);
        assert!(!page.text.contains("://"), "another server is named: {}", page.text);
        let parts = page.text.split(['"', '?']);
        let files: Vec<_> = parts.filter(|part| matches!(part.rsplit('.').next(), Some("js" | "css"))).collect();
        assert!(files.len() >= 4, "{files:?}");
        for file in files {
            let answer = app.send(open(&format!("/api/docs/{}", file.trim_start_matches("./")))).await;
            assert_eq!(answer.status, 200, "{file}");
        }
        let start = app.send(open("/api/docs/swagger-initializer.js")).await;
        assert!(start.text.contains("\"/api/openapi.json\""), "{}", start.text);
        assert_eq!(app.send(open("/api/docs/nothing.js")).await.status, 404);
    }
}
