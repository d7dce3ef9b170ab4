//! A form whose session had ended: it comes back whole, to be sent again.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What was sent, and where to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interrupted {
    /// A path of this site.
    pub action: String,
    pub fields: Vec<(String, String)>,
    /// How it was sent, and must be again.
    pub multipart: bool,
}

/// The form that this request interrupted, if it did.
#[server(prefix = "/ui", endpoint = "interrupted")]
pub async fn load_interrupted() -> Result<Option<Interrupted>, AppError> {
    let load = async {
        let parts = use_context::<axum::http::request::Parts>();
        Ok(parts.and_then(|parts| parts.extensions.get::<Interrupted>().cloned()))
    };
    super::answer(load.await)
}
