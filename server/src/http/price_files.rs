//! Prices as files: a version to keep, and a price list to choose from.

use super::{Refusal, pages::Pages, params::Params, path::VersionNumber, signed_in::SignedIn};
use app::{
    link,
    model::{Actor, Role},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Multipart, State},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

/// The most bytes of an upload; the community's list has three megabytes.
const MAX_UPLOAD: usize = 16 * 1024 * 1024;

pub fn routes(pages: Pages) -> Router<()> {
    Router::new().route("/pricing/versions/{version}/export", get(export)).with_state(pages)
}

/// Routes whose bodies are larger than those of any form.
pub fn uploads(pages: Pages) -> Router<()> {
    Router::new()
        .route("/pricing/import/upload", post(upload))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
        .with_state(pages)
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportParams {
    #[serde(default)]
    format: String,
}

async fn export(
    visitor: SignedIn,
    State(pages): State<Pages>,
    VersionNumber(version): VersionNumber,
    Params(params): Params<ExportParams>,
) -> Result<Response, Refusal> {
    visitor.require(Role::may_report)?;
    let yaml = params.format == "yaml";
    let text = pages.backend.version_text(version, yaml).await?;
    let (media_type, ending) = if yaml { ("application/yaml", "yaml") } else { ("application/json", "json") };
    let name = format!("attachment; filename=\"pricing-{version}.{ending}\"");
    Ok(([(CONTENT_TYPE, media_type), (CONTENT_DISPOSITION, name.as_str())], text).into_response())
}

/// Keeps a price list, given as a file or as text, and leads to its models; or back, with what is wrong.
async fn upload(visitor: SignedIn, State(pages): State<Pages>, mut form: Multipart) -> Result<Response, Refusal> {
    let staff = visitor.require(Role::may_manage)?;
    let mut text = String::new();
    let mut fault = None;
    loop {
        match form.next_field().await {
            Ok(Some(field)) => match field.text().await {
                Ok(content) if !content.trim().is_empty() => text = content,
                Ok(_) => {}
                Err(error) => fault = Some(error.body_text()),
            },
            Ok(None) => break,
            Err(error) => {
                fault = Some(error.body_text());
                break;
            }
        }
    }
    let kept = match fault {
        Some(fault) => Err(fault),
        None => pages.backend.add_price_list(&Actor::staff(&staff.email), &text).await.map_err(|error| error.message),
    };
    let next = match kept {
        Ok(id) => format!("/pricing/import/{id}"),
        Err(fault) => link::with_query("/pricing/import", [("fault", fault.as_str())]),
    };
    Ok(Redirect::to(&next).into_response())
}
