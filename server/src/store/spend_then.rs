//! What a user had spent when a charge was made, as caps count it: charges of the day and of the month, less what had been
//! refunded of them by then. The counters of caps know the present alone, so this adds up the entries.

use super::{StoreError, Tx, sql};
use crate::clock::from_micros;
use crate::ledger::{Entry, window_start};
use app::model::{CapType, Credits, Timestamp};

/// More entries than these are not added up for a page.
const MOST: i64 = 20_000;

/// Sums of a month, by model, and which of them are of the charge's own day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spent(Vec<(Option<String>, bool, i64)>);

impl Spent {
    /// Of the day or the month, and of one model unless none is named.
    pub fn of(&self, window: CapType, model: Option<&str>) -> Credits {
        let counts = |of: &Option<String>, today: bool| {
            (today || window == CapType::Monthly) && (model.is_none() || of.as_deref() == model)
        };
        self.0
            .iter()
            .filter(|(of, today, _)| counts(of, *today))
            .map(|(.., micros)| Credits::from_micros(*micros))
            .sum()
    }
}

/// What `user` had spent before `charge`; none when more came before it in its month than is added up.
pub async fn before(tx: &mut Tx, user: i64, charge: &Entry) -> Result<Option<Spent>, StoreError> {
    // Charges of their own are those between two numbers, as an account's entries are written in order; those of teams are
    // found by member and time.
    const SUMS: &str = "SELECT c.model, CAST(CASE WHEN c.occurred_at >= $1 THEN 1 ELSE 0 END AS BIGINT), \
        CAST(SUM(-c.amount - COALESCE((SELECT SUM(r.amount) FROM entries r WHERE r.reference_entry = c.id \
        AND r.kind = 'refund' AND (r.occurred_at, r.id) < ($2, $3)), 0)) AS BIGINT) FROM ( \
        SELECT id, model, amount, occurred_at FROM entries WHERE account_id = $4 AND seq > $5 AND seq <= $6 \
        AND kind = 'usage' AND occurred_at >= $7 AND (occurred_at, id) < ($2, $3) \
        UNION ALL SELECT id, model, amount, occurred_at FROM entries WHERE user_id = $4 AND kind = 'team_usage' \
        AND occurred_at >= $7 AND occurred_at <= $2 AND (occurred_at, id) < ($2, $3)) c GROUP BY 1, 2";
    let at = charge.occurred_at;
    let [day, month] = [CapType::Daily, CapType::Monthly].map(|window| window_start(window, at));
    let first = written_before(tx, user, month).await?;
    let last = written_before(tx, user, from_micros(charge.recorded_at.as_microsecond().saturating_add(1))).await?;
    if last - first > MOST {
        return Ok(None);
    }
    let sums: Vec<(Option<String>, i64, i64)> =
        sql(SUMS).bind(day).bind(at).bind(charge.id).bind(user).bind(first).bind(last).bind(month).all(tx).await?;
    Ok(Some(Spent(sums.into_iter().map(|(model, today, micros)| (model, today == 1, micros)).collect())))
}

/// The number of the account's last entry that was written before `at`. Numbers have no gaps, and grow with time.
async fn written_before(tx: &mut Tx, account: i64, at: Timestamp) -> Result<i64, StoreError> {
    const LAST: &str = "SELECT seq FROM accounts WHERE id = $1";
    const WHEN: &str = "SELECT COALESCE(recorded_at, occurred_at) FROM entries WHERE account_id = $1 AND seq = $2";
    let (mut low, (mut high,)): (i64, (i64,)) = (0, sql(LAST).bind(account).one(tx).await?);
    while low < high {
        let middle = high - (high - low) / 2;
        let (written,): (i64,) = sql(WHEN).bind(account).bind(middle).one(tx).await?;
        if written < at.as_microsecond() { low = middle } else { high = middle - 1 }
    }
    Ok(low)
}
