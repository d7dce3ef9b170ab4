//! The stored charges of a range, in the order of their time, with what looking back at them needs; and the refunds among
//! them.

use super::{Arg, StoreError, Tx, sql};
use app::model::Uuid;

/// A charge or a refund as it is stored. Amounts are micro-credits, times microseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCharge {
    pub id: Uuid,
    pub at: i64,
    /// The number of the account that paid, and of the user who caused it.
    pub account: i64,
    pub user: i64,
    pub seq: i64,
    pub kind: StoredKind,
    /// What the balance paid; of a refund, what it got back.
    pub net: i64,
    /// What could be spent afterwards.
    pub spendable_after: i64,
    /// The plan at that time.
    pub plan: Option<String>,
    pub model: Option<String>,
    pub gross: i64,
    pub allowance: i64,
    /// JSON of the quantities; none for a charge by its amount.
    pub quantities: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredKind {
    Usage,
    TeamUsage,
    Refund,
}

type Row = (i64, Uuid, i64, i64, i64, String, i64, i64, i64, Option<String>, Option<String>, i64, i64, Option<String>);

impl TryFrom<Row> for StoredCharge {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let (at, id, account, user, seq, kind, amount, balance, stale, plan, model, gross, allowance, quantities) = row;
        let kind = match kind.as_str() {
            "usage" => StoredKind::Usage,
            "team_usage" => StoredKind::TeamUsage,
            "refund" => StoredKind::Refund,
            other => return Err(StoreError::corrupt("kind of a charge", other)),
        };
        Ok(Self {
            id,
            at,
            account,
            user,
            seq,
            kind,
            net: if kind == StoredKind::Refund { amount } else { amount.saturating_neg() },
            spendable_after: balance.saturating_sub(stale),
            plan,
            model,
            gross,
            allowance,
            quantities,
        })
    }
}

/// Up to `limit` of the range after the one at `after`, by time and id.
pub async fn page(
    tx: &mut Tx,
    start: i64,
    end: i64,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<StoredCharge>, StoreError> {
    const PAGE: &str = "SELECT occurred_at, id, account_id, user_id, seq, kind, amount, balance_after, COALESCE(stale, 0), \
         plan_id, model, COALESCE(gross, -amount), COALESCE(allowance, 0), quantities FROM entries \
         WHERE (occurred_at, id) > ($1, $2) AND occurred_at < $3 \
         AND kind IN ('usage', 'team_usage', 'refund') ORDER BY occurred_at, id LIMIT $4";
    let (at, id) = after.unwrap_or((start, Uuid::nil()));
    let args: [Arg; 4] = [at.into(), id.into(), end.into(), limit.into()];
    let rows: Vec<Row> = sql(PAGE).bind_all(args).many(tx).await?;
    rows.into_iter().map(StoredCharge::try_from).collect()
}

/// How many the range holds.
pub async fn count(tx: &mut Tx, start: i64, end: i64) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM entries WHERE occurred_at >= $1 AND occurred_at < $2 \
         AND kind IN ('usage', 'team_usage', 'refund')")
    .bind(start)
    .bind(end)
    .one(tx)
    .await?;
    Ok(count)
}
