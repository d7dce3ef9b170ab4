//! The pages, one a file; each reads the URL, calls one server function and lays out the answer.

mod approvals;
mod audit;
mod backtest;
mod caps;
mod downloads;
mod entries;
mod error_codes;
mod expiry;
mod first_charge;
mod help;
mod import_prices;
mod join;
mod layout;
mod not_found;
mod notice;
mod overview;
mod page;
mod plans;
mod pricing_versions;
mod range_bar;
mod refund;
mod settings;
mod setup;
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

pub use approvals::{ApprovalPage, ApprovalsPage};
pub use audit::{AuditEntryPage, AuditPage};
pub use backtest::{BacktestPage, BacktestsPage};
pub use caps::{CapTrialPage, CapsPage};
pub use error_codes::ErrorCodes;
pub use expiry::ExpiryPage;
pub use help::ShortcutsPage;
pub use import_prices::{ImportPage, PriceListPage};
pub use join::Join;
pub use layout::SignedIn;
pub use not_found::NotFound;
#[cfg(not(debug_assertions))]
pub use not_found::NotFound as Styleguide;
pub use overview::OverviewPage;
pub use plans::{EditPlanPage, NewPlanPage, PlanPage, PlansPage};
pub use pricing_versions::{DiffPage, DraftPage, NewDraftPage, PricingPage, ReviewPage, VersionPage};
pub use refund::RefundPage;
pub use settings::{HealthPage, KeysPage, PeoplePage, SettingsPage, WebhookPage, WebhooksPage};
pub use setup::SetupPage;
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
