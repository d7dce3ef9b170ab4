//! The body of a request that carries a pricing configuration: JSON, or the YAML that people edit.

use crate::{
    http::{Refusal, json},
    pricelist::{Document, Format},
};
use app::{
    error::{AppError, Code},
    pricing::duplicate_keys,
};
use axum::{
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The member that holds the configuration.
const CONFIG: &str = "config";

/// A body as `T`, and the keys that stand twice in its configuration, which a `Value` cannot hold.
#[derive(Debug)]
pub struct ConfigBody<T> {
    pub body: T,
    pub twice: Vec<String>,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ConfigBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let media_type = json::media_type(&request);
        if json::is_json(&media_type) {
            let bytes = json::whole(request, state).await?;
            let body = json::read(&bytes)?;
            let twice = std::str::from_utf8(&bytes).map(duplicate_keys).unwrap_or_default();
            return Ok(Self { body, twice: in_config(twice)? });
        }
        if !is_yaml(&media_type) {
            return Err(json::unsupported(
                "The body must be JSON or YAML: send Content-Type: application/json or application/yaml.",
            ));
        }
        from_yaml(&json::whole(request, state).await?)
    }
}

fn is_yaml(media_type: &str) -> bool {
    matches!(media_type, "application/yaml" | "application/x-yaml" | "text/yaml" | "text/x-yaml")
        || media_type.starts_with("application/") && media_type.ends_with("+yaml")
}

fn from_yaml<T: DeserializeOwned>(bytes: &[u8]) -> Result<ConfigBody<T>, Refusal> {
    let bad = |message| Refusal::with_status(AppError::new(Code::InvalidRequest, message), StatusCode::BAD_REQUEST);
    let text = std::str::from_utf8(bytes).map_err(|_| bad("The body is not UTF-8.".to_owned()))?;
    let Document { value, twice } =
        Format::Yaml.read(text).map_err(|message| bad(format!("The body is {message}.")))?;
    let (value, twice) = match value {
        Value::Object(map) if map.contains_key(CONFIG) => (Value::Object(map), in_config(twice)?),
        bare => (json!({ CONFIG: bare }), twice),
    };
    let body = serde_path_to_error::deserialize(value)
        .map_err(|error| json::data_error(&error.path().to_string(), &error.inner().to_string()))?;
    Ok(ConfigBody { body, twice })
}

/// The paths as seen from the configuration. A key beside it that stands twice is a bad request.
fn in_config(twice: Vec<String>) -> Result<Vec<String>, AppError> {
    twice
        .into_iter()
        .map(|path| match path.strip_prefix(CONFIG).and_then(|rest| rest.strip_prefix('.')) {
            Some(inner) => Ok(inner.to_owned()),
            None => Err(AppError::invalid(path, "is given twice")),
        })
        .collect()
}
