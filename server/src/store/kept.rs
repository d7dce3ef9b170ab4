//! SQLite statements that stay prepared from one batch to the next.
//!
//! To prepare a statement takes as long as to run it on several rows. sqlx keeps those it prepared, but runs each row on its
//! own thread; here its statements are looked up on the connection and run on this thread, while sqlx's keeps away. They
//! stay sqlx's: it alone prepares and finalizes them, so that a connection closes as it always does.
#![expect(unsafe_code, reason = "no safe interface runs a statement that another library prepared")]

use super::{Arg, StoreError};
use rusqlite::ffi;
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _, SqliteConnection};
use std::{
    ffi::{CStr, c_int},
    marker::PhantomData,
    ptr::{self, NonNull},
    sync::Arc,
};
use uuid::Uuid;

/// Runs `work` on the statements of these texts, each of one statement, in their order.
pub async fn run<T>(
    connection: &mut SqliteConnection,
    texts: &[Arc<str>],
    work: impl FnOnce(&mut [Kept<'_>]) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut missing: Vec<Arc<str>> = Vec::new();
    {
        let mut handle = connection.lock_handle().await?;
        // SAFETY: sqlx's thread makes no call on the connection or its statements until `handle` is dropped, which what is
        // found does not outlive.
        let found = unsafe { find(handle.as_raw_handle(), texts) };
        let mut statements = Vec::with_capacity(texts.len());
        for (statement, text) in found.into_iter().zip(texts) {
            match statement {
                Some(statement) => statements.push(statement),
                None => missing.push(Arc::clone(text)),
            }
        }
        if missing.is_empty() {
            return work(&mut statements);
        }
    }
    for text in missing {
        connection.prepare(AssertSqlSafe(text).into_sql_str()).await?;
    }
    let mut handle = connection.lock_handle().await?;
    // SAFETY: as above.
    let found = unsafe { find(handle.as_raw_handle(), texts) };
    let statements: Option<Vec<Kept<'_>>> = found.into_iter().collect();
    work(&mut statements.ok_or_else(|| StoreError::corrupt("statement", "it was prepared, and is not there"))?)
}

/// The statements of these texts, as far as the connection has them.
///
/// # Safety
/// The connection is open, and nobody else uses it while what is returned lives.
unsafe fn find<'lent>(connection: NonNull<ffi::sqlite3>, texts: &[Arc<str>]) -> Vec<Option<Kept<'lent>>> {
    let mut found: Vec<Option<Kept<'lent>>> = texts.iter().map(|_| None).collect();
    // SAFETY: the connection is open, says the caller; null asks for the first statement.
    let mut next = unsafe { ffi::sqlite3_next_stmt(connection.as_ptr(), ptr::null_mut()) };
    while let Some(statement) = NonNull::new(next) {
        // SAFETY: the statement is one of the connection's; where it has a text, that lives as long as it does.
        let text = unsafe {
            let text = ffi::sqlite3_sql(statement.as_ptr());
            if text.is_null() { &[] } else { CStr::from_ptr(text).to_bytes() }
        };
        for (slot, wanted) in found.iter_mut().zip(texts) {
            if slot.is_none() && wanted.as_bytes() == text {
                *slot = Some(Kept { connection, statement, lent: PhantomData });
            }
        }
        // SAFETY: as for the first.
        next = unsafe { ffi::sqlite3_next_stmt(connection.as_ptr(), statement.as_ptr()) };
    }
    found
}

/// A statement of sqlx's, lent for a while.
#[derive(Debug)]
pub struct Kept<'lent> {
    connection: NonNull<ffi::sqlite3>,
    statement: NonNull<ffi::sqlite3_stmt>,
    lent: PhantomData<&'lent mut ffi::sqlite3_stmt>,
}

impl Kept<'_> {
    /// Runs a change.
    pub fn execute(&mut self, row: &[Arg]) -> Result<(), StoreError> {
        let mut rows = self.bind(row)?;
        while rows.step()? {}
        Ok(())
    }

    /// All ids that a query of one column finds.
    pub fn ids(&mut self, key: &[Arg], found: &mut Vec<Uuid>) -> Result<(), StoreError> {
        let mut rows = self.bind(key)?;
        while rows.step()? {
            found.push(rows.id()?);
        }
        Ok(())
    }

    /// Gives each parameter its value. SQLite reads them where they are until the run ends, and does not copy them.
    fn bind<'run>(&'run mut self, args: &'run [Arg]) -> Result<Run<'run>, StoreError> {
        let run = Run { connection: self.connection, statement: self.statement, args: PhantomData };
        let statement = self.statement.as_ptr();
        for (arg, number) in args.iter().zip(1..) {
            // SAFETY: the statement is prepared, and what is bound outlives `run`, which forgets it when it is dropped.
            let code = unsafe {
                match arg {
                    Arg::Int(Some(value)) => ffi::sqlite3_bind_int64(statement, number, *value),
                    Arg::Bool(value) => ffi::sqlite3_bind_int64(statement, number, i64::from(*value)),
                    Arg::Text(Some(text)) => {
                        let length = length(text.len())?;
                        ffi::sqlite3_bind_text(statement, number, text.as_ptr().cast(), length, ffi::SQLITE_STATIC())
                    }
                    Arg::Id(Some(id)) => ffi::sqlite3_bind_blob(
                        statement,
                        number,
                        id.as_bytes().as_ptr().cast(),
                        16,
                        ffi::SQLITE_STATIC(),
                    ),
                    Arg::Bytes(Some(bytes)) => {
                        let length = length(bytes.len())?;
                        ffi::sqlite3_bind_blob(statement, number, bytes.as_ptr().cast(), length, ffi::SQLITE_STATIC())
                    }
                    Arg::Int(None) | Arg::Text(None) | Arg::Id(None) | Arg::Bytes(None) => {
                        ffi::sqlite3_bind_null(statement, number)
                    }
                }
            };
            if code != ffi::SQLITE_OK {
                return Err(run.failure(code));
            }
        }
        Ok(run)
    }
}

/// One run of a statement. Dropped, it leaves the statement as it was.
struct Run<'run> {
    connection: NonNull<ffi::sqlite3>,
    statement: NonNull<ffi::sqlite3_stmt>,
    args: PhantomData<&'run [Arg]>,
}

impl Run<'_> {
    /// Goes on to the next row; false after the last.
    fn step(&mut self) -> Result<bool, StoreError> {
        // SAFETY: the statement is prepared, and its arguments live.
        match unsafe { ffi::sqlite3_step(self.statement.as_ptr()) } {
            ffi::SQLITE_ROW => Ok(true),
            ffi::SQLITE_DONE => Ok(false),
            code => Err(self.failure(code)),
        }
    }

    /// The first column of the row at hand.
    fn id(&self) -> Result<Uuid, StoreError> {
        let statement = self.statement.as_ptr();
        // SAFETY: a row is at hand. Its bytes stay where they are until the next step, and are copied before it.
        let bytes = unsafe {
            let (start, length) = (ffi::sqlite3_column_blob(statement, 0), ffi::sqlite3_column_bytes(statement, 0));
            match usize::try_from(length) {
                Ok(length) if !start.is_null() => std::slice::from_raw_parts(start.cast::<u8>(), length),
                _ => &[],
            }
        };
        Uuid::from_slice(bytes).map_err(|error| StoreError::corrupt("id", error))
    }

    fn failure(&self, code: c_int) -> StoreError {
        // SAFETY: the connection is open; the text lives until the next call on it, and is copied before.
        let message = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(self.connection.as_ptr())) };
        let message = message.to_string_lossy().into_owned();
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(message)).into()
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        // SAFETY: the statement is prepared. What these return is what the last step returned.
        unsafe {
            ffi::sqlite3_reset(self.statement.as_ptr());
            ffi::sqlite3_clear_bindings(self.statement.as_ptr());
        }
    }
}

fn length(bytes: usize) -> Result<c_int, StoreError> {
    c_int::try_from(bytes).map_err(|_| StoreError::corrupt("value", "it is longer than SQLite takes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Db, Tx, rows, sql};

    async fn empty() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("x.db").display())).await.unwrap();
        crate::store::migrate(&db).await.unwrap();
        (folder, db)
    }

    /// Runs a change, and tells how many statements the connection has prepared then.
    async fn change(tx: &mut Tx, text: &str, rows: &[Vec<Arg>]) -> Result<usize, StoreError> {
        let Tx::Sqlite(tx, _) = tx else { unreachable!("the database is SQLite") };
        run(tx, &[text.into()], |statements| rows.iter().try_for_each(|row| statements[0].execute(row))).await?;
        Ok(sqlx::Connection::cached_statements_size(&**tx))
    }

    #[tokio::test]
    async fn a_statement_is_prepared_once_and_outlives_a_refusal() {
        const NOTE: &str = "INSERT INTO models (id, name) VALUES (?1, ?2)";
        let (_folder, db) = empty().await;
        let mut tx = db.begin().await.unwrap();
        let first =
            change(&mut tx, NOTE, &[vec![1_i64.into(), "a".into()], vec![2_i64.into(), "ж\0".into()]]).await.unwrap();
        let taken = change(&mut tx, NOTE, &[vec![2_i64.into(), "b".into()]]).await.unwrap_err();
        assert!(taken.is_duplicate(), "{taken:?}");
        let empty = change(&mut tx, NOTE, &[vec![3_i64.into(), Arg::Text(None)]]).await.unwrap_err();
        assert!(empty.to_string().contains("models.name"), "{empty}");
        assert_eq!(change(&mut tx, NOTE, &[vec![3_i64.into(), "".into()]]).await.unwrap(), first);
        // sqlx still runs it as its own.
        sql(NOTE.replace('?', "$")).bind(4_i64).bind("d").execute_one(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.snapshot().await.unwrap();
        let names: Vec<(i64, String)> = sql("SELECT id, name FROM models ORDER BY id").all(&mut tx).await.unwrap();
        assert_eq!(names, [(1, "a".into()), (2, "ж\0".into()), (3, String::new()), (4, "d".into())]);
        drop(tx);
        db.close().await;
    }

    #[tokio::test]
    async fn an_entry_needs_no_table_but_its_own() {
        let (folder, db) = empty().await;
        db.close().await;
        let connection = rusqlite::Connection::open(folder.path().join("x.db")).unwrap();
        let values = crate::store::tuples(1, rows::ENTRY_WIDTH, 1).replace('$', "?");
        let mut plan = connection.prepare(&format!("EXPLAIN {} VALUES {values}", rows::INSERT_ENTRY)).unwrap();
        let mut rows = plan.raw_query();
        let mut steps: Vec<String> = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get(1).unwrap());
        }
        assert!(steps.contains(&"IdxInsert".to_owned()), "{steps:?}");
        assert!(!steps.contains(&"OpenEphemeral".to_owned()), "a list of values is checked by a table: {steps:?}");
        let kind: String =
            connection.query_row("SELECT sql FROM sqlite_schema WHERE name = 'entries'", [], |row| row.get(0)).unwrap();
        for known in app::model::EntryKind::ALL {
            assert!(kind.contains(&format!("kind = '{}'", known.as_str())), "{known:?}");
        }
    }
}
