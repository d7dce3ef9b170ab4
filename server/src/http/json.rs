//! Request bodies.

use super::{Refusal, strict::Objects};
use app::{
    error::{AppError, Code},
    model::CreditsError,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{
        StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{error::Category, value::RawValue};

/// A JSON body as `T`. Refused: another content type (415), too many bytes (413), text that is no JSON (400), and JSON
/// that is no `T` (422, with the path of the field).
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !is_json(&media_type(&request)) {
            return Err(unsupported("The body must be JSON: send Content-Type: application/json."));
        }
        read(&whole(request, state).await?).map(Self)
    }
}

/// The same where the body may be left out: nothing is then the default.
#[derive(Clone, Debug)]
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let empty = request.headers().get(CONTENT_LENGTH).is_none_or(|length| length == "0")
            && request.headers().get(CONTENT_TYPE).is_none();
        if empty {
            return Ok(Self(T::default()));
        }
        Body::from_request(request, state).await.map(|Body(body)| Self(body))
    }
}

/// A body of another type than the route takes.
pub fn unsupported(message: &str) -> Refusal {
    Refusal::with_status(AppError::new(Code::InvalidRequest, message), StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

/// All bytes of a body, as many as the route takes.
pub async fn whole<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        let status = rejection.status();
        let text = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "The body is too large for this route.",
            _ => "The body did not arrive whole.",
        };
        Refusal::with_status(AppError::new(Code::InvalidRequest, text), status)
    })
}

/// The content type without its parameters, in small letters; empty where there is none.
pub fn media_type(request: &Request) -> String {
    let value = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

pub fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.starts_with("application/") && media_type.ends_with("+json")
}

/// One item of a list, whose faults are its own.
pub fn read_item<T: DeserializeOwned>(item: &RawValue) -> Result<T, AppError> {
    read(item.get().as_bytes()).map_err(|refusal| refusal.error)
}

pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    if bytes.trim_ascii_start().first() == Some(&b'[') && serde_json::from_slice::<IgnoredAny>(bytes).is_ok() {
        return Err(AppError::new(Code::InvalidRequest, "The body must be a JSON object, not a list.").into());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(Objects(&mut deserializer)).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            Category::Data => data_error(&path, &inner.to_string()).into(),
            Category::Syntax | Category::Eof | Category::Io => syntax_error(bytes, &inner),
        }
    })?;
    deserializer.end().map_err(|error| syntax_error(bytes, &error))?;
    Ok(body)
}

pub fn syntax_error(bytes: &[u8], error: &serde_json::Error) -> Refusal {
    if let Some(field) = not_a_number(bytes, error) {
        return AppError::invalid_amount(field, CreditsError::NotANumber).into();
    }
    let error = AppError::new(Code::InvalidRequest, format!("The body is no JSON: {error}."));
    Refusal::with_status(error, StatusCode::BAD_REQUEST)
}

/// The name of the amount, when the JSON broke at a bare `NaN` or `Infinity`: some languages write these for an amount
/// that went wrong, and their user needs to hear which.
fn not_a_number(bytes: &[u8], error: &serde_json::Error) -> Option<String> {
    let line = bytes.split(|b| *b == b'\n').nth(error.line().checked_sub(1)?)?;
    let broken = &line[..error.column().min(line.len())];
    let colon = broken.iter().rposition(|b| *b == b':')?;
    let value = line[colon + 1..].trim_ascii_start();
    let value = value.strip_prefix(b"-").unwrap_or(value);
    if !value.starts_with(b"NaN") && !value.starts_with(b"Infinity") {
        return None;
    }
    let name = line[..colon].trim_ascii_end().strip_suffix(b"\"")?;
    let name = name.rsplit(|b| *b == b'"').next()?;
    (name == b"amount").then(|| String::from_utf8_lossy(name).into_owned())
}

/// Names the field: where the path ends, or the name that the message itself gives.
pub fn data_error(path: &str, message: &str) -> AppError {
    let message = message.split(" at line ").next().unwrap_or(message);
    let (rule, named) = match message.split('`').collect::<Vec<_>>().as_slice() {
        ["missing field ", name, ..] => ("is missing".to_owned(), Some(*name)),
        ["duplicate field ", name, ..] => ("is given twice".to_owned(), Some(*name)),
        ["unknown field ", name, rest @ ..] => {
            let known: Vec<_> = rest.iter().skip(1).step_by(2).copied().collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            (format!("is not known here; known: {known}"), Some(*name))
        }
        _ if message.starts_with("invalid type: sequence, expected struct ") => {
            ("must be a JSON object, not a list".to_owned(), None)
        }
        _ => (format!("cannot be read: {message}"), None),
    };
    let path = path.trim_matches('.');
    let field = match (path, named) {
        ("" | "?", Some(name)) => name.to_owned(),
        ("" | "?", None) => return AppError::new(Code::InvalidRequest, format!("The request {rule}.")),
        (path, Some(name)) if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
        (path, None) => path.to_owned(),
    };
    AppError::invalid(field, rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::model::{CreditMetadata, UsageMetrics};
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Wanted {
        amount: super::super::amount::Amount,
        metrics: Option<UsageMetrics>,
        metadata: Option<CreditMetadata>,
    }

    fn refuse(text: &str) -> (u16, Option<String>, String) {
        let refusal = read::<Wanted>(text.as_bytes()).unwrap_err();
        (refusal.status.as_u16(), refusal.error.field, refusal.error.message)
    }

    #[test]
    fn a_data_error_names_its_field() {
        let of = |text| {
            let (status, field, message) = refuse(text);
            assert_eq!(status, 422);
            format!("{} | {message}", field.unwrap_or_default())
        };
        assert_eq!(of("{}"), "amount | amount is missing");
        assert_eq!(
            of(r#"{"amount": 1, "amuont": 2}"#),
            "amuont | amuont is not known here; known: amount, metrics, metadata"
        );
        assert_eq!(of(r#"{"amount": 1, "amount": 2}"#), "amount | amount is given twice");
        let negative = of(r#"{"amount": 1, "metrics": {"input_tokens": -1}}"#);
        assert!(negative.starts_with("metrics.input_tokens | metrics.input_tokens cannot be read"), "{negative}");
        let typo = of(r#"{"amount": 1, "metrics": {"input_token": 1}}"#);
        assert!(typo.starts_with("metrics.input_token | metrics.input_token is not known here"), "{typo}");
        assert_eq!(of(r#"{"amount": 1, "metrics": ["a", 5]}"#), "metrics | metrics must be a JSON object, not a list");
        assert_eq!(of("[]"), " | The body must be a JSON object, not a list.");
        assert_eq!(of(" [1, null, null]"), " | The body must be a JSON object, not a list.");
    }

    #[test]
    fn what_is_no_json_is_a_bad_request_except_an_amount_that_is_not_a_number() {
        for text in ["", "{", "{\"amount\": 1} x", "amount=1", "{\"amount\": 1, \"metadata\": {\"x\": NaN}}"] {
            assert_eq!(refuse(text).0, 400, "{text:?}");
        }
        for text in ["{\"amount\": NaN}", "{\"amount\":-Infinity}", "{\n  \"amount\" : Infinity\n}"] {
            let (status, field, message) = refuse(text);
            assert_eq!((status, field.as_deref()), (422, Some("amount")), "{text:?}");
            assert!(message.starts_with("amount is not a number"), "{message}");
        }
        let deep = format!("{{\"amount\": 1, \"metadata\": {{\"x\": {}1{}}}}}", "[".repeat(500), "]".repeat(500));
        assert_eq!(refuse(&deep).0, 400);
    }

    #[test]
    fn metadata_keeps_numbers_as_they_came() {
        let text = r#"{"amount": 1, "metadata": {"input_tokens": 7, "score": 0.10000000000000000001, "big": 1e400}}"#;
        let wanted = read::<Wanted>(text.as_bytes()).unwrap();
        let metadata = serde_json::to_string(&wanted.metadata).unwrap();
        assert!(metadata.contains("0.10000000000000000001") && metadata.contains("1e+400"), "{metadata}");
        assert!(metadata.contains(r#""input_tokens":7"#), "{metadata}");
    }
}
