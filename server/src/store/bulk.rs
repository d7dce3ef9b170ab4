//! Many rows in few statements.
//!
//! Both databases keep prepared statements by their text, so a list to look up is padded to the next power of two, and rows
//! to insert have one text whatever their number: see `direct` and `columns`.

use super::{Arg, Sql, StoreError, Tx, sql, tuples};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};
use uuid::Uuid;

/// Texts by their head, their tail, and their number of rows.
type Texts = Mutex<HashMap<(&'static str, &'static str, usize), Arc<str>>>;
static TEXTS: LazyLock<Texts> = LazyLock::new(Mutex::default);

fn text(head: &'static str, tail: &'static str, rows: usize, make: impl FnOnce() -> String) -> Arc<str> {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(texts.entry((head, tail, rows)).or_insert_with(|| make().into()))
}

/// Rows for one table: `head VALUES (…) tail` for each.
#[derive(Debug)]
pub struct Insert {
    head: &'static str,
    tail: &'static str,
    width: usize,
    args: Vec<Arg>,
}

impl Insert {
    pub fn new<const WIDTH: usize>(head: &'static str, tail: &'static str, rows: Vec<[Arg; WIDTH]>) -> Self {
        Self { head, tail, width: WIDTH, args: rows.into_iter().flatten().collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.args.is_empty()
    }

    /// The statement of one row, for SQLite: to it `$1` is a name to look up, and `?1` a number.
    pub fn single(&self) -> Arc<str> {
        let Self { head, tail, width, .. } = *self;
        let make = || format!("{head} VALUES {} {tail}", tuples(1, width, 1)).trim_end().replace('$', "?");
        text(head, tail, 1, make)
    }

    /// The statement of all rows, which takes an array for each column, of these types, numbered from `first`.
    pub fn unnested(&self, types: &[&str], first: usize) -> String {
        let Self { head, tail, .. } = *self;
        let columns: Vec<String> = types.iter().zip(first..).map(|(kind, n)| format!("${n}::{kind}")).collect();
        format!("{head} SELECT * FROM unnest({}) {tail}", columns.join(", "))
    }

    pub const fn width(&self) -> usize {
        self.width
    }

    pub fn rows(&self) -> impl Iterator<Item = &[Arg]> {
        self.args.chunks_exact(self.width)
    }
}

/// Writes all rows: on PostgreSQL in one statement, on SQLite one after another without leaving this thread.
pub async fn insert(tx: &mut Tx, inserts: Vec<Insert>) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(tx, _) => super::direct::insert(tx, &inserts).await,
        Tx::Postgres(tx) => super::columns::insert(tx, &inserts).await,
    }
}

/// The ids of the rows with these keys, as far as they are there: on PostgreSQL by a list as [`in_rows`] makes it, on SQLite
/// by the statement `one` for each key.
pub async fn find_ids<const WIDTH: usize>(
    tx: &mut Tx,
    one: &str,
    (head, tail): (&'static str, &'static str),
    keys: Vec<[Arg; WIDTH]>,
) -> Result<Vec<Uuid>, StoreError> {
    match tx {
        Tx::Sqlite(tx, _) => super::direct::find_ids(tx, one, &keys).await,
        Tx::Postgres(_) => {
            let found: Vec<(Uuid,)> = in_rows(head, tail, keys).all(tx).await?;
            Ok(found.into_iter().map(|(id,)| id).collect())
        }
    }
}

/// `head ($1, $2, …) tail` with one argument per key, the last repeated up to the next power of two.
pub fn in_list(head: &'static str, tail: &'static str, keys: impl IntoIterator<Item = Arg>) -> Sql {
    let mut args: Vec<Arg> = keys.into_iter().collect();
    let size = args.len().next_power_of_two();
    if let Some(last) = args.last().cloned() {
        args.resize(size, last);
    }
    sql(text(head, tail, size, || format!("{head} {} {tail}", tuples(1, size, 1)))).bind_all(args)
}

/// `head VALUES ($1, $2), … tail` as a list to look up, the last row repeated up to the next power of two.
pub fn in_rows<const WIDTH: usize>(head: &'static str, tail: &'static str, mut keys: Vec<[Arg; WIDTH]>) -> Sql {
    let size = keys.len().next_power_of_two();
    if let Some(last) = keys.last().cloned() {
        keys.resize(size, last);
    }
    let values = || {
        // PostgreSQL takes the types of a VALUES list from its first row, and ours begin with an account.
        tuples(size, WIDTH, 1).replacen("$1", "CAST($1 AS BIGINT)", 1)
    };
    sql(text(head, tail, size, || format!("{head} VALUES {} {tail}", values()))).bind_all(keys.into_iter().flatten())
}
