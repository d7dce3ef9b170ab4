//! Charging: price → allowance → caps on the net → floor.

use super::{
    adjust::stays_above,
    books::{Account, Cap, Counter},
    command::Price,
    decide::{Draft, Reply, Step},
    entry::Entry,
    lots,
    rejection::Rejection,
    window::{month_start, next_window, window_start},
};
use app::model::{CapAction, CapCheckResult, CreditMetadata, Credits, EntryKind, Timestamp, UsageMetrics};

/// What a charge costs, and by which version.
struct Priced {
    gross: Credits,
    version: Option<i64>,
    model: Option<String>,
    quantities: Option<String>,
}

/// One charge. The checks and their order are the domain's; see the module's heading.
pub(super) fn deduct(
    draft: &mut Draft<'_>,
    price: &Price,
    metadata: &CreditMetadata,
    occurred_at: Option<Timestamp>,
) -> Result<Reply, Rejection> {
    let at = occurred_at.unwrap_or(draft.now);
    if at > draft.now {
        return Err(Rejection::Invalid { field: "occurred_at", rule: "lies in the future".to_owned() });
    }
    let priced = find_price(draft, price, metadata)?;
    let month = month_start(at);
    let allowance = allowance_left(draft, month).min(priced.gross);
    let net = Credits::from_micros(priced.gross.micros() - allowance.micros());

    let matching = || draft.account.caps.iter().filter(|cap| covers(cap, priced.model.as_deref()));
    if occurred_at.is_none() {
        for cap in matching().filter(|cap| cap.action == CapAction::Deny) {
            check_cap(draft.account, cap, net, at)?;
        }
    }
    let available = draft.account.available(draft.now);
    let floor = draft.books.floor();
    if !stays_above(available, net, floor) {
        return Err(Rejection::InsufficientCredits { needed: net, available, floor });
    }

    let counts = count(matching(), net, at, draft.now);
    let warning = if occurred_at.is_none() { first_warning(matching(), net, at) } else { None };
    let mut entry = draft.entry(EntryKind::Usage, Credits::from_micros(-net.micros()), None)?;
    describe(&mut entry, metadata);
    entry.gross = Some(priced.gross);
    entry.allowance = allowance;
    entry.pricing_version = priced.version;
    entry.model = priced.model;
    entry.quantities = priced.quantities;
    entry.plan_id = draft.books.plan(draft.account).and(draft.account.plan_id.clone());
    entry.outcome.cap_warning = warning;
    entry.occurred_at = at;
    let (draws, changed) = lots::draw(&draft.account.lots, net, draft.now);
    entry.draws = draws;
    draft.steps.extend(changed.into_iter().map(Step::Lot));
    draft.steps.extend(counts);
    if allowance.is_positive() {
        let used = used(draft.account, month).micros() + allowance.micros();
        draft.steps.push(Step::Allowance { month, used: Credits::from_micros(used) });
    }
    Ok(draft.append(entry))
}

fn find_price(draft: &Draft<'_>, price: &Price, metadata: &CreditMetadata) -> Result<Priced, Rejection> {
    match price {
        Price::Amount(amount) if !amount.is_positive() => {
            Err(Rejection::InvalidAmount { field: "amount", rule: "must be greater than 0" })
        }
        Price::Amount(amount) => {
            Ok(Priced { gross: *amount, version: None, model: metadata.model.clone(), quantities: None })
        }
        Price::Metrics(metrics) => {
            let active = draft.books.pricing.as_ref().ok_or(Rejection::PricingNotLoaded)?;
            let plan = draft.account.plan_id.as_deref();
            Ok(Priced {
                gross: active.pricing.cost(metrics, plan).map_err(Rejection::Price)?,
                version: Some(active.version),
                model: metrics.model.clone(),
                quantities: quantities(metrics),
            })
        }
    }
}

fn quantities(metrics: &UsageMetrics) -> Option<String> {
    serde_json::to_string(metrics).ok()
}

/// What the plan's allowance still pays in the month.
fn allowance_left(draft: &Draft<'_>, month: Timestamp) -> Credits {
    let whole = draft.books.plan(draft.account).map_or(Credits::ZERO, |plan| plan.free_allowance);
    Credits::from_micros((whole.micros() - used(draft.account, month).micros()).max(0))
}

pub(super) fn used(account: &Account, month: Timestamp) -> Credits {
    account.allowance.get(&month).copied().unwrap_or_default()
}

/// True when the cap counts charges of this model.
pub(super) fn covers(cap: &Cap, model: Option<&str>) -> bool {
    cap.model.is_none() || cap.model.as_deref() == model
}

pub(super) fn counter(cap: &Cap, window: Timestamp) -> Counter {
    cap.counters.get(&window).copied().unwrap_or_default()
}

/// Refused when spend and open reservations with `net` would pass the limit; reaching it exactly is fine.
fn check_cap(account: &Account, cap: &Cap, net: Credits, at: Timestamp) -> Result<(), Rejection> {
    let counted = counter(cap, window_start(cap.cap_type, at)).spend;
    let spend = counted.checked_add(account.held).unwrap_or(Credits::MAX);
    if spend.checked_add(net).is_some_and(|total| total <= cap.limit) {
        return Ok(());
    }
    Err(Rejection::CapReached {
        cap_type: cap.cap_type,
        action: cap.action,
        model: cap.model.clone(),
        spend,
        limit: cap.limit,
        needed: net,
        resets_at: next_window(cap.cap_type, at),
    })
}

/// The counters after `net` more. History counts only in the window that is now: an older one decides nothing any more.
fn count<'a>(caps: impl Iterator<Item = &'a Cap>, net: Credits, at: Timestamp, now: Timestamp) -> Vec<Step> {
    caps.filter_map(|cap| {
        let window = window_start(cap.cap_type, at);
        if window != window_start(cap.cap_type, now) {
            return None;
        }
        let before = counter(cap, window);
        let spend = before.spend.checked_add(net).unwrap_or(Credits::MAX);
        let notified = before.notified || (cap.action == CapAction::Notify && spend > cap.limit);
        Some(Step::Count { cap: cap.id, window, counter: Counter { spend, notified } })
    })
    .collect()
}

/// The first `warn` cap that this charge passes.
fn first_warning<'a>(caps: impl Iterator<Item = &'a Cap>, net: Credits, at: Timestamp) -> Option<CapCheckResult> {
    caps.filter(|cap| cap.action == CapAction::Warn).find_map(|cap| {
        let spend = counter(cap, window_start(cap.cap_type, at)).spend.checked_add(net).unwrap_or(Credits::MAX);
        (spend > cap.limit).then(|| CapCheckResult {
            capped: false,
            current_spend: spend,
            cap_limit: cap.limit,
            action: Some(cap.action),
            model: cap.model.clone(),
        })
    })
}

/// Keeps what the caller said, without the keys that only the ledger writes.
pub(super) fn describe(entry: &mut Entry, metadata: &CreditMetadata) {
    entry.reference_type.clone_from(&metadata.reference_type);
    entry.reference_id.clone_from(&metadata.reference_id);
    let mut kept = CreditMetadata {
        model: None,
        idempotency_key: None,
        reference_type: None,
        reference_id: None,
        ..metadata.clone()
    };
    for key in CreditMetadata::SYSTEM_KEYS {
        kept.extra.remove(key);
    }
    if kept != CreditMetadata::default() {
        entry.metadata = serde_json::to_string(&kept).ok();
    }
}
