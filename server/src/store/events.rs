//! The outbox: events, and their deliveries to come, written in the transaction of what they tell of.
//!
//! Who listens is read in each batch, unless nobody has written since, so that it is right whichever process made or disabled
//! an endpoint. While nobody does, nothing is written but what a low balance must remember.

use super::{
    Arg, StoreError, Tx,
    books::Loaded,
    bulk::{self, Insert, in_list},
    cache::Cache,
    sql,
};
use crate::clock::Ids;
use crate::ledger::{
    AccountKey, Decision,
    events::{self, Event, LowBalance},
};
use app::model::{Credits, EventType, Timestamp, Uuid};
use serde::Serialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// Deliveries of the desk's own events wait for each other in this lane; accounts are numbered from 1.
const DESK: i64 = 0;

/// Writes events.
#[derive(Debug)]
pub struct Outbox {
    ids: Arc<Ids>,
    low_balance: Option<Credits>,
}

/// What is sent, as it is signed.
#[derive(Serialize)]
struct Message<'a> {
    id: Uuid,
    r#type: EventType,
    timestamp: Timestamp,
    data: &'a Value,
}

/// An endpoint that takes events.
#[derive(Debug)]
pub struct Listener {
    id: Uuid,
    /// Empty: every type.
    types: Vec<EventType>,
}

impl Listener {
    fn wants(&self, kind: EventType) -> bool {
        self.types.is_empty() || self.types.contains(&kind)
    }
}

/// Rows in the making.
#[derive(Default)]
struct Rows {
    events: Vec<[Arg; 5]>,
    deliveries: Vec<[Arg; 8]>,
    notices: Vec<[Arg; 2]>,
    armed: Vec<[Arg; 2]>,
}

impl Rows {
    fn into_inserts(self) -> Vec<Insert> {
        const EVENTS: &str = "INSERT INTO events (id, account_id, type, payload, created_at)";
        const DELIVERIES: &str = "INSERT INTO webhook_deliveries (id, event_id, endpoint_id, lane, status, attempts, \
                                  next_attempt_at, created_at)";
        const NOTICES: &str = "INSERT INTO cap_notices (cap_id, window_start)";
        const ARMED: &str = "INSERT INTO low_balance (account_id, armed)";
        const REARM: &str = "ON CONFLICT (account_id) DO UPDATE SET armed = excluded.armed";
        vec![
            Insert::new(EVENTS, "", self.events),
            Insert::new(DELIVERIES, "", self.deliveries),
            Insert::new(NOTICES, "ON CONFLICT (cap_id, window_start) DO NOTHING", self.notices),
            Insert::new(ARMED, REARM, self.armed),
        ]
    }
}

impl Outbox {
    pub const fn new(ids: Arc<Ids>, low_balance: Option<Credits>) -> Self {
        Self { ids, low_balance }
    }

    /// Writes what a batch tells, after its entries; `refusals` are what its refused commands tell. True when anything
    /// was written, so that it is committed also where every command was refused.
    pub async fn write_batch(
        &self,
        tx: &mut Tx,
        loaded: &Loaded,
        decisions: &[Decision],
        refusals: Vec<Event>,
        now: Timestamp,
        cache: &mut Cache,
    ) -> Result<bool, StoreError> {
        if decisions.is_empty() && refusals.is_empty() {
            return Ok(false);
        }
        let mut rows = Rows::default();
        let mut fallen = self.fallen(tx, loaded, decisions, &mut rows).await?;
        let listeners = match &mut cache.listeners {
            Some(known) => known,
            unknown => unknown.insert(listeners(tx).await?),
        };
        if !listeners.is_empty() {
            let mut told: Vec<Event> = Vec::new();
            for (number, decision) in decisions.iter().enumerate() {
                told.extend(events::of(decision, &loaded.books, now));
                told.extend(fallen.remove(&number));
            }
            told.extend(refusals);
            told.retain(|event| listeners.iter().any(|listener| listener.wants(event.kind)));
            let told = first_notices(tx, told, &mut rows).await?;
            for event in &told {
                let account = event.account.as_ref().map(|key| number_of(loaded, key)).transpose()?;
                self.put(&mut rows, listeners, event, account, now)?;
            }
        }
        write(tx, rows).await
    }

    /// Writes one event that no command of the ledger made.
    pub async fn write_one(
        &self,
        tx: &mut Tx,
        event: &Event,
        account: Option<i64>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let listeners = listeners(tx).await?;
        let mut rows = Rows::default();
        // That an endpoint was disabled is kept also when nobody else is told.
        if event.kind == EventType::EndpointDisabled || listeners.iter().any(|listener| listener.wants(event.kind)) {
            self.put(&mut rows, &listeners, event, account, now)?;
        }
        write(tx, rows).await.map(drop)
    }

    /// Writes an event for one endpoint, which waits for no other, and gives the id of its delivery.
    pub async fn write_for(
        &self,
        tx: &mut Tx,
        endpoint: Uuid,
        event: &Event,
        now: Timestamp,
    ) -> Result<Uuid, StoreError> {
        let mut rows = Rows::default();
        self.put(&mut rows, &[], event, None, now)?;
        let Some([Arg::Id(Some(event)), ..]) = rows.events.first() else {
            return Err(StoreError::corrupt("event", "it has no id"));
        };
        let (event, delivery) = (*event, self.ids.next(now));
        rows.deliveries.push(delivery_row(delivery, event, endpoint, None, now));
        write(tx, rows).await?;
        Ok(delivery)
    }

    fn put(
        &self,
        rows: &mut Rows,
        listeners: &[Listener],
        event: &Event,
        account: Option<i64>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id = self.ids.next(now);
        let message = Message { id, r#type: event.kind, timestamp: now, data: &event.data };
        let payload = serde_json::to_string(&message).map_err(|error| StoreError::corrupt("event", error))?;
        rows.events.push([id.into(), account.into(), event.kind.as_str().into(), payload.into(), now.into()]);
        for listener in listeners.iter().filter(|listener| listener.wants(event.kind)) {
            let lane = Some(account.unwrap_or(DESK));
            rows.deliveries.push(delivery_row(self.ids.next(now), id, listener.id, lane, now));
        }
        Ok(())
    }

    /// What falls below the threshold, by the number of its decision. What must be remembered goes into `rows`, heard or not.
    async fn fallen(
        &self,
        tx: &mut Tx,
        loaded: &Loaded,
        decisions: &[Decision],
        rows: &mut Rows,
    ) -> Result<BTreeMap<usize, Event>, StoreError> {
        let mut fallen = BTreeMap::new();
        let Some(threshold) = self.low_balance else { return Ok(fallen) };
        let moved: Vec<_> = decisions
            .iter()
            .enumerate()
            .filter_map(|(number, decision)| Some((number, &decision.account, events::balances(decision)?)))
            .collect();
        let accounts: HashSet<i64> =
            moved.iter().map(|(_, key, _)| number_of(loaded, key)).collect::<Result<_, _>>()?;
        let remembered = remembered(tx, accounts).await?;
        let mut armed = remembered.clone();
        for (number, key, (before, after)) in moved {
            let account = number_of(loaded, key)?;
            let known = armed.get(&account).copied();
            let step = LowBalance::step(threshold, known, before, after);
            if known.is_some() || step.tells {
                armed.insert(account, step.armed);
            }
            if step.tells {
                fallen.insert(number, events::low_balance(key, after, threshold));
            }
        }
        let changed = armed.into_iter().filter(|(account, armed)| remembered.get(account) != Some(armed));
        rows.armed.extend(changed.map(|(account, armed)| [account.into(), armed.into()]));
        Ok(fallen)
    }
}

fn delivery_row(id: Uuid, event: Uuid, endpoint: Uuid, lane: Option<i64>, now: Timestamp) -> [Arg; 8] {
    [id.into(), event.into(), endpoint.into(), lane.into(), "pending".into(), 0_i64.into(), now.into(), now.into()]
}

fn number_of(loaded: &Loaded, key: &AccountKey) -> Result<i64, StoreError> {
    loaded.numbers.get(key).copied().ok_or_else(|| StoreError::corrupt("account", "it has no number"))
}

async fn write(tx: &mut Tx, rows: Rows) -> Result<bool, StoreError> {
    let inserts: Vec<Insert> = rows.into_inserts().into_iter().filter(|insert| !insert.is_empty()).collect();
    if inserts.is_empty() {
        return Ok(false);
    }
    bulk::insert(tx, inserts).await?;
    Ok(true)
}

/// The endpoints that are not disabled.
async fn listeners(tx: &mut Tx) -> Result<Vec<Listener>, StoreError> {
    let rows: Vec<(Uuid, String)> =
        sql("SELECT id, types FROM webhook_endpoints WHERE disabled_at IS NULL ORDER BY id").all(tx).await?;
    Ok(rows.into_iter().map(|(id, types)| Listener { id, types: read_types(&types) }).collect())
}

/// Types as they are stored: words with a space between them.
pub fn read_types(text: &str) -> Vec<EventType> {
    text.split(' ').filter_map(EventType::parse).collect()
}

/// Leaves out what was told in its cap's window already; the rest is noted down.
async fn first_notices(tx: &mut Tx, events: Vec<Event>, rows: &mut Rows) -> Result<Vec<Event>, StoreError> {
    const HEAD: &str = "SELECT cap_id, window_start FROM cap_notices WHERE cap_id IN";
    let caps: HashSet<i64> = events.iter().filter_map(|event| Some(event.once?.0)).collect();
    if caps.is_empty() {
        return Ok(events);
    }
    let told: Vec<(i64, i64)> = in_list(HEAD, "", caps.into_iter().map(Arg::from)).all(tx).await?;
    let mut told: HashSet<(i64, i64)> = told.into_iter().collect();
    let mut first = Vec::with_capacity(events.len());
    for event in events {
        if let Some((cap, window)) = event.once {
            if !told.insert((cap, window.as_microsecond())) {
                continue;
            }
            rows.notices.push([cap.into(), window.into()]);
        }
        first.push(event);
    }
    Ok(first)
}

async fn remembered(tx: &mut Tx, accounts: HashSet<i64>) -> Result<HashMap<i64, bool>, StoreError> {
    const HEAD: &str = "SELECT account_id, armed FROM low_balance WHERE account_id IN";
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, bool)> = in_list(HEAD, "", accounts.into_iter().map(Arg::from)).all(tx).await?;
    Ok(rows.into_iter().collect())
}
