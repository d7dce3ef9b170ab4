//! The ledger checked against itself.

use crate::store::{
    Db, StoreError, audit,
    verify::{self, Difference},
};
use app::model::{AuditHead, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// What a check of the whole ledger found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verification {
    /// True when nothing differs.
    pub consistent: bool,
    pub differences: Vec<Difference>,
    /// The end of the audit log's chain, which was checked too: keep it elsewhere, and no earlier row can be rewritten unseen.
    pub audit_head: AuditHead,
}

/// Recomputes what is cached, in one snapshot.
pub async fn verify(db: &Db, now: Timestamp) -> Result<Verification, StoreError> {
    let mut tx = db.snapshot().await?;
    let differences = verify::differences(&mut tx, now).await?;
    let audit_head = audit::head(&mut tx).await?;
    Ok(Verification { consistent: differences.is_empty(), differences, audit_head })
}
