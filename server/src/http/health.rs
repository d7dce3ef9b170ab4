//! Whether the process runs (`/healthz`) and whether it can work (`/readyz`).

use super::ApiState;
use crate::store;
use axum::{Router, extract::State, http::StatusCode, routing::get};

/// Both answer a word, for load balancers and people alike, and need no key.
pub fn health(state: ApiState) -> Router {
    Router::new().route("/healthz", get(async || "ok")).route("/readyz", get(ready)).with_state(state)
}

async fn ready(State(state): State<ApiState>) -> (StatusCode, &'static str) {
    match store::health::ping(&state.db).await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}
