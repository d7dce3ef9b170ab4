//! Reserving, and what becomes of a reservation: settled, released, renewed, expired.

use super::{
    adjust::stays_above,
    books::Books,
    charge::{self, Room},
    command::Price,
    decide::{Draft, Made, Reply, Step, TOO_MUCH},
    entry::AccountKey,
    rejection::Rejection,
    reservation::Reservation,
};
use app::model::{CapAction, CreditMetadata, Credits, ReservationStatus, ReserveResult, Uuid};
use jiff::SignedDuration;

/// amount > 0 → concurrency → deny caps with what is held → `available + allowance left − amount >= floor`.
pub(super) fn reserve(
    draft: &mut Draft<'_>,
    amount: Credits,
    operation: Option<&str>,
    ttl: SignedDuration,
    max_concurrent: Option<u32>,
) -> Result<Reply, Rejection> {
    if !amount.is_positive() {
        return Err(Rejection::InvalidAmount { field: "amount", rule: "must be greater than 0" });
    }
    let account = draft.account;
    let open = account.open(draft.now).count();
    if let Some(max) = max_concurrent
        && u32::try_from(open).unwrap_or(u32::MAX) >= max
    {
        return Err(Rejection::ConcurrencyLimit { open, max });
    }
    let covering = account.caps.iter().filter(|cap| cap.action == CapAction::Deny && charge::covers(cap, None));
    for cap in covering {
        charge::check_cap(account, cap, amount, draft.now, draft.now)?;
    }
    let available = account.available(draft.now);
    let allowance = charge::allowance_left(draft, super::month_start(draft.now));
    let floor = draft.books.floor();
    if !stays_above(available.checked_add(allowance).unwrap_or(Credits::MAX), amount, floor) {
        return Err(Rejection::InsufficientCredits { needed: amount, available, floor });
    }
    let reservation = Reservation {
        id: draft.new_id(),
        amount,
        operation: operation.map(str::to_owned),
        status: ReservationStatus::Active,
        pricing_version: draft.books.pricing.as_ref().map(|active| active.version),
        floor,
        actor: draft.command.actor.clone(),
        key: draft.command.key.clone(),
        digest: draft.command.digest.clone(),
        balance: account.spendable(draft.now),
        reserved_total: account.held(draft.now).checked_add(amount).ok_or(TOO_MUCH)?,
        created_at: draft.now,
        expires_at: until(draft, ttl)?,
        transaction: None,
    };
    let reply = made(&draft.command.account, &reservation, false);
    draft.steps.push(Step::Reservation(reservation));
    Ok(reply)
}

fn until(draft: &Draft<'_>, ttl: SignedDuration) -> Result<app::model::Timestamp, Rejection> {
    draft
        .now
        .checked_add(ttl)
        .map_err(|_| Rejection::Invalid { field: "ttl_seconds", rule: "is out of range".to_owned() })
}

fn made(account: &AccountKey, reservation: &Reservation, idempotent: bool) -> Reply {
    Reply::Reserved(ReserveResult {
        reservation_id: reservation.id,
        user_id: account.id.clone(),
        amount: reservation.amount,
        balance: reservation.balance,
        reserved_total: reservation.reserved_total,
        error: None,
        idempotent,
    })
}

/// What was reserved under this key.
pub(super) fn made_before(books: &Books, account: &AccountKey, key: &str) -> Option<Made> {
    let known = &books.accounts.get(account)?.reservations;
    let reservation = known.values().find(|reservation| reservation.key.as_deref() == Some(key))?;
    let digest = reservation.digest.clone();
    Some(Made { id: reservation.id, digest, reply: made(account, reservation, true) })
}

fn find<'a>(draft: &Draft<'a>, id: Uuid) -> Result<&'a Reservation, Rejection> {
    draft.account.reservations.get(&id).ok_or(Rejection::ReservationNotFound(id))
}

/// The reservation, if it still holds credits.
fn find_open<'a>(draft: &Draft<'a>, id: Uuid) -> Result<&'a Reservation, Rejection> {
    let reservation = find(draft, id)?;
    match reservation.status(draft.now) {
        ReservationStatus::Active => Ok(reservation),
        ReservationStatus::Expired => Err(Rejection::ReservationExpired { at: reservation.expires_at }),
        status => Err(Rejection::ReservationClosed { status, transaction: reservation.transaction }),
    }
}

/// Open → price by the version that it was made under → the allowance → the credits that are there: those held, then what
/// is available down to the floor and within the caps. What still lacks is recorded as uncollected.
pub(super) fn settle(
    draft: &mut Draft<'_>,
    id: Uuid,
    price: &Price,
    metadata: &CreditMetadata,
) -> Result<Reply, Rejection> {
    let reservation = find_open(draft, id)?;
    let priced = match price {
        Price::Amount(amount) if amount.is_zero() => charge::Priced::amount(*amount, metadata),
        price => charge::find_price(draft, price, metadata, reservation.pricing_version)?,
    };
    let account = draft.account;
    let spendable = account.spendable(draft.now).micros();
    let others = account.held(draft.now).micros() - reservation.amount.micros();
    let floor = reservation.floor.micros();
    // Its own hold comes before those of others, should the credits behind them have gone.
    let own = (spendable - floor).min(reservation.amount.micros());
    let credits = Credits::from_micros((spendable - others - floor).max(own).max(0));
    let room = Room::Within { credits, freed: reservation.amount };
    let mut closed = reservation.clone();
    let mut entry = charge::collect(draft, priced, metadata, draft.now, room)?;
    entry.outcome.reservation_id = Some(id);
    closed.status = ReservationStatus::Settled;
    closed.transaction = Some(entry.id);
    draft.steps.push(Step::Reservation(closed));
    Ok(draft.append(entry))
}

/// Frees the hold. Doing it twice, or after its time, changes nothing more.
pub(super) fn release(draft: &mut Draft<'_>, id: Uuid) -> Result<Reply, Rejection> {
    let reservation = find(draft, id)?;
    match reservation.status {
        ReservationStatus::Active => Ok(close(draft, reservation, ReservationStatus::Released)),
        ReservationStatus::Settled => Err(Rejection::ReservationClosed {
            status: ReservationStatus::Settled,
            transaction: reservation.transaction,
        }),
        ReservationStatus::Released | ReservationStatus::Expired => Ok(held(draft, reservation)),
    }
}

/// Open → it lasts `ttl` from now.
pub(super) fn renew(draft: &mut Draft<'_>, id: Uuid, ttl: SignedDuration) -> Result<Reply, Rejection> {
    let reservation = Reservation { expires_at: until(draft, ttl)?, ..find_open(draft, id)?.clone() };
    let reply = held(draft, &reservation);
    draft.steps.push(Step::Reservation(reservation));
    Ok(reply)
}

/// Records that the time is over. It held nothing from that instant on.
pub(super) fn expire(draft: &mut Draft<'_>, id: Uuid) -> Result<Reply, Rejection> {
    let reservation = find(draft, id)?;
    let due = reservation.status == ReservationStatus::Active && reservation.expires_at <= draft.now;
    Ok(if due { close(draft, reservation, ReservationStatus::Expired) } else { held(draft, reservation) })
}

fn close(draft: &mut Draft<'_>, reservation: &Reservation, status: ReservationStatus) -> Reply {
    // Released after its time: it had expired.
    let status = if reservation.expires_at <= draft.now { ReservationStatus::Expired } else { status };
    let closed = Reservation { status, ..reservation.clone() };
    let reply = held(draft, &closed);
    draft.steps.push(Step::Reservation(closed));
    reply
}

fn held(draft: &Draft<'_>, reservation: &Reservation) -> Reply {
    Reply::Held(reservation.view(&draft.command.account.id, draft.now))
}
