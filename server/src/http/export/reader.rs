//! Who asks for a file, and what for.

use crate::http::{pages::Pages, signed_in::refuse};
use app::{
    api::{ShownRange, permit},
    backend::{SharedAccess, SharedBackend},
    error::AppError,
    link::{Query, with_query},
    model::{Actor, Role, Staff, Timestamp, Uuid},
    range::{RangeQuery, ReportRange},
};
use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse as _, Redirect, Response},
};

/// A person who is signed in, with the words of the address.
pub struct Reader {
    staff: Staff,
    pub backend: SharedBackend,
    pub access: SharedAccess,
    pub query: Query,
}

impl FromRequestParts<Pages> for Reader {
    type Rejection = Response;

    /// Someone who is not signed in is sent to the sign-in page and comes back for the file.
    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Response> {
        let sign_in = || {
            let here = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            Redirect::to(&with_query("/sign-in", [("next", here)])).into_response()
        };
        match pages.visitor(&parts.extensions).await {
            Ok(Some(staff)) => {
                let query = Query::read(parts.uri.query().unwrap_or_default());
                Ok(Self { staff, backend: pages.backend.clone(), access: pages.access.clone(), query })
            }
            Ok(None) => Err(sign_in()),
            Err(error) => Err(refuse(error)),
        }
    }
}

impl Reader {
    pub fn role(&self) -> Role {
        self.staff.role
    }

    /// As the requests and the notes of theirs hold them.
    pub fn actor(&self) -> Actor {
        Actor::staff(&self.staff.email)
    }

    pub fn require(&self, permission: fn(Role) -> bool) -> Result<(), AppError> {
        permit(&self.staff, permission)
    }

    /// The id that the address names.
    pub fn id(&self, of: &str) -> Result<Uuid, AppError> {
        self.query.get(of).parse().map_err(|_| AppError::invalid(of, format!("must be the id of a {of}")))
    }

    /// The range that the address names, as the reports read it, and the moment it is of.
    pub fn range(&self) -> Result<(ReportRange, Timestamp), AppError> {
        let now = self.backend.now();
        let word = |name| Some(self.query.get(name)).filter(|word| !word.is_empty());
        let query = RangeQuery { range: word("range"), from: word("from"), to: word("to"), tz: word("tz") };
        Ok((ReportRange::read(&query, &self.backend.reporting_zone(), now)?, now))
    }
}

/// `spend-2026-11-01-2026-11-30.csv`.
pub fn file_name(name: &str, range: &ReportRange, ending: &str) -> String {
    format!("{name}-{}-{}.{ending}", range.first, range.last)
}

/// The range as pages say it.
pub fn shown(range: &ReportRange) -> Result<ShownRange, AppError> {
    ShownRange::of(range)
}
