//! Spend caps and what they have counted.

use super::{StoreError, Tx, sql};
use crate::ledger::{next_window, window_start};
use app::model::{CapType, Credits, SpendCap, Timestamp};

/// Sets a cap of an account, or replaces the one of its type and model. It counts what was spent before it was set, and
/// notifies anew.
pub async fn set(tx: &mut Tx, account: i64, cap: &SpendCap, now: Timestamp) -> Result<(), StoreError> {
    touch(tx, account).await?;
    let (id,): (i64,) =
        sql("INSERT INTO caps (account_id, type, model, cap_limit, action) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account_id, type, model) DO UPDATE SET cap_limit = excluded.cap_limit, action = excluded.action \
         RETURNING id")
        .bind(account)
        .bind(cap.cap_type.as_str())
        .bind(cap.model.as_deref().unwrap_or_default())
        .bind(cap.limit)
        .bind(cap.action.as_str())
        .one(tx)
        .await?;
    count(tx, id, account, cap.cap_type, cap.model.as_deref(), now).await?;
    sql("UPDATE cap_counters SET notified = $1 WHERE cap_id = $2").bind(false).bind(id).execute(tx).await?;
    sql("DELETE FROM cap_notices WHERE cap_id = $1").bind(id).execute(tx).await?;
    Ok(())
}

/// The cap of that type and model, if there is one.
pub async fn find(
    tx: &mut Tx,
    account: i64,
    user_id: &str,
    cap_type: CapType,
    model: Option<&str>,
) -> Result<Option<SpendCap>, StoreError> {
    let row: Option<(i64, String)> =
        sql("SELECT cap_limit, action FROM caps WHERE account_id = $1 AND type = $2 AND model = $3")
            .bind(account)
            .bind(cap_type.as_str())
            .bind(model.unwrap_or_default())
            .optional(tx)
            .await?;
    let Some((limit, action)) = row else { return Ok(None) };
    Ok(Some(SpendCap {
        user_id: user_id.to_owned(),
        cap_type,
        model: model.map(str::to_owned),
        limit: Credits::from_micros(limit),
        action: super::books::read_cap_action(&action)?,
    }))
}

pub async fn delete(tx: &mut Tx, account: i64, cap_type: CapType, model: Option<&str>) -> Result<(), StoreError> {
    touch(tx, account).await?;
    sql("DELETE FROM caps WHERE account_id = $1 AND type = $2 AND model = $3")
        .bind(account)
        .bind(cap_type.as_str())
        .bind(model.unwrap_or_default())
        .execute(tx)
        .await?;
    Ok(())
}

/// Locks the account, and tells writers that they know it no longer.
pub async fn touch(tx: &mut Tx, account: i64) -> Result<(), StoreError> {
    sql("UPDATE accounts SET revision = revision + 1 WHERE id = $1").bind(account).execute_one(tx).await
}

/// Counts a cap's current window anew.
pub async fn count(
    tx: &mut Tx,
    cap: i64,
    account: i64,
    cap_type: CapType,
    model: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let spend = scan(tx, account, cap_type, model, now).await?;
    sql("INSERT INTO cap_counters (cap_id, window_start, spend, notified) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (cap_id, window_start) DO UPDATE SET spend = excluded.spend")
    .bind(cap)
    .bind(window_start(cap_type, now))
    .bind(spend)
    .bind(false)
    .execute_one(tx)
    .await
}

/// What the entries say that a user has spent in the current window: charges of the own account and of teams, less the
/// refunds made in the window of charges made in it.
pub async fn scan(
    tx: &mut Tx,
    account: i64,
    cap_type: CapType,
    model: Option<&str>,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let (spend,): (i64,) = sql("SELECT CAST(COALESCE(SUM(part), 0) AS BIGINT) FROM ( \
            SELECT -e.amount AS part FROM entries e WHERE e.account_id = $1 AND e.kind = 'usage' \
            AND e.occurred_at >= $2 AND e.occurred_at < $3 AND (CAST($4 AS TEXT) = '' OR e.model = $4) \
            UNION ALL \
            SELECT -e.amount FROM entries e WHERE e.user_id = $1 AND e.kind = 'team_usage' \
            AND e.occurred_at >= $2 AND e.occurred_at < $3 AND (CAST($4 AS TEXT) = '' OR e.model = $4) \
            UNION ALL \
            SELECT -r.amount FROM entries e JOIN entries r ON r.reference_entry = e.id WHERE e.account_id = $1 \
            AND e.kind = 'usage' AND r.kind = 'refund' AND r.occurred_at >= $2 AND r.occurred_at < $3 \
            AND e.occurred_at >= $2 AND e.occurred_at < $3 AND (CAST($4 AS TEXT) = '' OR e.model = $4) \
            UNION ALL \
            SELECT -r.amount FROM entries e JOIN entries r ON r.reference_entry = e.id WHERE e.user_id = $1 \
            AND e.kind = 'team_usage' AND r.kind = 'refund' AND r.occurred_at >= $2 AND r.occurred_at < $3 \
            AND e.occurred_at >= $2 AND e.occurred_at < $3 AND (CAST($4 AS TEXT) = '' OR e.model = $4) \
         ) parts")
    .bind(account)
    .bind(window_start(cap_type, now))
    .bind(next_window(cap_type, now))
    .bind(model.unwrap_or_default())
    .one(tx)
    .await?;
    Ok(spend)
}

/// A cap as it is stored, with what it has counted in its current window.
#[derive(Debug, sqlx::FromRow)]
pub struct Stored {
    pub id: i64,
    pub account_id: i64,
    pub user_id: String,
    cap_type: String,
    model: String,
}

impl Stored {
    pub fn cap_type(&self) -> Result<CapType, StoreError> {
        super::books::read_cap_type(&self.cap_type)
    }

    pub fn model(&self) -> Option<&str> {
        Some(self.model.as_str()).filter(|model| !model.is_empty())
    }
}

/// All caps there are.
pub async fn all(tx: &mut Tx) -> Result<Vec<Stored>, StoreError> {
    sql("SELECT c.id, c.account_id, a.external_id AS user_id, c.type AS cap_type, c.model FROM caps c \
         JOIN accounts a ON a.id = c.account_id ORDER BY c.id")
    .all(tx)
    .await
}

/// What a cap has counted in its current window.
pub async fn counted(tx: &mut Tx, cap: &Stored, now: Timestamp) -> Result<i64, StoreError> {
    let found: Option<(i64,)> = sql("SELECT spend FROM cap_counters WHERE cap_id = $1 AND window_start = $2")
        .bind(cap.id)
        .bind(window_start(cap.cap_type()?, now))
        .optional(tx)
        .await?;
    Ok(found.map_or(0, |(spend,)| spend))
}
