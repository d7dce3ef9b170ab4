//! One request's visitor, as the pages see them.

use super::{StaffDesk, sessions, staff::Proved};
use app::{
    backend::{Answer, Visit},
    error::{AppError, Code},
    model::{AuditAction, Invite, Staff, Uuid},
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
    staff: OnceCell<Option<Staff>>,
}

impl fmt::Debug for WebVisit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebVisit").field("address", &self.address).finish_non_exhaustive()
    }
}

impl WebVisit {
    pub fn new(desk: Arc<StaffDesk>, session: Session, address: Option<IpAddr>) -> Self {
        Self { desk, session, address, staff: OnceCell::new() }
    }

    /// Whose password was right in this session, a short while ago.
    async fn proved(&self) -> Answer<Option<Staff>> {
        let proved: Option<(Uuid, i64)> = self.session.get(sessions::PROVED).await.map_err(failed)?;
        match proved {
            Some((id, until)) if self.desk.clock.now().as_microsecond() < until => self.desk.by_id(id).await,
            _ => Ok(None),
        }
    }

    /// A signed-in session has a new id, so that one that was planted before is worth nothing.
    async fn begin(&self, staff: &Staff) -> Answer<()> {
        self.session.cycle_id().await.map_err(failed)?;
        self.session.insert(sessions::STAFF, staff.id).await.map_err(failed)
    }
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
        let load = async {
            match self.session.get::<Uuid>(sessions::STAFF).await.map_err(failed)? {
                Some(id) => self.desk.by_id(id).await,
                None => Ok(None),
            }
        };
        self.staff.get_or_try_init(|| load).await.cloned()
    }

    async fn sign_in(&self, email: &str, password: &str) -> Answer<Option<Staff>> {
        let Proved { staff, code_asked } = self.desk.sign_in(email, password, self.address).await?;
        if !code_asked {
            self.begin(&staff).await?;
            return Ok(Some(staff));
        }
        self.session.cycle_id().await.map_err(failed)?;
        let until = self.desk.clock.now().as_microsecond() + sessions::CODE_MINUTES * 60_000_000;
        self.session.insert(sessions::PROVED, (staff.id, until)).await.map_err(failed)?;
        Ok(None)
    }

    async fn code_asked(&self) -> Answer<bool> {
        Ok(self.proved().await?.is_some())
    }

    async fn enter_code(&self, code: &str) -> Answer<Staff> {
        let late = || AppError::new(Code::Unauthenticated, "The password was given too long ago: begin again.");
        let staff = self.proved().await?.ok_or_else(late)?;
        self.desk.enter_code(&staff, code, self.address()).await?;
        self.session.remove_value(sessions::PROVED).await.map_err(failed)?;
        self.begin(&staff).await?;
        Ok(staff)
    }

    async fn sign_out(&self) -> Answer<()> {
        if let Some(staff) = self.staff().await? {
            self.desk.note_session(&staff, AuditAction::SignedOut, self.address()).await?;
        }
        self.session.flush().await.map_err(failed)
    }

    async fn welcome(&self, token: &str) -> Answer<bool> {
        self.desk.welcome_is_open(token).await
    }

    async fn create_first_admin(&self, token: &str, name: &str, email: &str, password: &str) -> Answer<Staff> {
        let staff = self.desk.create_first_admin(token, name, email, password, self.address()).await?;
        self.begin(&staff).await?;
        Ok(staff)
    }

    async fn invitation(&self, token: &str) -> Answer<Option<Invite>> {
        self.desk.invitation(token).await
    }

    async fn join(&self, token: &str, name: &str, password: &str) -> Answer<Staff> {
        let staff = self.desk.join(token, name, password, self.address()).await?;
        self.begin(&staff).await?;
        Ok(staff)
    }
}

fn failed(error: session::Error) -> AppError {
    tracing::error!(%error, "session failed");
    AppError::new(Code::Unavailable, "The session cannot be read just now; try again shortly.")
}
