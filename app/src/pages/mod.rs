//! The pages, one a file; each reads the URL, calls one server function and lays out the answer.

mod audit;
mod entries;
mod error_codes;
mod layout;
mod not_found;
mod notice;
mod overview;
mod page;
mod pricing_versions;
mod refund;
mod sign_in;
mod team;
mod teams;
mod transaction;
mod transactions;
mod user;
mod users;
mod welcome;

pub use audit::{AuditEntryPage, AuditPage};
pub use error_codes::ErrorCodes;
pub use layout::SignedIn;
pub use not_found::NotFound;
pub use overview::OverviewPage;
pub use pricing_versions::PricingPage;
pub use refund::RefundPage;
pub use sign_in::SignIn;
pub use team::TeamPage;
pub use teams::TeamsPage;
pub use transaction::TransactionPage;
pub use transactions::Transactions;
pub use user::UserPage;
pub use users::Users;
pub use welcome::Welcome;
