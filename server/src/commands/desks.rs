//! What a command works with, opened when it asks for it.

use super::{CommandError, demo::Demo};
use crate::{
    auth::{ApiKeys, StaffDesk},
    clock::{Clock, Ids},
    config::Settings,
    service::{Desk, Options},
    store::{self, Db},
};
use app::{backend::SharedBackend, model::SetupResult, range::read_zone};
use std::{io::Write, sync::Arc};

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
        let options = Options {
            zone: self.settings.zone.clone(),
            low_balance: self.settings.low_balance,
            webhooks_allow_private: self.settings.webhooks_allow_private,
            ..Options::default()
        };
        Desk::open(db, self.clock.clone(), self.ids.clone(), options)
    }

    /// The port, over the migrated database.
    pub async fn backend(&self) -> Result<(SharedBackend, Db), CommandError> {
        let (db, _) = self.database().await?;
        Ok((self.ledger(db.clone()), db))
    }

    /// Loads the demo through a ledger whose clock the demo drives, up to now.
    pub async fn fill(&self, demo: Demo, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let (db, _) = self.database().await?;
        let clock = Arc::new(Clock::manual(self.clock.now()));
        let options = Options { zone: self.settings.zone.clone(), ..Options::default() };
        let desk = Desk::open(db.clone(), clock.clone(), self.ids.clone(), options);
        let result = demo.run(desk, clock, out).await;
        db.close().await;
        result
    }

    /// The demo, unless the ledger holds anything that is not its own.
    pub async fn fill_if_empty(&self, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let (db, _) = self.database().await?;
        let mut tx = db.snapshot().await?;
        let any = store::transactions::any(&mut tx).await?;
        drop(tx);
        db.close().await;
        if any { Ok(()) } else { self.fill(Demo::default(), out).await }
    }

    pub fn keys(&self, db: Db) -> ApiKeys {
        ApiKeys::new(db, self.clock.clone(), self.ids.clone())
    }

    pub fn staff(&self, db: Db) -> StaffDesk {
        StaffDesk::new(db, self.clock.clone(), self.ids.clone())
    }
}
