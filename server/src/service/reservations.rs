//! Reservations: each change is one command for the writer.

use super::{
    Desk,
    digest::digest,
    money::{keyless, mismatch, price},
    paging, validate,
};
use crate::ledger::{AccountKey, Action, Reply};
use crate::store::reservations;
use app::backend::{Answer, Reservations};
use app::error::{AppError, Code};
use app::model::{Actor, DeductionResult, Page, Reservation, Reserve, ReserveResult, Settle, Uuid};
use async_trait::async_trait;
use jiff::SignedDuration;

/// How long a reservation holds unless the caller says.
const TTL: u32 = 600;
/// A day: a hold that nobody settles keeps credits from their owner.
const MAX_TTL: u32 = 86_400;
/// More open reservations than these are no limit.
const MAX_CONCURRENT: u32 = 10_000;
/// Reservations expired in one go.
const SOME: u32 = 500;

fn ttl(seconds: Option<u32>) -> Answer<SignedDuration> {
    let seconds = seconds.unwrap_or(TTL);
    if !(1..=MAX_TTL).contains(&seconds) {
        return Err(AppError::invalid("ttl_seconds", format!("must be 1 to {MAX_TTL}")));
    }
    Ok(SignedDuration::from_secs(seconds.into()))
}

fn not_found(id: Uuid) -> AppError {
    AppError {
        field: Some("reservation_id".to_owned()),
        ..AppError::new(Code::ReservationNotFound, format!("There is no reservation {id}.")).with("reservation_id", id)
    }
}

impl Desk {
    async fn owner(&self, id: Uuid) -> Answer<AccountKey> {
        let mut tx = self.db.snapshot().await?;
        let found = reservations::find(&mut tx, id).await?;
        Ok(AccountKey::user(found.ok_or_else(|| not_found(id))?.0))
    }

    async fn change(&self, by: &Actor, id: Uuid, action: Action) -> Answer<Reservation> {
        let account = self.owner(id).await?;
        match self.command(by, account, None, Vec::new(), action).await? {
            Reply::Held(reservation) => Ok(reservation),
            _ => Err(mismatch()),
        }
    }
}

#[async_trait]
impl Reservations for Desk {
    async fn reserve(&self, by: &Actor, request: Reserve) -> Answer<ReserveResult> {
        let Reserve { user_id, amount, operation, ttl_seconds, max_concurrent, key } = request;
        validate::id("user_id", &user_id)?;
        validate::key(key.as_deref())?;
        if let Some(operation) = &operation {
            validate::id("operation", operation)?;
        }
        if max_concurrent.is_some_and(|max| !(1..=MAX_CONCURRENT).contains(&max)) {
            return Err(AppError::invalid("max_concurrent", format!("must be 1 to {MAX_CONCURRENT}")));
        }
        let ttl = ttl(ttl_seconds)?;
        let digest = digest(&(amount, &operation, ttl_seconds, max_concurrent));
        let action = Action::Reserve { amount, operation, ttl, max_concurrent };
        match self.command(by, AccountKey::user(user_id), key, digest, action).await? {
            Reply::Reserved(result) => Ok(result),
            _ => Err(mismatch()),
        }
    }

    async fn settle(&self, by: &Actor, request: Settle) -> Answer<DeductionResult> {
        let Settle { reservation_id, user_id, charge, metadata, key } = request;
        validate::key(key.as_deref())?;
        validate::metadata(&metadata)?;
        let account = self.owner(reservation_id).await?;
        if user_id.is_some_and(|user_id| user_id != account.id) {
            return Err(not_found(reservation_id));
        }
        let metadata = keyless(&metadata);
        let digest = digest(&(reservation_id, &charge, &metadata));
        let action = Action::Settle { reservation: reservation_id, price: price(charge)?, metadata };
        match self.command(by, account, key, digest, action).await? {
            Reply::Charged(result) => Ok(result),
            _ => Err(mismatch()),
        }
    }

    async fn release(&self, by: &Actor, id: Uuid) -> Answer<Reservation> {
        self.change(by, id, Action::Release { reservation: id }).await
    }

    async fn renew(&self, by: &Actor, id: Uuid, ttl_seconds: Option<u32>) -> Answer<Reservation> {
        self.change(by, id, Action::Renew { reservation: id, ttl: ttl(ttl_seconds)? }).await
    }

    async fn reservation(&self, id: Uuid) -> Answer<Reservation> {
        let mut tx = self.db.snapshot().await?;
        let (user, reservation) = reservations::find(&mut tx, id).await?.ok_or_else(|| not_found(id))?;
        Ok(reservation.view(&user, Self::now(self)))
    }

    async fn reservations(&self, user_id: &str, cursor: Option<&str>, limit: u32) -> Answer<Page<Reservation>> {
        validate::id("user_id", user_id)?;
        let limit = paging::limit(limit)?;
        let before = paging::plain_cursor(cursor)?;
        let mut tx = self.db.snapshot().await?;
        let found = reservations::of_user(&mut tx, user_id, before, limit + 1).await?;
        let now = Self::now(self);
        let id = |reservation: &crate::ledger::Reservation| reservation.id.to_string();
        Ok(paging::page(found, limit, id, |reservation| reservation.view(user_id, now)))
    }

    async fn expire_reservations(&self, by: &Actor) -> Answer<u32> {
        let mut expired = 0;
        loop {
            let mut tx = self.db.snapshot().await?;
            let due = reservations::due(&mut tx, Self::now(self), SOME).await?;
            drop(tx);
            let last = due.len() < SOME as usize;
            let all = due.into_iter().map(|(user, id)| (AccountKey::user(user), Action::Expire { reservation: id }));
            for reply in self.commands(by, all.collect()).await {
                reply?;
                expired += 1;
            }
            if last {
                return Ok(expired);
            }
        }
    }
}
