//! PostgreSQL: all rows of a table in one statement, as one array for each column.
//!
//! `unnest` makes rows of them again. A list of VALUES would have a parameter for each value, thousands in a batch, and be
//! planned anew for each; this is one text and one plan for any number of rows.

use super::{Arg, StoreError, bulk::Insert};
use sqlx::{AssertSqlSafe, PgConnection};

/// Runs the inserts, inside whatever transaction the connection is in.
pub async fn insert(connection: &mut PgConnection, inserts: &[Insert]) -> Result<(), StoreError> {
    for insert in inserts.iter().filter(|insert| !insert.is_empty()) {
        let Some(first) = insert.rows().next() else { continue };
        let types: Vec<&str> = first.iter().map(array_type).collect();
        let mut query = sqlx::query(AssertSqlSafe(insert.unnested(&types)));
        for (at, kind) in first.iter().enumerate() {
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
        query.execute(&mut *connection).await?;
    }
    Ok(())
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
