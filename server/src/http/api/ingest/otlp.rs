//! Traces over OTLP/HTTP.
//!
//! Exporters look at the status alone: 200 is done, 429, 502, 503 and 504 mean again, anything else means lost. So spans
//! that can never be charged are told in `partial_success` and logged here, and a request that another time may charge is
//! a 503. Bodies of errors are problem+json for both encodings.

use crate::http::{
    ApiState, Refusal,
    caller::{Caller, Charge},
    errors::WriteErrors,
    json,
    params::Params,
    strict::Objects,
};
use crate::ingest::{
    otlp::reports,
    outcome::{Outcome, charge_all},
};
use app::error::{AppError, Code};
use axum::{
    Json,
    extract::{Request, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message as _;
use serde::Deserialize;
use serde_json::Value;
use std::fmt::Write as _;
use utoipa::IntoParams;

const PROTOBUF: &str = "application/x-protobuf";
/// Rejected spans that are named in the answer; all are counted.
const MAX_NAMED: usize = 5;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OtlpParams {
    /// The attribute that names the user, of the span or its resource. Left out: `user.id`, then `enduser.id`.
    user: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum Encoding {
    Protobuf,
    Json,
}

/// Charge what spans report
///
/// Needs the scope `charge`. Takes what stock exporters send over OTLP/HTTP: protobuf or JSON, packed with gzip or not, at
/// most 8 MiB unpacked. A span that says how many tokens a model used (`gen_ai.usage.*`) is charged by the active pricing
/// version, once for its trace and span id, at its end time; other spans are passed over. What is reported has happened:
/// deny caps do not stop it, though it counts in them, and the floor of the balance does. Spans that could not be charged
/// are counted in `partial_success`, with the reasons of the first; when the ledger cannot take all in the answer is 503,
/// and exporters send it again.
#[utoipa::path(
    post, path = "/ingest/otlp/v1/traces", tag = "Ingest",
    params(OtlpParams),
    request_body(description = "An ExportTraceServiceRequest.", content(
        (Vec<u8> = "application/x-protobuf"),
        (Object = "application/json", example = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [{
            "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "chat gpt-4o",
            "startTimeUnixNano": "1764072000000000000", "endTimeUnixNano": "1764072001000000000",
            "attributes": [
                { "key": "user.id", "value": { "stringValue": "ana" } },
                { "key": "gen_ai.operation.name", "value": { "stringValue": "chat" } },
                { "key": "gen_ai.request.model", "value": { "stringValue": "gpt-4o" } },
                { "key": "gen_ai.usage.input_tokens", "value": { "intValue": "1200" } },
                { "key": "gen_ai.usage.output_tokens", "value": { "intValue": "350" } },
            ],
        }] }] }] }))
    )),
    responses(
        (status = 200, description = "An ExportTraceServiceResponse, in the encoding that came.", content(
            (Vec<u8> = "application/x-protobuf"), (Object = "application/json", example = json!({ "partialSuccess": null }))
        )),
        WriteErrors
    )
)]
pub async fn ingest_otlp(
    caller: Caller<Charge>,
    State(state): State<ApiState>,
    Params(params): Params<OtlpParams>,
    request: Request,
) -> Result<Response, Refusal> {
    let media_type = json::media_type(&request);
    let encoding = match media_type.as_str() {
        PROTOBUF => Encoding::Protobuf,
        media_type if json::is_json(media_type) => Encoding::Json,
        _ => return Err(json::unsupported("The body must be application/x-protobuf or application/json.")),
    };
    let bytes = json::whole(request, &state).await?;
    let request = decode(encoding, &bytes)?;
    let (names, reports): (Vec<_>, Vec<_>) = reports(&request, params.user.as_deref()).into_iter().unzip();
    let outcomes = charge_all(&*state.backend, &caller.0, reports).await?;
    let response = ExportTraceServiceResponse { partial_success: rejected(&names, &outcomes) };
    Ok(match encoding {
        Encoding::Protobuf => ([(CONTENT_TYPE, PROTOBUF)], response.encode_to_vec()).into_response(),
        Encoding::Json => Json(response).into_response(),
    })
}

fn decode(encoding: Encoding, bytes: &[u8]) -> Result<ExportTraceServiceRequest, Refusal> {
    match encoding {
        Encoding::Protobuf => ExportTraceServiceRequest::decode(bytes)
            .map_err(|error| unreadable(&format!("no ExportTraceServiceRequest in protobuf: {error}"))),
        Encoding::Json => {
            let mut value = serde_json::from_slice(bytes).map_err(|error| json::syntax_error(bytes, &error))?;
            quote_integers(&mut value);
            ExportTraceServiceRequest::deserialize(Objects(value))
                .map_err(|error| unreadable(&format!("no ExportTraceServiceRequest in JSON: {error}")))
        }
    }
}

fn unreadable(what: &str) -> Refusal {
    let error = AppError::new(Code::InvalidRequest, format!("The body is {what}."));
    Refusal::with_status(error, StatusCode::BAD_REQUEST)
}

/// 64-bit integers may come as numbers or as texts; the messages, with numbers of any precision, read texts alone.
fn quote_integers(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(quote_integers),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::Number(number) if name == "intValue" || name.ends_with("UnixNano") => {
                        *value = Value::String(number.to_string());
                    }
                    value => quote_integers(value),
                }
            }
        }
        _ => {}
    }
}

/// What was rejected, and why; nothing when nothing was.
fn rejected(names: &[String], outcomes: &[Outcome]) -> Option<ExportTracePartialSuccess> {
    let refused = names.iter().zip(outcomes).filter_map(|(name, outcome)| match outcome {
        Outcome::Refused(error) => Some((name, error)),
        _ => None,
    });
    let refused: Vec<_> = refused.collect();
    if refused.is_empty() {
        return None;
    }
    let reasons =
        refused.iter().take(MAX_NAMED).map(|(name, error)| format!("{name}: {}: {error}", error.code.as_str()));
    let mut error_message = reasons.collect::<Vec<_>>().join("; ");
    if let more @ 1.. = refused.len().saturating_sub(MAX_NAMED) {
        let _ = write!(error_message, "; and {more} more");
    }
    tracing::warn!(rejected = refused.len(), reasons = error_message, "spans were not charged");
    Some(ExportTracePartialSuccess { rejected_spans: i64::try_from(refused.len()).unwrap_or(i64::MAX), error_message })
}
