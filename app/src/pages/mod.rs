//! The pages, one a file; each reads the URL, calls one server function and lays out the answer.

mod caps;
mod downloads;
mod entries;
mod error_codes;
mod expiry;
mod first_charge;
mod help;
mod layout;
mod not_found;
mod notice;
mod overview;
mod page;
mod pricing_versions;
mod range_bar;
mod refund;
mod sign_in;
mod spend;
mod statement;
#[cfg(debug_assertions)]
mod styleguide;
mod team;
mod teams;
mod transaction;
mod transactions;
mod user;
mod users;
mod welcome;

pub use caps::{CapTrialPage, CapsPage};
pub use error_codes::ErrorCodes;
pub use expiry::ExpiryPage;
pub use help::ShortcutsPage;
pub use layout::SignedIn;
pub use not_found::NotFound;
#[cfg(not(debug_assertions))]
pub use not_found::NotFound as Styleguide;
pub use overview::OverviewPage;
pub use pricing_versions::PricingPage;
pub use refund::RefundPage;
pub use sign_in::SignIn;
pub use spend::SpendPage;
pub use statement::StatementPage;
#[cfg(debug_assertions)]
pub use styleguide::Styleguide;
pub use team::TeamPage;
pub use teams::TeamsPage;
pub use transaction::TransactionPage;
pub use transactions::Transactions;
pub use user::UserPage;
pub use users::Users;
pub use welcome::Welcome;
