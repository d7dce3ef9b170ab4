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
const SIZES: [usize; 15] = [128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1, 0];

/// Texts by their head, their tail, and their number of rows with the kind of their parameters.
type Texts = Mutex<HashMap<(&'static str, &'static str, (usize, bool)), Arc<str>>>;
static TEXTS: LazyLock<Texts> = LazyLock::new(Mutex::default);

fn text(head: &'static str, tail: &'static str, rows: (usize, bool), make: impl FnOnce() -> String) -> Arc<str> {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(texts.entry((head, tail, rows)).or_insert_with(|| make().into()))
}

/// `(?, ?), (…)`.
fn unnamed(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

/// Runs `head VALUES (…), (…) tail` over all rows, each of `WIDTH` columns.
pub async fn insert<const WIDTH: usize>(
    tx: &mut Tx,
    head: &'static str,
    tail: &'static str,
    rows: Vec<[Arg; WIDTH]>,
) -> Result<(), StoreError> {
    // To SQLite `$1` is a name, and it looks each up among all before it: quadratic in a list this long.
    let named = matches!(tx, Tx::Postgres(_));
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    for size in SIZES.into_iter().filter(|size| *size > 0) {
        while left >= size {
            let text = text(head, tail, (size, named), || {
                let values = if named { tuples(size, WIDTH, 1) } else { unnamed(size, WIDTH) };
                format!("{head} VALUES {values} {tail}")
            });
            sql(text).bind_all(rows.by_ref().take(size).flatten()).execute(tx).await?;
            left -= size;
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
    sql(text(head, tail, (size, true), || format!("{head} {} {tail}", tuples(1, size, 1)))).bind_all(args)
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
    sql(text(head, tail, (size, true), || format!("{head} VALUES {} {tail}", values())))
        .bind_all(keys.into_iter().flatten())
}
