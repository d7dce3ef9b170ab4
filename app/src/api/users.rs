//! Users: found, listed, shown whole.

use super::ListFilter;
use crate::{
    error::AppError,
    model::{Approval, Credits, KeyFound, Page, Role, Timestamp, Transaction, UserDetail, UserRow},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A page of the users list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserList {
    pub page: Page<UserRow>,
    /// API keys whose first characters were searched for.
    pub keys: Vec<KeyFound>,
    /// Entries whose shortened id was searched for.
    pub transactions: Vec<Transaction>,
    /// Whether all rows may be had as a file.
    pub may_export: bool,
    pub now: Timestamp,
}

/// The user page, for the person who looks at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserPageData {
    pub detail: UserDetail,
    /// The charges and grants of the filter in the URL.
    pub transactions: Page<Transaction>,
    /// Id and name of the plans of the active version.
    pub plans: Vec<(String, String)>,
    /// Requests about this user that nobody has answered.
    pub waiting: Vec<Approval>,
    /// What whoever looks may give this user within 24 hours, and has given.
    pub grant_limit: Option<Credits>,
    pub granted: Credits,
    pub role: Role,
    /// The idempotency key of the page's forms.
    pub key: String,
    pub now: Timestamp,
}

/// Finds by whatever was pasted; the id of a transaction leads straight to its page.
#[server(prefix = "/ui", endpoint = "users")]
pub async fn list_users(filter: ListFilter) -> Result<UserList, AppError> {
    let load = async {
        let role = super::require_anyone().await?.role;
        let backend = super::backend()?;
        let query = super::parse::list_query(&filter)?;
        let pasted = crate::pasted::Pasted::read(&filter.q);
        if let Some(id) = pasted.transaction
            && backend.transaction(id).await.is_ok()
        {
            super::form::move_on(&crate::link::transaction(id));
        }
        let transactions = match &pasted.part {
            Some(part) => backend.transactions_by_part(part).await?,
            None => Vec::new(),
        };
        let keys = backend.keys_by_prefix(pasted.words.first().map_or("", String::as_str)).await?;
        let page = backend.search_users(query).await?;
        Ok(UserList { page, keys, transactions, may_export: role.may_report(), now: backend.now() })
    };
    super::answer(load.await)
}

/// Everything about one user, and the page of their ledger that `kind` and `cursor` choose.
#[server(prefix = "/ui", endpoint = "user")]
pub async fn load_user(user_id: String, kind: String, cursor: Option<String>) -> Result<UserPageData, AppError> {
    use crate::model::TransactionQuery;
    let load = async {
        let staff = super::require_anyone().await?;
        let (role, backend) = (staff.role, super::backend()?);
        let detail = backend.user(&user_id).await?;
        let waiting = backend.approvals_about(&user_id).await?;
        let grant_limit = backend.settings().await?.limits.grant(role);
        let granted = backend.granted_lately(&super::actor(&staff), &user_id).await?;
        let kind = match kind.as_str() {
            "" => None,
            text => Some(super::parse::entry_kind(text)?),
        };
        let transactions = if kind.is_none() && cursor.is_none() {
            detail.transactions.clone()
        } else {
            let user_id = Some(user_id);
            backend.transactions(TransactionQuery { user_id, kind, cursor, limit: 50, ..Default::default() }).await?
        };
        let plans = plans_of(&backend).await?;
        let (key, now) = (super::visit()?.form_key(), backend.now());
        Ok(UserPageData { detail, transactions, plans, waiting, grant_limit, granted, role, key, now })
    };
    super::answer(load.await)
}

/// Id and name of the plans of the active version; none while no version is active.
#[cfg(feature = "ssr")]
pub(super) async fn plans_of(backend: &crate::backend::SharedBackend) -> Result<Vec<(String, String)>, AppError> {
    match backend.active_version().await {
        Ok(active) => Ok(active.config.plans.into_iter().map(|(id, plan)| (id, plan.name)).collect()),
        Err(error) if error.code == crate::error::Code::PricingNotLoaded => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
