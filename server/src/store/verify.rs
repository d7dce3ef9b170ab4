//! Recomputing what is cached: balances, lots, reports and counters, from the entries themselves.
//!
//! Balances, sequences, chains and allowances come from one walk over the entries. Each other check is one statement that
//! gives a row for each difference: what differs, what the entries say, what is stored. A ledger without differences gives
//! none.

use super::{
    StoreError, Tx, audit, caps,
    rollups::{DAY, HOUR, QUARTER},
    sql,
    walk::{Chain, Walk},
};
use crate::clock::from_micros;
use app::model::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Differences named per check, at most; the rest are only counted.
const SHOWN: i64 = 100;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// The rule that is broken.
    pub check: &'static str,
    /// Where.
    pub what: String,
    /// What the entries say, in micro-credits or rows.
    pub expected: i64,
    /// What is stored.
    pub stored: i64,
}

/// Checks that need nothing but SQL: name, and a statement with rows of (what, expected, stored).
const CHECKS: [(&str, &str); 4] = [
    (
        "lots less debt are the balance",
        "SELECT a.external_id, a.balance, CAST(COALESCE(SUM(l.granted - l.consumed), 0) AS BIGINT) - a.debt \
         FROM accounts a LEFT JOIN lots l ON l.account_id = a.id GROUP BY a.id, a.external_id, a.balance, a.debt \
         HAVING COALESCE(SUM(l.granted - l.consumed), 0) - a.debt <> a.balance ORDER BY 1 LIMIT $1",
    ),
    (
        "a charge is its net, its allowance and what was not collected",
        "SELECT name, gross, parts FROM ( \
            SELECT a.external_id || ' #' || CAST(e.seq AS TEXT) AS name, COALESCE(e.gross, -e.amount) AS gross, \
            COALESCE(e.allowance, 0) + COALESCE(e.uncollected, 0) - e.amount AS parts \
            FROM entries e JOIN accounts a ON a.id = e.account_id WHERE e.kind IN ('usage', 'team_usage') \
         ) charges WHERE gross <> parts ORDER BY 1 LIMIT $1",
    ),
    (
        "refunds stay within their charge",
        "SELECT name, most, given FROM ( \
            SELECT a.external_id || ' #' || CAST(o.seq AS TEXT) AS name, \
            COALESCE(o.gross, -o.amount) - COALESCE(o.uncollected, 0) AS most, CAST(SUM(r.gross) AS BIGINT) AS given \
            FROM entries r JOIN entries o ON o.id = r.reference_entry JOIN accounts a ON a.id = o.account_id \
            WHERE r.kind = 'refund' GROUP BY a.external_id, o.id, o.seq, o.gross, o.amount, o.uncollected \
         ) refunded WHERE given > most ORDER BY 1 LIMIT $1",
    ),
    (
        "a member's spend is a scan of the team's ledger",
        "SELECT t.external_id || ' ' || u.external_id, \
         CAST(COALESCE(c.spend, 0) - COALESCE(r.refunded, 0) AS BIGINT), m.total_spent FROM team_members m \
         JOIN accounts t ON t.id = m.team_id JOIN accounts u ON u.id = m.user_id \
         LEFT JOIN (SELECT account_id, user_id, SUM(-amount) AS spend FROM entries WHERE kind = 'team_usage' \
         GROUP BY account_id, user_id) c ON c.account_id = m.team_id AND c.user_id = m.user_id \
         LEFT JOIN (SELECT o.account_id, o.user_id, SUM(r.amount) AS refunded FROM entries r \
         JOIN entries o ON o.id = r.reference_entry WHERE r.kind = 'refund' AND o.kind = 'team_usage' \
         GROUP BY o.account_id, o.user_id) r ON r.account_id = m.team_id AND r.user_id = m.user_id \
         WHERE COALESCE(c.spend, 0) - COALESCE(r.refunded, 0) <> m.total_spent ORDER BY 1 LIMIT $1",
    ),
];

/// Makes all checks in the snapshot of `tx`; counters of caps are checked in the windows of `now`.
pub async fn differences(tx: &mut Tx, now: Timestamp) -> Result<Vec<Difference>, StoreError> {
    let mut found = Vec::new();
    tx.reads_whole_tables().await?;
    let walk = Walk::over(tx).await?;
    accounts(tx, &walk, &mut found).await?;
    for (check, text) in CHECKS {
        let rows: Vec<(String, i64, i64)> = sql(text).bind(SHOWN).all(tx).await?;
        found.extend(rows.into_iter().map(|(what, expected, stored)| Difference { check, what, expected, stored }));
    }
    for (dimension, spans) in [
        (Dimension::Model, [QUARTER, HOUR, DAY].as_slice()),
        (Dimension::User, &[QUARTER, DAY]),
        (Dimension::Team, &[QUARTER, HOUR, DAY]),
    ] {
        for span in spans {
            rollups(tx, dimension, *span, &mut found).await?;
        }
    }
    for span in [QUARTER, HOUR, DAY] {
        kinds(tx, span, &mut found).await?;
    }
    allowances(tx, walk, &mut found).await?;
    counters(tx, now, &mut found).await?;
    if let Some(what) = audit::check(tx).await?.broken {
        found.push(Difference { check: "the audit log is one chain", what, expected: 1, stored: 0 });
    }
    Ok(found)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dimension {
    Model,
    User,
    Team,
}

/// What accounts have stored against what their entries say.
async fn accounts(tx: &mut Tx, walk: &Walk, found: &mut Vec<Difference>) -> Result<(), StoreError> {
    let stored: Vec<(i64, String, i64, i64)> =
        sql("SELECT id, external_id, balance, seq FROM accounts ORDER BY external_id").all(tx).await?;
    let none = Chain::default();
    let [mut balances, mut sequences, mut links] = [const { Vec::new() }; 3];
    for (id, name, balance, seq) in stored {
        let chain = walk.accounts.get(&id).unwrap_or(&none);
        if chain.sum != balance {
            let check = "balance is the sum of the entries";
            balances.push(Difference { check, what: name.clone(), expected: chain.sum, stored: balance });
        }
        if chain.entries != seq || chain.last != seq {
            let check = "sequence has no gaps";
            sequences.push(Difference { check, what: name.clone(), expected: chain.entries, stored: seq });
        }
        links.extend(chain.broken.iter().map(|(number, expected, stored)| {
            let (check, what) = ("balance_after chains", format!("{name} #{number}"));
            Difference { check, what, expected: *expected, stored: *stored }
        }));
    }
    let shown = usize::try_from(SHOWN).unwrap_or_default();
    for mut differences in [balances, sequences, links] {
        differences.truncate(shown);
        found.append(&mut differences);
    }
    Ok(())
}

/// Stored sums, less what they are sums of: the quarters of charges and of their refunds in the ledger, and all longer
/// buckets of the quarters, so that the ledger is read once. What is left over differs.
async fn rollups(tx: &mut Tx, dimension: Dimension, span: i64, found: &mut Vec<Difference>) -> Result<(), StoreError> {
    let charges = if dimension == Dimension::Team { "'team_usage'" } else { "'usage', 'team_usage'" };
    let (check, table, stored, scanned) = match dimension {
        Dimension::Model => {
            ("the reports by model are a scan of the ledger", "rollup_model", "model", "COALESCE(e.model, 'unknown')")
        }
        Dimension::User => ("the reports by user are a scan of the ledger", "rollup_user", "user_id", "e.user_id"),
        Dimension::Team => ("the reports by team are a scan of the ledger", "rollup_team", "team_id", "e.account_id"),
    };
    let parts = if span == QUARTER {
        format!(
            "SELECT (e.occurred_at / $1) * $1, {scanned}, e.amount, -1, 0 FROM entries e WHERE e.kind IN ({charges}) \
             UNION ALL \
             SELECT (e.occurred_at / $1) * $1, {scanned}, 0, 0, -e.amount FROM entries e \
             JOIN entries o ON o.id = e.reference_entry WHERE e.kind = 'refund' AND o.kind IN ({charges})"
        )
    } else {
        format!("SELECT (bucket / $1) * $1, {stored}, -spend, -charges, -refunded FROM {table} WHERE span = {QUARTER}")
    };
    let rows: Vec<(i64, String, i64, i64, i64)> = sql(format!(
        "SELECT bucket, CAST(name AS TEXT), CAST(SUM(spend) AS BIGINT), CAST(SUM(charges) AS BIGINT), \
         CAST(SUM(refunded) AS BIGINT) FROM ( \
            SELECT bucket, {stored} AS name, spend, charges, refunded FROM {table} WHERE span = $1 UNION ALL {parts} \
         ) parts GROUP BY bucket, name HAVING SUM(spend) <> 0 OR SUM(charges) <> 0 OR SUM(refunded) <> 0 \
         ORDER BY bucket, name LIMIT $2"
    ))
    .bind(span)
    .bind(SHOWN)
    .all(tx)
    .await?;
    for (bucket, name, spend, charges, refunded) in rows {
        let at = from_micros(bucket);
        for (part, extra) in [("spend", spend), ("charges", charges), ("refunded", refunded)] {
            if extra != 0 {
                let what = format!("{part} of {name} in the {} minutes from {at}", span / 60_000_000);
                found.push(Difference { check, what, expected: 0, stored: extra });
            }
        }
    }
    Ok(())
}

/// The same for the sums by kind.
async fn kinds(tx: &mut Tx, span: i64, found: &mut Vec<Difference>) -> Result<(), StoreError> {
    let parts = if span == QUARTER {
        "SELECT (occurred_at / $1) * $1, kind, -amount, -1 FROM entries".to_owned()
    } else {
        format!("SELECT (bucket / $1) * $1, kind, -amount, -entries FROM rollup_kind WHERE span = {QUARTER}")
    };
    let rows: Vec<(i64, String, i64, i64)> = sql(format!(
        "SELECT bucket, kind, CAST(SUM(amount) AS BIGINT), CAST(SUM(entries) AS BIGINT) FROM ( \
            SELECT bucket, kind, amount, entries FROM rollup_kind WHERE span = $1 UNION ALL {parts} \
         ) parts GROUP BY bucket, kind HAVING SUM(amount) <> 0 OR SUM(entries) <> 0 ORDER BY bucket, kind LIMIT $2"
    ))
    .bind(span)
    .bind(SHOWN)
    .all(tx)
    .await?;
    for (bucket, kind, amount, entries) in rows {
        let at = from_micros(bucket);
        for (part, extra) in [("amount", amount), ("entries", entries)] {
            if extra != 0 {
                let what = format!("{part} of {kind} in the {} minutes from {at}", span / 60_000_000);
                let check = "the sums by kind are a scan of the ledger";
                found.push(Difference { check, what, expected: 0, stored: extra });
            }
        }
    }
    Ok(())
}

/// What the caps have counted in their current windows; older ones decide nothing any more.
async fn counters(tx: &mut Tx, now: Timestamp, found: &mut Vec<Difference>) -> Result<(), StoreError> {
    for cap in caps::all(tx).await? {
        let expected = caps::scan(tx, cap.account_id, cap.cap_type()?, cap.model(), now).await?;
        let stored = caps::counted(tx, &cap, now).await?;
        if expected != stored {
            found.push(Difference {
                check: "the spend under a cap is a scan of the ledger",
                what: format!("{} {} {}", cap.user_id, cap.cap_type()?.as_str(), cap.model().unwrap_or("all")),
                expected,
                stored,
            });
        }
    }
    Ok(())
}

async fn allowances(tx: &mut Tx, walk: Walk, found: &mut Vec<Difference>) -> Result<(), StoreError> {
    let scanned = walk.allowance_used(tx).await?;
    let mut months: BTreeMap<(i64, Timestamp), (i64, i64)> =
        scanned.into_iter().map(|(month, used)| (month, (used, 0))).collect();
    let stored: Vec<(i64, i64, i64)> = sql("SELECT account_id, month, used FROM allowance_used").all(tx).await?;
    for (account, month, used) in stored {
        months.entry((account, from_micros(month))).or_default().1 += used;
    }
    let differing = months.into_iter().filter(|(_, (expected, stored))| expected != stored);
    found.extend(differing.map(|((account, month), (expected, stored))| Difference {
        check: "the allowance used is a scan of the ledger",
        what: format!("account {account} in the month from {month}"),
        expected,
        stored,
    }));
    Ok(())
}
