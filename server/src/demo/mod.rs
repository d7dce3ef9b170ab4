//! The demo: three months of a believable product, in front of an empty ledger.
//!
//! [`generate`] is pure: from a seed and an end it makes the events of a product's life in the order of their time.
//! [`load`] sends them through the ledger as any client would, with the clock set to their times. What the product sells is in
//! [`models`] and [`prices`], who buys it in [`people`], when they work in [`rhythm`], what they still have in [`wallet`].
//!
//! All of it counts in integers, so that a seed gives the same ledger on every machine.

mod desk;
pub mod event;
pub mod generate;
pub mod load;
pub mod models;
pub mod people;
pub mod prices;
pub mod random;
pub mod rhythm;
mod teams;
pub mod traffic;
pub mod wallet;

#[cfg(test)]
mod tests;
