//! SQLite without a step to another thread for each statement.
//!
//! sqlx gives each statement to the thread that owns the connection, and waits for it. That is right for a query, and most
//! of the cost of a batch's many small writes. Here the connection is lent to this thread instead, and one prepared
//! statement runs for each row, as SQLite does it best.

use super::{Arg, StoreError, bulk::Insert, kept};
use rusqlite::{
    Connection, Row, ToSql, params_from_iter,
    types::{ToSqlOutput, Value, ValueRef},
};
use sqlx::SqliteConnection;
use uuid::Uuid;

impl ToSql for Arg {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let borrowed = match self {
            Self::Int(Some(value)) => return Ok(ToSqlOutput::Owned(Value::Integer(*value))),
            Self::Bool(value) => return Ok(ToSqlOutput::Owned(Value::Integer((*value).into()))),
            Self::Text(Some(value)) => ValueRef::Text(value.as_bytes()),
            Self::Id(Some(value)) => ValueRef::Blob(value.as_bytes()),
            Self::Bytes(Some(value)) => ValueRef::Blob(value),
            Self::Int(None) | Self::Text(None) | Self::Id(None) | Self::Bytes(None) => ValueRef::Null,
        };
        Ok(ToSqlOutput::Borrowed(borrowed))
    }
}

/// Runs the inserts, row by row, inside whatever transaction the connection is in.
pub async fn insert(connection: &mut SqliteConnection, inserts: &[Insert]) -> Result<(), StoreError> {
    let inserts: Vec<&Insert> = inserts.iter().filter(|insert| !insert.is_empty()).collect();
    let texts: Vec<_> = inserts.iter().map(|insert| insert.single()).collect();
    kept::run(connection, &texts, |statements| {
        for (statement, insert) in statements.iter_mut().zip(inserts) {
            for row in insert.rows() {
                statement.execute(row)?;
            }
        }
        Ok(())
    })
    .await
}

/// A row as SQLite gives it to this thread: any tuple of numbers, texts and ids.
pub trait DirectRow: for<'row> TryFrom<&'row Row<'row>, Error = rusqlite::Error> {}
impl<T: for<'row> TryFrom<&'row Row<'row>, Error = rusqlite::Error>> DirectRow for T {}

/// All rows that a statement finds.
pub async fn all<T: DirectRow>(
    connection: &mut SqliteConnection,
    text: &str,
    args: &[Arg],
) -> Result<Vec<T>, StoreError> {
    lend(connection, |connection| {
        let mut statement = connection.prepare(text)?;
        let rows = statement.query_and_then(params_from_iter(args), |row| T::try_from(row))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
    .await
}

/// The ids that `one` finds for each of `keys`.
pub async fn find_ids<const WIDTH: usize>(
    connection: &mut SqliteConnection,
    one: &str,
    keys: &[[Arg; WIDTH]],
) -> Result<Vec<Uuid>, StoreError> {
    kept::run(connection, &[one.into()], |statements| {
        let mut found = Vec::new();
        for statement in statements {
            for key in keys {
                statement.ids(key, &mut found)?;
            }
        }
        Ok(found)
    })
    .await
}

/// Lends the connection to `work` on this thread.
async fn lend<T>(
    connection: &mut SqliteConnection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut handle = connection.lock_handle().await?;
    // SAFETY: the handle is open, and sqlx keeps its own thread away from it until `handle` is dropped, which outlives
    // `borrowed`; a connection made from a handle does not close it.
    #[expect(unsafe_code, reason = "sqlx and rusqlite share one connection only by its raw handle")]
    let borrowed = unsafe { Connection::from_handle(handle.as_raw_handle().as_ptr()) }?;
    work(&borrowed)
}
