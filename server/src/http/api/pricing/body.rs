//! The body of a request that carries a pricing configuration: JSON, or the YAML that people edit.

use crate::{
    http::{Refusal, amount::Amount, json},
    pricelist::{Document, Format},
};
use app::{
    error::{AppError, Code},
    model::PlanDefinition,
    pricing::duplicate_keys,
};
use axum::{
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The member that holds the configuration.
const CONFIG: &str = "config";

/// A pricing configuration as it is sent: everything but the models has a default. All faults are listed at once.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes what `read_config` reads")]
pub struct PricingConfigInput {
    /// The format: 1.
    version: Option<u32>,
    /// Model name → formula; `_default` is the fallback.
    models: BTreeMap<String, String>,
    /// Tool name → formula; `_default` prices the calls without one of their own. Left out, tool calls are free.
    tools: Option<BTreeMap<String, String>>,
    search: Option<SearchInput>,
    cache: Option<CacheInput>,
    /// Job name → cost.
    fixed: Option<BTreeMap<String, Amount>>,
    /// The floor of every balance; 5 if left out.
    min_balance: Option<Amount>,
    /// Key → plan.
    plans: Option<BTreeMap<String, PlanDefinition>>,
}

/// The formula of searches, alone or under the key `costs`.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what `read_config` reads")]
pub enum SearchInput {
    Formula(String),
    Map { costs: String },
}

/// The formula of the cache discount, negative as its author writes it, alone or under the key `discount`.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what `read_config` reads")]
pub enum CacheInput {
    Formula(String),
    Map { discount: String },
}

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
        bare @ Value::Object(_) => (json!({ CONFIG: bare }), twice),
        _ => return Err(AppError::new(Code::InvalidRequest, "The body must be a map.").into()),
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
