//! The ledger's entries: listed by filter, and each one whole.

#[cfg(feature = "ssr")]
use crate::model::Proposal;
use crate::{
    error::AppError,
    model::{Approval, Credits, Page, Role, SpendThen, Timestamp, Transaction, TransactionDetail, TransactionTotals},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The filters of the transactions page, as the URL says them; empty is "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionFilter {
    pub user: String,
    /// A team's id.
    pub team: String,
    /// A kind of entry, or `charges` for both kinds of charge.
    pub kind: String,
    pub model: String,
    /// First and last day, of the zone `tz` (default: the reporting zone).
    pub from: String,
    pub to: String,
    pub tz: String,
    /// Instants, the end exclusive: one column of a chart, which may be less than a day.
    pub start: String,
    pub end: String,
    /// The least amount, in or out.
    pub min: String,
    /// `old`: the oldest first.
    pub order: String,
    /// Rows of a page.
    pub size: String,
    pub cursor: String,
}

impl TransactionFilter {
    /// Reads the words of an address.
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        Self {
            user: get("user"),
            team: get("team"),
            kind: get("kind"),
            model: get("model"),
            from: get("from"),
            to: get("to"),
            tz: get("tz"),
            start: get("start"),
            end: get("end"),
            min: get("min"),
            order: get("order"),
            size: get("size"),
            cursor: get("cursor"),
        }
    }

    /// True when it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.pairs().into_iter().all(|(name, value)| ["tz", "order", "size"].contains(&name) || value.is_empty())
    }

    /// All but the cursor, as an address says it.
    pub fn pairs(&self) -> [(&'static str, &str); 12] {
        [
            ("user", &self.user),
            ("team", &self.team),
            ("kind", &self.kind),
            ("model", &self.model),
            ("from", &self.from),
            ("to", &self.to),
            ("start", &self.start),
            ("end", &self.end),
            ("min", &self.min),
            ("order", &self.order),
            ("size", &self.size),
            ("tz", &self.tz),
        ]
    }
}

/// A page of the transactions list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransactionList {
    pub page: Page<Transaction>,
    /// All entries of the filter, where they were asked for.
    pub totals: Option<TransactionTotals>,
    /// Names of the teams of these rows and of the filter, by their ids.
    pub teams: BTreeMap<String, String>,
    /// Whether all rows of the filter may be had as a file.
    pub may_export: bool,
    /// The zone of the days and times.
    pub zone: String,
    pub now: Timestamp,
}

/// A transaction, for the person who looks at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransactionPageData {
    pub detail: TransactionDetail,
    /// What the windows of the user had counted when it was charged.
    pub spend_then: Option<Vec<SpendThen>>,
    /// Refunds of it that nobody has answered.
    pub waiting: Vec<Approval>,
    /// What whoever looks may give back of one charge.
    pub limit: Option<Credits>,
    pub role: Role,
    /// The idempotency key of the page's form.
    pub key: String,
    pub now: Timestamp,
    pub zone: String,
}

/// Entries of all accounts, a page of them; `totals` adds up all of the filter, which reads each of them.
#[server(prefix = "/ui", endpoint = "transactions")]
pub async fn list_transactions(filter: TransactionFilter, totals: bool) -> Result<TransactionList, AppError> {
    let load = async {
        let role = super::require_anyone().await?.role;
        let backend = super::backend()?;
        let may_export = role.may_report() || !filter.user.is_empty() || !filter.team.is_empty();
        let zone = super::parse::zone(&filter.tz, backend.reporting_zone())?;
        let query = super::parse::transaction_query(&filter, &zone)?;
        let totals = if totals { Some(backend.transaction_totals(query.clone()).await?) } else { None };
        let team = query.team;
        let page = backend.transactions(query).await?;
        let owners =
            page.items.iter().filter(|row| row.account != row.user_id).filter_map(|row| row.account.parse().ok());
        let teams = backend.team_names(owners.chain(team).collect()).await?;
        let teams = teams.into_iter().map(|(team, name)| (team.to_string(), name)).collect();
        Ok(TransactionList { page, totals, teams, may_export, zone, now: backend.now() })
    };
    super::answer(load.await)
}

/// One entry with its explanation, its refunds and what remains refundable.
#[server(prefix = "/ui", endpoint = "transaction")]
pub async fn load_transaction(id: String) -> Result<TransactionPageData, AppError> {
    let load = async {
        let role = super::require_anyone().await?.role;
        let backend = super::backend()?;
        let id = super::parse::transaction_id(&id)?;
        let detail = backend.transaction(id).await?;
        let spend_then = backend.spend_then(id).await?;
        let limit = backend.settings().await?.limits.refund(role);
        let mut waiting = backend.approvals_about(&detail.transaction.account).await?;
        waiting.retain(|asked| matches!(&asked.proposal, Proposal::Refund(refund) if refund.transaction_id == id));
        let (key, now, zone) = (super::visit()?.form_key(), backend.now(), backend.reporting_zone());
        Ok(TransactionPageData { detail, spend_then, waiting, limit, role, key, now, zone })
    };
    super::answer(load.await)
}
