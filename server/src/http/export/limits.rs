//! Who is limited how: caps, plans' members, and credits that end.

use super::{
    listings::{Listing, ROWS, stream},
    reader::Reader,
    sheet::Cell,
};
use crate::http::Refusal;
use app::{
    api::{CapFilter, cap_query, zone},
    backend::SharedBackend,
    error::AppError,
    model::{CapQuery, CapRow, Credits, ExpiringLot, Page, PlanMember, Role},
    range::read_zone,
};
use axum::{extract::Path, response::Response};
use jiff::tz::TimeZone;

struct Caps {
    backend: SharedBackend,
    query: CapQuery,
}

#[async_trait::async_trait]
impl Listing for Caps {
    type Row = CapRow;

    async fn page(&self, cursor: Option<String>) -> Result<Page<CapRow>, AppError> {
        let list = self.backend.cap_list(CapQuery { cursor, limit: ROWS, ..self.query.clone() }).await?;
        Ok(Page { items: list.items, next: list.next })
    }

    fn cells(&self, row: CapRow) -> Vec<Cell> {
        let (status, cap) = (&row.status, &row.status.cap);
        vec![
            Cell::text(&cap.user_id),
            Cell::maybe(row.profile.name.as_ref()),
            Cell::maybe(row.plan_id.as_ref()),
            Cell::word(cap.cap_type.as_str()),
            Cell::maybe(cap.model.as_ref()),
            Cell::word(cap.action.as_str()),
            Cell::credits(cap.limit),
            Cell::credits(status.spend),
            Cell::instant(status.resets_at, &TimeZone::UTC),
        ]
    }
}

/// All caps of the filter, with what each has counted in its window.
pub async fn caps(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let head = ["user_id", "name", "plan", "type", "model", "action", "limit", "spend", "resets_at_utc"];
    let query = cap_query(&CapFilter::read(|name| reader.query.get(name).to_owned()))?;
    stream("caps.csv", &head, Caps { backend: reader.backend, query }).await
}

struct Members {
    backend: SharedBackend,
    key: String,
}

#[async_trait::async_trait]
impl Listing for Members {
    type Row = (PlanMember, Option<Credits>);

    async fn page(&self, cursor: Option<String>) -> Result<Page<Self::Row>, AppError> {
        let detail = self.backend.plan_detail(&self.key, cursor.as_deref(), ROWS).await?;
        let allowance = detail.row.definition.map(|plan| plan.free_allowance);
        let items = detail.members.items.into_iter().map(|member| (member, allowance)).collect();
        Ok(Page { items, next: detail.members.next })
    }

    fn cells(&self, (member, allowance): Self::Row) -> Vec<Cell> {
        vec![
            Cell::text(&member.user_id),
            Cell::maybe(member.name.as_ref()),
            allowance.map_or_else(Cell::empty, Cell::credits),
            Cell::credits(member.allowance_used),
        ]
    }
}

/// All members of a plan, with what they have used of its allowance this month (UTC).
pub async fn plan_members(Path(file): Path<String>, reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let key = file.strip_suffix(".csv").unwrap_or(&file).to_owned();
    let head = ["user_id", "name", "allowance", "allowance_used"];
    stream("plan-members.csv", &head, Members { backend: reader.backend, key }).await
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
pub async fn expiring(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let zone_name = zone(reader.query.get("tz"), reader.backend.reporting_zone())?;
    let zone = read_zone(&zone_name)?;
    let days = match reader.query.get("days") {
        "" => 30,
        text => text.parse().map_err(|_| AppError::invalid("days", "must be a whole number"))?,
    };
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
