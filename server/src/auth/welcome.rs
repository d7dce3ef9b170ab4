//! The first admin: a link on the terminal, good once and for a day, while nobody has an account.

use super::{StaffDesk, password, secret, staff::state};
use crate::store::{
    access::{staff, welcome},
    audit::{self, Change},
};
use app::{
    error::{AppError, Code, both},
    model::{Actor, AuditAction, AuditSubject, Role, Staff},
};
use jiff::ToSpan;

/// How long a link is good for.
pub const HOURS: i64 = 24;

impl StaffDesk {
    /// Makes a link's token, or none when somebody has an account already. Only its hash is stored.
    pub async fn make_welcome(&self) -> Result<Option<String>, AppError> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if staff::exists_any(&mut tx).await? {
            return Ok(None);
        }
        let token = secret::random();
        let until = now.checked_add(HOURS.hours()).unwrap_or(now);
        welcome::insert(&mut tx, &secret::hash(&token), now, until).await?;
        tx.commit().await?;
        Ok(Some(token))
    }

    /// True while `token` may still create the first admin.
    pub async fn welcome_is_open(&self, token: &str) -> Result<bool, AppError> {
        let mut tx = self.db.snapshot().await?;
        Ok(welcome::is_open(&mut tx, &secret::hash(token), self.clock.now()).await?)
    }

    /// Uses the link up and makes its user an admin, both or neither.
    pub async fn create_first_admin(
        &self,
        token: &str,
        name: &str,
        email: &str,
        password: &str,
        address: Option<String>,
    ) -> Result<Staff, AppError> {
        // Looked up before the costly hash, and decided after it.
        if !self.welcome_is_open(token).await? {
            return Err(closed());
        }
        let (staff, ()) = both(self.candidate(name, email, Role::Admin), password::check_rule(password))?;
        let hash = password::hash(password).await?;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if !welcome::consume(&mut tx, &secret::hash(token), now).await? {
            return Err(closed());
        }
        staff::insert(&mut tx, &staff, &hash, now).await?;
        let by = Actor::staff(&staff.email).at(address);
        let told = |action| Change::new(&by, action, AuditSubject::Staff, &staff.email);
        let joined =
            told(AuditAction::StaffJoined).because(Some("the one-time link of the first start")).to(state(&staff));
        audit::record_all(&mut tx, vec![joined, told(AuditAction::SignedIn)], now).await?;
        tx.commit().await?;
        Ok(staff)
    }
}

fn closed() -> AppError {
    AppError::new(
        Code::Forbidden,
        "This link was used or has expired. Start the server again for a new one, or sign in.",
    )
}
