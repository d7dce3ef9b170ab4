//! The commands of the program. Each is a clap `Args`; answers go to `out`, which is standard output, and nothing else
//! does: progress and complaints are for standard error.

mod backtest;
pub mod backup;
pub mod bench;
pub mod demo;
mod desks;
mod error;
pub mod import_prices;
pub mod import_usage;
pub mod key;
pub mod migrate;
pub mod pricing;
pub mod progress;
pub mod serve;
pub mod sign_on;
pub mod sweep;
pub mod text;
pub mod user;
pub mod verify;

pub use desks::Desks;
pub use error::CommandError;
