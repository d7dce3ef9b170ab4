//! All SQL. Nothing outside of this folder knows a table; nothing inside knows HTTP.

pub mod access;
mod db;
mod error;
pub mod health;
mod migrate;

pub use db::{Arg, Db, Row, Sql, Tx, sql, tuples};
pub use error::StoreError;
pub use migrate::migrate;
