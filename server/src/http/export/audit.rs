//! The audit log as a table: all rows of the filter, with their hashes, so that the chain can be checked elsewhere.

use super::{
    listings::{Listing, ROWS, stream},
    reader::Reader,
    sheet::Cell,
};
use crate::http::Refusal;
use app::{
    api::{AuditFilter, audit_query, zone},
    backend::SharedBackend,
    error::AppError,
    model::{AuditEntry, AuditQuery, Page, Role},
    range::read_zone,
};
use axum::response::Response;
use jiff::tz::TimeZone;

const HEAD: [&str; 14] = [
    "row",
    "time",
    "zone",
    "who",
    "from",
    "action",
    "subject_kind",
    "subject",
    "reason",
    "before",
    "after",
    "time_utc",
    "previous_hash",
    "hash",
];

struct Rows {
    backend: SharedBackend,
    query: AuditQuery,
    zone: TimeZone,
    zone_name: String,
}

#[async_trait::async_trait]
impl Listing for Rows {
    type Row = AuditEntry;

    async fn page(&self, cursor: Option<String>) -> Result<Page<AuditEntry>, AppError> {
        self.backend.audit(AuditQuery { cursor, limit: ROWS, ..self.query.clone() }).await
    }

    fn cells(&self, row: AuditEntry) -> Vec<Cell> {
        let state =
            |state: Option<serde_json::Value>| state.map_or_else(Cell::empty, |state| Cell::text(state.to_string()));
        vec![
            Cell::count(row.seq),
            Cell::instant(row.at, &self.zone),
            Cell::word(&self.zone_name),
            Cell::text(&row.actor),
            Cell::maybe(row.address.as_ref()),
            Cell::word(row.action.as_str()),
            Cell::word(row.subject_kind.as_str()),
            Cell::text(&row.subject),
            Cell::maybe(row.reason.as_ref()),
            state(row.before),
            state(row.after),
            Cell::instant(row.at, &TimeZone::UTC),
            Cell::word(row.previous_hash),
            Cell::word(row.hash),
        ]
    }
}

/// All rows of the filter, newest first.
pub async fn audit(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_audit)?;
    let filter = AuditFilter::read(|name| reader.query.get(name).to_owned());
    let zone_name = zone(&filter.tz, reader.backend.reporting_zone())?;
    let query = audit_query(&filter, &zone_name)?;
    let listing = Rows { backend: reader.backend, query, zone: read_zone(&zone_name)?, zone_name };
    stream("audit.csv", &HEAD, listing).await
}
