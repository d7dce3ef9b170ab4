//! Many rows in few statements.
//!
//! Both databases keep prepared statements by their text, so the number of rows in one is held to a few sizes: a list to
//! look up is padded to the next size, and rows to insert are split into the sizes that add up to their number.

use super::{Arg, Sql, StoreError, Tx, sql, tuples};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

/// Rows in one INSERT, largest first.
const SIZES: [usize; 14] = [128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1];

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

    /// The statement of one row.
    pub fn single(&self) -> Arc<str> {
        self.text(1)
    }

    pub fn rows(&self) -> impl Iterator<Item = &[Arg]> {
        self.args.chunks_exact(self.width)
    }

    fn text(&self, rows: usize) -> Arc<str> {
        let Self { head, tail, width, .. } = *self;
        text(head, tail, rows, || format!("{head} VALUES {} {tail}", tuples(rows, width, 1)))
    }
}

/// Writes all rows: on PostgreSQL many in a statement, on SQLite one after another without leaving this thread.
pub async fn insert(tx: &mut Tx, inserts: Vec<Insert>) -> Result<(), StoreError> {
    if let Tx::Sqlite(tx) = tx {
        return super::direct::insert(tx, &inserts).await;
    }
    for mut insert in inserts {
        let mut args = std::mem::take(&mut insert.args).into_iter();
        let mut left = args.len() / insert.width;
        for size in SIZES {
            while left >= size {
                sql(insert.text(size)).bind_all(args.by_ref().take(size * insert.width)).execute(tx).await?;
                left -= size;
            }
        }
    }
    Ok(())
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
