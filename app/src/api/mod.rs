//! Server functions: authenticate, parse, one call on the port; about ten lines each.
//!
//! Each is declared `#[server(prefix = "/ui", endpoint = "its_name")]` and begins with [`require`]. An [`AppError`]
//! travels as JSON; the real HTTP status goes with it, and someone who is not signed in is sent to the sign-in page.

mod account;
mod approvals;
mod audit;
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
mod interrupted;
mod keys;
mod limits;
mod listing;
mod notes;
#[cfg(feature = "ssr")]
mod once;
mod overview;
#[cfg(feature = "ssr")]
mod parse;
mod people;
mod plans;
mod price_lists;
mod pricing;
mod refunds;
mod session;
mod settings;
mod setup;
mod sign_in;
mod spend;
mod statement;
mod teams;
mod transactions;
mod users;
mod webhooks;

pub use account::{
    ACCOUNT, AccountPageData, AddPasskeyForm, AskTwoStepsForm, BeginPasskey, BeginSecondStepForm,
    ConfirmSecondStepForm, EndSecondStepForm, LoadAccount, RemovePasskeyForm, ResetSecondStepForm, add_passkey,
    ask_two_steps, begin_passkey, begin_second_step, confirm_second_step, end_second_step, load_account,
    remove_passkey, reset_second_step,
};
pub use approvals::{
    ApprovalPageData, ApprovalsPageData, DecideForm, LoadApproval, LoadApprovals, Receiver, decide, load_approval,
    load_approvals,
};
pub use audit::{AuditFilter, AuditPageData, LoadAudit, LoadAuditEntry, load_audit, load_audit_entry};
#[cfg(feature = "ssr")]
pub use backtests::BACKTESTS;
pub use backtests::{
    BacktestForm, BacktestsData, LoadBacktest, LoadBacktests, load_backtest, load_backtests, start_backtest,
};
pub use caps::{CapFilter, CapsPageData, LoadCaps, TrialForm, TrialPageData, TryCap, load_caps, try_cap};
#[cfg(feature = "ssr")]
pub use context::{
    access, actor, answer, backend, permit, require, require_account, require_anyone, response_status, visit,
};
pub use credits::{AddCreditsForm, AdjustForm, add_credits, adjust};
pub use drafts::{
    Begun, DiscardDraftForm, EditorData, LoadDraft, LoadEditor, PublishDraftForm, RebaseDraftForm, SaveDraftForm,
    discard_draft, load_draft, load_editor, publish_draft, rebase_draft, save_draft,
};
pub use expiry::{ExpiryPageData, LoadExpiry, SweepForm, load_expiry, sweep};
#[cfg(feature = "ssr")]
pub use form::{MAX_TYPED, refused_status};
pub use interrupted::{Interrupted, LoadInterrupted, load_interrupted};
pub use keys::{AddKeyForm, KeysPageData, LoadKeys, RevokeKeyForm, add_key, load_keys, revoke_key};
pub use limits::{DeleteCapForm, SetCapForm, SetPlanForm, delete_cap, set_cap, set_plan};
pub use listing::ListFilter;
pub use notes::{AddNoteForm, add_note};
#[cfg(feature = "ssr")]
pub use once::Https;
pub use overview::{LoadOverview, OverviewPage, ShownRange, load_overview};
#[cfg(feature = "ssr")]
pub use parse::{audit_query, cap_query, list_query, page_size, transaction_query, zone};
pub use people::{
    DisablePersonForm, Invitation, InviteForm, JoinForm, LoadPeople, PeoplePageData, RevokeInviteForm, SetRoleForm,
    disable_person, invitation, invite, join, load_people, revoke_invite, set_role,
};
pub use plans::{
    LoadPlan, LoadPlanEditor, LoadPlans, PlanEditorData, PlanPost, SavePlanForm, load_plan, load_plan_editor,
    load_plans, save_plan, with_room,
};
pub use price_lists::{
    ChooseModelsForm, LoadImport, LoadPriceList, RefusedList, choose_models, load_import, load_price_list,
};
#[cfg(feature = "ssr")]
pub use pricing::compare_versions;
pub use pricing::{
    ActivateForm, DiffPageData, LoadDiff, LoadPricing, LoadVersion, PricingPageData, VersionPageData, activate_pricing,
    load_diff, load_pricing, load_version,
};
pub use refunds::{RefundForm, refund};
pub use session::{SetDensity, SetTheme, SignOut, set_density, set_theme, sign_out};
pub use settings::{
    LoadHealth, LoadSettings, SetCurrencyForm, SetLimitsForm, SetZoneForm, load_health, load_settings, set_currency,
    set_limits, set_zone,
};
pub use setup::{FirstPricesForm, LoadSetup, SetUpForm, SetupPageData, first_prices, load_setup, set_up};
#[cfg(feature = "ssr")]
pub use sign_in::refused_sign_in;
pub use sign_in::{
    AskPasskey, CreateFirstAdmin, EnterCode, LoadStepsAsked, LoadWaysIn, MIN_PASSWORD, PasskeySignIn, SignIn, Welcome,
    ask_passkey, create_first_admin, enter_code, enter_passkey, load_steps_asked, load_ways_in, sign_in, welcome,
};
pub use spend::{LoadSpend, SpendPageData, SpendWords, load_spend};
pub use statement::{LoadStatement, StatementPageData, StatementWords, beside, load_statement, written};
#[cfg(feature = "ssr")]
pub use teams::last_days;
pub use teams::{
    CreateTeamForm, ListTeams, LoadTeam, PutMemberForm, RemoveMemberForm, TeamPageData, TeamsPageData, TopUpForm,
    create_team, list_teams, load_team, put_member, remove_member, top_up_team,
};
pub use transactions::{
    ListTransactions, LoadTransaction, TransactionFilter, TransactionList, TransactionPageData, list_transactions,
    load_transaction,
};
pub use users::{ListUsers, LoadUser, UserList, UserPageData, list_users, load_user};
pub use webhooks::{
    CreateWebhookForm, LoadWebhook, LoadWebhooks, WebhookForm, WebhookPageData, create_webhook, load_webhook,
    load_webhooks, webhook_action,
};
