//! API keys of the product's servers.
//!
//! A call proves itself by its key alone. What the database said about a key is remembered for a few seconds, so that a
//! call costs no read of it; that is also how long a revoked key may still work in another process. When a key was last
//! used is kept in memory and written once a minute, outside of any call.

use super::{
    Scope, Scopes,
    limiter::{Left, Limiter},
    rate::Rate,
    secret,
};
use crate::{
    clock::{Clock, Ids},
    store::{
        Db, StoreError,
        access::keys::{self, StoredKey},
        audit::{self, Change},
    },
};
use app::{
    error::{AppError, Code},
    model::{Actor, AuditAction, AuditSubject, Timestamp, Uuid},
};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What every key begins with, so that a leaked one is recognised by secret scanners.
pub const MARK: &str = "cdk_";
/// Characters of a key that are stored readably: the mark and eight more.
pub const PREFIX: usize = 12;
/// How long the database's word about a key is taken for true.
const REMEMBER_MICROS: i64 = 5_000_000;
/// Keys remembered at a time.
const MAX_REMEMBERED: usize = 10_000;
const MAX_NAME: usize = 100;

/// A program that proved itself.
#[derive(Clone, Debug)]
pub struct KeyHolder {
    pub id: Uuid,
    pub actor: Actor,
    pub scopes: Scopes,
}

impl KeyHolder {
    /// Refuses what the key's scopes do not allow.
    pub fn require(&self, scope: Scope) -> Result<(), AppError> {
        if self.scopes.allow(scope) {
            return Ok(());
        }
        let message = format!("This needs a key with the scope {}; this one has: {}.", scope.as_str(), self.scopes);
        Err(AppError::new(Code::Forbidden, message).with("scope", scope.as_str()))
    }
}

#[derive(Debug)]
struct Remembered {
    holder: KeyHolder,
    at: i64,
}

/// Keys: made, listed, revoked and checked.
#[derive(Debug)]
pub struct ApiKeys {
    db: Db,
    clock: Arc<Clock>,
    ids: Arc<Ids>,
    remembered: Mutex<HashMap<[u8; 32], Remembered>>,
    used: Mutex<HashMap<Uuid, Timestamp>>,
    limiter: Option<Limiter>,
}

impl ApiKeys {
    pub fn new(db: Db, clock: Arc<Clock>, ids: Arc<Ids>) -> Self {
        Self { db, clock, ids, remembered: Mutex::default(), used: Mutex::default(), limiter: None }
    }

    /// The same, each key held to a rate.
    #[must_use]
    pub fn limited(self, rate: Option<Rate>) -> Self {
        Self { limiter: rate.map(|rate| Limiter::per_second(rate.per_second, rate.burst)), ..self }
    }

    /// Counts a call against its key's rate: what is left of it, where there is one.
    pub fn count(&self, holder: &KeyHolder) -> Result<Option<Left>, AppError> {
        let Some(limiter) = &self.limiter else { return Ok(None) };
        limiter.take(&holder.id.to_string(), self.clock.now()).map(Some).map_err(|seconds| {
            AppError::new(
                Code::RateLimited,
                "This key has made too many requests; nothing was done. Wait and try again.",
            )
            .with("retry_after", seconds)
        })
    }

    /// The tokens of a full bucket, where keys are held to a rate.
    pub fn limit(&self) -> Option<u64> {
        self.limiter.as_ref().map(Limiter::burst)
    }

    /// Makes a key and returns it, for the only time. Names are unique, also among revoked keys, since the ledger
    /// remembers them.
    pub async fn add(&self, by: &Actor, name: &str, scopes: Scopes) -> Result<String, AppError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(AppError::invalid("name", format!("must be one line of 1 to {MAX_NAME} characters")));
        }
        let key = format!("{MARK}{}", secret::random());
        let now = self.clock.now();
        let stored = StoredKey {
            id: self.ids.next(now),
            name: name.to_owned(),
            prefix: key.chars().take(PREFIX).collect(),
            scopes: scopes.to_string(),
            created_at: now,
            last_used_at: None,
            revoked_at: None,
        };
        let mut tx = self.db.begin().await?;
        match keys::insert(&mut tx, &stored, &secret::hash(&key)).await {
            Err(error) if error.is_duplicate() => {
                Err(AppError::invalid("name", format!("{name:?} is the name of another key")))
            }
            other => {
                other?;
                let change = Change::new(by, AuditAction::KeyCreated, AuditSubject::Key, name);
                let state = json!({ "scopes": stored.scopes, "prefix": stored.prefix });
                audit::record(&mut tx, change.to(state), now).await?;
                tx.commit().await?;
                Ok(key)
            }
        }
    }

    /// All keys, oldest first, revoked ones too.
    pub async fn list(&self) -> Result<Vec<StoredKey>, AppError> {
        Ok(keys::list(&mut self.db.snapshot().await?).await?)
    }

    /// Makes a key useless: here at once, in other processes within seconds.
    pub async fn revoke(&self, by: &Actor, name: &str) -> Result<(), AppError> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        if !keys::revoke(&mut tx, name, now).await? {
            return Err(AppError::new(
                Code::NotFound,
                format!("There is no key {name:?} that is not revoked already."),
            ));
        }
        let change = Change::new(by, AuditAction::KeyRevoked, AuditSubject::Key, name);
        audit::record(&mut tx, change.from(json!({ "revoked": false })).to(json!({ "revoked": true })), now).await?;
        tx.commit().await?;
        lock(&self.remembered).clear();
        Ok(())
    }

    /// Whose key this is.
    pub async fn check(&self, key: &str) -> Result<KeyHolder, AppError> {
        let now = self.clock.now();
        let hash = secret::hash(key);
        if let Some(known) = lock(&self.remembered).get(&hash)
            && known.at.abs_diff(now.as_microsecond()) < REMEMBER_MICROS.unsigned_abs()
        {
            lock(&self.used).insert(known.holder.id, now);
            return Ok(known.holder.clone());
        }
        let stored = match key.strip_prefix(MARK) {
            Some(_) => keys::by_hash(&mut self.db.snapshot().await?, &hash).await?,
            None => None,
        };
        let Some(stored) = stored else {
            lock(&self.remembered).remove(&hash);
            return Err(AppError::new(Code::Unauthenticated, "There is no such API key, or it was revoked."));
        };
        let scopes = stored.scopes.parse().map_err(|error| StoreError::corrupt("scopes", error))?;
        let holder = KeyHolder { id: stored.id, actor: Actor::key(&stored.name), scopes };
        let mut remembered = lock(&self.remembered);
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(hash, Remembered { holder: holder.clone(), at: now.as_microsecond() });
        lock(&self.used).insert(holder.id, now);
        Ok(holder)
    }

    /// Writes down when keys were last used.
    pub async fn write_last_used(&self) -> Result<(), StoreError> {
        let used = std::mem::take(&mut *lock(&self.used));
        if used.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        for (id, at) in used {
            keys::touch(&mut tx, id, at).await?;
        }
        tx.commit().await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
