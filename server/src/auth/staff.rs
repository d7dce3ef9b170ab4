//! The people of the dashboard: their accounts and their sign-in.

use super::{limiter::Limiter, passkeys::Passkeys, password, provider::Provider};
use crate::{
    clock::{Clock, Ids},
    store::{
        Db,
        access::staff,
        audit::{self, Change},
    },
};
use app::{
    error::{AppError, Code, both},
    model::{Actor, AuditAction, AuditSubject, Role, Staff, Timestamp, Uuid},
};
use serde_json::{Value, json};
use std::{
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

/// Wrong passwords for one e-mail: ten at once, then one a minute.
const PER_EMAIL: (u32, u32) = (10, 60);
/// Wrong codes of one person, whose password was right: five at once, then one every five minutes.
const PER_CODE: (u32, u32) = (5, 300);
/// Wrong passwords from one address, where many people may sit: thirty at once, then one every ten seconds.
const PER_ADDRESS: (u32, u32) = (30, 10);

const MAX_EMAIL: usize = 254;
const MAX_NAME: usize = 200;

/// Accounts of people, and the way in.
#[derive(Debug)]
pub struct StaffDesk {
    pub(super) db: Db,
    pub(super) clock: Arc<Clock>,
    pub(super) ids: Arc<Ids>,
    by_email: Limiter,
    pub(super) by_address: Limiter,
    pub(super) by_code: Limiter,
    pub(super) provider: Option<Provider>,
    pub(super) passkeys: Option<Passkeys>,
    /// False when nobody comes in by a password.
    pub(super) passwords: bool,
}

/// Whom e-mail and password prove.
#[derive(Clone, Debug)]
pub struct Proved {
    pub staff: Staff,
    /// True when they are not in yet: a second step is asked for.
    pub step_asked: bool,
}

impl StaffDesk {
    pub fn new(db: Db, clock: Arc<Clock>, ids: Arc<Ids>) -> Self {
        let by_email = Limiter::new(PER_EMAIL.0, PER_EMAIL.1);
        let by_address = Limiter::new(PER_ADDRESS.0, PER_ADDRESS.1);
        let by_code = Limiter::new(PER_CODE.0, PER_CODE.1);
        Self { db, clock, ids, by_email, by_address, by_code, provider: None, passkeys: None, passwords: true }
    }

    /// Lets people in by an identity provider as well, or, without `passwords`, only so.
    #[must_use]
    pub fn signing_on(mut self, provider: Option<Provider>, passwords: bool) -> Self {
        self.provider = provider;
        self.passwords = passwords;
        self
    }

    /// Makes an account; `password` must keep the rule, and the e-mail must be new.
    pub async fn create(
        &self,
        by: &Actor,
        name: &str,
        email: &str,
        role: Role,
        password: &str,
    ) -> Result<Staff, AppError> {
        let staff = self.candidate(name, email, role)?;
        let hash = password::hash(password).await?;
        let mut tx = self.db.begin().await?;
        if staff::by_email(&mut tx, &staff.email).await?.is_some() {
            return Err(AppError::invalid("email", format!("{} has an account already", staff.email)));
        }
        let now = self.clock.now();
        staff::insert(&mut tx, &staff, &hash, now).await?;
        let change = Change::new(by, AuditAction::StaffCreated, AuditSubject::Staff, &staff.email);
        audit::record(&mut tx, change.to(state(&staff)), now).await?;
        tx.commit().await?;
        Ok(staff)
    }

    /// Someone who could have an account: checked, with a new id.
    pub(super) fn candidate(&self, name: &str, email: &str, role: Role) -> Result<Staff, AppError> {
        let (name, email) = both(read_name(name), read_email(email))?;
        Ok(Staff { id: self.ids.next(self.clock.now()), name, email, role })
    }

    /// The person with that id, unless the account is disabled.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Staff>, AppError> {
        let account = staff::by_id(&mut self.db.snapshot().await?, id).await?;
        Ok(account.filter(|account| !account.disabled).map(|account| account.staff))
    }

    /// The person whom e-mail and password prove. Whoever is unknown, disabled or wrong hears the same, after the same
    /// time; whoever tries too often hears when to come back.
    pub async fn sign_in(&self, email: &str, password: &str, address: Option<IpAddr>) -> Result<Proved, AppError> {
        if !self.passwords {
            return Err(AppError::new(Code::Forbidden, "Passwords are switched off here: sign in by the other way."));
        }
        let now = self.clock.now();
        let email = email.trim().to_lowercase();
        let from = address.map(network);
        let address = address.map(|address| address.to_canonical().to_string());
        // The address first: it bounds how many e-mails one caller can make the table hold.
        if let Some(from) = &from {
            self.by_address.take(from, now).map_err(too_many)?;
        }
        self.by_email.take(&email, now).map_err(too_many)?;
        let account = match email.len() {
            0..=MAX_EMAIL => staff::by_email(&mut self.db.snapshot().await?, &email).await?,
            _ => None,
        };
        let account = account.filter(|account| !account.disabled);
        let stored = account.as_ref().map(|account| account.password_hash.as_str());
        let proved = password::verify(password, stored).await?;
        let Some(account) = account.filter(|_| proved) else {
            self.note_failure(&email, None, address, now).await?;
            return Err(AppError::new(Code::Unauthenticated, "E-mail or password is not right."));
        };
        self.by_email.give_back(&email);
        if let Some(from) = &from {
            self.by_address.give_back(from);
        }
        let step_asked = self.steps_asked(account.staff.id).await?.is_some();
        if !step_asked {
            self.note_session(&account.staff, AuditAction::SignedIn, None, address).await?;
        }
        Ok(Proved { staff: account.staff, step_asked })
    }

    /// The second step: takes a code of whom the password proved.
    pub async fn enter_code(&self, staff: &Staff, code: &str, address: Option<String>) -> Result<(), AppError> {
        if let Err(error) = self.prove_code(staff, code, Code::Unauthenticated).await {
            if error.code == Code::Unauthenticated {
                self.note_failure(&staff.email, None, address, self.clock.now()).await?;
            }
            return Err(error);
        }
        self.note_session(staff, AuditAction::SignedIn, None, address).await
    }

    /// Tells the audit log that somebody came or went; `way` is how, where it was by no password.
    pub(super) async fn note_session(
        &self,
        staff: &Staff,
        action: AuditAction,
        way: Option<&str>,
        address: Option<String>,
    ) -> Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        let by = Actor::staff(&staff.email).at(address);
        let change = Change::new(&by, action, AuditSubject::Staff, &staff.email);
        audit::record(&mut tx, change.to(way.map(|way| json!({ "way": way }))), self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Who it was is not known, only whom they said to be. How many such rows there can be is bounded by the limiters.
    /// `way` is what was tried, where it was no password.
    pub(super) async fn note_failure(
        &self,
        email: &str,
        way: Option<&str>,
        address: Option<String>,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let claimed: String = email.chars().filter(|c| !c.is_control()).take(MAX_EMAIL).collect();
        let by = Actor { name: "visitor".to_owned(), address };
        let mut tx = self.db.begin().await?;
        let change = Change::new(&by, AuditAction::SignInFailed, AuditSubject::Staff, claimed);
        audit::record(&mut tx, change.to(way.map(|way| json!({ "way": way }))), now).await?;
        Ok(tx.commit().await?)
    }
}

/// A person as the audit log keeps them, without the e-mail, which is the row's subject.
pub(super) fn state(staff: &Staff) -> Value {
    json!({ "name": staff.name, "role": staff.role })
}

pub(super) fn too_many(seconds: u64) -> AppError {
    let message = format!("Too many tries: wait {seconds} s before the next one.");
    AppError::new(Code::RateLimited, message).with("retry_after", seconds)
}

fn read_name(text: &str) -> Result<String, AppError> {
    let name = text.trim();
    if name.is_empty() {
        return Err(AppError::invalid("name", "is missing"));
    }
    if name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(AppError::invalid("name", format!("must be one line of at most {MAX_NAME} characters")));
    }
    Ok(name.to_owned())
}

/// The lower-case form under which an e-mail address is kept.
pub(super) fn read_email(text: &str) -> Result<String, AppError> {
    let email = text.trim().to_lowercase();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    match email.split_once('@') {
        None if email.is_empty() => Err(AppError::invalid("email", "is missing")),
        Some((name, host))
            if !name.is_empty() && !host.is_empty() && email.len() <= MAX_EMAIL && !email.contains(odd) =>
        {
            Ok(email)
        }
        _ => Err(AppError::invalid("email", "must be an e-mail address such as ana@example.com")),
    }
}

/// What counts as one caller: an IPv4 address, or the /64 that one IPv6 line commonly has.
pub(super) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_kept_in_lower_case() {
        assert_eq!(read_email(" Ana@Example.COM "), Ok("ana@example.com".to_owned()));
        for text in ["", "ana", "@example.com", "ana@", "a b@example.com"] {
            assert_eq!(read_email(text).unwrap_err().field.as_deref(), Some("email"), "{text:?}");
        }
    }

    #[test]
    fn one_line_is_one_caller() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("203.0.113.7"), "203.0.113.7");
        assert_eq!(of("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }
}
