//! The audit log: listed, and one row of it.

#[cfg(feature = "ssr")]
use crate::model::Role;
use crate::{
    error::AppError,
    model::{AuditCheck, AuditEntry, Page},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The filters of the page, as its address holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// Who.
    #[serde(default)]
    pub who: String,
    /// An action, or a group of them.
    #[serde(default)]
    pub what: String,
    #[serde(default)]
    pub subject: String,
    /// The first day.
    #[serde(default)]
    pub from: String,
    /// The last day.
    #[serde(default)]
    pub to: String,
    /// The zone of the days, the reporting zone unless given.
    #[serde(default)]
    pub tz: String,
    /// Rows of a page.
    #[serde(default)]
    pub size: String,
    #[serde(default)]
    pub cursor: String,
    /// Any text: walk the chain, however long it is.
    #[serde(default)]
    pub verify: String,
}

impl AuditFilter {
    /// The filter in an address, whose words `get` gives.
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let [who, what, subject, from, to, tz, size, cursor, verify] =
            ["who", "what", "subject", "from", "to", "tz", "size", "cursor", "verify"].map(get);
        Self { who, what, subject, from, to, tz, size, cursor, verify }
    }

    /// All but the cursor, as an address says it.
    pub fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("who", &self.who),
            ("what", &self.what),
            ("subject", &self.subject),
            ("from", &self.from),
            ("to", &self.to),
            ("tz", &self.tz),
            ("size", &self.size),
        ]
    }

    /// True when nothing narrows the list.
    pub fn is_empty(&self) -> bool {
        [&self.who, &self.what, &self.subject, &self.from, &self.to].iter().all(|text| text.is_empty())
    }
}

/// Rows of the log with the state of the whole chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditPageData {
    pub page: Page<AuditEntry>,
    pub check: AuditCheck,
    /// The zone of the days.
    pub zone: String,
}

/// Rows of the filter, newest first.
#[server(prefix = "/ui", endpoint = "audit")]
pub async fn load_audit(filter: AuditFilter) -> Result<AuditPageData, AppError> {
    let load = async {
        super::require(Role::may_audit).await?;
        let backend = super::backend()?;
        let zone = super::parse::zone(&filter.tz, backend.reporting_zone())?;
        let query = super::parse::audit_query(&filter, &zone)?;
        let page = backend.audit(query).await?;
        Ok(AuditPageData { page, check: backend.audit_check(!filter.verify.is_empty()).await?, zone })
    };
    super::answer(load.await)
}

/// One row.
#[server(prefix = "/ui", endpoint = "audit_entry")]
pub async fn load_audit_entry(seq: String) -> Result<AuditEntry, AppError> {
    let load = async {
        super::require(Role::may_audit).await?;
        let none = |_| AppError::new(crate::error::Code::NotFound, "The audit log has no such row.");
        super::backend()?.audit_entry(seq.parse().map_err(none)?).await
    };
    super::answer(load.await)
}
