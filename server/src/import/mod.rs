//! What comes from files: usage that has happened elsewhere, and the prices of models.

pub mod prices;
pub mod usage;
