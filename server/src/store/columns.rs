//! PostgreSQL: all rows of all tables in one statement, as one array for each column.
//!
//! `unnest` makes rows of the arrays again. A list of VALUES would have a parameter for each value, thousands in a batch, and
//! be planned anew for each number of rows; this is one text and one plan for any. Each table's insert is a part of one `WITH`,
//! so that a batch waits for one answer and not for ten.

use super::{Arg, StoreError, bulk::Insert};
use sqlx::{AssertSqlSafe, PgConnection, Postgres, postgres::PgArguments, query::Query};
use std::fmt::Write as _;

/// Runs the inserts, inside whatever transaction the connection is in. No two may touch one row.
pub async fn insert(connection: &mut PgConnection, inserts: &[Insert]) -> Result<(), StoreError> {
    let inserts: Vec<&Insert> = inserts.iter().filter(|insert| !insert.is_empty()).collect();
    let Some((first, others)) = inserts.split_first() else { return Ok(()) };
    // PostgreSQL runs the statement itself first, then the parts of its WITH from the last to the first. In the order given,
    // that is, so that the sums which everybody adds to are locked for the shortest time.
    let mut text = String::new();
    let mut parameters = 0;
    for (number, insert) in others.iter().enumerate().rev() {
        text.push_str(if text.is_empty() { "WITH " } else { ", " });
        let _ = write!(text, "w{number} AS ({})", insert.unnested(&types(insert), parameters + 1));
        parameters += insert.width();
    }
    text.push(' ');
    text.push_str(&first.unnested(&types(first), parameters + 1));
    let mut query = sqlx::query(AssertSqlSafe(text));
    for insert in others.iter().rev().chain([first]) {
        query = bind(query, insert)?;
    }
    query.execute(connection).await?;
    Ok(())
}

type Statement<'q> = Query<'q, Postgres, PgArguments>;

fn bind<'q>(mut query: Statement<'q>, insert: &Insert) -> Result<Statement<'q>, StoreError> {
    for (at, kind) in insert.rows().next().into_iter().flatten().enumerate() {
        let column = insert.rows().filter_map(|row| row.get(at));
        query = match kind {
            Arg::Int(_) => query.bind(values(column, |arg| match arg {
                Arg::Int(value) => Some(*value),
                _ => None,
            })?),
            Arg::Text(_) => query.bind(values(column, |arg| match arg {
                Arg::Text(value) => Some(value.clone()),
                _ => None,
            })?),
            Arg::Id(_) => query.bind(values(column, |arg| match arg {
                Arg::Id(value) => Some(*value),
                _ => None,
            })?),
            Arg::Bytes(_) => query.bind(values(column, |arg| match arg {
                Arg::Bytes(value) => Some(value.clone()),
                _ => None,
            })?),
            Arg::Bool(_) => query.bind(values(column, |arg| match arg {
                Arg::Bool(value) => Some(*value),
                _ => None,
            })?),
        };
    }
    Ok(query)
}

fn types(insert: &Insert) -> Vec<&'static str> {
    insert.rows().next().into_iter().flatten().map(array_type).collect()
}

const fn array_type(arg: &Arg) -> &'static str {
    match arg {
        Arg::Int(_) => "bigint[]",
        Arg::Text(_) => "text[]",
        Arg::Id(_) => "uuid[]",
        Arg::Bytes(_) => "bytea[]",
        Arg::Bool(_) => "boolean[]",
    }
}

/// A column's values, all of the kind of its first.
fn values<'a, T>(
    column: impl Iterator<Item = &'a Arg>,
    value: impl Fn(&Arg) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    let values: Option<Vec<T>> = column.map(value).collect();
    values.ok_or_else(|| StoreError::corrupt("column of an insert", "its values are of different kinds"))
}
