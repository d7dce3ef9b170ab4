//! What decisions tell the outside: pure, like the decisions themselves.
//!
//! Events are made from what was decided and never decide anything. A replay has no steps and so tells nothing.

use super::{
    books::{Books, Cap},
    command::Command,
    decide::{Decision, Reply, Step},
    entry::{AccountKey, AccountKind, Entry},
    rejection::Rejection,
    reservation::Reservation,
    window::{next_window, window_start},
};
use app::model::{CapAction, Credits, EntryKind, EventType, ReservationStatus, Timestamp, Uuid};
use serde_json::{Map, Value, json};

/// Something to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub kind: EventType,
    /// None: of the desk, not of an account.
    pub account: Option<AccountKey>,
    pub data: Value,
    /// A cap and its window: told once for both, however often it happens.
    pub once: Option<(i64, Timestamp)>,
}

impl Event {
    pub fn of_account(kind: EventType, account: &AccountKey, data: Value) -> Self {
        Self { kind, account: Some(account.clone()), data: with_account(account, data), once: None }
    }

    pub fn of_desk(kind: EventType, data: Value) -> Self {
        Self { kind, account: None, data: without_nulls(data), once: None }
    }
}

/// A team is named as such; a user by the field that every answer has.
fn with_account(account: &AccountKey, data: Value) -> Value {
    let Value::Object(mut members) = without_nulls(data) else { return Value::Null };
    let field = match account.kind {
        AccountKind::User => "user_id",
        AccountKind::Team => "team_id",
    };
    members.insert(field.to_owned(), json!(account.id));
    Value::Object(members)
}

fn without_nulls(data: Value) -> Value {
    match data {
        Value::Object(members) => {
            Value::Object(members.into_iter().filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// What a decision tells: its entries, and the soft caps that its charge passed. `books` may hold later decisions too.
pub fn of(decision: &Decision, books: &Books, now: Timestamp) -> Vec<Event> {
    let (mut events, mut holds) = (Vec::new(), Vec::new());
    // A soft cap warns of a charge made now: not of history, and not of a refund, which counts it down.
    let mut charge: Option<&Entry> = None;
    for step in &decision.steps {
        if let Step::Reservation(reservation) = step {
            holds.extend(held(decision, reservation, books, now));
        }
        if let Step::Append(entry) = step {
            events.push(moved(entry));
            if entry.kind.is_charge() && entry.occurred_at == entry.recorded_at {
                charge = Some(entry);
            }
        }
    }
    // Of a settlement the charge comes first, then what it left of the hold.
    events.append(&mut holds);
    if let Some(charge) = charge {
        events.extend(warnings(decision, charge, books));
    }
    events
}

/// What a change of a reservation tells: nothing of a renewal, which holds what was held.
fn held(decision: &Decision, reservation: &Reservation, books: &Books, now: Timestamp) -> Option<Event> {
    let account = &decision.account;
    let available = books.account(account).available(now);
    match (&decision.reply, reservation.status) {
        (Reply::Reserved(_), _) => {
            Some(reserved(account, reservation.id, reservation.amount, available, reservation.expires_at))
        }
        (_, ReservationStatus::Active) => None,
        (Reply::Charged(charge), _) => {
            let left = Credits::from_micros(reservation.amount.micros() + charge.amount.micros());
            left.is_positive().then(|| released(account, reservation.id, left, available))
        }
        _ => Some(released(account, reservation.id, reservation.amount, available)),
    }
}

fn kind_of(entry: &Entry) -> EventType {
    match entry.kind {
        EntryKind::Purchase | EntryKind::Subscription | EntryKind::Grant => EventType::CreditsAdded,
        EntryKind::Adjustment | EntryKind::Usage | EntryKind::TeamUsage => EventType::CreditsDeducted,
        EntryKind::Refund => EventType::CreditsRefunded,
        EntryKind::Expiry => EventType::CreditsExpired,
    }
}

/// An entry, as it is told.
fn moved(entry: &Entry) -> Event {
    let positive = |amount: Credits| Some(amount).filter(|amount| amount.is_positive());
    let metadata: Option<Value> = entry.metadata.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let data = json!({
        "transaction_id": entry.id,
        "user_id": entry.user_id,
        "kind": entry.kind,
        "amount": entry.amount,
        "balance": entry.spendable_after(),
        "original_transaction_id": entry.reference,
        "gross": entry.gross,
        "allowance": positive(entry.allowance),
        "uncollected": positive(entry.uncollected),
        "expired_on_refund": entry.outcome.expired_on_refund,
        "model": entry.model,
        "pricing_version": entry.pricing_version,
        "reason": entry.reason,
        "notify": (entry.kind == EntryKind::Refund).then_some(entry.outcome.notify),
        "reference_type": entry.reference_type,
        "reference_id": entry.reference_id,
        "metadata": metadata,
        "occurred_at": Some(entry.occurred_at).filter(|at| *at != entry.recorded_at),
    });
    Event::of_account(kind_of(entry), &entry.account, data)
}

/// The soft caps that are past their limit after this charge.
fn warnings(decision: &Decision, charge: &Entry, books: &Books) -> Vec<Event> {
    let caps = || books.accounts.values().flat_map(|account| &account.caps);
    let owned = books.accounts.get(&decision.account).map(|account| account.caps.as_slice()).unwrap_or_default();
    let mut events = Vec::new();
    for step in &decision.steps {
        let Step::Count { cap: id, window, counter, .. } = step else { continue };
        // A team's charge counts under the caps of its member, which are in another account's books.
        let Some(cap) = owned.iter().find(|cap| cap.id == *id).or_else(|| caps().find(|cap| cap.id == *id)) else {
            continue;
        };
        if cap.action == CapAction::Deny || counter.spend <= cap.limit {
            continue;
        }
        let mut data = cap_data(cap, counter.spend, charge.recorded_at);
        data.insert("transaction_id".to_owned(), json!(charge.id));
        data.insert("user_id".to_owned(), json!(charge.user_id));
        let mut event = Event::of_account(EventType::CapWarning, &charge.account, Value::Object(data));
        event.once = (cap.action == CapAction::Notify).then_some((cap.id, *window));
        events.push(event);
    }
    events
}

fn cap_data(cap: &Cap, spend: Credits, at: Timestamp) -> Map<String, Value> {
    let data = json!({
        "type": cap.cap_type,
        "action": cap.action,
        "model": cap.model,
        "current_spend": spend,
        "cap_limit": cap.limit,
        "resets_at": next_window(cap.cap_type, at),
    });
    match data {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// What a refusal tells: that a cap was reached, once per cap and window.
pub fn refused(command: &Command, rejection: &Rejection, books: &Books, now: Timestamp) -> Option<Event> {
    let Rejection::CapReached { cap_type, action, model, spend, needed, .. } = rejection else { return None };
    let is_it = |cap: &&Cap| cap.cap_type == *cap_type && cap.action == *action && cap.model == *model;
    // A team's charge is refused by a cap of the member.
    let owner = command.member().unwrap_or_else(|| command.account.clone());
    let cap = books.caps(&owner).iter().find(is_it)?;
    let mut data = cap_data(cap, *spend, now);
    data.insert("user_id".to_owned(), json!(owner.id));
    data.insert("needed".to_owned(), json!(needed));
    let mut event = Event::of_account(EventType::CapReached, &command.account, Value::Object(data));
    event.once = Some((cap.id, window_start(cap.cap_type, now)));
    Some(event)
}

/// A reservation was made; `available` is what is left beside all holds.
pub fn reserved(
    account: &AccountKey,
    reservation: Uuid,
    amount: Credits,
    available: Credits,
    expires_at: Timestamp,
) -> Event {
    let data = json!({
        "reservation_id": reservation, "amount": amount, "available": available, "expires_at": expires_at,
    });
    Event::of_account(EventType::CreditsReserved, account, data)
}

/// A reservation's hold, or what a settlement left of it, was freed.
pub fn released(account: &AccountKey, reservation: Uuid, amount: Credits, available: Credits) -> Event {
    let data = json!({ "reservation_id": reservation, "amount": amount, "available": available });
    Event::of_account(EventType::CreditsReleased, account, data)
}

pub fn plan_changed(account: &AccountKey, plan: Option<&str>, previous: Option<&str>) -> Event {
    let mut event = Event::of_account(EventType::PlanChanged, account, json!({ "previous_plan_id": previous }));
    // Said also when there is none any more.
    event.data["plan_id"] = json!(plan);
    event
}

pub fn pricing_activated(version: i64, previous: Option<i64>, label: Option<&str>, by: &str) -> Event {
    let data = json!({ "version": version, "previous_version": previous, "label": label, "activated_by": by });
    Event::of_desk(EventType::PricingActivated, data)
}

pub fn endpoint_disabled(endpoint: Uuid, url: &str, reason: &str) -> Event {
    let data = json!({ "webhook_id": endpoint, "url": url, "reason": reason });
    Event::of_desk(EventType::EndpointDisabled, data)
}

/// Whether an account tells of a low balance, and is armed afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LowBalance {
    pub tells: bool,
    pub armed: bool,
}

impl LowBalance {
    /// `armed` before; without a memory of it, armed when the ledger's balance `before` stood at the threshold or above.
    pub fn step(threshold: Credits, armed: Option<bool>, before: Credits, after: Credits) -> Self {
        let armed = armed.unwrap_or(before >= threshold);
        let low = after < threshold;
        Self { tells: armed && low, armed: !low }
    }
}

/// The ledger's balance before a decision's entries, and the spendable one after them; none without entries.
pub fn balances(decision: &Decision) -> Option<(Credits, Credits)> {
    let entries = || {
        decision.steps.iter().filter_map(|step| match step {
            Step::Append(entry) => Some(entry),
            _ => None,
        })
    };
    let (first, last) = (entries().next()?, entries().next_back()?);
    Some((Credits::from_micros(first.balance_after.micros() - first.amount.micros()), last.spendable_after()))
}

pub fn low_balance(account: &AccountKey, balance: Credits, threshold: Credits) -> Event {
    Event::of_account(EventType::LowBalance, account, json!({ "balance": balance, "threshold": threshold }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(armed: Option<bool>, before: i64, after: i64) -> (bool, bool) {
        let credits = Credits::from_micros;
        let LowBalance { tells, armed } = LowBalance::step(credits(10), armed, credits(before), credits(after));
        (tells, armed)
    }

    #[test]
    fn a_low_balance_is_told_on_the_way_down_once() {
        assert_eq!(step(None, 12, 10), (false, true), "at the threshold is not below");
        assert_eq!(step(None, 10, 9), (true, false));
        assert_eq!(step(Some(false), 9, 1), (false, false), "told already");
        assert_eq!(step(Some(false), 9, 10), (false, true), "armed again at the threshold");
        assert_eq!(step(None, 0, 9), (false, false), "an account that was never above has not fallen below");
        assert_eq!(step(Some(true), 9, 8), (true, false), "lots that expired took it down before anybody looked");
    }
}
