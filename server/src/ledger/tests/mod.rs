//! The ledger's rules, one by one and at random.

mod bench;
mod random;
mod rules;
