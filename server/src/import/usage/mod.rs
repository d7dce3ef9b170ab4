//! Usage from CSV files, charged through the ledger row by row.
//!
//! | file | what |
//! |---|---|
//! | [`shape`] | which column means what, by the header |
//! | [`time`] | the ways in which a time is written |
//! | [`rows`] | the file as a stream of rows; a bad one has its line number and a reason |
//! | [`key`] | the idempotency key of a row, by what the row says |
//! | [`quote`] | what a row costs, before it is charged |
//! | [`walk`] | the rows of several files, with their users and models filled in |
//! | [`charge`] | 256 rows at a time to the ledger |
//! | [`summary`] | what came of it |
//!
//! A file is never whole in memory. What grows with it is the set of rows seen, about 20 bytes a row: two equal rows of
//! one file are two calls, and only a count of them tells the second from a repetition.

pub mod charge;
pub mod key;
pub mod quote;
pub mod rows;
pub mod shape;
pub mod summary;
pub mod time;
pub mod walk;
