//! Adding credits: an entry and its lot.

use super::{
    decide::{Draft, Reply, Step, TOO_MUCH},
    lots::Lot,
    rejection::Rejection,
};
use app::model::{CreditKind, CreditMetadata, Credits, Timestamp};

/// amount > 0 → `expires_at` in the future → entry and lot; debt is repaid first.
pub(super) fn add_credits(
    draft: &mut Draft<'_>,
    amount: Credits,
    kind: CreditKind,
    expires_at: Option<Timestamp>,
    metadata: &CreditMetadata,
) -> Result<Reply, Rejection> {
    if !amount.is_positive() {
        return Err(Rejection::InvalidAmount { field: "amount", rule: "must be greater than 0" });
    }
    if expires_at.is_some_and(|at| at <= draft.now) {
        return Err(Rejection::Invalid { field: "expires_at", rule: "must lie in the future".to_owned() });
    }
    let purchased = if kind == CreditKind::Purchase { amount } else { Credits::ZERO };
    let lifetime = draft.account.lifetime_purchased.checked_add(purchased).ok_or(TOO_MUCH)?;
    let mut entry = draft.entry(kind.into(), amount, None)?;
    entry.outcome.lifetime_purchased = Some(lifetime);
    super::charge::describe(&mut entry, metadata);

    let repaid = draft.account.debt.min(amount);
    draft.steps.push(Step::Lot(Lot {
        seq: entry.seq,
        source: entry.id,
        kind: entry.kind,
        granted: amount,
        consumed: repaid,
        expires_at,
        created_at: draft.now,
    }));
    if repaid.is_positive() {
        draft.steps.push(Step::Debt(Credits::from_micros(draft.account.debt.micros() - repaid.micros())));
    }
    Ok(draft.append(entry))
}
