//! Reading the ledger: pages of entries, and one entry with all that belongs to it.

use super::{
    Arg, StoreError, Tx,
    books::{LotRow, charged, entries_by},
    bulk::in_list,
    rollups::UNKNOWN_MODEL,
    rows::{EntryRow, SELECT_ENTRY},
    sql,
};
use crate::ledger::{Charged, Entry, Lot};
use app::model::{Credits, EntryKind, Timestamp, TransactionTotals, Uuid};
use app::pasted::IdPart;
use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write as _,
};

/// What a page of the ledger is asked for.
#[derive(Debug, Default)]
pub struct Filter {
    /// Newest number first when an account is named, newest time first otherwise.
    pub account: Option<i64>,
    /// Who caused it, whoever paid.
    pub user: Option<i64>,
    pub kind: Option<EntryKind>,
    /// Charges alone.
    pub charges: bool,
    pub model: Option<String>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    /// Amounts of at least so much, in or out.
    pub min: Option<Credits>,
    pub oldest: bool,
    pub after: Option<After>,
    pub limit: u32,
}

/// Where the page before ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Seq(i64),
    Time(i64, Uuid),
}

/// The conditions of a filter, each after an `AND`, and their arguments.
fn conditions(filter: &Filter) -> (String, Vec<Arg>) {
    let mut text = String::new();
    let mut args: Vec<Arg> = Vec::new();
    let mut clause = |condition: &str, values: Vec<Arg>| {
        let mut parts = condition.split('?');
        text.push_str(" AND ");
        text.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            args.push(value);
            let _ = write!(text, "${}{part}", args.len());
        }
    };
    if let Some(account) = filter.account {
        clause("e.account_id = ?", vec![account.into()]);
    }
    if let Some(user) = filter.user {
        clause("e.user_id = ?", vec![user.into()]);
    }
    if filter.charges {
        clause("e.kind IN ('usage', 'team_usage')", Vec::new());
    }
    if let Some(kind) = filter.kind {
        clause("e.kind = ?", vec![kind.as_str().into()]);
    }
    if let Some(model) = &filter.model {
        let condition = if model == UNKNOWN_MODEL { "COALESCE(e.model, 'unknown') = ?" } else { "e.model = ?" };
        clause(condition, vec![model.as_str().into()]);
    }
    if let Some(start) = filter.start {
        clause("e.occurred_at >= ?", vec![start.into()]);
    }
    if let Some(end) = filter.end {
        clause("e.occurred_at < ?", vec![end.into()]);
    }
    if let Some(min) = filter.min {
        clause("(e.amount >= ? OR e.amount <= ?)", vec![min.into(), min.micros().saturating_neg().into()]);
    }
    match (filter.after, filter.oldest) {
        (Some(After::Seq(seq)), false) => clause("e.seq < ?", vec![seq.into()]),
        (Some(After::Seq(seq)), true) => clause("e.seq > ?", vec![seq.into()]),
        (Some(After::Time(at, id)), false) => clause("(e.occurred_at, e.id) < (?, ?)", vec![at.into(), id.into()]),
        (Some(After::Time(at, id)), true) => clause("(e.occurred_at, e.id) > (?, ?)", vec![at.into(), id.into()]),
        (None, _) => {}
    }
    (text, args)
}

/// Entries of the filter, at most `limit` and one more, which tells that there is a next page.
pub async fn list(tx: &mut Tx, filter: &Filter) -> Result<Vec<Entry>, StoreError> {
    let (conditions, mut args) = conditions(filter);
    let mut text = format!("{SELECT_ENTRY} WHERE 1 = 1{conditions}");
    text.push_str(match (filter.account.is_some(), filter.oldest) {
        (true, false) => " ORDER BY e.seq DESC",
        (true, true) => " ORDER BY e.seq",
        (false, false) => " ORDER BY e.occurred_at DESC, e.id DESC",
        (false, true) => " ORDER BY e.occurred_at, e.id",
    });
    args.push((i64::from(filter.limit) + 1).into());
    let _ = write!(text, " LIMIT ${}", args.len());
    let rows: Vec<EntryRow> = sql(text).bind_all(args).all(tx).await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// All entries of the filter, added up, whatever the page.
pub async fn totals(tx: &mut Tx, filter: &Filter) -> Result<TransactionTotals, StoreError> {
    let (conditions, args) = conditions(filter);
    let (count, added, taken): (i64, i64, i64) = sql(format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN e.amount > 0 THEN e.amount ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN e.amount < 0 THEN e.amount ELSE 0 END), 0) AS BIGINT) FROM entries e \
         WHERE 1 = 1{conditions}"
    ))
    .bind_all(args)
    .one(tx)
    .await?;
    Ok(TransactionTotals { count, added: Credits::from_micros(added), taken: Credits::from_micros(taken) })
}

/// What has been given back of each of these entries, credits and allowance together.
pub async fn refunded(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Credits>, StoreError> {
    const HEAD: &str = "SELECT reference_entry, CAST(SUM(gross) AS BIGINT) FROM entries WHERE kind = 'refund' \
                        AND reference_entry IN";
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sums: Vec<(Uuid, i64)> =
        in_list(HEAD, "GROUP BY reference_entry", ids.iter().map(|id| Arg::from(*id))).all(tx).await?;
    Ok(sums.into_iter().map(|(id, micros)| (id, Credits::from_micros(micros))).collect())
}

/// One entry, with the refunds it has had.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Charged>, StoreError> {
    Ok(charged(tx, BTreeSet::from([id])).await?.pop())
}

/// The newest entries whose ids begin and end so, at most `limit`. Ids begin with the time, so that those of a minute begin
/// alike; of one minute's, the end is looked for in the latest.
pub async fn by_part(tx: &mut Tx, part: &IdPart, limit: usize) -> Result<Vec<Entry>, StoreError> {
    const LOOKED_AT: i64 = 100_000;
    let (low, high) = part.bounds();
    let most = if part.is_open() { i64::try_from(limit).unwrap_or(LOOKED_AT) } else { LOOKED_AT };
    let ids: Vec<(Uuid,)> = sql("SELECT id FROM entries WHERE id >= $1 AND id <= $2 ORDER BY id DESC LIMIT $3")
        .bind(low)
        .bind(high)
        .bind(most)
        .all(tx)
        .await?;
    let ids = ids.into_iter().map(|(id,)| id).filter(|id| part.ends(*id)).take(limit);
    let mut found = entries_by(tx, "e.id", ids).await?;
    found.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    Ok(found)
}

/// Lots of an account by their numbers; or, with none named, all with something left.
pub async fn lots(tx: &mut Tx, account: i64, seqs: Option<&[i64]>) -> Result<Vec<Lot>, StoreError> {
    const COLUMNS: &str =
        "SELECT account_id, seq, source_entry, kind, granted, consumed, expires_at, created_at FROM lots";
    let rows: Vec<LotRow> = match seqs {
        None => sql(format!("{COLUMNS} WHERE open AND account_id = $1")).bind(account).all(tx).await?,
        Some([]) => Vec::new(),
        Some(seqs) => {
            let list = super::tuples(1, seqs.len(), 2);
            sql(format!("{COLUMNS} WHERE account_id = $1 AND seq IN {list}"))
                .bind(account)
                .bind_all(seqs.iter().map(|seq| Arg::from(*seq)))
                .all(tx)
                .await?
        }
    };
    rows.into_iter().map(Lot::try_from).collect()
}

/// True when the ledger holds anything at all.
pub async fn any(tx: &mut Tx) -> Result<bool, StoreError> {
    let found: Option<(i64,)> = sql("SELECT seq FROM entries LIMIT 1").optional(tx).await?;
    Ok(found.is_some())
}

/// Names of the accounts that have lots past their time, and what a sweep would take.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<(String, String, i64, i64)>, StoreError> {
    sql("SELECT a.kind, a.external_id, COUNT(*), CAST(SUM(l.granted - l.consumed) AS BIGINT) \
         FROM lots l JOIN accounts a ON a.id = l.account_id \
         WHERE l.open AND l.expires_at IS NOT NULL AND l.expires_at <= $1 GROUP BY a.kind, a.external_id \
         ORDER BY a.kind, a.external_id")
    .bind(now)
    .all(tx)
    .await
}
