//! Prices: the versions there are, and what differs between two of them.

use super::{
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{api::compare_versions, model::Role};
use axum::response::Response;

/// All versions, the newest first; times are UTC.
pub async fn versions(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let head = ["version", "label", "active", "published_at_utc", "published_by", "activated_at_utc", "activated_by"];
    let mut sheet = Sheet::new(head)?;
    for row in reader.backend.version_rows().await? {
        let activated = row.activated.as_ref();
        sheet.row([
            Cell::count(row.item.version),
            Cell::maybe(row.item.label.as_ref()),
            Cell::flag(row.item.active),
            Cell::utc(Some(row.item.created_at)),
            Cell::text(&row.created_by),
            Cell::utc(activated.map(|activation| activation.at)),
            Cell::maybe(activated.map(|activation| &activation.by)),
        ])?;
    }
    Ok(download("pricing-versions.csv", CSV, sheet.bytes()?))
}

/// All differences by meaning; `old` is empty for what is new, `new` for what is gone.
pub async fn diff(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let compared = compare_versions(&reader.backend, reader.query.get("from"), reader.query.get("to")).await?;
    let mut sheet = Sheet::new(["from_version", "to_version", "path", "old", "new", "change_percent"])?;
    for change in compared.changes {
        sheet.row([
            Cell::count(compared.from),
            Cell::count(compared.to),
            Cell::text(&change.path),
            Cell::maybe(change.old.as_ref()),
            Cell::maybe(change.new.as_ref()),
            change.percent.map_or_else(Cell::empty, Cell::word),
        ])?;
    }
    Ok(download(&format!("pricing-diff-{}-{}.csv", compared.from, compared.to), CSV, sheet.bytes()?))
}
