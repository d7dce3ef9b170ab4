//! Server functions: authenticate, parse, one call on the port; about ten lines each.
//!
//! Each is declared `#[server(prefix = "/ui", endpoint = "its_name")]` and begins with [`require`]. An [`AppError`]
//! travels as JSON; the real HTTP status goes with it, and someone who is not signed in is sent to the sign-in page.

mod caps;
#[cfg(feature = "ssr")]
mod context;
mod credits;
mod error;
mod expiry;
#[cfg(feature = "ssr")]
mod form;
mod limits;
mod notes;
mod overview;
#[cfg(feature = "ssr")]
mod parse;
mod pricing;
mod refunds;
mod session;
mod sign_in;
mod spend;
mod statement;
mod teams;
mod transactions;
mod users;

pub use caps::{
    CapFilter, CapsPageData, DropCapForm, LoadCaps, PutCapForm, TrialForm, TrialPageData, TryCap, drop_cap, load_caps,
    put_cap, try_cap,
};
#[cfg(feature = "ssr")]
pub use context::{answer, backend, permit, require, require_anyone, response_status, visit};
pub use credits::{AddCreditsForm, AdjustForm, add_credits, adjust};
pub use expiry::{ExpiryPageData, LoadExpiry, SweepForm, load_expiry, sweep};
#[cfg(feature = "ssr")]
pub use form::refused_status;
pub use limits::{DeleteCapForm, SetCapForm, SetPlanForm, delete_cap, set_cap, set_plan};
pub use notes::{AddNoteForm, add_note};
pub use overview::{LoadOverview, OverviewPage, ShownRange, load_overview};
#[cfg(feature = "ssr")]
pub use parse::transaction_query;
pub use pricing::{ActivateForm, LoadPricing, PricingPageData, activate_pricing, load_pricing};
pub use refunds::{RefundForm, refund};
pub use session::{SetDensity, SetTheme, SignOut, set_density, set_theme, sign_out};
pub use sign_in::{CreateFirstAdmin, MIN_PASSWORD, SignIn, Welcome, create_first_admin, sign_in, welcome};
pub use spend::{LoadSpend, SpendPageData, SpendWords, load_spend};
pub use statement::{LoadStatement, StatementPageData, StatementWords, beside, load_statement, written};
pub use teams::{
    CreateTeamForm, ListTeams, LoadTeam, PutMemberForm, RemoveMemberForm, TeamPageData, TeamsPageData, TopUpForm,
    create_team, list_teams, load_team, put_member, remove_member, top_up_team,
};
pub use transactions::{
    ListTransactions, LoadTransaction, TransactionFilter, TransactionList, TransactionPageData, list_transactions,
    load_transaction,
};
pub use users::{ListUsers, LoadUser, UserList, UserPageData, list_users, load_user};
