//! The queue of deliveries: claimed by one process at a time, in order within a lane.
//!
//! A claim is a lease: it moves the next attempt past the longest time that a request can take. A process that ends in
//! between loses nothing, for the delivery is due again when the lease is over; and what it claimed is settled only while the
//! count of attempts is still its own.

use super::endpoints;
use crate::store::{Arg, StoreError, Tx, bulk::in_list, sql};
use app::model::{Timestamp, Uuid};

/// A delivery that is ours to try.
#[derive(Clone, Debug)]
pub struct Claim {
    pub seq: i64,
    pub event_id: Uuid,
    pub endpoint_id: Uuid,
    pub lane: Option<i64>,
    /// With this one.
    pub attempts: i64,
    pub payload: String,
    pub url: String,
    /// The present one, and the one before while its time is not up.
    pub secrets: Vec<String>,
}

/// Endpoints that have something due, and something to deliver it to.
pub async fn due_endpoints(tx: &mut Tx, now: Timestamp) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<(Uuid,)> = sql("SELECT e.id FROM webhook_endpoints e WHERE e.disabled_at IS NULL AND EXISTS \
         (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = e.id AND d.status = 'pending' \
         AND d.next_attempt_at <= $1)")
    .bind(now)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Claims what is due of an endpoint: of each lane its earliest, at most `limit`.
pub async fn claim(
    tx: &mut Tx,
    endpoint: Uuid,
    now: Timestamp,
    lease: Timestamp,
    limit: i64,
) -> Result<Vec<Claim>, StoreError> {
    const DUE: &str = "SELECT d.seq FROM webhook_deliveries d WHERE d.endpoint_id = $1 AND d.status = 'pending' \
         AND d.next_attempt_at <= $2 AND NOT EXISTS (SELECT 1 FROM webhook_deliveries p \
         WHERE p.endpoint_id = d.endpoint_id AND p.lane = d.lane AND p.status = 'pending' AND p.seq < d.seq) \
         ORDER BY d.next_attempt_at, d.seq LIMIT $3";
    park(tx, endpoint, now).await?;
    let skip = if tx.for_update().is_empty() { "" } else { " FOR UPDATE SKIP LOCKED" };
    let due: Vec<(i64,)> = sql(format!("{DUE}{skip}")).bind(endpoint).bind(now).bind(limit).all(tx).await?;
    take(tx, due.into_iter().map(|(seq,)| seq).collect(), now, lease).await
}

/// Claims the next of a lane whose earlier one was just settled, unless it has been tried before: then it has its own time.
pub async fn claim_next(
    tx: &mut Tx,
    settled: &Claim,
    now: Timestamp,
    lease: Timestamp,
) -> Result<Option<Claim>, StoreError> {
    let Some(lane) = settled.lane else { return Ok(None) };
    let text = format!(
        "SELECT seq, attempts FROM webhook_deliveries WHERE endpoint_id = $1 AND lane = $2 AND status = 'pending' \
         ORDER BY seq LIMIT 1{}",
        tx.for_update()
    );
    let next: Option<(i64, i64)> = sql(text).bind(settled.endpoint_id).bind(lane).optional(tx).await?;
    let Some((seq, 0)) = next else { return Ok(None) };
    Ok(take(tx, vec![seq], now, lease).await?.pop())
}

/// What waits behind an earlier one need not be looked at before that is due.
async fn park(tx: &mut Tx, endpoint: Uuid, now: Timestamp) -> Result<(), StoreError> {
    const HEAD: &str = "SELECT h.next_attempt_at FROM webhook_deliveries h \
         WHERE h.endpoint_id = webhook_deliveries.endpoint_id AND h.lane = webhook_deliveries.lane \
         AND h.status = 'pending' ORDER BY h.seq LIMIT 1";
    sql(format!(
        "UPDATE webhook_deliveries SET next_attempt_at = ({HEAD}) WHERE endpoint_id = $1 AND status = 'pending' \
         AND next_attempt_at <= $2 AND lane IS NOT NULL AND ({HEAD}) > $2"
    ))
    .bind(endpoint)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ClaimRow {
    seq: i64,
    event_id: Uuid,
    endpoint_id: Uuid,
    lane: Option<i64>,
    attempts: i64,
    payload: String,
}

async fn take(tx: &mut Tx, seqs: Vec<i64>, now: Timestamp, lease: Timestamp) -> Result<Vec<Claim>, StoreError> {
    const READ: &str = "SELECT d.seq, d.event_id, d.endpoint_id, d.lane, d.attempts, e.payload \
                        FROM webhook_deliveries d JOIN events e ON e.id = d.event_id WHERE d.seq IN";
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    for seq in &seqs {
        sql("UPDATE webhook_deliveries SET attempts = attempts + 1, next_attempt_at = $2, last_attempt_at = $3 \
             WHERE seq = $1")
        .bind(*seq)
        .bind(lease)
        .bind(now)
        .execute_one(tx)
        .await?;
    }
    let rows: Vec<ClaimRow> = in_list(READ, "ORDER BY d.seq", seqs.into_iter().map(Arg::from)).all(tx).await?;
    let mut claims = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(stored) = endpoints::find(tx, row.endpoint_id).await?.filter(|s| s.endpoint.disabled_at.is_none())
        else {
            continue;
        };
        let still = stored.endpoint.previous_secret_until.is_some_and(|until| now < until);
        let previous = stored.previous_secret.filter(|_| still);
        claims.push(Claim {
            seq: row.seq,
            event_id: row.event_id,
            endpoint_id: row.endpoint_id,
            lane: row.lane,
            attempts: row.attempts,
            payload: row.payload,
            url: stored.endpoint.url,
            secrets: std::iter::once(stored.secret).chain(previous).collect(),
        });
    }
    Ok(claims)
}

/// What became of an attempt.
#[derive(Debug)]
pub struct Settled<'a> {
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// None when it arrived.
    pub error: Option<&'a str>,
    /// When to try again; none gives up.
    pub retry_at: Option<Timestamp>,
}

/// Writes what became of an attempt; false when the lease was over and another has it.
pub async fn settle(tx: &mut Tx, claim: &Claim, settled: &Settled<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let (word, delivered_at) = match (settled.error, settled.retry_at) {
        (None, _) => ("delivered", Some(now)),
        (Some(_), Some(_)) => ("pending", None),
        (Some(_), None) => ("failed", None),
    };
    let touched = sql("UPDATE webhook_deliveries SET status = $3, last_status = $4, last_error = $5, \
         delivered_at = $6, next_attempt_at = COALESCE($7, next_attempt_at) \
         WHERE seq = $1 AND attempts = $2 AND status = 'pending'")
    .bind(claim.seq)
    .bind(claim.attempts)
    .bind(word)
    .bind(settled.status.map(i64::from))
    .bind(settled.error)
    .bind(delivered_at)
    .bind(settled.retry_at)
    .execute(tx)
    .await?;
    Ok(touched == 1)
}

/// Makes all that waits for an endpoint due now, but for what was claimed after `idle`, which may be on its way.
pub async fn hurry(tx: &mut Tx, endpoint: Uuid, now: Timestamp, idle: Timestamp) -> Result<(), StoreError> {
    sql("UPDATE webhook_deliveries SET next_attempt_at = $2 WHERE endpoint_id = $1 AND status = 'pending' \
         AND next_attempt_at > $2 AND (last_attempt_at IS NULL OR last_attempt_at <= $3)")
    .bind(endpoint)
    .bind(now)
    .bind(idle)
    .execute(tx)
    .await?;
    Ok(())
}

/// Removes a few of the deliveries that were settled before `before`, and of the events that nothing refers to any more.
pub async fn prune(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    // What a deleted endpoint's last charge left behind goes as well.
    let deliveries = sql("DELETE FROM webhook_deliveries WHERE seq IN (SELECT d.seq FROM webhook_deliveries d \
         WHERE d.created_at < $1 AND (d.status <> 'pending' \
         OR NOT EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.id = d.endpoint_id)) LIMIT $2)")
    .bind(before)
    .bind(limit)
    .execute(tx)
    .await?;
    let events = sql("DELETE FROM events WHERE seq IN (SELECT e.seq FROM events e WHERE e.created_at < $1 \
         AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = e.id) LIMIT $2)")
    .bind(before)
    .bind(limit)
    .execute(tx)
    .await?;
    Ok(deliveries + events)
}
