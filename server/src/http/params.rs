//! Query parameters.

use super::{Refusal, json};
use app::error::AppError;
use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;

/// The most rows of a page.
const MAX_LIMIT: u32 = 200;

/// The query as `T`, which refuses parameters that it does not know: a typo must not become a default.
#[derive(Clone, Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let params = serde_path_to_error::deserialize(deserializer)
            .map_err(|error| json::data_error(&error.path().to_string(), &error.inner().to_string()))?;
        Ok(Self(params))
    }
}

/// How many rows are asked for: 1 to 200.
pub fn limit(asked: Option<u32>, default: u32) -> Result<u32, AppError> {
    let limit = asked.unwrap_or(default);
    if (1..=MAX_LIMIT).contains(&limit) {
        Ok(limit)
    } else {
        Err(AppError::invalid("limit", format!("must be 1 to {MAX_LIMIT}")))
    }
}
