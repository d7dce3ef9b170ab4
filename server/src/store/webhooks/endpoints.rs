//! Endpoints with their secrets.

use crate::{
    clock::from_micros,
    store::{StoreError, Tx, events::read_types, sql},
};
use app::model::{EventType, Timestamp, Uuid, WebhookEndpoint};

/// An endpoint as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEndpoint {
    pub endpoint: WebhookEndpoint,
    pub secret: String,
    pub previous_secret: Option<String>,
}

#[derive(sqlx::FromRow)]
struct EndpointRow {
    id: Uuid,
    url: String,
    secret: String,
    previous_secret: Option<String>,
    previous_until: Option<i64>,
    types: String,
    description: Option<String>,
    created_at: i64,
    failing_since: Option<i64>,
    disabled_at: Option<i64>,
    disabled_reason: Option<String>,
}

impl From<EndpointRow> for StoredEndpoint {
    fn from(row: EndpointRow) -> Self {
        let endpoint = WebhookEndpoint {
            id: row.id,
            url: row.url,
            event_types: read_types(&row.types),
            description: row.description,
            created_at: from_micros(row.created_at),
            failing_since: row.failing_since.map(from_micros),
            disabled_at: row.disabled_at.map(from_micros),
            disabled_reason: row.disabled_reason,
            previous_secret_until: row.previous_until.map(from_micros),
        };
        Self { endpoint, secret: row.secret, previous_secret: row.previous_secret }
    }
}

const SELECT: &str = "SELECT id, url, secret, previous_secret, previous_until, types, description, created_at, \
                      failing_since, disabled_at, disabled_reason FROM webhook_endpoints";

fn write_types(types: &[EventType]) -> String {
    types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" ")
}

pub async fn insert(tx: &mut Tx, stored: &StoredEndpoint, by: &str) -> Result<(), StoreError> {
    let endpoint = &stored.endpoint;
    sql("INSERT INTO webhook_endpoints (id, url, secret, types, description, created_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .bind(endpoint.id)
    .bind(endpoint.url.as_str())
    .bind(stored.secret.as_str())
    .bind(write_types(&endpoint.event_types))
    .bind(endpoint.description.as_deref())
    .bind(by)
    .bind(endpoint.created_at)
    .execute_one(tx)
    .await
}

/// All endpoints, oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<StoredEndpoint>, StoreError> {
    let rows: Vec<EndpointRow> = sql(format!("{SELECT} ORDER BY created_at, id")).all(tx).await?;
    Ok(rows.into_iter().map(StoredEndpoint::from).collect())
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<StoredEndpoint>, StoreError> {
    let row: Option<EndpointRow> = sql(format!("{SELECT} WHERE id = $1")).bind(id).optional(tx).await?;
    Ok(row.map(StoredEndpoint::from))
}

/// The endpoint, locked to be changed.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<StoredEndpoint>, StoreError> {
    let text = format!("{SELECT} WHERE id = $1{}", tx.for_update());
    let row: Option<EndpointRow> = sql(text).bind(id).optional(tx).await?;
    Ok(row.map(StoredEndpoint::from))
}

/// Writes all that can change of an endpoint.
pub async fn update(tx: &mut Tx, stored: &StoredEndpoint) -> Result<(), StoreError> {
    let endpoint = &stored.endpoint;
    sql("UPDATE webhook_endpoints SET url = $2, secret = $3, previous_secret = $4, previous_until = $5, types = $6, \
         description = $7, failing_since = $8, disabled_at = $9, disabled_reason = $10 WHERE id = $1")
    .bind(endpoint.id)
    .bind(endpoint.url.as_str())
    .bind(stored.secret.as_str())
    .bind(stored.previous_secret.as_deref())
    .bind(endpoint.previous_secret_until)
    .bind(write_types(&endpoint.event_types))
    .bind(endpoint.description.as_deref())
    .bind(endpoint.failing_since)
    .bind(endpoint.disabled_at)
    .bind(endpoint.disabled_reason.as_deref())
    .execute_one(tx)
    .await
}

/// Removes an endpoint with its log.
pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM webhook_deliveries WHERE endpoint_id = $1").bind(id).execute(tx).await?;
    sql("DELETE FROM webhook_endpoints WHERE id = $1").bind(id).execute_one(tx).await
}

/// Something arrived: the endpoint is not failing any more.
pub async fn clear_failing(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    sql("UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL")
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Something did not arrive: gives since when nothing has, or none when the endpoint is gone or disabled.
pub async fn note_failing(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let since: Option<(i64,)> = sql("UPDATE webhook_endpoints SET failing_since = COALESCE(failing_since, $2) \
         WHERE id = $1 AND disabled_at IS NULL RETURNING failing_since")
    .bind(id)
    .bind(now)
    .optional(tx)
    .await?;
    Ok(since.map(|(at,)| from_micros(at)))
}

/// Disables an endpoint that is not disabled yet; false when another came first.
pub async fn disable(tx: &mut Tx, id: Uuid, reason: &str, now: Timestamp) -> Result<bool, StoreError> {
    let text =
        "UPDATE webhook_endpoints SET disabled_at = $2, disabled_reason = $3 WHERE id = $1 AND disabled_at IS NULL";
    Ok(sql(text).bind(id).bind(now).bind(reason).execute(tx).await? == 1)
}
