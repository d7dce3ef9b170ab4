//! Adjusting: taking credits away for a reason, outside of any charge.

use super::{
    decide::{Draft, Reply, Step},
    lots::{self, DEBT},
    rejection::Rejection,
};
use app::model::{Credits, EntryKind};

/// amount < 0 → a reason → the floor, unless it may be passed → negative entry; what no lot covers is debt.
pub(super) fn adjust(
    draft: &mut Draft<'_>,
    amount: Credits,
    reason: &str,
    allow_negative: bool,
) -> Result<Reply, Rejection> {
    if !amount.is_negative() {
        return Err(Rejection::InvalidAmount {
            field: "amount",
            rule: "must be negative: an adjustment takes credits away, a grant gives them",
        });
    }
    if reason.trim().is_empty() {
        return Err(Rejection::Invalid { field: "reason", rule: "must be given".to_owned() });
    }
    let taken = amount.checked_neg().ok_or(Rejection::InvalidAmount { field: "amount", rule: "is out of range" })?;
    let available = draft.account.available(draft.now);
    let floor = draft.books.floor();
    if !allow_negative && !stays_above(available, taken, floor) {
        return Err(Rejection::InsufficientCredits { needed: taken, available, floor });
    }
    let mut entry = draft.entry(EntryKind::Adjustment, amount, None)?;
    entry.gross = Some(taken);
    entry.reason = Some(reason.trim().to_owned());
    let (draws, changed) = lots::draw(&draft.account.lots, taken, draft.now);
    let owed: i64 = draws.iter().filter(|draw| draw.lot == DEBT).map(|draw| draw.amount.micros()).sum();
    entry.draws = draws;
    draft.steps.extend(changed.into_iter().map(Step::Lot));
    if owed > 0 {
        let debt = draft.account.debt.checked_add(Credits::from_micros(owed)).ok_or(super::decide::TOO_MUCH)?;
        draft.steps.push(Step::Debt(debt));
    }
    Ok(draft.append(entry))
}

/// `available − taken >= floor`; equality passes.
pub(super) fn stays_above(available: Credits, taken: Credits, floor: Credits) -> bool {
    available.checked_sub(taken).is_some_and(|left| left >= floor)
}
