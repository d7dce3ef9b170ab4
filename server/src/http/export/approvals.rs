//! Requests for a second person: those that wait, and what became of the rest.

use super::{
    listings::{Listing, ROWS, stream},
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    backend::SharedBackend,
    error::AppError,
    format,
    model::{Approval, Page, Role},
    pages::request_title,
};
use axum::response::Response;

const HEAD: [&str; 13] = [
    "id",
    "kind",
    "request",
    "subject",
    "amount",
    "reason",
    "requested_by",
    "requested_at_utc",
    "expires_at_utc",
    "status",
    "decided_by",
    "decided_at_utc",
    "note",
];

struct Requests {
    backend: SharedBackend,
}

#[async_trait::async_trait]
impl Listing for Requests {
    type Row = Approval;

    /// All that wait stand before the first page of the others.
    async fn page(&self, cursor: Option<String>) -> Result<Page<Approval>, AppError> {
        let first = cursor.is_none();
        let mut items = if first { self.backend.pending_approvals().await? } else { Vec::new() };
        let decided = self.backend.decided_approvals(cursor.as_deref(), ROWS).await?;
        // One that was answered between the two reads stands once.
        items.retain(|pending| decided.items.iter().all(|known| known.id != pending.id));
        items.extend(decided.items);
        Ok(Page { items, next: decided.next })
    }

    fn cells(&self, row: Approval) -> Vec<Cell> {
        cells(&row)
    }
}

fn cells(row: &Approval) -> Vec<Cell> {
    vec![
        Cell::word(row.id.to_string()),
        Cell::word(row.kind().as_str()),
        Cell::text(format::undirected(&request_title(row))),
        Cell::text(&row.subject),
        row.amount.map_or_else(Cell::empty, Cell::credits),
        Cell::text(&row.reason),
        Cell::text(&row.requested_by),
        Cell::utc(Some(row.requested_at)),
        Cell::utc(Some(row.expires_at)),
        Cell::word(row.status.as_str()),
        Cell::maybe(row.decided_by.as_ref()),
        Cell::utc(row.decided_at),
        Cell::maybe(row.note.as_ref()),
    ]
}

/// All requests: those that wait, the oldest first, then the answered ones, the newest first.
pub async fn approvals(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    stream("approvals.csv", &HEAD, Requests { backend: reader.backend }).await
}

/// All requests of whoever asks, the newest first, whatever became of them.
pub async fn own(reader: Reader) -> Result<Response, Refusal> {
    let mut sheet = Sheet::new(HEAD)?;
    for row in reader.backend.own_approvals(&reader.actor(), u32::MAX).await? {
        sheet.row(cells(&row))?;
    }
    Ok(download("own-approvals.csv", CSV, sheet.bytes()?))
}
