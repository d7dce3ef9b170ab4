//! What charts show, made from what the store answered: the pages draw them, and the exports write the same ones.

pub mod expiry;
pub mod overview;
pub mod spend;
