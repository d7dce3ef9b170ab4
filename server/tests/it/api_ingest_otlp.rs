//! Spans over OTLP/HTTP, as the exporter itself sends them: see `fixtures`.

use crate::harness::{Answer, App};
use axum::http::Method;
use flate2::{Compression, write::GzEncoder};
use opentelemetry_proto::tonic::{
    collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
    common::v1::{AnyValue, KeyValue, any_value},
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message as _;
use serde_json::{Value, json};
use std::{io::Write as _, sync::Arc};

const PROTOBUF: &[u8] = include_bytes!("fixtures/traces.pb");
const JSON: &str = include_str!("fixtures/traces.json");
const PATH: &str = "/ingest/otlp/v1/traces";
const MEDIA_TYPE: &str = "application/x-protobuf";

/// After the spans, on their day.
async fn desk(app: &App) {
    app.set_time("2026-11-25T23:00:00Z");
    let models = json!({ "gpt-4o": "input_tokens * 0.001 + output_tokens * 0.01 + cache_read_tokens * 0.0001" });
    app.post("/pricing/versions", json!({ "config": { "version": 1, "models": models, "min_balance": 0 } })).await.ok();
    app.grant("ana", 100).await;
    app.grant("bob", 100).await;
}

async fn balances(app: &App) -> (String, String) {
    (app.balance("ana").await, app.balance("bob").await)
}

/// The partial success of an answer in protobuf: spans rejected, and why.
fn partial(answer: &Answer) -> Option<(i64, String)> {
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some(MEDIA_TYPE)), "{}", answer.text);
    let response = ExportTraceServiceResponse::decode(answer.bytes.as_slice()).unwrap();
    response.partial_success.map(|partial| (partial.rejected_spans, partial.error_message))
}

async fn send(app: &App, query: &str, body: Vec<u8>) -> Answer {
    app.api(Method::POST, &format!("{PATH}{query}")).bytes(MEDIA_TYPE, body).send().await
}

fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A request with one span.
fn one(attributes: &[(&str, any_value::Value)], change: impl FnOnce(&mut Span)) -> Vec<u8> {
    let attribute = |(key, value): &(&str, any_value::Value)| KeyValue {
        key: (*key).to_owned(),
        value: Some(AnyValue { value: Some(value.clone()) }),
        ..KeyValue::default()
    };
    let mut span = Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        end_time_unix_nano: 1_795_608_000_000_000_000,
        attributes: attributes.iter().map(attribute).collect(),
        ..Span::default()
    };
    change(&mut span);
    let scope_spans = vec![ScopeSpans { spans: vec![span], ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

fn text(text: &str) -> any_value::Value {
    any_value::Value::StringValue(text.to_owned())
}

on_both! {
    async fn spans_are_charged_once_in_either_encoding(app) {
        desk(&app).await;
        let first = send(&app, "", PROTOBUF.to_vec()).await;
        let (rejected, why) = partial(&first).unwrap();
        assert_eq!(rejected, 1);
        assert!(why.contains("invalid_request: user.id is missing"), "{why}");
        // 200 × 0.001 + 350 × 0.01 + 1000 × 0.0001, and 300 × 0.001 + 100 × 0.01.
        assert_eq!(balances(&app).await, ("96.2".into(), "98.7".into()));

        let zipped = app.api(Method::POST, PATH).header("content-encoding", "gzip").bytes(MEDIA_TYPE, zip(PROTOBUF));
        assert_eq!(partial(&zipped.send().await).unwrap().0, 1);
        let json = app.api(Method::POST, PATH).text(JSON).send().await;
        assert_eq!(json.ok()["partialSuccess"]["rejectedSpans"], 1, "{}", json.text);
        assert_eq!(json.header("content-type"), Some("application/json"));
        assert_eq!(balances(&app).await, ("96.2".into(), "98.7".into()), "the same spans");

        let entries = app.get("/users/ana/transactions?kind=usage").await;
        assert_eq!(entries.ok()["items"].as_array().unwrap().len(), 1, "the agent's span is the sum of the call's");
        let entry = &entries.json["items"][0];
        assert_eq!((&entry["model"], &entry["metadata"]["response_model"]), (&json!("gpt-4o"), &json!("gpt-4o-2024-08-06")));
        assert_eq!((&entry["metadata"]["service"], &entry["reference_type"]), (&json!("helper"), &json!("otlp")));
        assert_eq!(entry["metadata"]["provider"], "openai");
    }

    async fn json_may_write_integers_as_numbers_or_as_texts(app) {
        desk(&app).await;
        let numbers = JSON.replace("\"intValue\": \"1200\"", "\"intValue\": 1200");
        assert_ne!(numbers, JSON);
        let mut numbers: Value = serde_json::from_str(&numbers).unwrap();
        let span = &mut numbers["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        span["endTimeUnixNano"] = json!(span["endTimeUnixNano"].as_str().unwrap().parse::<u64>().unwrap());
        span["aFieldOfTomorrow"] = json!({ "a": [1] });
        app.api(Method::POST, PATH).json(numbers).send().await.ok();
        assert_eq!(balances(&app).await, ("96.2".into(), "98.7".into()));
    }

    async fn a_request_without_rejected_spans_says_nothing_of_them(app) {
        desk(&app).await;
        let tokens = any_value::Value::IntValue(1000);
        let span = one(&[("gen_ai.request.model", text("gpt-4o")), ("gen_ai.usage.input_tokens", tokens.clone()), ("account", text("bob"))], |_| ());
        let answer = send(&app, "?user=account", span).await;
        assert_eq!((partial(&answer), answer.bytes.len()), (None, 0));
        assert_eq!(app.balance("bob").await, "99");
        let empty = app.api(Method::POST, PATH).text("{}").send().await;
        assert_eq!(empty.ok()["partialSuccess"], Value::Null);
        let answered = one(&[("gen_ai.response.model", text("gpt-4o")), ("gen_ai.usage.output_tokens", tokens), ("user.id", text("bob"))], |span| span.span_id = vec![3; 8]);
        assert_eq!(partial(&send(&app, "", answered).await), None);
        assert_eq!(app.balance("bob").await, "89");
    }

    async fn spans_that_cannot_be_charged_say_why(app) {
        desk(&app).await;
        let count = any_value::Value::IntValue;
        let why = async |tokens: any_value::Value, model: &str, user: &str, change: fn(&mut Span)| {
            let attributes = [("gen_ai.usage.input_tokens", tokens), ("gen_ai.request.model", text(model)), ("user.id", text(user))];
            let answer = send(&app, "", one(&attributes, change)).await;
            let (rejected, why) = partial(&answer).unwrap();
            assert_eq!(rejected, 1);
            why
        };
        let negative = why(count(-1), "gpt-4o", "ana", |_| ()).await;
        assert!(negative.contains("invalid_request: gen_ai.usage.input_tokens is not a whole number"), "{negative}");
        assert!(why(text("many"), "gpt-4o", "ana", |_| ()).await.contains("gen_ai.usage.input_tokens"));
        assert!(why(count(1), "grok", "ana", |_| ()).await.contains("unknown_model"));
        assert!(why(count(1), "gpt-4o", "nobody", |_| ()).await.contains("insufficient_credits"));
        assert!(why(count(1), "gpt-4o", "a\nb", |_| ()).await.contains("user_id must not contain"));
        assert!(why(count(1), "gpt-4o", "ana", |span| span.span_id.clear()).await.contains("span_id"));
        assert!(why(count(1), "gpt-4o", "ana", |span| span.end_time_unix_nano = 0).await.contains("end_time_unix_nano is missing"));
        assert!(why(count(1), "gpt-4o", "ana", |span| span.end_time_unix_nano *= 2).await.contains("occurred_at lies in the future"));
        assert_eq!(balances(&app).await, ("100".into(), "100".into()));
    }

    async fn a_request_that_is_none_is_refused_whole(app) {
        desk(&app).await;
        send(&app, "", b"no protobuf".to_vec()).await.refused(400, "invalid_request", None);
        for body in ["", "{", "[1]", r#"{"resourceSpans": 1}"#, r#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "xyz"}]}]}]}"#] {
            app.api(Method::POST, PATH).text(body).send().await.refused(400, "invalid_request", None);
        }
        let plain = app.api(Method::POST, PATH).bytes("text/plain", "{}").send().await;
        plain.refused(415, "invalid_request", None);
        let unknown = app.api(Method::POST, PATH).header("content-encoding", "rot13").text("{}").send().await;
        unknown.refused(415, "invalid_request", None);
        let not_zipped = app.api(Method::POST, PATH).header("content-encoding", "gzip").text("{}").send().await;
        not_zipped.refused(400, "invalid_request", None);
        let bomb = zip(&vec![0; 9 * 1024 * 1024]);
        assert!(bomb.len() < 100_000);
        let bomb = app.api(Method::POST, PATH).header("content-encoding", "gzip").bytes(MEDIA_TYPE, bomb).send().await;
        bomb.refused(413, "invalid_request", None);
        send(&app, "?users=x", PROTOBUF.to_vec()).await.refused(422, "invalid_request", Some("users"));
        let nobody = app.api(Method::POST, PATH).header("authorization", "").bytes(MEDIA_TYPE, PROTOBUF).send().await;
        nobody.refused(401, "unauthenticated", None);
        assert_eq!(balances(&app).await, ("100".into(), "100".into()));
    }

    async fn a_ledger_that_is_away_asks_for_the_spans_again(app) {
        desk(&app).await;
        // The key is remembered, so that the ledger is the first to miss its database.
        app.balance("ana").await;
        app.db.close().await;
        let answer = send(&app, "", PROTOBUF.to_vec()).await;
        answer.refused(503, "unavailable", None);
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
}
