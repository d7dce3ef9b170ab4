//! The ledger: what may happen to an account, decided in memory.
//!
//! | phase | where | what |
//! |---|---|---|
//! | load | `store` | the books of the accounts that the waiting commands name, under lock |
//! | decide | [`decide`] | one command against the books → a [`Decision`], or a [`Rejection`] that changes nothing |
//! | apply | [`Books::apply`] | the decision's steps, which cannot fail, so that the next command sees them |
//! | write | `store` | every new entry and every touched row, in a handful of statements, committed once |
//!
//! Nothing here reads a clock, a database or a random number: time and ids are given. So every rule can be tested, and
//! shrunk to its smallest failure, without any of them.

mod adjust;
mod books;
pub mod changes;
mod charge;
mod command;
mod decide;
mod entry;
pub mod events;
mod grant;
mod lots;
mod refund;
mod rejection;
mod reservation;
mod reserve;
mod sweep;
mod team;
pub mod trial;
mod window;

#[cfg(test)]
mod tests;

pub use books::{Account, ActivePricing, Books, Cap, Charged, Counter, Member, TeamMade};
pub use command::{Action, Command, Price};
pub use decide::{Decision, Reply, Step, decide, reply_to};
pub use entry::{AccountKey, AccountKind, Draw, Entry, Operation, Outcome};
pub use lots::Lot;
pub use refund::refundable;
pub use rejection::Rejection;
pub use reservation::Reservation;
pub use window::{day_start, month_start, next_window, window_start};
