//! Passkeys (`WebAuthn`): a second step after the password, or a way in by itself, as each shows that its owner is there and
//! has unlocked it.
//!
//! What is asked of the browser is kept in the session, good once and for ten minutes. A passkey belongs to one host name,
//! that of the public address. Its counter of signatures must grow, where it counts: one that does not is a copy.

use super::{StaffDesk, second_step, staff::too_many};
use crate::store::{
    access::{passkeys, second_step as steps, staff},
    audit::{self, Change},
};
use app::{
    error::{AppError, Code},
    model::{Actor, AuditAction, AuditSubject, Staff, Uuid},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{fmt, net::IpAddr};
use url::{Host, Url};
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Webauthn, WebauthnBuilder,
};

/// How long an answer of the browser is waited for.
const MINUTES: i64 = 10;
/// The most that one person may have.
const MAX_PASSKEYS: i64 = 20;
const MAX_NAME: usize = 60;

/// What passkeys are made for: one host name.
pub struct Passkeys {
    webauthn: Webauthn,
    pub host: String,
}

impl fmt::Debug for Passkeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passkeys").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Passkeys {
    /// For browsers that reach us at `base`. This machine goes by its name `localhost`; any other number is no host name,
    /// so that there are no passkeys.
    pub fn at(base: &str) -> Option<Self> {
        let mut url = Url::parse(base).ok()?;
        let here = match url.host()? {
            Host::Domain(_) => false,
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        if here {
            url.set_host(Some("localhost")).ok()?;
        }
        let host = url.domain()?.to_owned();
        let webauthn = WebauthnBuilder::new(&host, &url).and_then(|builder| builder.rp_name("Creditdesk").build());
        Some(Self { webauthn: webauthn.ok()?, host })
    }
}

/// What was asked of the browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Asked {
    /// A new passkey.
    Make(PasskeyRegistration),
    /// One of the passkeys of whom the password proved.
    SecondStep(PasskeyAuthentication),
    /// Any passkey of anybody.
    Alone(DiscoverableAuthentication),
}

/// The same as the session keeps it: until when, in microseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiting {
    pub asked: Asked,
    pub until: i64,
}

impl Waiting {
    /// True when the passkey is no second step.
    pub const fn is_alone(&self) -> bool {
        matches!(self.asked, Asked::Alone(_))
    }
}

impl StaffDesk {
    /// Makes passkeys possible for browsers that reach us at `base`.
    #[must_use]
    pub fn with_passkeys(mut self, base: &str) -> Self {
        self.passkeys = Passkeys::at(base);
        self
    }

    fn webauthn(&self) -> Result<&Webauthn, AppError> {
        let passkeys = self.passkeys.as_ref().map(|passkeys| &passkeys.webauthn);
        passkeys.ok_or_else(|| {
            let message =
                "This desk has no passkeys: they need a host name (CREDITDESK_PUBLIC_URL), and passwords switched on.";
            AppError::new(Code::NotFound, message)
        })
    }

    fn waiting(&self, asked: Asked) -> Waiting {
        Waiting { asked, until: self.clock.now().as_microsecond() + MINUTES * 60_000_000 }
    }

    /// What the browser needs to make a passkey, as JSON.
    pub async fn begin_passkey(&self, staff: &Staff) -> Result<(String, Waiting), AppError> {
        let webauthn = self.webauthn()?;
        let mut tx = self.db.snapshot().await?;
        let known = read_all(&passkeys::of(&mut tx, staff.id).await?)?;
        check_room(known.len())?;
        let known = known.iter().map(|passkey| passkey.cred_id().clone()).collect();
        let (options, asked) = webauthn
            .start_passkey_registration(staff.id, &staff.email, &staff.name, Some(known))
            .map_err(|error| failed(&error))?;
        let mut options = serde_json::to_value(options).map_err(|error| failed(&error))?;
        // One that can be found without an e-mail is a way in by itself.
        options["publicKey"]["authenticatorSelection"]["residentKey"] = json!("preferred");
        Ok((options.to_string(), self.waiting(Asked::Make(asked))))
    }

    /// Keeps a passkey that the browser made. Gives recovery codes, for the only time, to whom has none.
    pub async fn add_passkey(
        &self,
        by: &Actor,
        staff: &Staff,
        name: &str,
        credential: &str,
        waiting: Option<Waiting>,
    ) -> Result<Vec<String>, AppError> {
        let now = self.clock.now();
        let name = read_name(name)?;
        let made: RegisterPublicKeyCredential = read_credential(credential)?;
        let Some(Asked::Make(asked)) = self.in_time(waiting) else { return Err(late(Code::InvalidRequest)) };
        let passkey = self.webauthn()?.finish_passkey_registration(&made, &asked).map_err(|error| {
            tracing::info!(%error, "a new passkey was not taken");
            AppError::new(Code::InvalidRequest, "What the browser sent is no passkey for this desk: try again.")
        })?;
        let (text, counter) = write(&passkey)?;
        let mut tx = self.db.begin().await?;
        check_room(usize::try_from(passkeys::count(&mut tx, staff.id).await?).unwrap_or(usize::MAX))?;
        let new = passkeys::New {
            id: self.ids.next(now),
            staff_id: staff.id,
            name,
            credential_id: passkey.cred_id().as_ref(),
            credential: &text,
            counter,
        };
        passkeys::insert(&mut tx, new, now).await.map_err(|error| {
            if error.is_duplicate() {
                AppError::new(Code::EditConflict, "This passkey is known here already.")
            } else {
                error.into()
            }
        })?;
        let codes = match steps::codes_left(&mut tx, staff.id).await? {
            0 => second_step::new_codes(&mut tx, staff.id).await?,
            _ => Vec::new(),
        };
        let change = Change::new(by, AuditAction::PasskeyAdded, AuditSubject::Staff, &staff.email);
        audit::record(&mut tx, change.to(json!({ "passkey": name })), now).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Forgets one of somebody's passkeys, and with the last second step the recovery codes.
    pub async fn remove_passkey(&self, by: &Actor, staff: &Staff, id: Uuid) -> Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        let missing = || AppError::new(Code::NotFound, "There is no such passkey: it may have been removed already.");
        let name = passkeys::remove(&mut tx, staff.id, id).await?.ok_or_else(missing)?;
        let authenticator = steps::find(&mut tx, staff.id).await?.is_some_and(|stored| stored.confirmed_at.is_some());
        if !authenticator && passkeys::count(&mut tx, staff.id).await? == 0 {
            steps::put_codes(&mut tx, staff.id, &[]).await?;
        }
        let change = Change::new(by, AuditAction::PasskeyRemoved, AuditSubject::Staff, &staff.email);
        audit::record(&mut tx, change.from(json!({ "passkey": name })), self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// What the browser needs to show a passkey, as JSON: one of `proved`, whose password was right, or anybody's.
    pub async fn ask_passkey(
        &self,
        proved: Option<&Staff>,
        address: Option<IpAddr>,
    ) -> Result<(String, Waiting), AppError> {
        let webauthn = self.webauthn()?;
        let (options, asked) = if let Some(staff) = proved {
            let known = read_all(&passkeys::of(&mut self.db.snapshot().await?, staff.id).await?)?;
            if known.is_empty() {
                return Err(AppError::new(Code::NotFound, "You have no passkey here: give a code."));
            }
            let (options, asked) = webauthn.start_passkey_authentication(&known).map_err(|error| failed(&error))?;
            (options, Asked::SecondStep(asked))
        } else {
            self.allow_alone()?;
            self.count_try(address)?;
            let (options, asked) = webauthn.start_discoverable_authentication().map_err(|error| failed(&error))?;
            (options, Asked::Alone(asked))
        };
        let options = serde_json::to_string(&options).map_err(|error| failed(&error))?;
        Ok((options, self.waiting(asked)))
    }

    /// The person whose passkey the browser has shown. It is the second step of `proved`, or proves them by itself.
    pub async fn enter_passkey(
        &self,
        proved: Option<&Staff>,
        credential: &str,
        waiting: Option<Waiting>,
        address: Option<IpAddr>,
    ) -> Result<Staff, AppError> {
        let shown: PublicKeyCredential = read_credential(credential)?;
        let asked = self.in_time(waiting).ok_or_else(|| late(Code::Unauthenticated))?;
        if let Some(staff) = proved {
            self.by_code.take(&staff.id.to_string(), self.clock.now()).map_err(too_many)?;
        } else {
            self.allow_alone()?;
            self.count_try(address)?;
        }
        let from = address.map(|address| address.to_canonical().to_string());
        let Some(staff) = self.prove_passkey(proved, &shown, asked).await? else {
            let claimed = proved.map_or("passkey", |staff| staff.email.as_str());
            self.note_failure(claimed, Some("passkey"), from, self.clock.now()).await?;
            let message = "This passkey is not right here, or was not unlocked: try again, or another.";
            return Err(AppError::new(Code::Unauthenticated, message));
        };
        if proved.is_some() {
            self.by_code.give_back(&staff.id.to_string());
        } else {
            // One for the asking, one for the answer.
            self.forgive(address);
            self.forgive(address);
        }
        self.note_session(&staff, AuditAction::SignedIn, Some("passkey"), from).await?;
        Ok(staff)
    }

    async fn prove_passkey(
        &self,
        proved: Option<&Staff>,
        shown: &PublicKeyCredential,
        asked: Asked,
    ) -> Result<Option<Staff>, AppError> {
        let webauthn = self.webauthn()?;
        let mut tx = self.db.begin().await?;
        let Some(stored) = passkeys::by_credential_id(&mut tx, shown.get_credential_id()).await? else {
            return Ok(None);
        };
        let account = staff::by_id(&mut tx, stored.staff_id).await?.filter(|account| !account.disabled);
        let Some(account) = account.filter(|account| proved.is_none_or(|staff| staff.id == account.staff.id)) else {
            return Ok(None);
        };
        // Where it says whose it is, it must be so.
        if shown.get_user_unique_id().is_some_and(|id| id != stored.staff_id.as_bytes()) {
            return Ok(None);
        }
        let mut passkey = read(&stored)?;
        let result = match asked {
            Asked::SecondStep(asked) if proved.is_some() => webauthn.finish_passkey_authentication(shown, &asked),
            Asked::Alone(asked) if proved.is_none() => {
                webauthn.finish_discoverable_authentication_v2(shown, asked, DiscoverableKey::from(&passkey))
            }
            _ => return Ok(None),
        };
        let result: AuthenticationResult = match result {
            Ok(result) => result,
            Err(error) => {
                tracing::info!(%error, "a passkey was not taken");
                return Ok(None);
            }
        };
        passkey.update_credential(&result);
        let (text, counter) = write(&passkey)?;
        if !passkeys::note_use(&mut tx, stored.id, &text, counter, self.clock.now()).await? {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(account.staff))
    }

    /// With passwords, passkeys are switched off as a way in by themselves: only the provider lets people in then.
    fn allow_alone(&self) -> Result<(), AppError> {
        if self.passwords {
            return Ok(());
        }
        Err(AppError::new(Code::Forbidden, "Passkeys are switched off here: sign in by the other way."))
    }

    fn in_time(&self, waiting: Option<Waiting>) -> Option<Asked> {
        waiting.filter(|waiting| self.clock.now().as_microsecond() < waiting.until).map(|waiting| waiting.asked)
    }
}

fn check_room(count: usize) -> Result<(), AppError> {
    if i64::try_from(count).unwrap_or(i64::MAX) < MAX_PASSKEYS {
        return Ok(());
    }
    Err(AppError::new(
        Code::InvalidRequest,
        format!("You have {MAX_PASSKEYS} passkeys, and there may be no more: remove one."),
    ))
}

fn read_name(text: &str) -> Result<&str, AppError> {
    let name = text.trim();
    if name.is_empty() {
        return Err(AppError::invalid("name", "is missing"));
    }
    if name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(AppError::invalid("name", format!("must be one line of at most {MAX_NAME} characters")));
    }
    Ok(name)
}

/// What a browser's script put into the form.
fn read_credential<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T, AppError> {
    if text.is_empty() {
        return Err(AppError::new(
            Code::InvalidRequest,
            "Passkeys need scripts, which your browser does not run here.",
        ));
    }
    serde_json::from_str(text).map_err(|error| {
        tracing::info!(%error, "a passkey cannot be read");
        AppError::new(Code::InvalidRequest, "What the browser sent cannot be read as a passkey.")
    })
}

fn read(stored: &passkeys::Stored) -> Result<Passkey, AppError> {
    serde_json::from_str(&stored.credential).map_err(|error| failed(&error))
}

fn read_all(stored: &[passkeys::Stored]) -> Result<Vec<Passkey>, AppError> {
    stored.iter().map(read).collect()
}

/// As it is stored, with its counter.
fn write(passkey: &Passkey) -> Result<(String, i64), AppError> {
    let value = serde_json::to_value(passkey).map_err(|error| failed(&error))?;
    let counter = value["cred"]["counter"].as_i64().ok_or_else(|| failed(&"no counter"))?;
    Ok((Value::to_string(&value), counter))
}

fn late(code: Code) -> AppError {
    AppError::new(code, "This was asked for too long ago, or was answered already: begin again.")
}

fn failed(error: &dyn fmt::Display) -> AppError {
    tracing::error!(%error, "passkeys do not work");
    AppError::new(Code::Internal, "Passkeys do not work just now; see the server's log.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_belong_to_a_host_name() {
        let host = |base| Passkeys::at(base).map(|passkeys| passkeys.host);
        assert_eq!(host("https://credits.example.com").as_deref(), Some("credits.example.com"));
        assert_eq!(host("http://127.0.0.1:3000").as_deref(), Some("localhost"));
        assert_eq!(host("http://[::1]:3000").as_deref(), Some("localhost"));
        for base in ["http://192.0.2.1:3000", "https://[2001:db8::1]", "nonsense", ""] {
            assert_eq!(host(base), None, "{base}");
        }
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(read_name(" My phone "), Ok("My phone"));
        for name in ["", "  ", "a\nb", &"x".repeat(61)] {
            assert_eq!(read_name(name).unwrap_err().field.as_deref(), Some("name"), "{name:?}");
        }
    }
}
