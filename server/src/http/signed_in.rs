//! Files for people who are signed in: what a page links to and no page shows.

use super::{Refusal, pages::Pages};
use crate::auth::visit::WebVisit;
use app::{
    backend::Visit as _,
    error::{AppError, Code},
    model::{Role, Staff},
};
use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use tower_sessions::Session;

/// Whoever is signed in; anybody else is sent to the sign-in page.
#[derive(Debug)]
pub struct SignedIn(pub Staff);

impl SignedIn {
    /// The person, if `permission` holds for the role.
    pub fn require(self, permission: fn(Role) -> bool) -> Result<Staff, Refusal> {
        if permission(self.0.role) {
            return Ok(self.0);
        }
        let role = self.0.role.as_str();
        Err(AppError::new(Code::Forbidden, format!("This is not for the role {role}.")).into())
    }
}

impl FromRequestParts<Pages> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Response> {
        let session = parts.extensions.get::<Session>().cloned();
        let staff = match session {
            Some(session) => WebVisit::new(pages.staff.clone(), session, None).staff().await,
            None => Ok(None),
        };
        match staff {
            Ok(Some(staff)) => Ok(Self(staff)),
            Ok(None) => Err(Redirect::to("/sign-in").into_response()),
            Err(error) => Err(Refusal::from(error).into_response()),
        }
    }
}
