//! What a command works with, opened when it asks for it.

use super::CommandError;
use crate::{
    auth::{ApiKeys, StaffDesk},
    clock::{Clock, Ids},
    config::Settings,
    service::{Desk, Options},
    store::{self, Db},
};
use app::{model::SetupResult, range::read_zone};
use std::sync::Arc;

/// The settings, the time and the ids, and through them the rest.
#[derive(Clone, Debug)]
pub struct Desks {
    pub settings: Settings,
    pub clock: Arc<Clock>,
    pub ids: Arc<Ids>,
}

impl Desks {
    pub fn new(settings: Settings) -> Self {
        Self { settings, clock: Arc::new(Clock::System), ids: Arc::default() }
    }

    /// The database, migrated, and what is in it.
    pub async fn database(&self) -> Result<(Db, SetupResult), CommandError> {
        read_zone(&self.settings.zone)
            .map_err(|error| CommandError::usage(format!("CREDITDESK_ZONE: {}", error.message)))?;
        let db = Db::open(&self.settings.database_url()).await?;
        let setup = store::migrate(&db).await?;
        Ok((db, setup))
    }

    /// The ledger with everything behind the port.
    pub fn ledger(&self, db: Db) -> Arc<Desk> {
        let options = Options { zone: self.settings.zone.clone(), ..Options::default() };
        Desk::open(db, self.clock.clone(), self.ids.clone(), options)
    }

    pub fn keys(&self, db: Db) -> ApiKeys {
        ApiKeys::new(db, self.clock.clone(), self.ids.clone())
    }

    pub fn staff(&self, db: Db) -> StaffDesk {
        StaffDesk::new(db, self.clock.clone(), self.ids.clone())
    }
}
