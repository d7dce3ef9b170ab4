//! The audit log, read and checked.

use super::{Desk, paging};
use crate::store::audit;
use app::backend::{Answer, Audits};
use app::error::{AppError, Code};
use app::model::{AuditAction, AuditCheck, AuditEntry, AuditQuery, Page};
use async_trait::async_trait;

/// A chain of more rows is walked only when somebody asks for it: that takes seconds, and a page should not.
const UNASKED: i64 = 20_000;

/// An action or the group of several, or a refusal that names the groups.
fn check_action(action: Option<&str>) -> Answer<()> {
    let Some(action) = action else { return Ok(()) };
    if AuditAction::ALL.iter().any(|known| known.as_str() == action || known.group() == action) {
        return Ok(());
    }
    let mut groups: Vec<_> = AuditAction::ALL.iter().map(|known| known.group()).collect();
    groups.dedup();
    Err(AppError::invalid("action", format!("must be an action such as cap.set, or one of {}", groups.join(", "))))
}

#[async_trait]
impl Audits for Desk {
    async fn audit(&self, query: AuditQuery) -> Answer<Page<AuditEntry>> {
        let limit = paging::limit(query.limit)?;
        check_action(query.action.as_deref())?;
        // Rows are numbered from 1.
        let number = |text: &str| text.parse().ok().filter(|seq: &i64| *seq > 0);
        let before = paging::cursor(query.cursor.as_deref(), number)?;
        let mut tx = self.db.snapshot().await?;
        let rows = audit::list(&mut tx, &query, before).await?;
        Ok(paging::page(rows, limit, |row| row.seq.to_string(), |row| row))
    }

    async fn audit_entry(&self, seq: i64) -> Answer<AuditEntry> {
        let mut tx = self.db.snapshot().await?;
        let found = audit::find(&mut tx, seq).await?;
        found.ok_or_else(|| AppError::new(Code::NotFound, format!("The audit log has no row {seq}.")))
    }

    async fn audit_check(&self, asked: bool) -> Answer<AuditCheck> {
        let mut tx = self.db.snapshot().await?;
        let head = audit::head(&mut tx).await?;
        if head.seq > UNASKED && !asked {
            return Ok(AuditCheck { head, checked: false, broken: None });
        }
        Ok(audit::check(&mut tx).await?)
    }
}
