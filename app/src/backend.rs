//! The port: what pages and handlers ask of the server, as traits by noun.
//!
//! `server` implements them over the ledger and the databases and gives them to Leptos as context; nothing in this crate
//! knows how. Every request is checked again behind the port; a page is only polite.

use crate::{
    error::AppError,
    model::{
        Actor, AddCredits, AddCreditsResult, Adjust, AdjustResult, AggregateStatsRow, BalanceResult, DailySpendRow,
        Deduct, DeductionResult, NewWebhook, Overview, Page, PricingConfigHistoryItem, PricingConfigResult, Profile,
        Published, Refund, RefundResult, SetUserPlanResult, SpendByModelRow, SpendByUserRow, Staff, SweepResult,
        Timestamp, TopUserRow, Transaction, TransactionDetail, TransactionQuery, UserDetail, UserRow, Uuid,
        WebhookChange, WebhookDelivery, WebhookEndpoint, WebhookSecret,
    },
    range::ReportRange,
};
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;

pub type Answer<T> = Result<T, AppError>;

/// Everything behind the pages, in one object.
pub trait Backend: Ledger + Users + Analytics + Pricing + Webhooks {}
impl<T: Ledger + Users + Analytics + Pricing + Webhooks> Backend for T {}

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
    async fn refund(&self, by: &Actor, request: Refund) -> Answer<RefundResult>;
    async fn balance(&self, user_id: &str) -> Answer<BalanceResult>;
    async fn transactions(&self, query: TransactionQuery) -> Answer<Page<Transaction>>;
    async fn transaction(&self, id: Uuid) -> Answer<TransactionDetail>;
    async fn sweep(&self, by: &Actor, dry_run: bool) -> Answer<SweepResult>;
}

#[async_trait]
pub trait Users: Send + Sync {
    /// Finds by id, part of a name or e-mail, or transaction id; an empty query lists the latest active.
    async fn search_users(&self, query: &str, cursor: Option<&str>, limit: u32) -> Answer<Page<UserRow>>;
    async fn user(&self, user_id: &str) -> Answer<UserDetail>;
    async fn put_profile(&self, by: &Actor, user_id: &str, profile: Profile) -> Answer<Profile>;
    async fn set_plan(&self, by: &Actor, user_id: &str, plan: Option<&str>) -> Answer<SetUserPlanResult>;
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
