//! Prices as files: a version to keep, and a price list to choose from.

use super::{
    Refusal,
    interrupted::send_again,
    pages::{Pages, Show, page_instead},
    params::Params,
    path::VersionNumber,
    signed_in::{SignedIn, refuse},
};
use app::{
    api::RefusedList,
    error::{AppError, Code},
    link,
    model::{Actor, Role},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State},
    http::{
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
        request::Parts,
    },
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;

/// The most bytes of an upload; the community's list has three megabytes.
const MAX_UPLOAD: usize = 16 * 1024 * 1024;
/// The most bytes that are read for somebody who is not signed in, to be handed back.
const MAX_STRANGERS: usize = 4 * 1024 * 1024;
/// The page with the form, and the form's field for a pasted list.
const PAGE: &str = "/pricing/import";
const TYPED: &str = "text";

pub fn routes(pages: Pages) -> Router<()> {
    Router::new().route("/pricing/versions/{version}/export", get(export)).with_state(pages)
}

/// Routes whose bodies are larger than those of any form.
pub fn uploads(pages: Pages, show: Show) -> Router<()> {
    // The address of a form that was shown again, opened anew.
    let form = get(async || Redirect::to(PAGE));
    Router::new()
        .route("/pricing/import/upload", form.post(upload))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
        .with_state(Uploads { pages, show })
}

#[derive(Clone)]
struct Uploads {
    pages: Pages,
    show: Show,
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

/// What a form brought.
#[derive(Debug, Default)]
struct Given {
    /// The list: of the file, or as it was typed, which comes last.
    list: String,
    typed: String,
}

/// Keeps a price list, given as a file or as text, and leads to its models; or shows the form again, with what was typed
/// and what is wrong. Whose session has ended gets what was typed in a page that can send it again.
async fn upload(State(Uploads { pages, show }): State<Uploads>, request: Request) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    let Some(staff) = pages.visitor(&parts.extensions).await.map_err(refuse)? else {
        let typed = match to_bytes(body, MAX_STRANGERS).await {
            Ok(body) => read(parts.clone(), Body::from(body)).await.0.typed,
            Err(_) => String::new(),
        };
        return Ok(match typed.as_str() {
            "" => Redirect::to(&link::with_query("/sign-in", [("next", PAGE)])).into_response(),
            _ => show(send_again(parts, vec![(TYPED.to_owned(), typed)], true)).await,
        });
    };
    let staff = SignedIn(staff).require(Role::may_manage).map_err(IntoResponse::into_response)?;
    let (Given { list, typed }, fault) = read(parts.clone(), body).await;
    let kept = match fault {
        Some(rule) => Err(AppError::new(Code::InvalidRequest, rule)),
        None => pages.backend.add_price_list(&Actor::staff(&staff.email), &list).await,
    };
    Ok(match kept {
        Ok(id) => Redirect::to(&format!("{PAGE}/{id}")).into_response(),
        Err(error) => show(page_instead(parts, PAGE, RefusedList { error, typed })).await,
    })
}

/// The fields of the form, and what went wrong while they were read.
async fn read(parts: Parts, body: Body) -> (Given, Option<String>) {
    let (mut given, mut fault) = (Given::default(), None);
    let mut form = match Multipart::from_request(Request::from_parts(parts, body), &()).await {
        Ok(form) => form,
        Err(error) => return (given, Some(error.body_text())),
    };
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return (given, fault),
            Err(error) => return (given, Some(error.body_text())),
        };
        let typed = field.name() == Some(TYPED);
        match field.text().await {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) if typed => given = Given { list: text.clone(), typed: text },
            Ok(text) => given.list = text,
            Err(error) => fault = Some(error.body_text()),
        }
    }
}
