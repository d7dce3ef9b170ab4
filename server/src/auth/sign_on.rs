//! Who comes in by an identity provider.
//!
//! A person is known again by the provider's own name of them, which the first sign-on links. Until then it is the e-mail,
//! and only one that the provider has verified. Somebody unknown takes up the invitation of that e-mail, or has one of the
//! domains that are let in; anybody else is refused. Our own second step is not asked for: proving people is the provider's
//! task then, and it has its own.

use super::{
    StaffDesk, password,
    provider::{Proven, Provider},
    secret,
    staff::{self as people, state},
};
use crate::store::{
    StoreError, Tx,
    access::{
        identities, invites,
        staff::{self, Account},
    },
    audit::{self, Change},
};
use app::{
    error::{AppError, Code},
    model::{Actor, AuditAction, AuditSubject, Invite, Role, Staff, Timestamp},
};
use serde_json::json;
use std::net::IpAddr;

/// How somebody comes in.
enum Entry {
    /// Linked before.
    Known(Staff),
    /// By the e-mail, to be linked.
    Met(Staff),
    /// New here.
    New { email: String, role: Role, invite: Option<Invite> },
}

impl StaffDesk {
    /// Counts a try of that address, which [`Self::forgive`] gives back.
    pub(super) fn count_try(&self, address: Option<IpAddr>) -> Result<(), AppError> {
        let Some(from) = address.map(people::network) else { return Ok(()) };
        self.by_address.take(&from, self.clock.now()).map(drop).map_err(people::too_many)
    }

    pub(super) fn forgive(&self, address: Option<IpAddr>) {
        if let Some(from) = address.map(people::network) {
            self.by_address.give_back(&from);
        }
    }

    /// The person whom `provider` has proved.
    pub async fn sign_on(
        &self,
        proven: &Proven,
        provider: &Provider,
        address: Option<String>,
    ) -> Result<Staff, AppError> {
        let now = self.clock.now();
        // Looked up before the costly hash, and decided after it.
        let expected = entry(&mut self.db.snapshot().await?, proven, provider, now).await;
        if expected.as_ref().is_err_and(|error| error.code == Code::Forbidden) {
            let claimed = proven.email.as_deref().unwrap_or(&proven.subject);
            self.note_failure(claimed, Some("oidc"), address.clone(), now).await?;
        }
        let hash = match expected? {
            // A password that nobody knows, so that only the provider lets them in.
            Entry::New { .. } => Some(password::hash(&secret::random()).await?),
            Entry::Known(_) | Entry::Met(_) => None,
        };
        let mut tx = self.db.begin().await?;
        let entry = entry(&mut tx, proven, provider, now).await?;
        let staff = match (&entry, hash) {
            (Entry::Known(staff) | Entry::Met(staff), _) => staff.clone(),
            (Entry::New { email, role, .. }, Some(hash)) => {
                let staff = self.candidate(&name_of(proven, email), email, *role)?;
                staff::insert(&mut tx, &staff, &hash, now).await.map_err(at_once)?;
                staff
            }
            (Entry::New { .. }, None) => return Err(at_once_error()),
        };
        let by = Actor::staff(&staff.email).at(address);
        let told = |action| Change::new(&by, action, AuditSubject::Staff, &staff.email);
        let mut changes = Vec::new();
        if let Entry::New { invite, .. } = &entry {
            let reason = match invite {
                Some(invite) => {
                    if !invites::close(&mut tx, invite.id, now).await? {
                        return Err(at_once_error());
                    }
                    format!("invited by {}", invite.invited_by)
                }
                None => format!("let in by the domain, at {}", provider.name),
            };
            changes.push(told(AuditAction::StaffJoined).because(Some(&reason)).to(state(&staff)));
        }
        if !matches!(entry, Entry::Known(_)) {
            identities::insert(&mut tx, &proven.issuer, &proven.subject, staff.id, now).await.map_err(at_once)?;
            let identity = json!({ "issuer": proven.issuer, "subject": proven.subject });
            changes.push(told(AuditAction::SignOnLinked).to(identity));
        }
        changes.push(told(AuditAction::SignedIn).to(json!({ "way": "oidc" })));
        audit::record_all(&mut tx, changes, now).await?;
        tx.commit().await?;
        Ok(staff)
    }

    /// Forgets whom providers know somebody as, so that the next sign-on links anew by the e-mail.
    pub async fn unlink_of(&self, by: &Actor, email: &str) -> Result<(), AppError> {
        let email = people::read_email(email)?;
        let mut tx = self.db.begin().await?;
        let account = staff::by_email(&mut tx, &email).await?;
        let missing = || AppError::new(Code::NotFound, format!("Nobody has an account with the e-mail {email}."));
        if identities::remove(&mut tx, account.ok_or_else(missing)?.staff.id).await? == 0 {
            return Ok(());
        }
        let change = Change::new(by, AuditAction::SignOnUnlinked, AuditSubject::Staff, email);
        audit::record(&mut tx, change, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}

async fn entry(tx: &mut Tx, proven: &Proven, provider: &Provider, now: Timestamp) -> Result<Entry, AppError> {
    let name = &provider.name;
    let refused = |message: String| AppError::new(Code::Forbidden, message);
    if let Some(id) = identities::find(tx, &proven.issuer, &proven.subject).await? {
        let account = staff::by_id(tx, id).await?.ok_or_else(|| StoreError::corrupt("staff_identities", id))?;
        return Ok(Entry::Known(enabled(account)?));
    }
    let Some(email) = proven.email.as_deref() else {
        return Err(refused(format!("{name} does not tell your e-mail address, by which you would be known here.")));
    };
    let Ok(email) = people::read_email(email) else {
        return Err(refused(format!("What {name} tells as your e-mail address is none.")));
    };
    if !proven.verified {
        let message = format!("{name} has not verified that {email} is your address: verify it there, then try again.");
        return Err(refused(message));
    }
    if let Some(account) = staff::by_email(tx, &email).await? {
        if identities::has(tx, account.staff.id, &proven.issuer).await? {
            let message = format!("The account of {email} belongs to another identity at {name}: ask an admin.");
            return Err(refused(message));
        }
        return Ok(Entry::Met(enabled(account)?));
    }
    if let Some(invite) = invites::by_email(tx, &email, now).await? {
        return Ok(Entry::New { role: invite.role, email, invite: Some(invite) });
    }
    match provider.admits.as_ref().and_then(|admits| admits.role_of(&email)) {
        // The first one must be an admin, who comes by the link on the terminal.
        Some(role) if staff::exists_any(tx).await? => Ok(Entry::New { email, role, invite: None }),
        _ => Err(refused(format!("{email} has no account here: ask an admin to invite you."))),
    }
}

fn enabled(account: Account) -> Result<Staff, AppError> {
    if account.disabled {
        return Err(AppError::new(Code::Forbidden, "Your account is disabled here: ask an admin."));
    }
    Ok(account.staff)
}

/// A name that can be kept: the provider's, made one short line, or else what stands before the `@`.
fn name_of(proven: &Proven, email: &str) -> String {
    let line: String = proven.name.iter().flat_map(|name| name.chars()).filter(|c| !c.is_control()).take(200).collect();
    let short = line.trim();
    if short.is_empty() {
        email.split('@').next().unwrap_or(email).chars().take(200).collect()
    } else {
        short.to_owned()
    }
}

fn at_once(error: StoreError) -> AppError {
    if error.is_duplicate() { at_once_error() } else { error.into() }
}

fn at_once_error() -> AppError {
    AppError::new(Code::EditConflict, "Your account was made or changed at this very moment: sign in again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_account_has_a_name_that_can_be_kept() {
        let named = |name: Option<&str>| {
            let proven = Proven {
                issuer: String::new(),
                subject: String::new(),
                email: None,
                verified: true,
                name: name.map(str::to_owned),
            };
            name_of(&proven, "ana@example.com")
        };
        assert_eq!(named(Some(" Ana\nB. ")), "AnaB.");
        for nothing in [None, Some(""), Some(" \n ")] {
            assert_eq!(named(nothing), "ana");
        }
        assert_eq!(named(Some(&"x".repeat(5_000))).len(), 200);
    }
}
