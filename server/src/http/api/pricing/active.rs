//! The active pricing version, for clients that keep a copy.

use crate::http::{
    ApiState, Refusal,
    caller::{Caller, Read},
    errors::ActiveErrors,
};
use app::model::PricingConfigResult;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};
use headers::{ETag, HeaderMapExt, IfNoneMatch};

/// The active pricing version
///
/// Needs the scope `read`. The answer has an `ETag`; asked again with it in `If-None-Match`, an unchanged version is
/// answered with 304 and nothing else.
#[utoipa::path(
    get, path = "/pricing/active", tag = "Pricing",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the copy at hand")),
    responses(
        (status = 200, body = PricingConfigResult, headers(("ETag" = String, description = "Names this version"))),
        (status = 304, description = "Unchanged", headers(("ETag" = String, description = "Names this version"))),
        ActiveErrors
    )
)]
pub async fn get_active(_: Caller<Read>, State(state): State<ApiState>, asked: HeaderMap) -> Result<Response, Refusal> {
    let active = state.backend.active_version().await?;
    // A version never changes, so its id names its content; weak, since it may travel compressed.
    let tag = format!("W/\"{}\"", active.id).parse::<ETag>().ok();
    let known = tag.as_ref().is_some_and(|tag| {
        asked.typed_get::<IfNoneMatch>().is_some_and(|condition| !condition.precondition_passes(tag))
    });
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { Json(active).into_response() };
    if let Some(tag) = tag {
        response.headers_mut().typed_insert(tag);
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}
