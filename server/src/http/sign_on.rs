//! The way to the identity provider and back: two redirects, which need no script.

use super::pages::Pages;
use crate::auth::visit::{SignOnAnswer, WebVisit};
use app::{
    api::refused_sign_in,
    error::{AppError, Code},
    link::{self, Query},
};
use axum::{
    Router,
    extract::{RawQuery, State},
    http::{Extensions, header::CACHE_CONTROL},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

pub fn routes() -> Router<Pages> {
    Router::new().route("/sign-in/oidc", get(begin)).route(crate::auth::provider::CALLBACK, get(finish))
}

/// Sends the visitor to the provider.
async fn begin(State(pages): State<Pages>, RawQuery(query): RawQuery, extensions: Extensions) -> Response {
    let query = Query::read(&query.unwrap_or_default());
    let next = link::local(query.get("next"));
    let began = async { visit(&pages, &extensions)?.begin_sign_on(next).await };
    let place = began.await.unwrap_or_else(|error| refused_sign_in(next, &error));
    lead(&place)
}

/// Takes the visitor back from the provider.
async fn finish(State(pages): State<Pages>, RawQuery(query): RawQuery, extensions: Extensions) -> Response {
    let query = Query::read(&query.unwrap_or_default());
    let word = |name| Some(query.get(name).to_owned()).filter(|word| !word.is_empty());
    let answer = SignOnAnswer {
        code: query.get("code").to_owned(),
        state: query.get("state").to_owned(),
        error: word("error"),
        issuer: word("iss"),
    };
    let mut next = "/".to_owned();
    let finished = async {
        let visit = visit(&pages, &extensions)?;
        let begun = visit.begun_sign_on().await?;
        if let Some(begun) = &begun {
            next.clone_from(&begun.next);
        }
        visit.finish_sign_on(begun, &answer).await
    };
    match finished.await {
        Ok(_) => lead(&next),
        Err(error) => lead(&refused_sign_in(&next, &error)),
    }
}

fn visit(pages: &Pages, extensions: &Extensions) -> Result<WebVisit, AppError> {
    pages.visit(extensions).ok_or_else(|| AppError::new(Code::Internal, "This request was not set up."))
}

/// On with a GET, which nobody keeps.
fn lead(place: &str) -> Response {
    ([(CACHE_CONTROL, "no-store")], Redirect::to(place)).into_response()
}
