//! The audit log.

use crate::http::{
    ApiState, Reply,
    caller::{Caller, Manage},
    errors::ReadErrors,
    params::{Params, limit},
};
use app::model::{AuditEntry, AuditQuery, Page, Timestamp};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;

/// Rows of a page, unless asked otherwise.
const LIMIT: u32 = 50;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Who: `staff:ana@example.com`, `key:billing`, or the part after the colon.
    actor: Option<String>,
    /// What: an action such as `cap.set`, or its group, `cap`.
    action: Option<String>,
    /// To what: a user's id, a team's, a key's name, …
    subject: Option<String>,
    /// The first instant.
    #[param(value_type = Option<String>, format = DateTime)]
    start: Option<Timestamp>,
    /// The instant after the last.
    #[param(value_type = Option<String>, format = DateTime)]
    end: Option<Timestamp>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u32>,
}

/// The audit log, newest first
///
/// Needs the scope `manage`. Every change by a person or a key, with what was there before and after it. Rows are chained
/// by their hashes, which `GET /verify` checks. Charges are not here: their record is the ledger.
#[utoipa::path(
    get, path = "/audit", tag = "Operations",
    params(AuditParams),
    responses((status = 200, body = Page<AuditEntry>), ReadErrors)
)]
pub async fn list_audit(
    _: Caller<Manage>,
    State(state): State<ApiState>,
    Params(params): Params<AuditParams>,
) -> Reply<Page<AuditEntry>> {
    let AuditParams { actor, action, subject, start, end, cursor, limit: asked } = params;
    let query = AuditQuery { actor, action, subject, start, end, cursor, limit: limit(asked, LIMIT)? };
    Ok(Json(state.backend.audit(query).await?))
}
