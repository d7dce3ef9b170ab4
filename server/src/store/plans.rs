//! Who has which plan, and what that costs.

use super::{StoreError, Tx, rollups::Tally, sql};
use app::model::{Credits, PlanMember, Timestamp};
use sqlx::FromRow;
use std::collections::HashMap;

/// What a plan's members have used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanUse {
    pub members: i64,
    /// Allowance used in the month.
    pub allowance: Credits,
    /// Net spend since a day.
    pub spend: Credits,
}

/// Every plan that a user has, with its members, their allowance of `month` and their part of `spend`, which is by account.
pub async fn usage(
    tx: &mut Tx,
    month: Timestamp,
    spend: &[(i64, Tally)],
) -> Result<HashMap<String, PlanUse>, StoreError> {
    const MEMBERS: &str = "SELECT id, plan_id FROM accounts WHERE plan_id IS NOT NULL AND kind = 'user'";
    let members: Vec<(i64, String)> = sql(MEMBERS).many(tx).await?;
    let allowance: Vec<(String, i64)> = sql("SELECT a.plan_id, CAST(SUM(u.used) AS BIGINT) FROM accounts a \
         JOIN allowance_used u ON u.account_id = a.id WHERE a.plan_id IS NOT NULL AND u.month = $1 GROUP BY a.plan_id")
    .bind(month)
    .all(tx)
    .await?;
    let mut plans: HashMap<String, PlanUse> = HashMap::new();
    let spend: HashMap<i64, i64> = spend.iter().map(|(account, tally)| (*account, tally.spend)).collect();
    for (account, plan) in members {
        let plan = plans.entry(plan).or_default();
        plan.members += 1;
        let share = spend.get(&account).copied().map(Credits::from_micros);
        plan.spend = [Some(plan.spend), share].into_iter().flatten().sum();
    }
    for (plan, micros) in allowance {
        plans.entry(plan).or_default().allowance = Credits::from_micros(micros);
    }
    plans.retain(|_, plan| plan.members > 0);
    Ok(plans)
}

/// Users without a plan.
pub async fn without(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM accounts WHERE plan_id IS NULL AND kind = 'user'").one(tx).await?;
    Ok(count)
}

#[derive(Debug, FromRow)]
struct MemberRow {
    id: i64,
    external_id: String,
    name: Option<String>,
    used: i64,
}

/// Members of a plan by the number of their account, `limit` and one more.
pub async fn members(
    tx: &mut Tx,
    plan: &str,
    month: Timestamp,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, PlanMember)>, StoreError> {
    let rows: Vec<MemberRow> = sql("SELECT a.id, a.external_id, a.name, COALESCE(u.used, 0) AS used FROM accounts a \
         LEFT JOIN allowance_used u ON u.account_id = a.id AND u.month = $2 \
         WHERE a.plan_id = $1 AND a.kind = 'user' AND a.id > $3 ORDER BY a.id LIMIT $4")
    .bind(plan)
    .bind(month)
    .bind(after)
    .bind(i64::from(limit) + 1)
    .all(tx)
    .await?;
    let member = |row: MemberRow| {
        let used = Credits::from_micros(row.used);
        (row.id, PlanMember { user_id: row.external_id, name: row.name, allowance_used: used })
    };
    Ok(rows.into_iter().map(member).collect())
}

/// Members of a plan, and those of them for whom an allowance of `after` instead of `before` would be used up at once.
pub async fn touched(
    tx: &mut Tx,
    plan: &str,
    month: Timestamp,
    before: Credits,
    after: Credits,
) -> Result<(i64, i64), StoreError> {
    sql("SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN COALESCE(u.used, 0) < $3 AND COALESCE(u.used, 0) >= $4 \
         THEN 1 ELSE 0 END), 0) AS BIGINT) FROM accounts a \
         LEFT JOIN allowance_used u ON u.account_id = a.id AND u.month = $2 WHERE a.plan_id = $1 AND a.kind = 'user'")
    .bind(plan)
    .bind(month)
    .bind(before)
    .bind(after)
    .one(tx)
    .await
}
