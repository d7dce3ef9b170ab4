//! The commands of the program. Each is a clap `Args`; answers go to `out`, which is standard output, and nothing else
//! does: progress and complaints are for standard error.

mod desks;
mod error;
pub mod key;
pub mod migrate;
pub mod serve;
pub mod user;

pub use desks::Desks;
pub use error::CommandError;
