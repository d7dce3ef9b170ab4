//! On-ramps: usage in the shape in which other tools report it.

mod litellm;
mod otlp;

use crate::http::ApiState;
use axum::extract::DefaultBodyLimit;
use tower::ServiceBuilder;
use tower_http::{decompression::RequestDecompressionLayer, map_request_body::MapRequestBodyLayer};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The most bytes of a log, which may hold whole prompts and answers; unpacked, where it came packed.
const MAX_LOG: usize = 32 * 1024 * 1024;
/// The most bytes of spans. They take many times as much in memory, unlike a log, of which little is read.
const MAX_SPANS: usize = 8 * 1024 * 1024;

pub fn routes() -> OpenApiRouter<ApiState> {
    let logs = OpenApiRouter::new().routes(routes!(litellm::ingest_litellm)).layer(DefaultBodyLimit::max(MAX_LOG));
    let spans = OpenApiRouter::new().routes(routes!(otlp::ingest_otlp)).layer(DefaultBodyLimit::max(MAX_SPANS));
    let unpacked = ServiceBuilder::new()
        .layer(RequestDecompressionLayer::new())
        .layer(MapRequestBodyLayer::new(axum::body::Body::new));
    logs.merge(spans).layer(unpacked)
}
