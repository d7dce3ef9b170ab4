//! Sums for the spend page: over time, in total, and one thing split by another.
//!
//! Over time and in total they come from the same rollups as the overview's. A split asks for pairs, which no rollup keeps:
//! those are added up from the range's entries.

use super::{
    Arg, StoreError, Tx,
    bulk::in_list,
    reports::Piece,
    rollups::{DAY, HOUR, QUARTER},
    sql, tuples,
};
use app::model::{Credits, SpendBy, SpendSum, Timestamp};
use sqlx::FromRow;
use std::collections::HashMap;

/// A sum of one key in one unit of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Units since 1970-01-01 by the piece's clock.
    pub unit: i64,
    pub key: String,
    pub sum: SpendSum,
}

#[derive(Debug, FromRow)]
struct CellRow {
    unit: i64,
    key: String,
    spend: i64,
    charges: i64,
    refunded: i64,
}

/// A key with its name and its sum over a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySum {
    pub key: String,
    pub name: String,
    pub sum: SpendSum,
}

#[derive(Debug, FromRow)]
struct KeyRow {
    key: String,
    name: Option<String>,
    spend: i64,
    charges: i64,
    refunded: i64,
}

fn sum(spend: i64, charges: i64, refunded: i64) -> SpendSum {
    SpendSum { spend: Credits::from_micros(spend), charges, refunded: Credits::from_micros(refunded) }
}

/// The length of the buckets to read for units of `unit` in this piece.
fn span(piece: Piece, unit: i64, by: SpendBy) -> i64 {
    let span = piece.span.min(unit);
    // By user, hours are not kept.
    if by == SpendBy::User && span == HOUR { QUARTER } else { span }
}

/// Sums by unit over one piece, of everything: the key is empty.
pub async fn totals(tx: &mut Tx, piece: Piece, unit: i64) -> Result<Vec<Cell>, StoreError> {
    let text = format!(
        "SELECT (bucket + $1) / {unit} AS unit, '' AS key, CAST(SUM(spend) AS BIGINT) AS spend, \
         CAST(SUM(charges) AS BIGINT) AS charges, CAST(SUM(refunded) AS BIGINT) AS refunded \
         FROM rollup_model WHERE span = $2 AND bucket >= $3 AND bucket < $4 GROUP BY (bucket + $1) / {unit}"
    );
    cells(tx, text, piece, span(piece, unit, SpendBy::Model), []).await
}

/// Sums by unit over one piece, of `keys` alone.
pub async fn series(tx: &mut Tx, piece: Piece, unit: i64, by: SpendBy, keys: &[&str]) -> Result<Vec<Cell>, StoreError> {
    const USERS: &str = "SELECT id, external_id FROM accounts WHERE kind = 'user' AND external_id IN";
    const TEAMS: &str = "SELECT id, external_id FROM accounts WHERE kind = 'team' AND external_id IN";
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let words = || keys.iter().map(|key| Arg::from(*key));
    // Accounts by their numbers: joined, they would be looked for in every row of the range.
    let (column, accounts): (_, Vec<(i64, String)>) = match by {
        SpendBy::Model => ("model", Vec::new()),
        SpendBy::Team => ("team_id", in_list(TEAMS, "", words()).all(tx).await?),
        SpendBy::User => ("user_id", in_list(USERS, "", words()).all(tx).await?),
    };
    let mut args: Vec<Arg> = match by {
        SpendBy::Model => words().collect(),
        SpendBy::Team | SpendBy::User => accounts.iter().map(|(number, _)| Arg::from(*number)).collect(),
    };
    if args.is_empty() {
        return Ok(Vec::new());
    }
    let span = span(piece, unit, by);
    // Days that are named are looked up for each user; a range of them is read through, with all the other users.
    let days: Vec<i64> = if by == SpendBy::User && span == DAY {
        (piece.start / DAY..piece.end / DAY).map(|day| day * DAY).collect()
    } else {
        Vec::new()
    };
    let mut among = vec![format!("{column} IN {}", tuples(1, args.len(), 5))];
    if !days.is_empty() {
        among.push(format!("bucket IN {}", tuples(1, days.len(), 5 + args.len())));
        args.extend(days.into_iter().map(Arg::from));
    }
    let among = among.join(" AND ");
    let text = format!(
        "SELECT (bucket + $1) / {unit} AS unit, CAST({column} AS TEXT) AS key, CAST(SUM(spend) AS BIGINT) AS spend, \
         CAST(SUM(charges) AS BIGINT) AS charges, CAST(SUM(refunded) AS BIGINT) AS refunded FROM rollup_{} \
         WHERE {among} AND span = $2 AND bucket >= $3 AND bucket < $4 GROUP BY (bucket + $1) / {unit}, {column}",
        by.as_str()
    );
    let mut cells = cells(tx, text, piece, span, args).await?;
    let known: HashMap<String, String> = accounts.into_iter().map(|(number, key)| (number.to_string(), key)).collect();
    for cell in &mut cells {
        if let Some(key) = known.get(&cell.key) {
            cell.key.clone_from(key);
        }
    }
    Ok(cells)
}

async fn cells(
    tx: &mut Tx,
    text: String,
    piece: Piece,
    span: i64,
    args: impl IntoIterator<Item = Arg>,
) -> Result<Vec<Cell>, StoreError> {
    let rows: Vec<CellRow> =
        sql(text).bind(piece.offset).bind(span).bind(piece.start).bind(piece.end).bind_all(args).all(tx).await?;
    let cell = |row: CellRow| Cell { unit: row.unit, key: row.key, sum: sum(row.spend, row.charges, row.refunded) };
    Ok(rows.into_iter().map(cell).collect())
}

/// Sums by key over `[start, end)`, without order: whole UTC days from the middle, quarters from the edges. Charges that no
/// team paid are in no sum by team.
pub async fn by_key(tx: &mut Tx, start: Timestamp, end: Timestamp, by: SpendBy) -> Result<Vec<KeySum>, StoreError> {
    let (start, end) = (start.as_microsecond(), end.as_microsecond());
    let first = -(-start).div_euclid(DAY) * DAY;
    let last = end.div_euclid(DAY) * DAY;
    // A range inside of one UTC day has no middle, and just one edge.
    let (first, last) = if first <= last { (first, last) } else { (end, end) };
    let (table, column) = match by {
        SpendBy::Model => ("rollup_model", "model"),
        SpendBy::Team => ("rollup_team", "team_id"),
        SpendBy::User => ("rollup_user", "user_id"),
    };
    let (key, name, join) = match by {
        SpendBy::Model => ("s.key", "s.key", ""),
        SpendBy::Team | SpendBy::User => ("a.external_id", "a.name", " JOIN accounts a ON a.id = s.key"),
    };
    let part = |span: &str, from: &str, to: &str| {
        format!(
            "SELECT {column} AS key, spend, charges, refunded FROM {table} \
             WHERE span = {span} AND bucket >= {from} AND bucket < {to}"
        )
    };
    let parts = [part("$1", "$3", "$4"), part("$2", "$5", "$3"), part("$2", "$4", "$6")].join(" UNION ALL ");
    let rows: Vec<KeyRow> = sql(format!(
        "WITH parts AS ({parts}), s AS (SELECT key, CAST(SUM(spend) AS BIGINT) AS spend, \
         CAST(SUM(charges) AS BIGINT) AS charges, CAST(SUM(refunded) AS BIGINT) AS refunded FROM parts GROUP BY key) \
         SELECT {key} AS key, {name} AS name, s.spend, s.charges, s.refunded FROM s{join}"
    ))
    .bind(DAY)
    .bind(QUARTER)
    .bind(first)
    .bind(last)
    .bind(start)
    .bind(end)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(key_sum).collect())
}

fn key_sum(row: KeyRow) -> KeySum {
    let KeyRow { key, name, spend, charges, refunded } = row;
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| key.clone());
    KeySum { key, name, sum: sum(spend, charges, refunded) }
}

/// Spend of a pair of keys.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Pair {
    pub group_key: String,
    pub part_key: String,
    /// The part as people know it.
    pub part_name: Option<String>,
    pub spend: i64,
}

/// Net spend of charges in `[start, end)` by pairs of keys, from the entries themselves.
pub async fn pairs(
    tx: &mut Tx,
    start: Timestamp,
    end: Timestamp,
    group: SpendBy,
    part: SpendBy,
) -> Result<Vec<Pair>, StoreError> {
    // Accounts are named after the sums are made, not once for every entry; those of no team have number 0.
    let column = |by| match by {
        SpendBy::Model => "COALESCE(model, 'unknown')",
        SpendBy::Team => "CASE WHEN kind = 'team_usage' THEN account_id ELSE 0 END",
        SpendBy::User => "user_id",
    };
    let (g, p) = (column(group), column(part));
    let side = |by, sums: &str, table: &str| match by {
        SpendBy::Model => (format!("s.{sums}"), format!("s.{sums}"), String::new()),
        SpendBy::Team | SpendBy::User => (
            format!("COALESCE({table}.external_id, '')"),
            format!("{table}.name"),
            format!(" LEFT JOIN accounts {table} ON {table}.id = s.{sums}"),
        ),
    };
    let (group_key, _, group_join) = side(group, "g", "ga");
    let (part_key, part_name, part_join) = side(part, "p", "pa");
    sql(format!(
        "WITH s AS (SELECT {g} AS g, {p} AS p, CAST(SUM(-amount) AS BIGINT) AS spend FROM entries \
         WHERE occurred_at >= $1 AND occurred_at < $2 AND kind IN ('usage', 'team_usage') GROUP BY {g}, {p}) \
         SELECT {group_key} AS group_key, {part_key} AS part_key, {part_name} AS part_name, s.spend \
         FROM s{group_join}{part_join}"
    ))
    .bind(start)
    .bind(end)
    .all(tx)
    .await
}

/// Sums by unit over one piece, of every team.
pub async fn teams(tx: &mut Tx, piece: Piece, unit: i64) -> Result<Vec<Cell>, StoreError> {
    let text = format!(
        "SELECT (r.bucket + $1) / {unit} AS unit, a.external_id AS key, CAST(SUM(r.spend) AS BIGINT) AS spend, \
         CAST(SUM(r.charges) AS BIGINT) AS charges, CAST(SUM(r.refunded) AS BIGINT) AS refunded \
         FROM rollup_team r JOIN accounts a ON a.id = r.team_id WHERE r.span = $2 AND r.bucket >= $3 \
         AND r.bucket < $4 GROUP BY (r.bucket + $1) / {unit}, a.external_id"
    );
    cells(tx, text, piece, span(piece, unit, SpendBy::Team), []).await
}
