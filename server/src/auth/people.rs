//! People, as an admin manages them: invited by a one-time link, given a role, let in or kept out.
//!
//! One admin who can come in is always left. Whoever changes a person locks all admins first, so that of two who demote
//! each other one is refused.

use super::{StaffDesk, password, secret, staff::state};
use crate::store::{
    Tx,
    access::{invites, sessions, staff},
    audit::{self, Change},
    settings,
};
use app::{
    error::{AppError, Code, both},
    model::{Actor, AuditAction, AuditSubject, Invite, People, Role, Staff, Uuid},
};
use jiff::ToSpan;
use serde_json::json;

/// How long an invitation is good for.
pub const INVITE_HOURS: i64 = 72;

impl StaffDesk {
    /// Everybody with an account, and the invitations that are open.
    pub async fn people(&self) -> Result<People, AppError> {
        let mut tx = self.db.snapshot().await?;
        Ok(People {
            people: staff::list(&mut tx).await?,
            invites: invites::open(&mut tx, self.clock.now()).await?,
            two_steps: settings::load(&mut tx).await?.two_steps,
        })
    }

    /// Makes an invitation and gives its token, this once. An earlier one for the same address is void.
    pub async fn invite(&self, by: &Actor, email: &str, role: Role) -> Result<String, AppError> {
        let email = super::staff::read_email(email)?;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if staff::by_email(&mut tx, &email).await?.is_some() {
            return Err(AppError::invalid("email", format!("{email} has an account already")));
        }
        let token = secret::random();
        let invite = Invite {
            id: self.ids.next(now),
            email: email.clone(),
            role,
            invited_by: by.name.clone(),
            created_at: now,
            expires_at: now.checked_add(INVITE_HOURS.hours()).unwrap_or(now),
        };
        invites::insert(&mut tx, &invite, &secret::hash(&token)).await?;
        let change = Change::new(by, AuditAction::StaffInvited, AuditSubject::Staff, email);
        audit::record(&mut tx, change.to(json!({ "role": role, "expires_at": invite.expires_at })), now).await?;
        tx.commit().await?;
        Ok(token)
    }

    pub async fn revoke_invite(&self, by: &Actor, id: Uuid) -> Result<(), AppError> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let Some(invite) = invites::by_id(&mut tx, id, now).await? else { return Err(no_invite()) };
        if !invites::close(&mut tx, id, now).await? {
            return Err(no_invite());
        }
        let change = Change::new(by, AuditAction::StaffInviteRevoked, AuditSubject::Staff, invite.email);
        audit::record(&mut tx, change.from(json!({ "role": invite.role })), now).await?;
        Ok(tx.commit().await?)
    }

    /// The invitation of a token, while it can be used.
    pub async fn invitation(&self, token: &str) -> Result<Option<Invite>, AppError> {
        let mut tx = self.db.snapshot().await?;
        Ok(invites::by_hash(&mut tx, &secret::hash(token), self.clock.now()).await?)
    }

    /// Uses an invitation up and makes its holder one of us, both or neither.
    pub async fn join(
        &self,
        token: &str,
        name: &str,
        password: &str,
        address: Option<String>,
    ) -> Result<Staff, AppError> {
        // Looked up before the costly hash, and decided after it.
        let invite = self.invitation(token).await?.ok_or_else(no_invite)?;
        let (staff, ()) = both(self.candidate(name, &invite.email, invite.role), password::check_rule(password))?;
        let hash = password::hash(password).await?;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if !invites::close(&mut tx, invite.id, now).await? {
            return Err(no_invite());
        }
        if staff::by_email(&mut tx, &staff.email).await?.is_some() {
            return Err(AppError::invalid("email", format!("{} has an account already", staff.email)));
        }
        staff::insert(&mut tx, &staff, &hash, now).await?;
        let by = Actor::staff(&staff.email).at(address);
        let told = |action| Change::new(&by, action, AuditSubject::Staff, &staff.email);
        let reason = format!("invited by {}", invite.invited_by);
        let joined = told(AuditAction::StaffJoined).because(Some(&reason)).to(state(&staff));
        audit::record_all(&mut tx, vec![joined, told(AuditAction::SignedIn)], now).await?;
        tx.commit().await?;
        Ok(staff)
    }

    pub async fn set_role(&self, by: &Actor, id: Uuid, role: Role) -> Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        let before = self.lock(&mut tx, id, role != Role::Admin).await?;
        if before.role == role {
            return Ok(());
        }
        staff::set_role(&mut tx, id, role).await?;
        let change = Change::new(by, AuditAction::StaffRoleChanged, AuditSubject::Staff, &before.email);
        let change = change.from(json!({ "role": before.role })).to(json!({ "role": role }));
        audit::record(&mut tx, change, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Keeps somebody out, at once and in every browser, or lets them in again.
    pub async fn set_disabled(&self, by: &Actor, id: Uuid, disabled: bool) -> Result<(), AppError> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let staff = self.lock(&mut tx, id, disabled).await?;
        if !staff::set_disabled(&mut tx, id, disabled.then_some(now)).await? {
            return Ok(());
        }
        if disabled {
            sessions::delete_of(&mut tx, id).await?;
        }
        let action = if disabled { AuditAction::StaffDisabled } else { AuditAction::StaffEnabled };
        let change = Change::new(by, action, AuditSubject::Staff, &staff.email);
        let change = change.from(json!({ "disabled": !disabled })).to(json!({ "disabled": disabled }));
        audit::record(&mut tx, change, now).await?;
        Ok(tx.commit().await?)
    }

    /// The person, with all admins locked; refused when they are the last one and `leaves` the admins.
    async fn lock(&self, tx: &mut Tx, id: Uuid, leaves: bool) -> Result<Staff, AppError> {
        let admins = staff::lock_admins(tx).await?;
        let account = staff::by_id(tx, id).await?;
        let account = account.ok_or_else(|| AppError::new(Code::NotFound, "There is no such person."))?;
        if leaves && admins == [id] {
            let message = "This is the last admin who can come in: make somebody else admin first.";
            return Err(AppError { field: Some("person".to_owned()), ..AppError::new(Code::LastOwner, message) });
        }
        Ok(account.staff)
    }
}

fn no_invite() -> AppError {
    AppError::new(Code::Forbidden, "This invitation was used, taken back or has expired. Ask an admin for a new one.")
}
