//! Query parameters.

use super::{Refusal, json};
use crate::service::paging;
use app::error::AppError;
use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;

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

/// How many rows are asked for.
pub fn limit(asked: Option<u32>, default: u32) -> Result<u32, AppError> {
    paging::limit(asked.unwrap_or(default))
}
