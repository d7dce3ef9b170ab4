//! Refunding: what a debit drew goes back where it came from, never more than once.

use super::{
    books::{Books, Charged, Counter},
    charge::{counter, covers, used},
    decide::{Draft, Reply, Step},
    entry::{Draw, Entry},
    lots::{self, DEBT, Lot},
    rejection::Rejection,
    window::{month_start, window_start},
};
use app::model::{Credits, EntryKind, RefundReason, Refundable, Timestamp, Uuid};

/// What of a debit can still be refunded: its gross in credits and allowance, less what its refunds gave back.
pub fn refundable(charged: &Charged, now: Timestamp) -> Refundable {
    let original = &charged.entry;
    let sum = |part: fn(&Entry) -> i64| charged.refunds.iter().map(part).sum::<i64>();
    let credits = -original.amount.micros() - sum(|refund| refund.amount.micros());
    let given = sum(|refund| refund.gross.unwrap_or_default().micros() - refund.amount.micros());
    let allowance = original.allowance.micros() - given;
    Refundable {
        total: Credits::from_micros(credits + allowance),
        credits: Credits::from_micros(credits),
        allowance: Credits::from_micros(allowance),
        allowance_current: month_start(original.occurred_at) == month_start(now),
    }
}

/// What is said of a refund beside its amount.
pub(super) struct Told<'a> {
    pub reason: RefundReason,
    pub note: Option<&'a str>,
    pub notify: bool,
}

/// The original exists → is a debit → something remains → nothing was refunded since it was `seen` →
/// `0 < amount <= remaining`.
pub(super) fn refund(
    draft: &mut Draft<'_>,
    transaction: Uuid,
    amount: Option<Credits>,
    seen: Option<Credits>,
    told: Told<'_>,
) -> Result<Reply, Rejection> {
    let Told { reason, note, notify } = told;
    let books: &Books = draft.books;
    let charged = books.charged.get(&transaction).ok_or(Rejection::TransactionNotFound(transaction))?;
    let original = &charged.entry;
    if !is_debit(original) {
        return Err(Rejection::NotRefundable { kind: original.kind.as_str() });
    }
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    if reason == RefundReason::Other && note.is_none() {
        return Err(Rejection::Invalid { field: "note", rule: "must be given when the reason is other".to_owned() });
    }
    if amount.is_some_and(|amount| !amount.is_positive()) {
        return Err(Rejection::InvalidAmount { field: "amount", rule: "must be greater than 0" });
    }
    let left = refundable(charged, draft.now);
    if !left.total.is_positive() {
        return Err(Rejection::AlreadyRefunded { refunded: charged_total(original) });
    }
    if let Some(seen) = seen {
        unchanged(charged, seen, draft.now)?;
    }
    let asked = amount.unwrap_or(left.total);
    if asked > left.total {
        return Err(Rejection::OverRefund { asked, remaining: left.total });
    }

    let credits = asked.min(left.credits);
    let allowance = Credits::from_micros(asked.micros() - credits.micros());
    let back = lots::give_back(&original.draws, &charged.returned(), credits);
    let mut entry = draft.entry(EntryKind::Refund, credits, None)?;
    entry.user_id.clone_from(&original.user_id);
    entry.reference = Some(original.id);
    entry.model.clone_from(&original.model);
    entry.gross = Some(asked);
    entry.reason = Some(reason.as_str().to_owned());
    entry.note = note.map(str::to_owned);
    entry.draws.clone_from(&back);
    entry.outcome.notify = notify;
    entry.outcome.remaining = Some(Credits::from_micros(left.total.micros() - asked.micros()));
    if left.allowance_current {
        entry.allowance = allowance;
        return_allowance(draft, original, allowance);
    }
    uncount(draft, original, credits);
    give_back_to_member(draft, original, credits);
    let expired = return_to_lots(draft, &entry, &back);
    let total: Credits = expired.iter().map(|(_, amount)| *amount).sum();
    if total.is_positive() {
        entry.outcome.expired_on_refund = Some(total);
    }
    let reply = draft.append(entry.clone());
    expire_again(draft, entry, &expired)?;
    Ok(reply)
}

/// Refuses when another refund has come between: whoever asks has decided by other figures.
fn unchanged(charged: &Charged, seen: Credits, now: Timestamp) -> Result<(), Rejection> {
    let refunded: Credits = charged.refunds.iter().filter_map(|refund| refund.gross).sum();
    match charged.refunds.last() {
        Some(last) if refunded != seen => Err(Rejection::RefundedSince {
            amount: Credits::from_micros(refunded.micros().saturating_sub(seen.micros())),
            by: last.actor.clone(),
            at: last.recorded_at,
            now,
        }),
        _ => Ok(()),
    }
}

/// A charge, or an adjustment that took credits away.
fn is_debit(entry: &Entry) -> bool {
    entry.kind.is_charge() || (entry.kind == EntryKind::Adjustment && entry.amount.is_negative())
}

fn charged_total(original: &Entry) -> Credits {
    Credits::from_micros(original.allowance.micros() - original.amount.micros())
}

fn return_allowance(draft: &mut Draft<'_>, original: &Entry, allowance: Credits) {
    if allowance.is_positive() {
        let month = month_start(original.occurred_at);
        let used = (used(draft.account, month).micros() - allowance.micros()).max(0);
        draft.steps.push(Step::Allowance { month, used: Credits::from_micros(used) });
    }
}

/// A refund in the window of its charge makes room under the caps that counted the charge.
fn uncount(draft: &mut Draft<'_>, original: &Entry, credits: Credits) {
    if !original.kind.is_charge() || credits.is_zero() {
        return;
    }
    let books = draft.books;
    let key = original.user();
    let caps = if key == draft.command.account { draft.account.caps.as_slice() } else { books.caps(&key) };
    for cap in caps.iter().filter(|cap| covers(cap, original.model.as_deref())) {
        let window = window_start(cap.cap_type, original.occurred_at);
        if window == window_start(cap.cap_type, draft.now) {
            let before = counter(cap, window);
            let spend = Credits::from_micros((before.spend.micros() - credits.micros()).max(0));
            let counter = Counter { spend, ..before };
            draft.steps.push(Step::Count { account: key.clone(), cap: cap.id, window, counter });
        }
    }
}

/// A refund of a team's charge lowers what its member has spent.
fn give_back_to_member(draft: &mut Draft<'_>, original: &Entry, credits: Credits) {
    if original.kind == EntryKind::TeamUsage
        && let Some(member) = draft.account.members.get(&original.user_id)
    {
        let total = Credits::from_micros(member.total_spent.micros() - credits.micros());
        draft.steps.push(Step::Spent { member: original.user_id.clone(), total });
    }
}

/// Returns each draw to its lot. What went into debt lowers the debt; were that repaid meanwhile, it becomes a lot of the
/// refund's own. Gives the parts whose lots have expired: they stay consumed, and are expired again by the caller.
fn return_to_lots(draft: &mut Draft<'_>, entry: &Entry, back: &[Draw]) -> Vec<(Uuid, Credits)> {
    let mut expired = Vec::new();
    let mut fresh = 0;
    for draw in back {
        match draft.account.lot(draw.lot) {
            Some(lot) if lot.is_expired(draft.now) => expired.push((lot.source, draw.amount)),
            Some(lot) => draft.steps.push(Step::Lot(lot.restore(draw.amount))),
            None => {
                let repaid = if draw.lot == DEBT { draft.account.debt.min(draw.amount) } else { Credits::ZERO };
                if repaid.is_positive() {
                    draft.steps.push(Step::Debt(Credits::from_micros(draft.account.debt.micros() - repaid.micros())));
                }
                fresh += draw.amount.micros() - repaid.micros();
            }
        }
    }
    if fresh > 0 {
        draft.steps.push(Step::Lot(Lot {
            seq: entry.seq,
            source: entry.id,
            kind: EntryKind::Refund,
            granted: Credits::from_micros(fresh),
            consumed: Credits::ZERO,
            expires_at: None,
            created_at: draft.now,
        }));
    }
    expired
}

/// One expiry entry for each expired lot that took something back.
fn expire_again(draft: &mut Draft<'_>, refund: Entry, expired: &[(Uuid, Credits)]) -> Result<(), Rejection> {
    let mut previous = refund;
    for (source, amount) in expired {
        let mut entry = draft.entry(EntryKind::Expiry, Credits::from_micros(-amount.micros()), Some(&previous))?;
        entry.reference = Some(*source);
        entry.key = None;
        entry.digest = None;
        entry.operation = super::entry::Operation::Sweep;
        draft.steps.push(Step::Append(Box::new(entry.clone())));
        previous = entry;
    }
    Ok(())
}
