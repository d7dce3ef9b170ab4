//! How a form that was posted is answered: always by a redirect, so that reloading a page never repeats a write.
//!
//! Success leads on (303). A refusal leads back to the form with the error in the query, the way `ServerAction` reads it
//! while the page is rendered; the error carries what was typed, so that nothing has to be typed again. The address of
//! the form is known here and not taken from the `Referer`, which may be missing or hold the error of a try before.

use super::context::response_status;
use crate::{
    error::{AppError, Code},
    link,
    model::{Proposed, Uuid},
};
use axum::http::{HeaderValue, StatusCode, header::ACCEPT, header::LOCATION, request::Parts};
use leptos::prelude::use_context;
use leptos::server_fn::error::ServerFnUrlError;
use leptos_axum::ResponseOptions;
use serde_json::{Map, Value};

const SESSION_ENDED: &str =
    "Your session had ended before this was sent, so nothing was changed. Look it over and send it again.";

const SENT_ALREADY: &str =
    "This form was sent already, with other values: see what it made. Sent again from here, it counts as another one.";

/// The longest value that is carried back to the form, as an address has its limits. A longer one whose session had ended,
/// and a form with more fields than an address holds, comes back by [`Interrupted`](super::Interrupted).
pub const MAX_TYPED: usize = 1_000;

/// A form, as the server function that it posts to knows it.
pub struct Form {
    /// The page with the form, as a path with query and fragment.
    page: String,
    /// The server function's own path.
    function: &'static str,
    typed: Map<String, Value>,
}

impl Form {
    pub fn new(page: impl Into<String>, function: &'static str) -> Self {
        Self { page: page.into(), function, typed: Map::new() }
    }

    /// Keeps what was typed into a field. Never give it a password.
    #[must_use]
    pub fn typed(mut self, field: &str, value: &str) -> Self {
        let value: String = value.chars().take(MAX_TYPED).collect();
        self.typed.insert(field.to_owned(), Value::String(value));
        self
    }

    /// Leads on to `next` or back to the form.
    pub fn finish<T>(self, result: Result<T, AppError>, next: impl FnOnce(&T) -> String) -> Result<T, AppError> {
        match result {
            Ok(done) => {
                see_other(&next(&done));
                Ok(done)
            }
            Err(error) => Err(self.refuse(error)),
        }
    }

    fn refuse(self, error: AppError) -> AppError {
        let error = sent_already(error);
        if !posted_without_script() {
            response_status(error.code);
            return error;
        }
        // A session that ended meanwhile; the sign-in form itself answers with this code, too, and stays. What was typed
        // waits behind the sign-in, in the form as after any other refusal.
        if error.code == Code::Unauthenticated && !self.page.starts_with("/sign-in") {
            let ended = AppError::new(Code::InvalidRequest, SESSION_ENDED);
            let next = self.address(&ended);
            see_other(&link::with_query("/sign-in", [("next", next.as_str())]));
            return error;
        }
        if error.code == Code::SecondStepRequired {
            see_other(super::ACCOUNT);
            return error;
        }
        see_other(&self.address(&error));
        error.with("typed", self.typed)
    }

    /// The page with the form, with the error and what was typed in its query.
    pub fn address(&self, error: &AppError) -> String {
        let error = error.clone().with("typed", &self.typed);
        // Only the query is taken from the address that is made here.
        let address = ServerFnUrlError::new(self.function, error).to_url("http://localhost/");
        let query = address.ok().and_then(|address| address.query().map(str::to_owned)).unwrap_or_default();
        let (page, fragment) = self.page.split_once('#').unwrap_or((&self.page, ""));
        let joint = if page.contains('?') { '&' } else { '?' };
        let mark = if fragment.is_empty() { "" } else { "#" };
        format!("{page}{joint}{query}{mark}{fragment}")
    }
}

/// To whoever filled in a form, a key that was used before is a form that was sent before.
fn sent_already(mut error: AppError) -> AppError {
    if error.code == Code::IdempotencyConflict
        && let Some(made) = error.details.remove("original_transaction_id")
    {
        SENT_ALREADY.clone_into(&mut error.message);
        error.details.insert("transaction_id".to_owned(), made);
    }
    error
}

/// Sends the browser on with a GET: for a plain form a 303; a script finds the place in the header and goes there itself.
pub fn see_other(path: &str) {
    if HeaderValue::from_str(path).is_err() {
        return;
    }
    leptos_axum::redirect(path);
    if let Some(response) = use_context::<ResponseOptions>().filter(|_| posted_without_script()) {
        response.set_status(StatusCode::SEE_OTHER);
    }
}

/// `page` with the entry that was just written, for its notice; `again` when an earlier press of the button wrote it.
pub fn done(page: &str, entry: Uuid, again: bool) -> String {
    link::with_query(page, [("done", entry.to_string().as_str()), ("again", if again { "1" } else { "" })])
}

/// `page`, or the request that waits for somebody else.
pub fn proposed(done: &Proposed, page: &str) -> String {
    match done {
        Proposed::Waiting(id) => format!("/approvals/{id}?saved=waiting"),
        _ => page.to_owned(),
    }
}

/// A refusal of the field `from` of the request, as the form calls it.
pub fn renamed(from: &str, to: &str, error: AppError) -> AppError {
    if error.field.as_deref() != Some(from) {
        return error;
    }
    AppError { field: Some(to.to_owned()), message: error.message.replacen(from, to, 1), ..error }
}

/// The status of a page that shows its form again: that of the refusal, also when it is about who one is.
pub fn refused_status(code: Code) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(code.status())) {
        response.set_status(status);
    }
}

/// Sends a page's visitor to another page.
pub fn move_on(path: &str) {
    if let (Some(response), Ok(place)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(path)) {
        response.insert_header(LOCATION, place);
        response.set_status(StatusCode::SEE_OTHER);
    }
}

pub fn posted_without_script() -> bool {
    let accept = use_context::<Parts>().and_then(|parts| parts.headers.get(ACCEPT).cloned());
    accept.is_some_and(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")))
}
