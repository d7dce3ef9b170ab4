//! The ledger checked against itself.

use crate::store::{
    Db, StoreError,
    verify::{self, Difference},
};
use app::model::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What a check of the whole ledger found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verification {
    /// True when nothing differs.
    pub consistent: bool,
    pub differences: Vec<Difference>,
}

/// Recomputes what is cached, in one snapshot.
pub async fn verify(db: &Db, now: Timestamp) -> Result<Verification, StoreError> {
    let mut tx = db.snapshot().await?;
    let differences = verify::differences(&mut tx, now).await?;
    Ok(Verification { consistent: differences.is_empty(), differences })
}
