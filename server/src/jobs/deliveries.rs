//! The delivery of events.
//!
//! Each process looks once a second for what is due, claims it, and sends it: to each endpoint several accounts' events at
//! once, and of one account one after another. What is sent is settled in a transaction that claims the account's next, so
//! that a busy account need not wait for the next look.

use crate::{
    clock::{Clock, earlier, later},
    ledger::events,
    store::{
        Db, StoreError, Tx,
        events::Outbox,
        webhooks::{
            endpoints,
            queue::{self, Claim, Settled},
        },
    },
    webhooks::{Outcome, Parcel, Sender, schedule},
};
use app::model::{Timestamp, Uuid};
use rand::Rng as _;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, task::JoinSet};

/// How often to look for what is due.
const LOOK: Duration = Duration::from_secs(1);
/// Lanes of one endpoint that are sent to at once, so that one that does not answer leaves room for the others.
const LANES: usize = 8;
/// How long a claim lasts: well past the longest attempt.
pub const LEASE: Duration = Duration::from_mins(1);
/// Times that the outcome of an attempt is written when other processes come first.
const ATTEMPTS: usize = 5;
/// How long the log is kept.
const KEEP: Duration = Duration::from_hours(30 * 24);
/// How often old rows are removed, and how many at once.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
const PRUNE_ROWS: i64 = 1_000;

/// Delivers.
#[derive(Debug)]
pub struct Courier {
    db: Db,
    clock: Arc<Clock>,
    outbox: Arc<Outbox>,
    sender: Sender,
    /// Lanes under way, by endpoint.
    busy: Mutex<HashMap<Uuid, usize>>,
}

/// A lane under way; counted until it is dropped, also when its task fails.
struct Running {
    courier: Arc<Courier>,
    endpoint: Uuid,
}

impl Running {
    fn start(courier: &Arc<Courier>, endpoint: Uuid) -> Self {
        *courier.busy().entry(endpoint).or_default() += 1;
        Self { courier: Arc::clone(courier), endpoint }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut busy = self.courier.busy();
        if let Some(count) = busy.get_mut(&self.endpoint) {
            *count -= 1;
            if *count == 0 {
                busy.remove(&self.endpoint);
            }
        }
    }
}

impl Courier {
    pub fn new(db: Db, clock: Arc<Clock>, outbox: Arc<Outbox>, sender: Sender) -> Arc<Self> {
        Arc::new(Self { db, clock, outbox, sender, busy: Mutex::default() })
    }

    fn busy(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, usize>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Delivers until it is stopped; then lets what is under way end.
    pub async fn run(self: Arc<Self>, mut stopped: watch::Receiver<bool>) {
        let mut lanes = JoinSet::new();
        let mut since_prune = PRUNE_EVERY;
        while tokio::time::timeout(LOOK, stopped.wait_for(|stop| *stop)).await.is_err() {
            while lanes.try_join_next().is_some() {}
            if let Err(error) = self.look(&mut lanes, &stopped).await {
                note(&error, "nothing was claimed");
            }
            since_prune += LOOK;
            if since_prune >= PRUNE_EVERY {
                since_prune = Duration::ZERO;
                if let Err(error) = self.prune().await {
                    note(&error, "old deliveries were not removed");
                }
            }
        }
        lanes.join_all().await;
    }

    /// Delivers all that is due at this moment, and what becomes due while that goes on.
    pub async fn run_due(self: &Arc<Self>) -> Result<(), StoreError> {
        let (_never, stopped) = watch::channel(false);
        loop {
            let mut lanes = JoinSet::new();
            self.look(&mut lanes, &stopped).await?;
            if lanes.is_empty() {
                return Ok(());
            }
            lanes.join_all().await;
        }
    }

    /// Claims what is due and sends it.
    async fn look(
        self: &Arc<Self>,
        lanes: &mut JoinSet<()>,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.snapshot().await?;
        let due = queue::due_endpoints(&mut tx, self.clock.now()).await?;
        drop(tx);
        for endpoint in due {
            let room = LANES.saturating_sub(self.busy().get(&endpoint).copied().unwrap_or_default());
            if room == 0 {
                continue;
            }
            let now = self.clock.now();
            let mut tx = self.db.begin().await?;
            let limit = i64::try_from(room).unwrap_or(i64::MAX);
            let claims = queue::claim(&mut tx, endpoint, now, later(now, LEASE), limit).await?;
            tx.commit().await?;
            for claim in claims {
                let running = Running::start(self, endpoint);
                let stopped = stopped.clone();
                lanes.spawn(async move { running.courier.deliver(claim, &stopped).await });
            }
        }
        Ok(())
    }

    /// Sends a claim, and then what waits behind it in its lane.
    async fn deliver(&self, mut claim: Claim, stopped: &watch::Receiver<bool>) {
        loop {
            let id = claim.event_id.to_string();
            let parcel = Parcel { url: &claim.url, secrets: &claim.secrets, id: &id, payload: &claim.payload };
            let outcome = self.sender.send(parcel, self.clock.now()).await;
            let stop = *stopped.borrow();
            match self.settle_surely(&claim, &outcome, stop).await {
                Ok(Some(next)) => claim = next,
                Ok(None) => return,
                // It is sent again when the claim's time is over: at least once.
                Err(error) => return note(&error, "what became of a delivery was not written"),
            }
        }
    }

    /// That another process came first is no reason to send it again.
    async fn settle_surely(&self, claim: &Claim, outcome: &Outcome, stop: bool) -> Result<Option<Claim>, StoreError> {
        for _ in 1..ATTEMPTS {
            match self.settle(claim, outcome, stop).await {
                Err(error) if error.is_conflict() => {}
                answer => return answer,
            }
        }
        self.settle(claim, outcome, stop).await
    }

    /// Writes what became of an attempt, and claims the next of the lane unless we are to stop.
    async fn settle(&self, claim: &Claim, outcome: &Outcome, stop: bool) -> Result<Option<Claim>, StoreError> {
        let now = self.clock.now();
        let settled = match outcome {
            Outcome::Delivered { status } => Settled { status: Some(*status), error: None, retry_at: None },
            Outcome::Gone => Settled { status: Some(410), error: Some("it answered 410: gone"), retry_at: None },
            Outcome::Failed { status, error, retry_after } => {
                let wait = schedule::wait(claim.attempts, *retry_after, rand::rng().random_range(0..=1_000));
                Settled { status: *status, error: Some(error), retry_at: wait.map(|wait| later(now, wait)) }
            }
        };
        let mut tx = self.db.begin().await?;
        if !queue::settle(&mut tx, claim, &settled, now).await? {
            return Ok(None);
        }
        match outcome {
            Outcome::Delivered { .. } => endpoints::clear_failing(&mut tx, claim.endpoint_id).await?,
            Outcome::Gone => self.disable(&mut tx, claim, "it answered 410: gone", now).await?,
            Outcome::Failed { .. } => {
                let since = endpoints::note_failing(&mut tx, claim.endpoint_id, now).await?;
                if since.is_some_and(|since| now.duration_since(since).unsigned_abs() >= schedule::DEAD_AFTER) {
                    self.disable(&mut tx, claim, "everything sent to it failed for five days", now).await?;
                }
            }
        }
        // One that is tried again holds its lane.
        let next = if stop || settled.retry_at.is_some() {
            None
        } else {
            queue::claim_next(&mut tx, claim, now, later(now, LEASE)).await?
        };
        tx.commit().await?;
        Ok(next)
    }

    async fn disable(&self, tx: &mut Tx, claim: &Claim, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        if endpoints::disable(tx, claim.endpoint_id, reason, now).await? {
            tracing::warn!(webhook = %claim.endpoint_id, reason, "a webhook was disabled");
            let event = events::endpoint_disabled(claim.endpoint_id, &claim.url, reason);
            self.outbox.write_one(tx, &event, None, now).await?;
        }
        Ok(())
    }

    /// Removes what is older than the log is kept, a little at a time.
    pub async fn prune(&self) -> Result<(), StoreError> {
        let before = earlier(self.clock.now(), KEEP);
        loop {
            let mut tx = self.db.begin().await?;
            let removed = queue::prune(&mut tx, before, PRUNE_ROWS).await?;
            tx.commit().await?;
            if removed == 0 {
                return Ok(());
            }
        }
    }
}

/// Another process that came first is no news.
fn note(error: &StoreError, what: &'static str) {
    if error.is_conflict() {
        tracing::debug!(%error, "{what}");
    } else {
        tracing::warn!(%error, "{what}");
    }
}
