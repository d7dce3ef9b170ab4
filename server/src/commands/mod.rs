//! The commands of the program that do a piece of work and end.
//!
//! Each is a clap `Args` with `run(self, backend, out)`: answers go to `out`, progress and complaints to standard error.

pub mod demo;
pub mod import_prices;
pub mod import_usage;
pub mod pricing;
pub mod progress;
pub mod text;

mod error;

pub use error::CommandError;
