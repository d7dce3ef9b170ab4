//! The service: the port of the pages and the HTTP API, over the ledger and its store.
//!
//! Each call is the same few steps: check what was said ([`validate`]), ask the writer or open a snapshot, answer. Rules
//! live in `ledger`, SQL in `store`; what is here joins them.

mod analytics;
pub mod approvals;
mod approved;
mod audit;
mod backtests;
mod cap_review;
mod caps;
mod desk_views;
mod digest;
mod drafts;
mod expiry;
mod impacts;
mod money;
pub(crate) mod paging;
mod plans;
mod price_lists;
mod pricing;
mod reading;
mod reservations;
mod settings;
mod spend;
mod statement;
mod teams;
mod users;
mod validate;
pub mod verify;
mod webhooks;
pub mod writer;

use crate::clock::{Clock, Ids};
use crate::store::{Db, StoreError, days::Days, events::Outbox, settings::Stored, versions::Compiled};
use app::model::{Credits, Timestamp};
use std::sync::{Arc, RwLock};
use uuid::Uuid;
use writer::Writer;

/// What the service is told when it starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// IANA name of the zone in which days are counted unless a caller asks for another.
    pub zone: String,
    /// Writers in this process. SQLite has room for one; on PostgreSQL one works out its batch while another's is on its way to
    /// the disk.
    pub writers: usize,
    /// Below this an account is told of by an event; none tells nothing.
    pub low_balance: Option<Credits>,
    /// Lets webhooks go to private addresses, and without TLS.
    pub webhooks_allow_private: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { zone: "UTC".to_owned(), writers: 2, low_balance: None, webhooks_allow_private: false }
    }
}

/// The credit desk. Cheap to share; lives as long as anything holds it.
#[derive(Debug)]
pub struct Desk {
    db: Db,
    clock: Arc<Clock>,
    ids: Arc<Ids>,
    compiled: Arc<Compiled>,
    outbox: Arc<Outbox>,
    days: Days,
    writer: Writer,
    runs: backtests::Runs,
    options: Options,
    /// As they were read last.
    settings: RwLock<Arc<Stored>>,
}

impl Desk {
    /// Opens the desk over a migrated database.
    pub fn open(db: Db, clock: Arc<Clock>, ids: Arc<Ids>, options: Options) -> Arc<Self> {
        let compiled = Arc::new(Compiled::default());
        let outbox = Arc::new(Outbox::new(Arc::clone(&ids), options.low_balance));
        let parts = writer::Parts {
            db: db.clone(),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
            compiled: Arc::clone(&compiled),
            outbox: Arc::clone(&outbox),
        };
        let lanes = if db.is_postgres() { options.writers.max(1) } else { 1 };
        let writer = Writer::start(parts, lanes);
        let (days, runs) = (Days::default(), backtests::Runs::default());
        let settings = RwLock::default();
        Arc::new(Self { db, clock, ids, compiled, outbox, days, writer, runs, options, settings })
    }

    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// Where events are written, for the job that delivers them.
    pub fn outbox(&self) -> Arc<Outbox> {
        Arc::clone(&self.outbox)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn new_id(&self) -> Uuid {
        self.ids.next(self.now())
    }

    /// Runs a small write again when another writer came first.
    async fn retry<T, F>(&self, mut work: impl FnMut() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        for _ in 1..writer::ATTEMPTS {
            match work().await {
                Err(error) if error.is_conflict() => {}
                answer => return answer,
            }
        }
        work().await
    }
}
