//! Charging: price → allowance → caps on the net → floor.

use super::{
    adjust::stays_above,
    books::{Account, Cap, Counter},
    command::Price,
    decide::{Draft, Reply, Step},
    entry::{AccountKey, Entry},
    lots,
    rejection::Rejection,
    window::{month_start, next_window, window_start},
};
use app::model::{CapAction, CapCheckResult, CreditMetadata, Credits, EntryKind, Timestamp, UsageMetrics};

/// What a charge costs, and by which version.
pub(super) struct Priced {
    pub gross: Credits,
    version: Option<i64>,
    model: Option<String>,
    quantities: Option<String>,
}

impl Priced {
    /// A cost that the caller knew.
    pub fn amount(gross: Credits, metadata: &CreditMetadata) -> Self {
        Self { gross, version: None, model: metadata.model.clone(), quantities: None }
    }
}

/// What a charge may draw on.
#[derive(Clone, Copy)]
pub(super) enum Room<'a> {
    /// What is available above the floor; more is refused, as is what a deny cap forbids. History passes the caps.
    Available { history: bool },
    /// So much at most; the rest is not collected. `freed` is the hold that goes with it.
    Within { credits: Credits, freed: Credits },
    /// A team's pool, for one of its members, whose own caps count it.
    Pool { member: &'a str },
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
    let version = draft.books.pricing.as_ref().map(|active| active.version);
    let priced = find_price(draft, price, metadata, version)?;
    let entry = collect(draft, priced, metadata, at, Room::Available { history: occurred_at.is_some() })?;
    Ok(draft.append(entry))
}

/// Allowance → caps → what there is to draw on → the entry, its lots and counters.
pub(super) fn collect(
    draft: &mut Draft<'_>,
    priced: Priced,
    metadata: &CreditMetadata,
    at: Timestamp,
    room: Room<'_>,
) -> Result<Entry, Rejection> {
    let pool = matches!(room, Room::Pool { .. });
    let month = month_start(at);
    let allowance = if pool { Credits::ZERO } else { allowance_left(draft, month).min(priced.gross) };
    let owed = Credits::from_micros(priced.gross.micros() - allowance.micros());

    let books = draft.books;
    let payer = match room {
        Room::Pool { member } => AccountKey::user(member),
        _ => draft.command.account.clone(),
    };
    let nobody = Account::default();
    let user = if pool { books.accounts.get(&payer).unwrap_or(&nobody) } else { draft.account };
    let matching = || user.caps.iter().filter(|cap| covers(cap, priced.model.as_deref()));
    let denying = || matching().filter(|cap| cap.action == CapAction::Deny);
    let history = matches!(room, Room::Available { history: true });
    let net = match room {
        Room::Within { credits, freed } => {
            let under_caps = denying().map(|cap| cap_room(user, cap, freed, at)).min().unwrap_or(Credits::MAX);
            owed.min(credits).min(under_caps)
        }
        Room::Available { .. } | Room::Pool { .. } => {
            for cap in denying().filter(|_| !history) {
                check_cap(user, cap, owed, at, draft.now)?;
            }
            let available = draft.account.available(draft.now);
            let floor = if pool { Credits::ZERO } else { books.floor() };
            if !stays_above(available, owed, floor) {
                return Err(Rejection::InsufficientCredits { needed: owed, available, floor });
            }
            owed
        }
    };

    let counts = count(&payer, matching(), net, at, draft.now);
    let warning = if history { None } else { first_warning(matching(), net, at) };
    let mut entry = draft.entry(EntryKind::Usage, Credits::from_micros(-net.micros()), None)?;
    describe(&mut entry, metadata);
    entry.gross = Some(priced.gross);
    entry.allowance = allowance;
    entry.uncollected = Credits::from_micros(owed.micros() - net.micros());
    entry.pricing_version = priced.version;
    entry.model = priced.model;
    entry.quantities = priced.quantities;
    if !pool {
        entry.plan_id = books.plan(draft.account).and(draft.account.plan_id.clone());
    }
    entry.outcome.cap_warning = warning;
    entry.occurred_at = at;
    let (draws, changed) = lots::draw(&draft.account.lots, net, draft.now);
    entry.draws = draws;
    draft.steps.extend(changed.into_iter().map(Step::Lot));
    draft.steps.extend(counts);
    if allowance.is_positive() {
        let after = used(draft.account, month).micros() + allowance.micros();
        draft.steps.push(Step::Allowance { month, used: Credits::from_micros(after) });
    }
    Ok(entry)
}

/// The cost, by the rates of a version where it is told by quantities.
pub(super) fn find_price(
    draft: &Draft<'_>,
    price: &Price,
    metadata: &CreditMetadata,
    version: Option<i64>,
) -> Result<Priced, Rejection> {
    match price {
        Price::Amount(amount) if !amount.is_positive() => {
            Err(Rejection::InvalidAmount { field: "amount", rule: "must be greater than 0" })
        }
        Price::Amount(amount) => Ok(Priced::amount(*amount, metadata)),
        Price::Metrics(metrics) => {
            let version = version.ok_or(Rejection::PricingNotLoaded)?;
            let pricing = draft.books.version(version).ok_or(Rejection::PricingNotLoaded)?;
            // Rates of a plan are for the user's own account.
            let plan = draft.account.plan_id.as_deref();
            Ok(Priced {
                gross: pricing.cost(metrics, plan).map_err(Rejection::Price)?,
                version: Some(version),
                model: metrics.model.clone(),
                quantities: quantities(metrics),
            })
        }
    }
}

/// What [`Entry::metrics`] reads.
fn quantities(metrics: &UsageMetrics) -> Option<String> {
    serde_json::to_string(&UsageMetrics { model: None, ..metrics.clone() }).ok()
}

/// What the plan's allowance still pays in the month.
pub(super) fn allowance_left(draft: &Draft<'_>, month: Timestamp) -> Credits {
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

/// What a cap has counted, with what is held for charges that it will count. A reservation has no model, so only a cap
/// on all of them knows that it will.
fn counted(account: &Account, cap: &Cap, at: Timestamp, now: Timestamp) -> Credits {
    let held = if cap.model.is_none() { account.held(now) } else { Credits::ZERO };
    counter(cap, window_start(cap.cap_type, at)).spend.checked_add(held).unwrap_or(Credits::MAX)
}

/// Refused when spend and open reservations with `net` would pass the limit; reaching it exactly is fine.
pub(super) fn check_cap(
    account: &Account,
    cap: &Cap,
    net: Credits,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), Rejection> {
    let spend = counted(account, cap, at, now);
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

/// What a deny cap still lets through when the hold of `freed` goes.
fn cap_room(account: &Account, cap: &Cap, freed: Credits, at: Timestamp) -> Credits {
    let freed = if cap.model.is_none() { freed.micros() } else { 0 };
    let spend = counted(account, cap, at, at).micros() - freed;
    Credits::from_micros(cap.limit.micros().saturating_sub(spend).max(0))
}

/// The counters after `net` more. History counts only in the window that is now: an older one decides nothing any more.
fn count<'a>(
    account: &AccountKey,
    caps: impl Iterator<Item = &'a Cap>,
    net: Credits,
    at: Timestamp,
    now: Timestamp,
) -> Vec<Step> {
    caps.filter_map(|cap| {
        let window = window_start(cap.cap_type, at);
        if window != window_start(cap.cap_type, now) {
            return None;
        }
        let before = counter(cap, window);
        let spend = before.spend.checked_add(net).unwrap_or(Credits::MAX);
        let notified = before.notified || (cap.action == CapAction::Notify && spend > cap.limit);
        Some(Step::Count { account: account.clone(), cap: cap.id, window, counter: Counter { spend, notified } })
    })
    .collect()
}

/// The first cap that this charge passes and that only warns: `warn` at every call, `notify` once in its window.
fn first_warning<'a>(caps: impl Iterator<Item = &'a Cap>, net: Credits, at: Timestamp) -> Option<CapCheckResult> {
    let mut soft: Vec<_> = caps.filter(|cap| cap.action != CapAction::Deny).collect();
    // What is told once comes before what will be told again.
    soft.sort_by_key(|cap| cap.action != CapAction::Notify);
    soft.into_iter().find_map(|cap| {
        let before = counter(cap, window_start(cap.cap_type, at));
        let spend = before.spend.checked_add(net).unwrap_or(Credits::MAX);
        let silent = cap.action == CapAction::Notify && before.notified;
        (spend > cap.limit && !silent).then(|| CapCheckResult {
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
