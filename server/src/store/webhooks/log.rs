//! The log of an endpoint's deliveries.

use crate::{
    clock::from_micros,
    store::{StoreError, Tx, sql},
};
use app::model::{DeliveryStatus, EventType, Timestamp, Uuid, WebhookDelivery};

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    seq: i64,
    id: Uuid,
    event_id: Uuid,
    event_type: String,
    status: String,
    attempts: i64,
    next_attempt_at: i64,
    last_attempt_at: Option<i64>,
    last_status: Option<i64>,
    last_error: Option<String>,
    delivered_at: Option<i64>,
    replay_of: Option<Uuid>,
    created_at: i64,
}

impl TryFrom<DeliveryRow> for WebhookDelivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let status = DeliveryStatus::parse(&row.status)
            .ok_or_else(|| StoreError::corrupt("status of a delivery", &row.status))?;
        Ok(Self {
            id: row.id,
            event_id: row.event_id,
            event_type: EventType::parse(&row.event_type)
                .ok_or_else(|| StoreError::corrupt("event type", &row.event_type))?,
            status,
            attempts: row.attempts,
            next_attempt_at: (status == DeliveryStatus::Pending).then(|| from_micros(row.next_attempt_at)),
            last_attempt_at: row.last_attempt_at.map(from_micros),
            last_status: row.last_status,
            last_error: row.last_error,
            delivered_at: row.delivered_at.map(from_micros),
            replay_of: row.replay_of,
            created_at: from_micros(row.created_at),
        })
    }
}

const SELECT: &str = "SELECT d.seq, d.id, d.event_id, e.type AS event_type, d.status, d.attempts, d.next_attempt_at, \
                      d.last_attempt_at, d.last_status, d.last_error, d.delivered_at, d.replay_of, d.created_at \
                      FROM webhook_deliveries d JOIN events e ON e.id = d.event_id WHERE d.endpoint_id = $1";

/// Deliveries numbered below `before`, newest first, at most `limit` and one more, each with its number.
pub async fn list(
    tx: &mut Tx,
    endpoint: Uuid,
    before: i64,
    limit: u32,
) -> Result<Vec<(i64, WebhookDelivery)>, StoreError> {
    let rows: Vec<DeliveryRow> = sql(format!("{SELECT} AND d.seq < $2 ORDER BY d.seq DESC LIMIT $3"))
        .bind(endpoint)
        .bind(before)
        .bind(i64::from(limit) + 1)
        .all(tx)
        .await?;
    rows.into_iter().map(|row| Ok((row.seq, row.try_into()?))).collect()
}

pub async fn find(tx: &mut Tx, endpoint: Uuid, id: Uuid) -> Result<Option<WebhookDelivery>, StoreError> {
    let row: Option<DeliveryRow> = sql(format!("{SELECT} AND d.id = $2")).bind(endpoint).bind(id).optional(tx).await?;
    row.map(WebhookDelivery::try_from).transpose()
}

/// The event of a delivery once more, to be delivered at once and waiting for no other.
pub async fn replay(
    tx: &mut Tx,
    endpoint: Uuid,
    original: &WebhookDelivery,
    id: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    sql("INSERT INTO webhook_deliveries (id, event_id, endpoint_id, lane, status, attempts, next_attempt_at, replay_of, \
         created_at) VALUES ($1, $2, $3, NULL, 'pending', 0, $4, $5, $4)")
    .bind(id)
    .bind(original.event_id)
    .bind(endpoint)
    .bind(now)
    .bind(original.id)
    .execute_one(tx)
    .await
}
