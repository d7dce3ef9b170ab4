//! Back-tests: what past usage would have cost at other prices, and whom that would have hurt.
//!
//! Pure: the stored charges come in by [`Engine::take`], in the order of their time, and the report comes out. The
//! quantities of every charge are kept with it, so that a price is worked out anew by the same engine that charges; priced
//! by the version that charged it, a charge costs exactly what is stored.
//!
//! How it is counted:
//! - The range is preceded by the rest of its first month, which counts for nothing but the allowances and caps of that
//!   month: the new prices are thought to hold from the first of that month on.
//! - Everyone keeps the plan that they had at each charge; how much allowance it gives is what the new prices say.
//! - Nobody is thought to have behaved otherwise: calls that would have been refused are counted as made, and told.
//! - Charges by amount, and those that the new prices do not know, are kept as they were.

mod caps;
mod engine;
mod report;
#[cfg(test)]
mod tests;

pub use caps::{CapTerms, Crossed};
pub use engine::Engine;
pub use report::{Sums, Who};
