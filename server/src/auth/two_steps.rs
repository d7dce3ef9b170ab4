//! Two steps for everybody: whether a second one is asked of everybody who signs in with a password, and whom that holds.
//!
//! Whoever has none is signed in and held: their own account is open to them, where they set one up, and nothing else. So
//! nobody is locked out, neither when it is switched on nor when the last second step is taken away. Whoever comes by the
//! identity provider is not held: proving people is its task then.

use super::{StaffDesk, second_step};
use crate::store::{
    access::staff,
    audit::{self, Change},
    settings,
};
use app::{
    error::{AppError, Code},
    model::{Actor, AuditAction, AuditSubject, Staff, Uuid},
};
use serde_json::json;

/// Whoever is signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub staff: Staff,
    /// True when they must set up a second step before anything else.
    pub held: bool,
}

impl StaffDesk {
    /// The person with that id, unless the account is disabled; `vouched` where the identity provider answers for them.
    pub async fn visitor(&self, id: Uuid, vouched: bool) -> Result<Option<Visitor>, AppError> {
        let mut tx = self.db.snapshot().await?;
        let account = staff::by_id(&mut tx, id).await?.filter(|account| !account.disabled);
        let Some(account) = account else { return Ok(None) };
        let held =
            !vouched && settings::load(&mut tx).await?.two_steps && second_step::asked(&mut tx, id).await?.is_none();
        Ok(Some(Visitor { staff: account.staff, held }))
    }

    /// Asks everybody for two steps, or no longer. Whoever switches it on has a second step, or would be the first whom it
    /// holds.
    pub async fn ask_two_steps(&self, by: &Actor, staff: &Staff, asked: bool) -> Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        if asked && second_step::asked(&mut tx, staff.id).await?.is_none() {
            let message = "Set up a second step of your own first, on your account page: this would hold you as well.";
            return Err(AppError { field: Some("asked".to_owned()), ..AppError::new(Code::EditConflict, message) });
        }
        let before = settings::load(&mut tx).await?.two_steps;
        if before == asked {
            return Ok(());
        }
        settings::put(&mut tx, settings::TWO_STEPS, Some(&asked)).await?;
        let change = Change::new(by, AuditAction::SettingsChanged, AuditSubject::Settings, settings::TWO_STEPS);
        let change = change.from(json!({ "two_steps": before })).to(json!({ "two_steps": asked }));
        audit::record(&mut tx, change, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}
