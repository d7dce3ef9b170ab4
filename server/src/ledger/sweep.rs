//! Sweeping: one expiry entry for each lot that is past its time. Swept or not, such a lot is never spent.

use super::{
    decide::{Draft, Reply, Step},
    entry::Entry,
    lots::Lot,
    rejection::Rejection,
};
use app::model::{Credits, EntryKind, SweepResult};

/// Expires what is due of the account. Nothing due is no refusal: two sweeps are one.
pub(super) fn sweep(draft: &mut Draft<'_>) -> Result<Reply, Rejection> {
    let now = draft.now;
    let due: Vec<Lot> =
        draft.account.lots.iter().filter(|lot| lot.is_expired(now) && lot.remaining().is_positive()).cloned().collect();
    let mut stale = draft.account.stale(now);
    let mut swept = SweepResult::default();
    let mut previous: Option<Entry> = None;
    for lot in due {
        let amount = lot.remaining();
        let mut entry = draft.entry(EntryKind::Expiry, Credits::from_micros(-amount.micros()), previous.as_ref())?;
        stale = Credits::from_micros(stale.micros() - amount.micros());
        entry.stale = stale;
        entry.reference = Some(lot.source);
        entry.key = None;
        entry.digest = None;
        draft.steps.push(Step::Lot(lot.consume(amount)));
        draft.steps.push(Step::Append(Box::new(entry.clone())));
        previous = Some(entry);
        swept.expired_count += 1;
        swept.expired_amount = Credits::from_micros(swept.expired_amount.micros() + amount.micros());
    }
    Ok(Reply::Swept(swept))
}
