//! One request's visitor, as the pages see them.

use super::{
    StaffDesk,
    passkeys::Waiting,
    provider::Begun,
    sessions::{self, RECENT_MINUTES},
    staff::Proved,
    two_steps::Visitor,
};
use app::{
    backend::{Answer, Visit},
    error::{AppError, Code},
    link,
    model::{Actor, AuditAction, Invite, Staff, StepsAsked, Uuid, WaysIn},
};
use async_trait::async_trait;
use std::{fmt, net::IpAddr, sync::Arc};
use tokio::sync::OnceCell;
use tower_sessions::{Session, session};

/// A visitor with the session of their browser.
pub struct WebVisit {
    desk: Arc<StaffDesk>,
    session: Session,
    address: Option<IpAddr>,
    /// Who is signed in, looked up once however many parts of a page ask.
    visitor: OnceCell<Option<Visitor>>,
}

impl fmt::Debug for WebVisit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebVisit").field("address", &self.address).finish_non_exhaustive()
    }
}

impl WebVisit {
    pub fn new(desk: Arc<StaffDesk>, session: Session, address: Option<IpAddr>) -> Self {
        Self { desk, session, address, visitor: OnceCell::new() }
    }

    /// Whose password was right in this session, a short while ago.
    async fn proved(&self) -> Answer<Option<Staff>> {
        let proved: Option<(Uuid, i64)> = self.session.get(sessions::PROVED).await.map_err(failed)?;
        match proved {
            Some((id, until)) if self.desk.clock.now().as_microsecond() < until => self.desk.by_id(id).await,
            _ => Ok(None),
        }
    }

    /// The same as a must, unless a passkey is to be enough.
    async fn proved_unless(&self, alone: bool) -> Answer<Option<Staff>> {
        if alone {
            return Ok(None);
        }
        self.proved().await?.ok_or_else(late).map(Some)
    }

    /// A signed-in session has a new id, so that one that was planted before is worth nothing.
    async fn begin(&self, staff: &Staff, by: Way) -> Answer<()> {
        self.session.cycle_id().await.map_err(failed)?;
        let now = self.desk.clock.now().as_microsecond();
        self.session.insert(sessions::SIGNED_IN_AT, now).await.map_err(failed)?;
        self.session.insert(sessions::VOUCHED, by == Way::Provider).await.map_err(failed)?;
        self.session.insert(sessions::STAFF, staff.id).await.map_err(failed)
    }

    async fn visitor(&self) -> Answer<Option<Visitor>> {
        let load = async {
            let Some(id) = self.session.get::<Uuid>(sessions::STAFF).await.map_err(failed)? else { return Ok(None) };
            let vouched = self.session.get(sessions::VOUCHED).await.map_err(failed)?.unwrap_or(false);
            self.desk.visitor(id, vouched).await
        };
        self.visitor.get_or_try_init(|| load).await.cloned()
    }

    /// Whoever is signed in, and has signed in a short while ago: a browser that was left open must not be enough.
    async fn recently(&self) -> Answer<(Staff, Actor)> {
        let stranger = || AppError::new(Code::Unauthenticated, "Sign in to continue.");
        let staff = self.account().await?.ok_or_else(stranger)?;
        if !self.is_recent().await? {
            let message =
                format!("For this, sign in again: your last sign-in is more than {RECENT_MINUTES} minutes ago.");
            return Err(AppError::new(Code::Forbidden, message));
        }
        let by = Actor::staff(&staff.email).at(self.address());
        Ok((staff, by))
    }

    /// What was asked of a passkey. Taken out: it is good for one answer.
    async fn waiting(&self) -> Answer<Option<Waiting>> {
        self.session.remove(sessions::PASSKEY).await.map_err(failed)
    }

    /// The provider's address at which to sign on, and then to come back for `next`.
    pub async fn begin_sign_on(&self, next: &str) -> Answer<String> {
        let provider = self.desk.provider.as_ref().ok_or_else(no_provider)?;
        self.desk.count_try(self.address)?;
        let (url, begun) = provider.begin(link::local(next), self.desk.clock.now()).await?;
        self.session.insert(sessions::SIGN_ON, begun).await.map_err(failed)?;
        Ok(url.into())
    }

    /// The sign-on that this browser began. Taken out: it is good for one answer.
    pub async fn begun_sign_on(&self) -> Answer<Option<Begun>> {
        self.session.remove(sessions::SIGN_ON).await.map_err(failed)
    }

    /// Lets in whom the provider's answer proves.
    pub async fn finish_sign_on(&self, begun: Option<Begun>, answer: &SignOnAnswer) -> Answer<Staff> {
        let provider = self.desk.provider.as_ref().ok_or_else(no_provider)?;
        self.desk.count_try(self.address)?;
        let foreign =
            || AppError::new(Code::Unauthenticated, "This was begun elsewhere, or too long ago: begin again.");
        let begun = begun.filter(|begun| begun.fits(&answer.state, self.desk.clock.now())).ok_or_else(foreign)?;
        if answer.issuer.as_deref().is_some_and(|issuer| !provider.is_issuer(issuer)) {
            return Err(foreign());
        }
        if let Some(error) = &answer.error {
            tracing::info!(error, "the identity provider let nobody in");
            let message = format!("{} did not let you in. Try again, or ask an admin.", provider.name);
            return Err(AppError::new(Code::Unauthenticated, message));
        }
        let proven = provider.finish(begun, &answer.code, &self.desk.clock).await?;
        let staff = self.desk.sign_on(&proven, provider, self.address()).await?;
        // One for the way there, one for the way back.
        self.desk.forgive(self.address);
        self.desk.forgive(self.address);
        self.session.remove_value(sessions::PROVED).await.map_err(failed)?;
        self.begin(&staff, Way::Provider).await?;
        Ok(staff)
    }
}

/// What the provider sends a visitor back with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignOnAnswer {
    pub code: String,
    pub state: String,
    /// Why there is no code.
    pub error: Option<String>,
    /// Who answers, where it says so (RFC 9207).
    pub issuer: Option<String>,
}

/// How a session was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// A password, with the second step where there is one; a passkey; or a one-time link.
    Desk,
    /// The identity provider, which then answers for the person.
    Provider,
}

fn held() -> AppError {
    let message =
        "This desk asks everybody for two steps: set up your second one on your account page, then come back.";
    AppError::new(Code::SecondStepRequired, message)
}

fn late() -> AppError {
    AppError::new(Code::Unauthenticated, "The password was given too long ago: begin again.")
}

fn no_provider() -> AppError {
    AppError::new(Code::NotFound, "No identity provider is set up here: sign in by e-mail and password.")
}

#[async_trait]
impl Visit for WebVisit {
    fn form_key(&self) -> String {
        self.desk.ids.next(self.desk.clock.now()).to_string()
    }

    fn address(&self) -> Option<String> {
        self.address.map(|address| address.to_canonical().to_string())
    }

    async fn staff(&self) -> Answer<Option<Staff>> {
        match self.visitor().await? {
            Some(Visitor { held: true, .. }) => Err(held()),
            visitor => Ok(visitor.map(|visitor| visitor.staff)),
        }
    }

    async fn account(&self) -> Answer<Option<Staff>> {
        Ok(self.visitor().await?.map(|visitor| visitor.staff))
    }

    fn ways_in(&self) -> WaysIn {
        let provider = self.desk.provider.as_ref().map(|provider| provider.name.clone());
        WaysIn { password: self.desk.passwords, provider, passkey: self.desk.passwords && self.desk.passkeys.is_some() }
    }

    async fn sign_in(&self, email: &str, password: &str) -> Answer<Option<Staff>> {
        let Proved { staff, step_asked } = self.desk.sign_in(email, password, self.address).await?;
        if !step_asked {
            self.begin(&staff, Way::Desk).await?;
            return Ok(Some(staff));
        }
        self.session.cycle_id().await.map_err(failed)?;
        let until = self.desk.clock.now().as_microsecond() + sessions::CODE_MINUTES * 60_000_000;
        self.session.insert(sessions::PROVED, (staff.id, until)).await.map_err(failed)?;
        Ok(None)
    }

    async fn steps_asked(&self) -> Answer<Option<StepsAsked>> {
        match self.proved().await? {
            Some(staff) => self.desk.steps_asked(staff.id).await,
            None => Ok(None),
        }
    }

    async fn enter_code(&self, code: &str) -> Answer<Staff> {
        let staff = self.proved().await?.ok_or_else(late)?;
        self.desk.enter_code(&staff, code, self.address()).await?;
        self.session.remove_value(sessions::PROVED).await.map_err(failed)?;
        self.begin(&staff, Way::Desk).await?;
        Ok(staff)
    }

    async fn ask_passkey(&self, alone: bool) -> Answer<String> {
        let proved = self.proved_unless(alone).await?;
        let (options, waiting) = self.desk.ask_passkey(proved.as_ref(), self.address).await?;
        self.session.insert(sessions::PASSKEY, waiting).await.map_err(failed)?;
        Ok(options)
    }

    async fn enter_passkey(&self, credential: &str) -> Answer<Staff> {
        let waiting = self.waiting().await?;
        let proved = self.proved_unless(waiting.as_ref().is_some_and(Waiting::is_alone)).await?;
        let staff = self.desk.enter_passkey(proved.as_ref(), credential, waiting, self.address).await?;
        self.session.remove_value(sessions::PROVED).await.map_err(failed)?;
        self.begin(&staff, Way::Desk).await?;
        Ok(staff)
    }

    async fn is_recent(&self) -> Answer<bool> {
        let since: Option<i64> = self.session.get(sessions::SIGNED_IN_AT).await.map_err(failed)?;
        let now = self.desk.clock.now().as_microsecond();
        Ok(since.is_some_and(|since| now - since < RECENT_MINUTES * 60_000_000))
    }

    async fn begin_passkey(&self) -> Answer<String> {
        let (staff, _) = self.recently().await?;
        let (options, waiting) = self.desk.begin_passkey(&staff).await?;
        self.session.insert(sessions::PASSKEY, waiting).await.map_err(failed)?;
        Ok(options)
    }

    async fn add_passkey(&self, name: &str, credential: &str) -> Answer<Vec<String>> {
        let (staff, by) = self.recently().await?;
        let waiting = self.waiting().await?;
        self.desk.add_passkey(&by, &staff, name, credential, waiting).await
    }

    async fn remove_passkey(&self, id: Uuid) -> Answer<()> {
        let (staff, by) = self.recently().await?;
        self.desk.remove_passkey(&by, &staff, id).await
    }

    async fn sign_out(&self) -> Answer<()> {
        if let Some(staff) = self.account().await? {
            self.desk.note_session(&staff, AuditAction::SignedOut, None, self.address()).await?;
        }
        self.session.flush().await.map_err(failed)
    }

    async fn welcome(&self, token: &str) -> Answer<bool> {
        self.desk.welcome_is_open(token).await
    }

    async fn create_first_admin(&self, token: &str, name: &str, email: &str, password: &str) -> Answer<Staff> {
        let staff = self.desk.create_first_admin(token, name, email, password, self.address()).await?;
        self.begin(&staff, Way::Desk).await?;
        Ok(staff)
    }

    async fn invitation(&self, token: &str) -> Answer<Option<Invite>> {
        self.desk.invitation(token).await
    }

    async fn join(&self, token: &str, name: &str, password: &str) -> Answer<Staff> {
        let staff = self.desk.join(token, name, password, self.address()).await?;
        self.begin(&staff, Way::Desk).await?;
        Ok(staff)
    }
}

fn failed(error: session::Error) -> AppError {
    tracing::error!(%error, "session failed");
    AppError::new(Code::Unavailable, "The session cannot be read just now; try again shortly.")
}
