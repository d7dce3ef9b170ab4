//! Making reports and counters anew from the entries. Entries, balances and lots are never touched: what differs there is
//! for a person to look at.

use super::{
    Arg, StoreError, Tx,
    bulk::{self, Insert},
    caps,
    rollups::{DAY, HOUR, QUARTER},
    sql,
    walk::Walk,
};
use app::model::Timestamp;

/// Makes them anew; nothing else is written meanwhile.
pub async fn repair(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    // SQLite's writer holds the whole database already.
    if matches!(tx, Tx::Postgres(_)) {
        sql("LOCK TABLE entries IN SHARE ROW EXCLUSIVE MODE").execute(tx).await?;
    }
    let charges = "'usage', 'team_usage'";
    rollups(tx, "rollup_model", "model", "COALESCE(c.model, 'unknown')", charges, &[QUARTER, HOUR, DAY]).await?;
    rollups(tx, "rollup_user", "user_id", "c.user_id", charges, &[QUARTER, DAY]).await?;
    rollups(tx, "rollup_team", "team_id", "c.account_id", "'team_usage'", &[QUARTER, HOUR, DAY]).await?;
    sql("DELETE FROM rollup_kind").execute(tx).await?;
    for span in [QUARTER, HOUR, DAY] {
        sql("INSERT INTO rollup_kind (span, bucket, kind, amount, entries) \
             SELECT $1, (occurred_at / $1) * $1, kind, SUM(amount), COUNT(*) FROM entries \
             GROUP BY (occurred_at / $1) * $1, kind")
        .bind(span)
        .execute(tx)
        .await?;
    }
    sql("INSERT INTO models (name) SELECT DISTINCT r.model FROM rollup_model r \
         WHERE NOT EXISTS (SELECT 1 FROM models m WHERE m.name = r.model)")
    .execute(tx)
    .await?;
    allowances(tx).await?;
    for cap in caps::all(tx).await? {
        caps::count(tx, cap.id, cap.account_id, cap.cap_type()?, cap.model(), now).await?;
    }
    sql("UPDATE team_members SET total_spent = \
         (SELECT CAST(COALESCE(SUM(-e.amount), 0) AS BIGINT) FROM entries e WHERE e.account_id = team_members.team_id \
          AND e.user_id = team_members.user_id AND e.kind = 'team_usage') - \
         (SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM entries r JOIN entries o ON o.id = r.reference_entry \
          WHERE o.account_id = team_members.team_id AND o.user_id = team_members.user_id AND o.kind = 'team_usage' \
          AND r.kind = 'refund')")
    .execute(tx)
    .await?;
    // Writers that remember an account read it anew.
    sql("UPDATE accounts SET revision = revision + 1").execute(tx).await?;
    Ok(())
}

async fn rollups(
    tx: &mut Tx,
    table: &str,
    column: &str,
    name: &str,
    charges: &str,
    spans: &[i64],
) -> Result<(), StoreError> {
    sql(format!("DELETE FROM {table}")).execute(tx).await?;
    for span in spans {
        sql(format!(
            "INSERT INTO {table} (span, bucket, {column}, spend, charges, refunded) \
             SELECT $1, bucket, name, SUM(spend), SUM(charges), SUM(refunded) FROM ( \
                SELECT (c.occurred_at / $1) * $1 AS bucket, {name} AS name, -c.amount AS spend, 1 AS charges, \
                0 AS refunded FROM entries c WHERE c.kind IN ({charges}) \
                UNION ALL \
                SELECT (c.occurred_at / $1) * $1, {name}, 0, 0, c.amount FROM entries c \
                JOIN entries o ON o.id = c.reference_entry WHERE c.kind = 'refund' \
                AND o.kind IN ({charges}) \
             ) parts GROUP BY bucket, name"
        ))
        .bind(*span)
        .execute(tx)
        .await?;
    }
    Ok(())
}

async fn allowances(tx: &mut Tx) -> Result<(), StoreError> {
    let used = Walk::over(tx).await?.allowance_used(tx).await?;
    sql("DELETE FROM allowance_used").execute(tx).await?;
    let rows: Vec<[Arg; 3]> =
        used.into_iter().map(|((account, month), used)| [account.into(), month.into(), used.into()]).collect();
    bulk::insert(tx, vec![Insert::new("INSERT INTO allowance_used (account_id, month, used)", "", rows)]).await
}
