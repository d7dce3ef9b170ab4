//! Credits that end: the lots one by one, and added up by day.

use super::{
    listings::{Listing, ROWS, stream},
    reader::{Reader, file_name},
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    api::zone,
    backend::SharedBackend,
    error::AppError,
    model::{ExpiringLot, ExpiryView, Page, Role},
    range::{ReportRange, read_zone},
};
use axum::response::Response;
use jiff::tz::TimeZone;

/// How many days ahead, and of which zone.
fn asked(reader: &Reader) -> Result<(u32, String), AppError> {
    reader.require(Role::may_report)?;
    let zone_name = zone(reader.query.get("tz"), reader.backend.reporting_zone())?;
    let days = match reader.query.get("days") {
        "" => 30,
        text => text.parse().map_err(|_| AppError::invalid("days", "must be a whole number"))?,
    };
    Ok((days, zone_name))
}

struct Lots {
    backend: SharedBackend,
    days: u32,
    zone: TimeZone,
    zone_name: String,
}

#[async_trait::async_trait]
impl Listing for Lots {
    type Row = ExpiringLot;

    async fn page(&self, cursor: Option<String>) -> Result<Page<ExpiringLot>, AppError> {
        let view = self.backend.expiring(self.days, &self.zone, cursor.as_deref(), ROWS).await?;
        Ok(Page { items: view.lots, next: view.next })
    }

    fn cells(&self, lot: ExpiringLot) -> Vec<Cell> {
        vec![
            Cell::instant(lot.expires_at, &self.zone),
            Cell::word(&self.zone_name),
            Cell::word(if lot.holder.team { "team" } else { "user" }),
            Cell::text(&lot.holder.id),
            Cell::maybe(lot.holder.name.as_ref()),
            Cell::word(lot.kind.as_str()),
            Cell::credits(lot.granted),
            Cell::credits(lot.remaining),
            Cell::word(lot.source_transaction_id.to_string()),
        ]
    }
}

/// All lots that expire in the range of days, the first to expire first.
pub async fn lots(reader: Reader) -> Result<Response, Refusal> {
    let (days, zone_name) = asked(&reader)?;
    let zone = read_zone(&zone_name)?;
    let head = [
        "expires_at",
        "zone",
        "holder_kind",
        "holder",
        "name",
        "kind",
        "granted",
        "remaining",
        "source_transaction_id",
    ];
    stream("expiry.csv", &head, Lots { backend: reader.backend, days, zone, zone_name }).await
}

/// What expires on the days of the address.
pub(super) async fn read_days(reader: &Reader) -> Result<(ExpiryView, ReportRange), AppError> {
    let (days, zone_name) = asked(reader)?;
    let zone = read_zone(&zone_name)?;
    let view = reader.backend.expiring(days, &zone, None, 1).await?;
    let range = ReportRange::ahead(days, zone, view.now)?;
    Ok((view, range))
}

/// Every day of the range: what can be spent on it for the last time.
pub async fn days(reader: Reader) -> Result<Response, Refusal> {
    let (view, range) = read_days(&reader).await?;
    let mut sheet = Sheet::new(["date", "zone", "lots", "credits"])?;
    for day in view.days {
        let cells = [Cell::date(day.date), Cell::word(&range.zone_name), Cell::count(day.lots)];
        sheet.row(cells.into_iter().chain([Cell::credits(day.credits)]))?;
    }
    Ok(download(&file_name("expiry-days", &range, "csv"), CSV, sheet.bytes()?))
}
