//! One way to say SQL to two databases.
//!
//! A statement is a text with `$1` parameters, which SQLite and PostgreSQL both read, and its arguments; this file alone
//! knows which of the two runs it. Money and times are integers (micro-credits, microseconds since the epoch) and JSON is
//! text, so that a row means the same on both.

use super::{
    direct::{self, DirectRow},
    error::StoreError,
    log::{Log, Turn},
};
use sqlx::{
    AssertSqlSafe, Connection as _, FromRow, PgConnection, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use std::{fmt::Write as _, path::Path, str::FromStr, sync::Arc, time::Duration};
use uuid::Uuid;

/// Bytes of an SQLite page. Larger than its default: a batch touches fewer of them, and each costs two system calls.
const PAGE: u32 = 8_192;
/// Readers beside the writer, per process.
const READERS: u32 = 8;
/// How long to wait for a free connection or a busy database before the caller hears `unavailable`.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starting PostgreSQL's parallel workers takes some ten milliseconds, which its default, 1,000, takes for one; most reports
/// are done by then. What goes through all entries still has them.
const ONE_WORKER_BELOW: &str = "SET parallel_setup_cost = 20000";

/// The database: embedded or a server.
#[derive(Clone, Debug)]
pub enum Db {
    /// SQLite takes one writer at a time, so writes queue for the one connection rather than for a lock.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        log: Arc<Log>,
    },
    Postgres(PgPool),
}

/// Which turn at writing the database is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Counts the transactions of this process that may have written.
    turn: u64,
    /// Counts what other processes wrote.
    version: i64,
}

impl State {
    /// True when nobody wrote between the transaction of `before` and this one.
    pub const fn follows(self, before: Self) -> bool {
        self.turn == before.turn + 1 && self.version == before.version
    }
}

/// An open transaction. Dropped without `commit`, it changes nothing.
#[derive(Debug)]
pub enum Tx {
    /// With its turn, when it may write.
    Sqlite(Transaction<'static, Sqlite>, Option<Turn>),
    Postgres(Transaction<'static, Postgres>),
}

/// A row type that both databases can fill.
pub trait Row: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin> Row for T {}

impl Db {
    /// Opens `sqlite:PATH` (creating the file and its folder) or `postgres://…`; any other address is refused.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return Self::open_sqlite(Path::new(path)).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Self::open_postgres(url).await;
        }
        Err(StoreError::Address("must start with sqlite: or postgres://".to_owned()))
    }

    async fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        if path.as_os_str().is_empty() {
            return Err(StoreError::Address("names no file: write sqlite:data/creditdesk.db".to_owned()));
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::Folder(folder.display().to_string(), error))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit does not wait for the disk; whoever answers for it does, see `Log`.
            .synchronous(SqliteSynchronous::Normal)
            .page_size(PAGE)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "memory")
            // In pages, 32 MiB between checkpoints: those that many batches touch are then copied to the file once.
            .pragma("wal_autocheckpoint", (32 * 1_048_576 / PAGE).to_string())
            .statement_cache_capacity(400);
        let file = |error| StoreError::File(path.display().to_string(), error);
        let log = Arc::new(Log::of(path));
        let opened = Arc::clone(&log);
        // A file does not go away as a server does, so its connections are neither tried before use nor grow old.
        let pool = || {
            SqlitePoolOptions::new()
                .acquire_timeout(PATIENCE)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool()
            .max_connections(1)
            .after_connect(move |_, _| {
                opened.reopened();
                Box::pin(async { Ok(()) })
            })
            .connect_with(options.clone())
            .await
            .map_err(file)?;
        let readers =
            pool().max_connections(READERS).connect_with(options.pragma("query_only", "true")).await.map_err(file)?;
        Ok(Self::Sqlite { writer, readers, log })
    }

    async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| {
                StoreError::Address("is not a PostgreSQL address: postgres://user:password@host/database".to_owned())
            })?
            .statement_cache_capacity(400);
        let place = format!("{}:{}", options.get_host(), options.get_port());
        // One connection outside of the pool, which would only say that its patience ended.
        let failed = |error| StoreError::Connect(place.clone(), error);
        PgConnection::connect_with(&options).await.map_err(failed)?.close().await.map_err(failed)?;
        let pool = PgPoolOptions::new()
            .max_connections(READERS + 8)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| {
                Box::pin(async move { sqlx::query(ONE_WORKER_BELOW).execute(connection).await.map(drop) })
            })
            .connect_with(options)
            .await
            .map_err(failed)?;
        Ok(Self::Postgres(pool))
    }

    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// A transaction that will write. On SQLite it takes the write lock at once: a lock taken later, by a transaction that
    /// has read, fails instead of waiting.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, log, .. } => {
                let tx = writer.begin_with("BEGIN IMMEDIATE").await?;
                Tx::Sqlite(tx, Some(log.turn()?))
            }
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that reads one unchanging state.
    pub async fn snapshot(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?, None),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Holds this thread until everything that was committed is on the disk. PostgreSQL's commits are.
    pub fn sync(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { log, .. } => log.sync(),
            Self::Postgres(_) => Ok(()),
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Commits; what was changed is on the disk afterwards.
    pub async fn commit(self) -> Result<(), StoreError> {
        let turn = match &self {
            Self::Sqlite(_, turn) => turn.clone(),
            Self::Postgres(_) => None,
        };
        self.commit_unsynced().await?;
        match turn {
            Some(turn) => turn.sync().await,
            None => Ok(()),
        }
    }

    /// Commits. What was changed outlives this program, and a power cut only after [`Db::sync`], which nobody may be
    /// answered before: others can have their turn meanwhile.
    pub async fn commit_unsynced(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx, _) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// What tells whether anybody else has written between two transactions; none where only the rows can tell.
    pub async fn state(&mut self) -> Result<Option<State>, StoreError> {
        let Self::Sqlite(_, Some(turn)) = self else { return Ok(None) };
        let turn = turn.number();
        let (version,): (i64,) = sql("PRAGMA data_version").one(self).await?;
        Ok(Some(State { turn, version }))
    }
}

impl Tx {
    /// The row lock that a SELECT takes before its rows are changed. SQLite's writer holds the whole database already.
    pub const fn for_update(&self) -> &'static str {
        match self {
            Self::Sqlite(..) => "",
            Self::Postgres(_) => " FOR UPDATE",
        }
    }

    /// Says that what follows in this transaction reads tables from end to end. PostgreSQL would otherwise join a table that
    /// it has no statistics of yet row by row.
    pub async fn reads_whole_tables(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(_) = self {
            sql("SET LOCAL enable_nestloop = off").execute(self).await?;
        }
        Ok(())
    }
}

/// One argument of a statement.
#[derive(Clone, Debug)]
pub enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Id(Option<Uuid>),
    Bytes(Option<Vec<u8>>),
    Bool(bool),
}

macro_rules! arg_from {
    ($($type:ty => $value:ident $make:expr;)*) => {$(
        impl From<$type> for Arg {
            fn from($value: $type) -> Self {
                $make
            }
        }
    )*};
}

arg_from! {
    i64 => v Self::Int(Some(v));
    Option<i64> => v Self::Int(v);
    bool => v Self::Bool(v);
    &str => v Self::Text(Some(v.to_owned()));
    String => v Self::Text(Some(v));
    Option<String> => v Self::Text(v);
    Option<&str> => v Self::Text(v.map(str::to_owned));
    Uuid => v Self::Id(Some(v));
    Option<Uuid> => v Self::Id(v);
    Vec<u8> => v Self::Bytes(Some(v));
    Option<Vec<u8>> => v Self::Bytes(v);
    app::model::Credits => v Self::Int(Some(v.micros()));
    Option<app::model::Credits> => v Self::Int(v.map(app::model::Credits::micros));
    jiff::Timestamp => v Self::Int(Some(v.as_microsecond()));
    Option<jiff::Timestamp> => v Self::Int(v.map(jiff::Timestamp::as_microsecond));
}

/// A statement with its arguments. The text is written in this crate: callers' values are always arguments.
#[derive(Clone, Debug)]
pub struct Sql {
    text: Arc<str>,
    args: Vec<Arg>,
}

/// Starts a statement.
pub fn sql(text: impl Into<Arc<str>>) -> Sql {
    Sql { text: text.into(), args: Vec::new() }
}

/// `($n, $n+1), (…)`: the VALUES of `rows` rows of `columns` columns, numbered from `first`.
pub fn tuples(rows: usize, columns: usize, first: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}${}", first + row * columns + column);
        }
        text.push(')');
    }
    text
}

macro_rules! bound {
    ($self:ident, $query:expr) => {{
        let mut query = $query;
        for arg in $self.args {
            query = match arg {
                Arg::Int(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
                Arg::Id(value) => query.bind(value),
                Arg::Bytes(value) => query.bind(value),
                Arg::Bool(value) => query.bind(value),
            };
        }
        query
    }};
}

/// Runs `$method` of a bound statement on whichever database `$on` is.
macro_rules! run {
    ($self:ident, $make:ident, $on:expr, $method:ident) => {{
        let text = AssertSqlSafe($self.text);
        match $on {
            Tx::Sqlite(tx, _) => bound!($self, sqlx::$make(text)).$method(&mut **tx).await.map_err(StoreError::from),
            Tx::Postgres(tx) => bound!($self, sqlx::$make(text)).$method(&mut **tx).await.map_err(StoreError::from),
        }
    }};
}

impl Sql {
    #[must_use]
    pub fn bind(mut self, value: impl Into<Arg>) -> Self {
        self.args.push(value.into());
        self
    }

    #[must_use]
    pub fn bind_all(mut self, values: impl IntoIterator<Item = Arg>) -> Self {
        self.args.extend(values);
        self
    }

    pub async fn all<T: Row>(self, tx: &mut Tx) -> Result<Vec<T>, StoreError> {
        run!(self, query_as, tx, fetch_all)
    }

    /// The same, where there may be many: on SQLite each costs some microseconds less, as none is handed over by the thread
    /// that owns the connection.
    pub async fn many<T: Row + DirectRow>(self, tx: &mut Tx) -> Result<Vec<T>, StoreError> {
        match tx {
            Tx::Sqlite(tx, _) => direct::all(tx, &self.text.replace('$', "?"), &self.args).await,
            Tx::Postgres(_) => self.all(tx).await,
        }
    }

    pub async fn one<T: Row>(self, tx: &mut Tx) -> Result<T, StoreError> {
        run!(self, query_as, tx, fetch_one)
    }

    pub async fn optional<T: Row>(self, tx: &mut Tx) -> Result<Option<T>, StoreError> {
        run!(self, query_as, tx, fetch_optional)
    }

    /// Runs a change and tells how many rows it touched.
    pub async fn execute(self, tx: &mut Tx) -> Result<u64, StoreError> {
        let text = AssertSqlSafe(self.text);
        Ok(match tx {
            Tx::Sqlite(tx, _) => bound!(self, sqlx::query(text)).execute(&mut **tx).await?.rows_affected(),
            Tx::Postgres(tx) => bound!(self, sqlx::query(text)).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Runs a change that must touch exactly one row.
    pub async fn execute_one(self, tx: &mut Tx) -> Result<(), StoreError> {
        match self.execute(tx).await? {
            1 => Ok(()),
            rows => Err(StoreError::Rows { expected: 1, touched: rows }),
        }
    }
}
