//! Sessions of the dashboard, kept in our own database for `tower-sessions`.

use crate::{
    clock::{Clock, from_micros},
    store::{
        Db, StoreError,
        access::sessions::{self, StoredSession},
    },
};
use app::model::Uuid;
use async_trait::async_trait;
use std::sync::Arc;
use tower_sessions::{
    SessionStore,
    cookie::time::{Duration, OffsetDateTime},
    session::{Id, Record},
    session_store,
};

/// A session ends so long after signing in.
const HOURS: i64 = 12;
/// The same for the browser's cookie.
pub const LIFETIME: Duration = Duration::hours(HOURS);
/// The cookie.
pub const COOKIE: &str = "creditdesk";
/// Where a session keeps the id of whoever is signed in.
pub const STAFF: &str = "staff";
/// Where it keeps whose password was right, and until when a code is waited for, in microseconds.
pub const PROVED: &str = "proved";
/// Where it keeps a sign-on by the identity provider that is under way.
pub const SIGN_ON: &str = "sign_on";
/// Where it keeps whether the identity provider vouches for whoever is signed in.
pub const VOUCHED: &str = "vouched";
/// When whoever is signed in has signed in, in microseconds.
pub const SIGNED_IN_AT: &str = "signed_in_at";
/// Where it keeps what was asked of a passkey.
pub const PASSKEY: &str = "passkey";
/// How long after signing in one may change how one signs in.
pub const RECENT_MINUTES: i64 = 15;
/// How long a code is waited for.
pub const CODE_MINUTES: i64 = 10;

/// The table `sessions`, as `tower-sessions` wants it.
#[derive(Clone, Debug)]
pub struct Sessions {
    db: Db,
    clock: Arc<Clock>,
}

impl Sessions {
    pub fn new(db: Db, clock: Arc<Clock>) -> Self {
        Self { db, clock }
    }

    /// Clears away what has expired and tells how many there were.
    pub async fn delete_expired(&self) -> Result<u64, StoreError> {
        let mut tx = self.db.begin().await?;
        let count = sessions::delete_expired(&mut tx, self.clock.now()).await?;
        tx.commit().await?;
        Ok(count)
    }

    /// Saved now, it lives from now on by our own clock.
    fn write(&self, record: &Record) -> session_store::Result<StoredSession> {
        let data = serde_json::to_string(&record.data).map_err(|e| session_store::Error::Encode(e.to_string()))?;
        let staff_id = record.data.get(STAFF).and_then(|value| value.as_str()).and_then(|id| Uuid::parse_str(id).ok());
        let expires_at = from_micros(self.clock.now().as_microsecond() + HOURS * 3_600_000_000);
        Ok(StoredSession { id: record.id.to_string(), staff_id, data, expires_at })
    }

    async fn insert(&self, session: &StoredSession) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        sessions::insert(&mut tx, session).await?;
        tx.commit().await
    }

    async fn update(&self, session: &StoredSession) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let touched = sessions::update(&mut tx, session).await?;
        tx.commit().await?;
        Ok(touched)
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        loop {
            match self.insert(&self.write(record)?).await {
                Err(error) if error.is_duplicate() => record.id = Id::default(),
                other => return other.map_err(failed),
            }
        }
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.update(&self.write(record)?).await.map(drop).map_err(failed)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let mut tx = self.db.snapshot().await.map_err(failed)?;
        let stored = sessions::load(&mut tx, &id.to_string(), self.clock.now()).await.map_err(failed)?;
        stored.map(|stored| read(*id, &stored)).transpose()
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let delete = async {
            let mut tx = self.db.begin().await?;
            sessions::delete(&mut tx, &id.to_string()).await?;
            tx.commit().await
        };
        delete.await.map_err(failed)
    }
}

fn read(id: Id, stored: &StoredSession) -> session_store::Result<Record> {
    let wrong = |e: &dyn std::error::Error| session_store::Error::Decode(e.to_string());
    Ok(Record {
        id,
        data: serde_json::from_str(&stored.data).map_err(|e| wrong(&e))?,
        expiry_date: OffsetDateTime::from_unix_timestamp(stored.expires_at.as_second()).map_err(|e| wrong(&e))?,
    })
}

fn failed(error: StoreError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}
