//! What admins alone see: people and who is invited, keys without the keys, webhooks and what was sent to them. Times are UTC.

use super::{
    listings::{Listing, ROWS, stream},
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    backend::SharedBackend,
    error::AppError,
    model::{Page, Role, Uuid, WebhookDelivery},
};
use axum::response::Response;

/// All people with an account.
pub async fn people(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_configure)?;
    let mut sheet = Sheet::new(["name", "email", "role", "since_utc", "disabled_at_utc", "two_steps"])?;
    for person in reader.access.people().await?.people {
        sheet.row([
            Cell::text(&person.staff.name),
            Cell::text(&person.staff.email),
            Cell::word(person.staff.role.as_str()),
            Cell::utc(Some(person.created_at)),
            Cell::utc(person.disabled_at),
            Cell::flag(person.two_step),
        ])?;
    }
    Ok(download("people.csv", CSV, sheet.bytes()?))
}

/// All invitations that are open, without their links.
pub async fn invitations(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_configure)?;
    let mut sheet = Sheet::new(["email", "role", "invited_by", "invited_at_utc", "expires_at_utc"])?;
    for invite in reader.access.people().await?.invites {
        sheet.row([
            Cell::text(&invite.email),
            Cell::word(invite.role.as_str()),
            Cell::text(&invite.invited_by),
            Cell::utc(Some(invite.created_at)),
            Cell::utc(Some(invite.expires_at)),
        ])?;
    }
    Ok(download("invitations.csv", CSV, sheet.bytes()?))
}

/// All keys, the oldest first; `prefix` are the first characters, by which a person knows one again.
pub async fn keys(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_configure)?;
    let mut sheet = Sheet::new(["name", "prefix", "scopes", "made_at_utc", "last_used_at_utc", "revoked_at_utc"])?;
    for key in reader.access.keys().await? {
        sheet.row([
            Cell::text(&key.name),
            Cell::text(&key.prefix),
            Cell::word(&key.scopes),
            Cell::utc(Some(key.created_at)),
            Cell::utc(key.last_used_at),
            Cell::utc(key.revoked_at),
        ])?;
    }
    Ok(download("keys.csv", CSV, sheet.bytes()?))
}

/// All webhooks, the oldest first, without their secrets; `events` are the types they take, empty for every type.
pub async fn webhooks(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_configure)?;
    let mut sheet = Sheet::new([
        "id",
        "url",
        "description",
        "events",
        "made_at_utc",
        "failing_since_utc",
        "disabled_at_utc",
        "disabled_reason",
    ])?;
    for endpoint in reader.backend.webhooks().await? {
        let events: Vec<_> = endpoint.event_types.iter().map(|kind| kind.as_str()).collect();
        sheet.row([
            Cell::word(endpoint.id.to_string()),
            Cell::text(&endpoint.url),
            Cell::maybe(endpoint.description.as_ref()),
            Cell::word(events.join(" ")),
            Cell::utc(Some(endpoint.created_at)),
            Cell::utc(endpoint.failing_since),
            Cell::utc(endpoint.disabled_at),
            Cell::maybe(endpoint.disabled_reason.as_ref()),
        ])?;
    }
    Ok(download("webhooks.csv", CSV, sheet.bytes()?))
}

struct Deliveries {
    backend: SharedBackend,
    webhook: Uuid,
}

const DELIVERY_HEAD: [&str; 11] = [
    "id",
    "created_at_utc",
    "event_id",
    "event_type",
    "status",
    "attempts",
    "last_attempt_at_utc",
    "last_status",
    "last_error",
    "delivered_at_utc",
    "replay_of",
];

#[async_trait::async_trait]
impl Listing for Deliveries {
    type Row = WebhookDelivery;

    async fn page(&self, cursor: Option<String>) -> Result<Page<WebhookDelivery>, AppError> {
        self.backend.deliveries(self.webhook, cursor.as_deref(), ROWS).await
    }

    fn cells(&self, row: WebhookDelivery) -> Vec<Cell> {
        vec![
            Cell::word(row.id.to_string()),
            Cell::utc(Some(row.created_at)),
            Cell::word(row.event_id.to_string()),
            Cell::word(row.event_type.as_str()),
            Cell::word(row.status.as_str()),
            Cell::count(row.attempts),
            Cell::utc(row.last_attempt_at),
            row.last_status.map_or_else(Cell::empty, Cell::count),
            Cell::maybe(row.last_error.as_ref()),
            Cell::utc(row.delivered_at),
            row.replay_of.map_or_else(Cell::empty, |id| Cell::word(id.to_string())),
        ]
    }
}

/// All deliveries to a webhook, newest first.
pub async fn deliveries(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_configure)?;
    let webhook = reader.id("webhook")?;
    stream("deliveries.csv", &DELIVERY_HEAD, Deliveries { backend: reader.backend, webhook }).await
}
