//! The port: what pages and handlers ask of the server, as traits by noun.
//!
//! `server` implements them over the ledger and the databases and gives them to Leptos as context; nothing in this crate
//! knows how. Every request is checked again behind the port; a page is only polite.

use crate::{
    error::AppError,
    model::{
        Actor, AddCredits, AddCreditsResult, AddTeamMemberResult, Adjust, AdjustResult, AggregateStatsRow,
        AllowanceResult, Attention, BalanceResult, CapCheckResult, CapList, CapQuery, CapStatus, CapTrial,
        CapTrialResult, CapType, CheckFeatureResult, CreateTeam, CreateTeamResult, Credits, DailySpendRow, Deduct,
        DeductTeam, DeductionResult, ExpiryView, GetUserPlanResult, KeyFound, MemberChange, NewWebhook, Overview, Page,
        PricingConfigHistoryItem, PricingConfigResult, Profile, Published, Refund, RefundResult, Reservation, Reserve,
        ReserveResult, SetUserPlanResult, Settle, SpendByModelRow, SpendByUserRow, SpendCap, SpendQuery, SpendReport,
        Staff, StaffNote, Statement, StatementOf, SweepResult, Team, TeamBalanceResult, TeamDeductionResult,
        TeamDetail, TeamMember, TeamRole, Timestamp, TopUpTeam, TopUserRow, Transaction, TransactionDetail,
        TransactionQuery, TransactionTotals, UserDetail, UserRow, Uuid, WebhookChange, WebhookDelivery,
        WebhookEndpoint, WebhookSecret,
    },
    range::ReportRange,
};
use async_trait::async_trait;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::sync::Arc;

pub type Answer<T> = Result<T, AppError>;

/// Everything behind the pages, in one object.
pub trait Backend:
    Ledger + Reservations + Users + Caps + CapReview + DeskViews + Expiry + Teams + Analytics + Pricing + Webhooks
{
}
impl<T: Ledger + Reservations + Users + Caps + CapReview + DeskViews + Expiry + Teams + Analytics + Pricing + Webhooks>
    Backend for T
{
}

/// The context value that server functions use.
pub type SharedBackend = Arc<dyn Backend>;
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
    /// Sets a cap; one of the same user, type and model is replaced.
    async fn set_cap(&self, by: &Actor, cap: SpendCap) -> Answer<SpendCap>;
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
}

/// What the desk shows beside the ledger's own answers.
#[async_trait]
pub trait DeskViews: Send + Sync {
    /// All entries that fit the query, whatever its page, added up.
    async fn transaction_totals(&self, query: TransactionQuery) -> Answer<TransactionTotals>;
    /// API keys that begin with these characters, `cdk_` and at least four more.
    async fn keys_by_prefix(&self, prefix: &str) -> Answer<Vec<KeyFound>>;
    /// Writes down what colleagues should know of a user who has an account.
    async fn add_note(&self, by: &Actor, user_id: &str, text: &str) -> Answer<StaffNote>;
}

/// Credits that have an end.
#[async_trait]
pub trait Expiry: Send + Sync {
    /// What expires in the next `days` days of `zone`, today being the first; and what has and is not swept.
    async fn expiring(&self, days: u32, zone: &TimeZone, cursor: Option<&str>) -> Answer<ExpiryView>;
}

/// Teams: a pool of credits and the members who spend it.
#[async_trait]
pub trait Teams: Send + Sync {
    async fn create_team(&self, by: &Actor, request: CreateTeam) -> Answer<CreateTeamResult>;
    async fn top_up_team(&self, by: &Actor, request: TopUpTeam) -> Answer<AddCreditsResult>;
    async fn deduct_team(&self, by: &Actor, request: DeductTeam) -> Answer<TeamDeductionResult>;
    async fn team(&self, id: Uuid) -> Answer<TeamDetail>;
    async fn team_balance(&self, id: Uuid) -> Answer<TeamBalanceResult>;
    async fn teams(&self, cursor: Option<&str>, limit: u32) -> Answer<Page<Team>>;
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
    /// Finds by id, part of a name or e-mail, or transaction id; an empty query lists the latest active.
    async fn search_users(&self, query: &str, cursor: Option<&str>, limit: u32) -> Answer<Page<UserRow>>;
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
    /// A month, or any other whole days, of one account or of all.
    async fn statement(&self, of: StatementOf, month: &ReportRange) -> Answer<Statement>;
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

/// One request's visitor: who is signed in, and the ways in and out.
#[async_trait]
pub trait Visit: Send + Sync {
    /// A fresh idempotency key for the forms of one page.
    fn form_key(&self) -> String;
    async fn staff(&self) -> Answer<Option<Staff>>;
    async fn sign_in(&self, email: &str, password: &str) -> Answer<Staff>;
    async fn sign_out(&self) -> Answer<()>;
    /// True while the one-time link `token` may still create the first admin.
    async fn welcome(&self, token: &str) -> Answer<bool>;
    async fn create_first_admin(&self, token: &str, name: &str, email: &str, password: &str) -> Answer<Staff>;
}
