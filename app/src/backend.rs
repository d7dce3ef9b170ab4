//! The port: what pages and handlers ask of the server, as traits by noun.
//!
//! `server` implements them over the ledger and the databases and gives them to Leptos as context; nothing in this crate
//! knows how. Every request is checked again behind the port; a page is only polite.

use crate::{
    error::AppError,
    model::{
        Actor, AddCredits, AddCreditsResult, AddTeamMemberResult, Adjust, AdjustResult, AggregateStatsRow,
        AllowanceResult, Approval, Attention, AuditCheck, AuditEntry, AuditQuery, Backtest, BacktestOf, BalanceResult,
        CapCheckResult, CapList, CapQuery, CapStatus, CapTrial, CapTrialResult, CapType, CheckFeatureResult,
        CreateTeam, CreateTeamResult, Credits, Currency, DailySpendRow, Deduct, DeductTeam, DeductionResult,
        DeskSettings, DraftDetail, DraftRow, ExpiryView, GetUserPlanResult, Health, Invite, KeptNote, KeyFound,
        KeyInfo, MemberChange, NewWebhook, Overview, Page, People, PlanDetail, PlanList, PriceListChoice,
        PriceListView, PricingConfigHistoryItem, PricingConfigResult, Profile, Proposal, Proposed, Published, Refund,
        RefundResult, Reservation, Reserve, ReserveResult, Role, SaveDraft, SavedDraft, SecondStep, SetUserPlanResult,
        SettingChange, Settle, SpendByModelRow, SpendByUserRow, SpendCap, SpendQuery, SpendReport, SpendSum, SpendThen,
        Staff, StaffNote, Statement, StatementOf, StepsAsked, SweepResult, Team, TeamBalanceResult,
        TeamDeductionResult, TeamDetail, TeamMember, TeamQuery, TeamRole, TeamSpend, Timestamp, TopUpTeam, TopUserRow,
        Transaction, TransactionDetail, TransactionQuery, TransactionTotals, UserDetail, UserQuery, UserRow, Uuid,
        VersionDetail, VersionRow, WaysIn, WebhookChange, WebhookDelivery, WebhookEndpoint, WebhookSecret,
    },
    pasted::IdPart,
    range::ReportRange,
};
use async_trait::async_trait;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub type Answer<T> = Result<T, AppError>;

/// Everything behind the pages, in one object.
pub trait Backend:
    Ledger
    + Reservations
    + Users
    + Caps
    + CapReview
    + DeskViews
    + Expiry
    + Teams
    + Analytics
    + Pricing
    + Drafts
    + Plans
    + Backtests
    + Webhooks
    + Audits
    + Settings
    + Approvals
{
}
impl<
    T: Ledger
        + Reservations
        + Users
        + Caps
        + CapReview
        + DeskViews
        + Expiry
        + Teams
        + Analytics
        + Pricing
        + Drafts
        + Plans
        + Backtests
        + Webhooks
        + Audits
        + Settings
        + Approvals,
> Backend for T
{
}

/// The context value that server functions use.
pub type SharedBackend = Arc<dyn Backend>;
/// The context value for people and keys.
pub type SharedAccess = Arc<dyn Access>;
/// The context value for the session of the request at hand.
pub type SharedVisit = Arc<dyn Visit>;

/// Money: each call is one command for the ledger, made once for its idempotency key.
#[async_trait]
pub trait Ledger: Send + Sync {
    async fn add_credits(&self, by: &Actor, request: AddCredits) -> Answer<AddCreditsResult>;
    async fn adjust(&self, by: &Actor, request: Adjust) -> Answer<AdjustResult>;
    async fn deduct(&self, by: &Actor, request: Deduct) -> Answer<DeductionResult>;
    /// Many charges, each as if it came alone: those of one user in the order given, the answers in that order too.
    async fn deduct_all(&self, by: &Actor, requests: Vec<Deduct>) -> Vec<Answer<DeductionResult>>;
    async fn refund(&self, by: &Actor, request: Refund) -> Answer<RefundResult>;
    async fn balance(&self, user_id: &str) -> Answer<BalanceResult>;
    async fn transactions(&self, query: TransactionQuery) -> Answer<Page<Transaction>>;
    async fn transaction(&self, id: Uuid) -> Answer<TransactionDetail>;
    async fn sweep(&self, by: &Actor, dry_run: bool) -> Answer<SweepResult>;
}

/// Credits held for a call until its cost is known.
#[async_trait]
pub trait Reservations: Send + Sync {
    async fn reserve(&self, by: &Actor, request: Reserve) -> Answer<ReserveResult>;
    /// Charges the actual cost, whatever was held; what lacks is in the answer as `uncollected`.
    async fn settle(&self, by: &Actor, request: Settle) -> Answer<DeductionResult>;
    async fn release(&self, by: &Actor, id: Uuid) -> Answer<Reservation>;
    async fn renew(&self, by: &Actor, id: Uuid, ttl_seconds: Option<u32>) -> Answer<Reservation>;
    async fn reservation(&self, id: Uuid) -> Answer<Reservation>;
    /// A user's reservations, newest first.
    async fn reservations(&self, user_id: &str, cursor: Option<&str>, limit: u32) -> Answer<Page<Reservation>>;
    /// Records which reservations are past their time, and gives their number.
    async fn expire_reservations(&self, by: &Actor) -> Answer<u32>;
}

/// Spend caps of a user.
#[async_trait]
pub trait Caps: Send + Sync {
    async fn caps(&self, user_id: &str) -> Answer<Vec<CapStatus>>;
    /// Sets a cap, and gives the one of the same user, window and model that it replaces.
    async fn set_cap(&self, by: &Actor, cap: SpendCap) -> Answer<Option<SpendCap>>;
    /// Gives the cap that was there.
    async fn delete_cap(
        &self,
        by: &Actor,
        user_id: &str,
        cap_type: CapType,
        model: Option<&str>,
    ) -> Answer<Option<SpendCap>>;
    /// The first deny cap that `amount` more would pass, else the first soft one, else zeros.
    async fn check_cap(&self, user_id: &str, amount: Option<Credits>, model: Option<&str>) -> Answer<CapCheckResult>;
}

/// All caps at once, and caps tried on the past.
#[async_trait]
pub trait CapReview: Send + Sync {
    async fn cap_list(&self, query: CapQuery) -> Answer<CapList>;
    /// What a cap would have done to the charges that were made, worked out anew from each of them.
    async fn try_cap(&self, trial: CapTrial) -> Answer<CapTrialResult>;
    /// What the windows of the user had counted when a charge was made. None for what is no charge, and where too much came
    /// before it to add up for a page.
    async fn spend_then(&self, charge: Uuid) -> Answer<Option<Vec<SpendThen>>>;
}

/// What the desk shows beside the ledger's own answers.
#[async_trait]
pub trait DeskViews: Send + Sync {
    /// All entries that fit the query, whatever its page, added up.
    async fn transaction_totals(&self, query: TransactionQuery) -> Answer<TransactionTotals>;
    /// The names of teams, of those that are there.
    async fn team_names(&self, teams: BTreeSet<Uuid>) -> Answer<BTreeMap<Uuid, String>>;
    /// API keys that begin with these characters, `cdk_` and at least four more.
    async fn keys_by_prefix(&self, prefix: &str) -> Answer<Vec<KeyFound>>;
    /// Entries whose ids begin and end so, the newest ones first.
    async fn transactions_by_part(&self, part: &IdPart) -> Answer<Vec<Transaction>>;
    /// A user's notes, newest first.
    async fn notes(&self, user_id: &str, cursor: Option<&str>, limit: u32) -> Answer<Page<StaffNote>>;
    /// Writes down what colleagues should know of a user who has an account; `note` is its id, so that a form sent twice
    /// keeps one.
    async fn add_note(&self, by: &Actor, user_id: &str, text: &str, note: Uuid) -> Answer<KeptNote>;
}

/// Credits that have an end.
#[async_trait]
pub trait Expiry: Send + Sync {
    /// What expires in the next `days` days of `zone`, today being the first, with at most `limit` of its lots; and what has
    /// and is not swept.
    async fn expiring(&self, days: u32, zone: &TimeZone, cursor: Option<&str>, limit: u32) -> Answer<ExpiryView>;
}

/// Teams: a pool of credits and the members who spend it.
#[async_trait]
pub trait Teams: Send + Sync {
    async fn create_team(&self, by: &Actor, request: CreateTeam) -> Answer<CreateTeamResult>;
    /// The same by a person, whose role limits what the team starts with.
    async fn make_team(&self, by: &Actor, role: Role, request: CreateTeam) -> Answer<CreateTeamResult>;
    async fn top_up_team(&self, by: &Actor, request: TopUpTeam) -> Answer<AddCreditsResult>;
    async fn deduct_team(&self, by: &Actor, request: DeductTeam) -> Answer<TeamDeductionResult>;
    async fn team(&self, id: Uuid) -> Answer<TeamDetail>;
    async fn team_balance(&self, id: Uuid) -> Answer<TeamBalanceResult>;
    async fn teams(&self, query: TeamQuery) -> Answer<Page<Team>>;
    /// What each team that was charged in the range paid in it.
    async fn teams_spend(&self, range: &ReportRange) -> Answer<Vec<(Uuid, SpendSum)>>;
    async fn team_spend(&self, id: Uuid, range: &ReportRange) -> Answer<TeamSpend>;
    /// Adds a member, or sets role and limit of one who is there.
    async fn add_member(
        &self,
        by: &Actor,
        team: Uuid,
        user_id: &str,
        role: TeamRole,
        spend_cap: Option<Credits>,
    ) -> Answer<AddTeamMemberResult>;
    async fn update_member(&self, by: &Actor, team: Uuid, user_id: &str, change: MemberChange) -> Answer<TeamMember>;
    /// Takes a member off the team, and gives what they were.
    async fn remove_member(&self, by: &Actor, team: Uuid, user_id: &str) -> Answer<TeamMember>;
}

#[async_trait]
pub trait Users: Send + Sync {
    /// Finds by id or words of a name or e-mail, as they were pasted; an empty search lists everybody, the latest active first.
    async fn search_users(&self, query: UserQuery) -> Answer<Page<UserRow>>;
    async fn user(&self, user_id: &str) -> Answer<UserDetail>;
    async fn put_profile(&self, by: &Actor, user_id: &str, profile: Profile) -> Answer<Profile>;
    async fn set_plan(&self, by: &Actor, user_id: &str, plan: Option<&str>) -> Answer<SetUserPlanResult>;
    async fn plan(&self, user_id: &str) -> Answer<GetUserPlanResult>;
    async fn allowance(&self, user_id: &str) -> Answer<AllowanceResult>;
    /// A feature of the user's plan: there when it is neither `null` nor `false`.
    async fn feature(&self, user_id: &str, feature: &str) -> Answer<CheckFeatureResult>;
}

#[async_trait]
pub trait Analytics: Send + Sync {
    /// The instant that "today" and relative times go by.
    fn now(&self) -> Timestamp;
    /// The IANA name of the zone in which days are counted unless the page asks for another.
    fn reporting_zone(&self) -> String;
    /// `prove` adds the ledger's entries up even when there are more than are added up unasked.
    async fn overview(&self, range: &ReportRange, prove: bool) -> Answer<Overview>;
    /// Every model ever charged, in the order in which the ledger met them; it only grows at its end, so that each keeps
    /// its colour.
    async fn models(&self) -> Answer<Vec<String>>;
    async fn aggregate(&self, range: &ReportRange) -> Answer<AggregateStatsRow>;
    async fn daily_spend(&self, range: &ReportRange) -> Answer<Vec<DailySpendRow>>;
    async fn spend_by_model(&self, range: &ReportRange) -> Answer<Vec<SpendByModelRow>>;
    async fn spend_by_user(&self, range: &ReportRange) -> Answer<Vec<SpendByUserRow>>;
    /// The range by model, team or user; `prove` as for the overview.
    async fn spend(&self, range: &ReportRange, query: SpendQuery, prove: bool) -> Answer<SpendReport>;
    /// A month, or any other whole days, of one account or of all; `prove` as for the overview.
    async fn statement(&self, of: StatementOf, month: &ReportRange, prove: bool) -> Answer<Statement>;
    /// What somebody should look at now.
    async fn attention(&self) -> Answer<Attention>;
    async fn top_users(&self, range: &ReportRange, limit: u32) -> Answer<Vec<TopUserRow>>;
}

#[async_trait]
pub trait Pricing: Send + Sync {
    async fn versions(&self) -> Answer<Vec<PricingConfigHistoryItem>>;
    async fn version(&self, version: i64) -> Answer<PricingConfigResult>;
    async fn active_version(&self) -> Answer<PricingConfigResult>;
    /// Publishes a checked configuration and makes it active unless told not to; equal content is the version it equals.
    async fn publish(&self, by: &Actor, config: Value, label: Option<String>, activate: bool) -> Answer<Published>;
    async fn activate(&self, by: &Actor, version: i64) -> Answer<PricingConfigHistoryItem>;
    /// The same for somebody who saw `active_was` to be active: refused when another is by now.
    async fn activate_after(
        &self,
        by: &Actor,
        version: i64,
        active_was: Option<i64>,
    ) -> Answer<PricingConfigHistoryItem>;
    /// All versions with who published and activated them, newest first.
    async fn version_rows(&self) -> Answer<Vec<VersionRow>>;
    async fn version_detail(&self, version: i64) -> Answer<VersionDetail>;
    /// Two versions, of one moment.
    async fn two_versions(&self, from: i64, to: i64) -> Answer<(PricingConfigResult, PricingConfigResult, String)>;
    /// A version as text to edit; YAML where asked for.
    async fn version_text(&self, version: i64, yaml: bool) -> Answer<String>;
}

/// Prices that are being worked on.
#[async_trait]
pub trait Drafts: Send + Sync {
    /// Those that are no version yet, the latest first, at most `limit`.
    async fn drafts(&self, limit: u32) -> Answer<Vec<DraftRow>>;
    async fn draft(&self, id: Uuid) -> Answer<DraftDetail>;
    /// Keeps what was typed, right or wrong. What was edited from an older revision becomes a draft of its own.
    async fn save_draft(&self, by: &Actor, save: SaveDraft) -> Answer<SavedDraft>;
    async fn discard_draft(&self, by: &Actor, id: Uuid, revision: i64) -> Answer<()>;
    /// Puts a draft's changes on top of the active version; gives the paths that both changed.
    async fn rebase_draft(&self, by: &Actor, id: Uuid, revision: i64) -> Answer<Vec<String>>;
    /// Makes a version of a draft, not yet active. Refused when another version than `active_was` is active by now.
    async fn publish_draft(&self, by: &Actor, id: Uuid, revision: i64, active_was: Option<i64>) -> Answer<Published>;
    /// Keeps a price list to choose from.
    async fn add_price_list(&self, by: &Actor, text: &str) -> Answer<Uuid>;
    /// The models of a price list that fit the choice, at most `limit` of them by name.
    async fn price_list(&self, id: Uuid, choice: &PriceListChoice, limit: usize) -> Answer<PriceListView>;
    /// Makes a draft of the active version with the chosen models of a price list.
    async fn draft_from_price_list(&self, by: &Actor, id: Uuid, choice: &PriceListChoice) -> Answer<Uuid>;
}

/// Past usage at other prices.
#[async_trait]
pub trait Backtests: Send + Sync {
    /// Begins to price the usage of the last `days` days anew, and gives the id under which it is found.
    async fn start_backtest(&self, by: &Actor, of: BacktestOf, days: i64) -> Answer<Uuid>;
    async fn backtest(&self, id: Uuid) -> Answer<Backtest>;
    /// The latest, without their reports, at most `limit`.
    async fn backtests(&self, limit: u32) -> Answer<Vec<Backtest>>;
}

/// Plans of the active version, and who has them.
#[async_trait]
pub trait Plans: Send + Sync {
    async fn plans(&self) -> Answer<PlanList>;
    async fn plan_detail(&self, key: &str, cursor: Option<&str>, limit: u32) -> Answer<PlanDetail>;
}

/// Endpoints of the product's servers, and what was sent to them.
#[async_trait]
pub trait Webhooks: Send + Sync {
    async fn webhooks(&self) -> Answer<Vec<WebhookEndpoint>>;
    async fn webhook(&self, id: Uuid) -> Answer<WebhookEndpoint>;
    async fn create_webhook(&self, by: &Actor, new: NewWebhook) -> Answer<WebhookSecret>;
    async fn change_webhook(&self, by: &Actor, id: Uuid, change: WebhookChange) -> Answer<WebhookEndpoint>;
    /// A new secret; the one before signs as well for a day.
    async fn rotate_webhook_secret(&self, by: &Actor, id: Uuid) -> Answer<WebhookSecret>;
    /// Removes an endpoint with its log, and gives it as it was.
    async fn delete_webhook(&self, by: &Actor, id: Uuid) -> Answer<WebhookEndpoint>;
    /// Newest first.
    async fn deliveries(&self, id: Uuid, cursor: Option<&str>, limit: u32) -> Answer<Page<WebhookDelivery>>;
    /// Sends the event of a delivery again, by a delivery of its own.
    async fn replay_delivery(&self, by: &Actor, id: Uuid, delivery: Uuid) -> Answer<WebhookDelivery>;
    async fn test_webhook(&self, by: &Actor, id: Uuid) -> Answer<WebhookDelivery>;
}

/// The log of every change by a person or a key.
#[async_trait]
pub trait Audits: Send + Sync {
    /// Newest first.
    async fn audit(&self, query: AuditQuery) -> Answer<Page<AuditEntry>>;
    async fn audit_entry(&self, seq: i64) -> Answer<AuditEntry>;
    /// Walks the chain; a long one only when `asked` to.
    async fn audit_check(&self, asked: bool) -> Answer<AuditCheck>;
}

/// What an admin sets for the whole desk.
#[async_trait]
pub trait Settings: Send + Sync {
    async fn settings(&self) -> Answer<DeskSettings>;
    /// How credits are shown in money, as it was read last.
    fn currency(&self) -> Option<Currency>;
    async fn change_setting(&self, by: &Actor, change: SettingChange) -> Answer<DeskSettings>;
    async fn health(&self) -> Answer<Health>;
}

/// What is above somebody's limit, and waits for somebody else.
#[async_trait]
pub trait Approvals: Send + Sync {
    /// Does it when `role` may, else keeps it as a request; `request` is its id, so that a form sent twice makes one.
    async fn propose(
        &self,
        by: &Actor,
        role: Role,
        proposal: Proposal,
        reason: &str,
        request: Option<Uuid>,
    ) -> Answer<Proposed>;
    /// Does what a request asks for, once; refused to whoever asked.
    async fn approve(&self, by: &Actor, role: Role, id: Uuid, note: Option<&str>) -> Answer<Approval>;
    async fn decline(&self, by: &Actor, role: Role, id: Uuid, note: &str) -> Answer<Approval>;
    /// Takes one's own request back.
    async fn withdraw(&self, by: &Actor, id: Uuid) -> Answer<Approval>;
    async fn approval(&self, id: Uuid) -> Answer<Approval>;
    /// The oldest first.
    async fn pending_approvals(&self) -> Answer<Vec<Approval>>;
    /// The newest first.
    async fn decided_approvals(&self, cursor: Option<&str>, limit: u32) -> Answer<Page<Approval>>;
    /// Those that wait and are about a user or a team, the oldest first.
    async fn approvals_about(&self, subject: &str) -> Answer<Vec<Approval>>;
    /// The latest that `by` has made, whatever became of them, at most `limit`.
    async fn own_approvals(&self, by: &Actor, limit: u32) -> Answer<Vec<Approval>>;
    /// What somebody has added to a user's credits in the last 24 hours, which their limit counts.
    async fn granted_lately(&self, by: &Actor, user_id: &str) -> Answer<Credits>;
    /// The same of a team's pool.
    async fn topped_up_lately(&self, by: &Actor, team: Uuid) -> Answer<Credits>;
    /// How many requests `by` could answer now.
    async fn approvals_waiting_for(&self, by: &Actor, role: Role) -> Answer<i64>;
    /// Ends those whose time is over, and gives their number.
    async fn expire_approvals(&self, by: &Actor) -> Answer<u32>;
}

/// People of the dashboard, and keys of the product's servers.
#[async_trait]
pub trait Access: Send + Sync {
    async fn people(&self) -> Answer<People>;
    /// Gives the token of a one-time link.
    async fn invite(&self, by: &Actor, email: &str, role: Role) -> Answer<String>;
    async fn revoke_invite(&self, by: &Actor, id: Uuid) -> Answer<()>;
    async fn set_role(&self, by: &Actor, id: Uuid, role: Role) -> Answer<()>;
    async fn set_disabled(&self, by: &Actor, id: Uuid, disabled: bool) -> Answer<()>;
    /// How far somebody's second step is.
    async fn second_step(&self, staff: &Staff) -> Answer<SecondStep>;
    /// Makes an authenticator, which is asked for when its first code was shown.
    async fn begin_second_step(&self, staff: &Staff) -> Answer<()>;
    /// Asks for it from now on, and gives the recovery codes, for the only time.
    async fn confirm_second_step(&self, by: &Actor, staff: &Staff, code: &str) -> Answer<Vec<String>>;
    /// Turns one's own off.
    async fn end_second_step(&self, by: &Actor, staff: &Staff, code: &str) -> Answer<()>;
    /// Turns somebody's off, who has lost their authenticator.
    async fn reset_second_step(&self, by: &Actor, id: Uuid) -> Answer<()>;
    /// Asks everybody for two steps who signs in with a password, or no longer; refused to whom it would keep out.
    async fn ask_two_steps(&self, by: &Actor, staff: &Staff, asked: bool) -> Answer<()>;
    /// The oldest first, revoked ones too.
    async fn keys(&self) -> Answer<Vec<KeyInfo>>;
    /// Gives the key, for the only time; `scopes` are words with commas between them.
    async fn add_key(&self, by: &Actor, name: &str, scopes: &str) -> Answer<String>;
    async fn revoke_key(&self, by: &Actor, name: &str) -> Answer<()>;
}

/// One request's visitor: who is signed in, and the ways in and out.
#[async_trait]
pub trait Visit: Send + Sync {
    /// A fresh idempotency key for the forms of one page.
    fn form_key(&self) -> String;
    /// Where the request came from, as the audit log names it.
    fn address(&self) -> Option<String>;
    /// Whoever is signed in; refused where they must set up a second step before anything else.
    async fn staff(&self) -> Answer<Option<Staff>>;
    /// The same without that refusal: for one's own account, where the second step is set up, and for leaving.
    async fn account(&self) -> Answer<Option<Staff>>;
    fn ways_in(&self) -> WaysIn;
    /// None: the password is right, and a code is asked for.
    async fn sign_in(&self, email: &str, password: &str) -> Answer<Option<Staff>>;
    /// What is waited for after the password.
    async fn steps_asked(&self) -> Answer<Option<StepsAsked>>;
    /// The second step: a code of the authenticator, or a recovery code.
    async fn enter_code(&self, code: &str) -> Answer<Staff>;
    /// What the browser needs to show a passkey, as JSON: as the second step, or `alone`.
    async fn ask_passkey(&self, alone: bool) -> Answer<String>;
    /// Signs in by the passkey that the browser has shown.
    async fn enter_passkey(&self, credential: &str) -> Answer<Staff>;
    /// True when whoever is signed in has signed in so lately that they may change their passkeys.
    async fn is_recent(&self) -> Answer<bool>;
    /// What the browser needs to make a passkey, as JSON.
    async fn begin_passkey(&self) -> Answer<String>;
    /// Keeps the passkey that the browser has made; gives recovery codes, for the only time, to whom has none.
    async fn add_passkey(&self, name: &str, credential: &str) -> Answer<Vec<String>>;
    async fn remove_passkey(&self, id: Uuid) -> Answer<()>;
    async fn sign_out(&self) -> Answer<()>;
    /// True while the one-time link `token` may still create the first admin.
    async fn welcome(&self, token: &str) -> Answer<bool>;
    async fn create_first_admin(&self, token: &str, name: &str, email: &str, password: &str) -> Answer<Staff>;
    /// The invitation of the one-time link `token`, while it can be used.
    async fn invitation(&self, token: &str) -> Answer<Option<Invite>>;
    async fn join(&self, token: &str, name: &str, password: &str) -> Answer<Staff>;
}
