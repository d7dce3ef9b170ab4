//! What a server function needs of its request: the port, the visitor, and the HTTP answer around it.

use crate::{
    backend::{SharedAccess, SharedBackend, SharedVisit},
    error::{AppError, Code},
    model::{Actor, Role, Staff},
};
use axum::http::{Method, StatusCode, header::ACCEPT, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::{ResponseOptions, redirect};

/// The port.
pub fn backend() -> Result<SharedBackend, AppError> {
    use_context().ok_or_else(missing)
}

/// People and keys.
pub fn access() -> Result<SharedAccess, AppError> {
    use_context().ok_or_else(missing)
}

/// The visitor of this request.
pub fn visit() -> Result<SharedVisit, AppError> {
    use_context().ok_or_else(missing)
}

/// Whoever is signed in as the ledger and the audit log name them, with where they ask from.
pub fn actor(staff: &Staff) -> Actor {
    Actor::staff(&staff.email).at(visit().ok().and_then(|visit| visit.address()))
}

fn missing() -> AppError {
    AppError::new(Code::Internal, "This request was not set up; see the server's log.")
}

/// Whoever is signed in; someone who is not is sent to the sign-in page and comes back here, someone who must set up a
/// second step to their account.
pub async fn require_anyone() -> Result<Staff, AppError> {
    match visit()?.staff().await {
        Ok(staff) => signed_in(staff),
        Err(error) => {
            if error.code == Code::SecondStepRequired {
                redirect(super::ACCOUNT);
            }
            Err(error)
        }
    }
}

/// The same for one's own account, which is open also to who must set up a second step; true for them.
pub async fn require_account() -> Result<(Staff, bool), AppError> {
    let visit = visit()?;
    let staff = signed_in(visit.account().await?)?;
    let held = visit.staff().await.is_err_and(|error| error.code == Code::SecondStepRequired);
    Ok((staff, held))
}

fn signed_in(staff: Option<Staff>) -> Result<Staff, AppError> {
    staff.ok_or_else(|| {
        redirect(&sign_in_path());
        AppError::new(Code::Unauthenticated, "Sign in to continue.")
    })
}

/// Whoever is signed in, if `permission` holds for the role: `require(Role::may_report).await?`.
pub async fn require(permission: fn(Role) -> bool) -> Result<Staff, AppError> {
    let staff = require_anyone().await?;
    permit(&staff, permission)?;
    Ok(staff)
}

/// Says which roles may, if this person may not.
pub fn permit(staff: &Staff, permission: fn(Role) -> bool) -> Result<(), AppError> {
    if permission(staff.role) {
        return Ok(());
    }
    let roles: Vec<_> = [Role::Admin, Role::Finance, Role::Support]
        .into_iter()
        .filter(|role| permission(*role))
        .map(Role::as_str)
        .collect();
    let message = format!("This needs the role {}; you are signed in as {}.", roles.join(" or "), staff.role.as_str());
    Err(AppError::new(Code::Forbidden, message).with("roles", roles))
}

/// Passes a result through and gives the HTTP answer the status of its error.
pub fn answer<T>(result: Result<T, AppError>) -> Result<T, AppError> {
    result.inspect_err(|error| response_status(error.code))
}

/// Sets the HTTP status that goes with `code`. A form posted without a script is redirected back with its error in the
/// query, so its status stays a redirect; so does that of a visitor who is on the way to the sign-in page, or to their account.
pub fn response_status(code: Code) {
    let (Some(parts), Some(response)) = (use_context::<Parts>(), use_context::<ResponseOptions>()) else { return };
    let page = accepts_html(&parts);
    if page && (parts.method != Method::GET || matches!(code, Code::Unauthenticated | Code::SecondStepRequired)) {
        return;
    }
    if let Ok(status) = StatusCode::from_u16(code.status()) {
        response.set_status(status);
    }
}

fn accepts_html(parts: &Parts) -> bool {
    parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("text/html"))
}

/// `/sign-in?next=…` with the page that was asked for; a write is not repeated, so it leads back to the overview.
fn sign_in_path() -> String {
    let Some(parts) = use_context::<Parts>() else { return "/sign-in".to_owned() };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if parts.method != Method::GET || path == "/" || !accepts_html(&parts) {
        return "/sign-in".to_owned();
    }
    format!("/sign-in?next={}", crate::ui::encode(path))
}
