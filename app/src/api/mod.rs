//! Server functions: authenticate, parse, one call on the port; about ten lines each.
//!
//! Each is declared `#[server(prefix = "/ui", endpoint = "its_name")]` and begins with [`require`]. An [`AppError`]
//! travels as JSON; the real HTTP status goes with it, and someone who is not signed in is sent to the sign-in page.

mod backtests;
mod caps;
#[cfg(feature = "ssr")]
mod context;
mod credits;
mod drafts;
mod error;
mod expiry;
#[cfg(feature = "ssr")]
mod form;
mod limits;
mod overview;
#[cfg(feature = "ssr")]
mod parse;
mod plans;
mod price_lists;
mod pricing;
mod refunds;
mod session;
mod sign_in;
mod spend;
mod statement;
mod teams;
mod transactions;
mod users;

pub use backtests::{
    BacktestForm, BacktestsData, LoadBacktest, LoadBacktests, load_backtest, load_backtests, start_backtest,
};
pub use caps::{
    CapFilter, CapsPageData, DropCapForm, LoadCaps, PutCapForm, TrialForm, TrialPageData, TryCap, drop_cap, load_caps,
    put_cap, try_cap,
};
#[cfg(feature = "ssr")]
pub use context::{answer, backend, permit, require, require_anyone, response_status, visit};
pub use credits::{AddCreditsForm, AdjustForm, add_credits, adjust};
pub use drafts::{
    DiscardDraftForm, EditorData, LoadDraft, LoadEditor, PublishDraftForm, RebaseDraftForm, SaveDraftForm,
    discard_draft, load_draft, load_editor, publish_draft, rebase_draft, save_draft,
};
pub use expiry::{ExpiryPageData, LoadExpiry, SweepForm, load_expiry, sweep};
#[cfg(feature = "ssr")]
pub use form::refused_status;
pub use limits::{DeleteCapForm, SetCapForm, SetPlanForm, delete_cap, set_cap, set_plan};
pub use overview::{LoadOverview, OverviewPage, ShownRange, load_overview};
#[cfg(feature = "ssr")]
pub use parse::transaction_query;
pub use plans::{
    LoadPlan, LoadPlanEditor, LoadPlans, PlanEditorData, PlanPost, SavePlanForm, load_plan, load_plan_editor,
    load_plans, save_plan, with_room,
};
pub use price_lists::{ChooseModelsForm, LoadImport, LoadPriceList, choose_models, load_import, load_price_list};
pub use pricing::{
    ActivateForm, DiffPageData, LoadDiff, LoadPricing, LoadVersion, PricingPageData, VersionPageData, activate_pricing,
    load_diff, load_pricing, load_version,
};
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
