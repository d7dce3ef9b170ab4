//! Files for people who are signed in: what a page links to and no page shows.

use super::{Refusal, pages::Pages};
use app::{
    api::ACCOUNT,
    error::{AppError, Code},
    model::{Role, Staff},
};
use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};

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
        match pages.visitor(&parts.extensions).await {
            Ok(Some(staff)) => Ok(Self(staff)),
            Ok(None) => Err(Redirect::to("/sign-in").into_response()),
            Err(error) => Err(refuse(error)),
        }
    }
}

/// Leads whoever has to set up a second step to where that is done; anything else is said.
pub fn refuse(error: AppError) -> Response {
    match error.code {
        Code::SecondStepRequired => Redirect::to(ACCOUNT).into_response(),
        _ => Refusal::from(error).into_response(),
    }
}
