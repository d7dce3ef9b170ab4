//! What somebody should look at now: each list is one statement over small tables.

use super::{StoreError, Tx, books, rollups::DAY, sql};
use crate::clock::from_micros;
use crate::ledger::{day_start, month_start};
use app::model::{Attention, Credits, FailingWebhook, LowPool, ReachedCap, SpendCap, Timestamp, Uuid};
use sqlx::FromRow;

/// Rows of each kind.
const SHOWN: i64 = 4;

pub async fn read(tx: &mut Tx, now: Timestamp) -> Result<Attention, StoreError> {
    let (caps, cap_count) = reached_caps(tx, now).await?;
    let (pools, pool_count) = low_pools(tx, now).await?;
    let (webhooks, webhook_count) = failing_webhooks(tx).await?;
    let (approval_count,): (i64,) =
        sql("SELECT COUNT(*) FROM approvals WHERE status = 'pending' AND expires_at > $1").bind(now).one(tx).await?;
    Ok(Attention { caps, cap_count, pools, pool_count, webhooks, webhook_count, approval_count })
}

#[derive(Debug, FromRow)]
struct CapRow {
    user_id: String,
    cap_type: String,
    model: String,
    cap_limit: i64,
    action: String,
    spend: i64,
    total: i64,
}

/// Caps without room in their current window: those that refuse first, then the furthest past their limit.
async fn reached_caps(tx: &mut Tx, now: Timestamp) -> Result<(Vec<ReachedCap>, i64), StoreError> {
    let rows: Vec<CapRow> =
        sql("SELECT a.external_id AS user_id, c.type AS cap_type, c.model, c.cap_limit, c.action, k.spend, \
             COUNT(*) OVER () AS total FROM caps c JOIN cap_counters k ON k.cap_id = c.id \
             AND k.window_start = CASE c.type WHEN 'daily' THEN $1 ELSE $2 END JOIN accounts a ON a.id = c.account_id \
             WHERE k.spend >= c.cap_limit AND k.spend > 0 \
             ORDER BY CASE c.action WHEN 'deny' THEN 0 WHEN 'warn' THEN 1 ELSE 2 END, k.spend - c.cap_limit DESC, \
             a.external_id, c.id LIMIT $3")
        .bind(day_start(now))
        .bind(month_start(now))
        .bind(SHOWN)
        .all(tx)
        .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let read = |row: CapRow| {
        Ok(ReachedCap {
            cap: SpendCap {
                user_id: row.user_id,
                cap_type: books::read_cap_type(&row.cap_type)?,
                model: Some(row.model).filter(|model| !model.is_empty()),
                limit: Credits::from_micros(row.cap_limit),
                action: books::read_cap_action(&row.action)?,
            },
            spend: Credits::from_micros(row.spend),
        })
    };
    Ok((rows.into_iter().map(read).collect::<Result<_, StoreError>>()?, total))
}

#[derive(Debug, FromRow)]
struct PoolRow {
    team_id: String,
    name: Option<String>,
    balance: i64,
    spent: i64,
    total: i64,
}

/// Pools that spent something in the last seven days and hold less than that.
async fn low_pools(tx: &mut Tx, now: Timestamp) -> Result<(Vec<LowPool>, i64), StoreError> {
    let rows: Vec<PoolRow> = sql("WITH week AS (SELECT team_id, CAST(SUM(spend) AS BIGINT) AS spent FROM rollup_team \
             WHERE span = $1 AND bucket > $2 GROUP BY team_id), pools AS (SELECT a.id, a.external_id, a.name, w.spent, \
             a.balance - (SELECT CAST(COALESCE(SUM(l.granted - l.consumed), 0) AS BIGINT) FROM lots l \
             WHERE l.open AND l.account_id = a.id AND l.expires_at <= $3) AS balance \
             FROM week w JOIN accounts a ON a.id = w.team_id) \
             SELECT external_id AS team_id, name, balance, spent, COUNT(*) OVER () AS total FROM pools \
             WHERE spent > 0 AND balance < spent ORDER BY balance, id LIMIT $4")
    .bind(DAY)
    .bind(now.as_microsecond() - 7 * DAY)
    .bind(now)
    .bind(SHOWN)
    .all(tx)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let read = |row: PoolRow| {
        Ok(LowPool {
            team_id: row.team_id.parse().map_err(|_| StoreError::corrupt("team id", &row.team_id))?,
            name: row.name.unwrap_or_default(),
            balance: Credits::from_micros(row.balance),
            spent: Credits::from_micros(row.spent),
        })
    };
    Ok((rows.into_iter().map(read).collect::<Result<_, StoreError>>()?, total))
}

/// Endpoints to which everything fails, and those that were switched off for it.
async fn failing_webhooks(tx: &mut Tx) -> Result<(Vec<FailingWebhook>, i64), StoreError> {
    let rows: Vec<(Uuid, String, i64, Option<String>, i64)> =
        sql("SELECT id, url, COALESCE(failing_since, disabled_at), disabled_reason, COUNT(*) OVER () \
             FROM webhook_endpoints WHERE failing_since IS NOT NULL ORDER BY 3, id LIMIT $1")
        .bind(SHOWN)
        .all(tx)
        .await?;
    let total = rows.first().map_or(0, |row| row.4);
    let read = |(id, url, since, disabled, _)| FailingWebhook { id, url, since: from_micros(since), disabled };
    Ok((rows.into_iter().map(read).collect(), total))
}
