//! All SQL. Nothing outside of this folder knows a table; nothing inside knows HTTP.

pub mod access;
pub mod attention;
pub mod books;
mod bulk;
pub mod cache;
pub mod cap_review;
pub mod caps;
mod columns;
pub mod days;
mod db;
mod direct;
mod error;
pub mod events;
pub mod expiry;
pub mod health;
mod migrate;
pub mod notes;
pub mod repair;
pub mod reports;
pub mod reservations;
pub mod rollups;
mod rows;
pub mod spend;
pub mod statement;
pub mod teams;
pub mod transactions;
pub mod users;
pub mod verify;
pub mod versions;
pub mod webhooks;
pub mod write;

pub use db::{Arg, Db, Row, Sql, Tx, sql, tuples};
pub use error::StoreError;
pub use migrate::migrate;
