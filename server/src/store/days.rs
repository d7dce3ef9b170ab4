//! What reports remember: the sums of days, so that a report reads what has changed and no more.
//!
//! A range is made of whole UTC days and of the parts of days at its edges. Their rows are kept in memory, each with the
//! mark of its day: the totals that the same transaction kept for it. Charges and refunds only ever add to a mark, so rows
//! under the mark of today's snapshot are the rows of today's snapshot. A day without charges has no mark and is not read.
//!
//! A day is kept as quarters by model, of which any zone's days are made, and as one sum by user.

use super::{
    StoreError, Tx,
    reports::Piece,
    rollups::{DAY, QUARTER, Tally},
    sql, users,
};
use app::model::{Credits, SpendByUserRow, Timestamp};
use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Rows remembered of each kind at most, some 40 bytes each; then those go that were not asked for longest.
const ROOM: usize = 2_000_000;

#[derive(Debug, Default)]
pub struct Days {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    models: Remembered<ModelRow>,
    users: Remembered<UserRow>,
    model_names: Numbered<String>,
    user_ids: Numbered<i64>,
}

/// The totals of a UTC day over all models.
type Mark = (i64, i64, i64);
/// A part of one UTC day, from and until.
type Slice = (i64, i64);

#[derive(Clone, Copy, Debug)]
struct ModelRow {
    /// The start of the quarter.
    at: i64,
    model: u32,
    tally: Tally,
}

#[derive(Clone, Copy, Debug)]
struct UserRow {
    user: u32,
    tally: Tally,
}

/// Spend of a model on a day of a zone; `day` counts days since 1970-01-01.
#[derive(Clone, Debug)]
pub struct DayModel {
    pub day: i64,
    pub model: String,
    pub tally: Tally,
}

/// Sums of a range over all users, with the users at the head of the list.
#[derive(Debug, Default)]
pub struct ByUser {
    pub active: i64,
    pub spend: Credits,
    pub top: Vec<SpendByUserRow>,
}

impl Days {
    /// Sums by day and model over pieces of one range; sums that are zero throughout are left out.
    pub async fn by_day_and_model(&self, tx: &mut Tx, pieces: &[Piece]) -> Result<Vec<DayModel>, StoreError> {
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return Ok(Vec::new()) };
        let marks = marks(tx, first.start, last.end).await?;
        let wanted: Vec<_> = marks.into_iter().map(|(day, mark)| ((day, day + DAY), mark)).collect();
        let (mut slices, missing) = self.known().models.look_up(&wanted);
        for run in runs(&missing) {
            for (slice, rows) in self.read_models(tx, run).await? {
                slices.push(self.known().models.keep(slice, mark_of(run, slice), rows));
            }
        }
        let mut cells: HashMap<(i64, u32), Tally> = HashMap::new();
        for piece in pieces {
            let rows = slices.iter().flat_map(|rows| rows.iter());
            for row in rows.filter(|row| piece.start <= row.at && row.at < piece.end) {
                cells.entry(((row.at + piece.offset).div_euclid(DAY), row.model)).or_default().add(row.tally);
            }
        }
        let known = self.known();
        let mut cells: Vec<DayModel> = cells
            .into_iter()
            .filter(|(_, tally)| *tally != Tally::default())
            .map(|((day, model), tally)| DayModel { day, model: known.model_names.of(model), tally })
            .collect();
        drop(known);
        cells.sort_by(|a, b| (a.day, &a.model).cmp(&(b.day, &b.model)));
        Ok(cells)
    }

    /// Sums by user over `[start, end)`, and the first `limit` users by spend, then by id.
    pub async fn by_user(
        &self,
        tx: &mut Tx,
        start: Timestamp,
        end: Timestamp,
        limit: usize,
    ) -> Result<ByUser, StoreError> {
        let mut sums = self.all_users(tx, start, end).await?;
        let active = sums.iter().filter(|(_, tally)| tally.charges > 0).count();
        let spend = sums.iter().map(|(_, tally)| tally.spend).sum();
        // Those with as much as the last one stay in: ids decide between them, and are not known yet.
        if let Some(place) = limit.min(sums.len()).checked_sub(1) {
            sums.select_nth_unstable_by(place, |(_, a), (_, b)| b.spend.cmp(&a.spend));
            let least = sums[place].1.spend;
            sums.retain(|(_, tally)| tally.spend >= least);
        } else {
            sums.clear();
        }
        let mut top = named(tx, &sums).await?;
        top.sort_by(|a, b| b.total_spend.cmp(&a.total_spend).then_with(|| a.user_id.cmp(&b.user_id)));
        top.truncate(limit);
        Ok(ByUser { active: i64::try_from(active).unwrap_or(i64::MAX), spend: Credits::from_micros(spend), top })
    }

    /// Sums by the number of the user's account over `[start, end)`, in no order.
    pub async fn all_users(
        &self,
        tx: &mut Tx,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Vec<(i64, Tally)>, StoreError> {
        let sums = self.user_sums(tx, start.as_microsecond(), end.as_microsecond()).await?;
        let known = self.known();
        let some = sums.into_iter().zip(0_u32..).filter(|(tally, _)| *tally != Tally::default());
        Ok(some.map(|(tally, user)| (known.user_ids.of(user), tally)).collect())
    }

    /// The sums of users, at the users' numbers here.
    async fn user_sums(&self, tx: &mut Tx, start: i64, end: i64) -> Result<Vec<Tally>, StoreError> {
        let marks = marks(tx, start, end).await?;
        let cut = |day: i64| (day.max(start), (day + DAY).min(end));
        let wanted: Vec<_> = marks.into_iter().map(|(day, mark)| (cut(day), mark)).collect();
        let (mut slices, missing) = self.known().users.look_up(&wanted);
        for run in runs(&missing) {
            for (slice, rows) in self.read_users(tx, run).await? {
                slices.push(self.known().users.keep(slice, mark_of(run, slice), rows));
            }
        }
        let count = self.known().user_ids.values.len();
        let mut sums = vec![Tally::default(); count];
        for row in slices.iter().flat_map(|rows| rows.iter()) {
            if let Some(sum) = usize::try_from(row.user).ok().and_then(|user| sums.get_mut(user)) {
                sum.add(row.tally);
            }
        }
        Ok(sums)
    }

    /// The quarters by model of consecutive days.
    async fn read_models(&self, tx: &mut Tx, run: &[Wanted]) -> Result<Vec<(Slice, Vec<ModelRow>)>, StoreError> {
        let rows: Vec<(i64, String, i64, i64, i64)> =
            sql("SELECT bucket, model, spend, charges, refunded FROM rollup_model \
                 WHERE span = $1 AND bucket >= $2 AND bucket < $3 ORDER BY bucket")
            .bind(QUARTER)
            .bind(run.first().map_or(0, |((start, _), _)| *start))
            .bind(run.last().map_or(0, |((_, end), _)| *end))
            .many(tx)
            .await?;
        let mut known = self.known();
        let rows = rows.into_iter().map(|(bucket, model, spend, charges, refunded)| {
            let tally = Tally { spend, charges, refunded };
            (bucket, ModelRow { at: bucket, model: known.model_names.number(model), tally })
        });
        Ok(parted(run, rows))
    }

    /// The sums by user of consecutive days, or of one part of a day.
    async fn read_users(&self, tx: &mut Tx, run: &[Wanted]) -> Result<Vec<(Slice, Vec<UserRow>)>, StoreError> {
        const DAYS: &str = "SELECT bucket, user_id, spend, charges, refunded FROM rollup_user \
                            WHERE span = $1 AND bucket >= $2 AND bucket < $3 ORDER BY bucket";
        const PART: &str = "SELECT CAST(MIN(bucket) AS BIGINT) AS bucket, user_id, CAST(SUM(spend) AS BIGINT) AS spend, \
                            CAST(SUM(charges) AS BIGINT) AS charges, CAST(SUM(refunded) AS BIGINT) AS refunded \
                            FROM rollup_user WHERE span = $1 AND bucket >= $2 AND bucket < $3 GROUP BY user_id";
        let (Some(((start, _), _)), Some((last, _))) = (run.first(), run.last()) else { return Ok(Vec::new()) };
        let (text, span) = if is_whole(*last) { (DAYS, DAY) } else { (PART, QUARTER) };
        let rows: Vec<(i64, i64, i64, i64, i64)> = sql(text).bind(span).bind(*start).bind(last.1).many(tx).await?;
        let mut known = self.known();
        let rows = rows.into_iter().map(|(bucket, user_id, spend, charges, refunded)| {
            (bucket, UserRow { user: known.user_ids.number(user_id), tally: Tally { spend, charges, refunded } })
        });
        Ok(parted(run, rows))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A slice as the snapshot at hand has it.
type Wanted = (Slice, Mark);

const fn is_whole((start, end): Slice) -> bool {
    end - start == DAY
}

/// The marks of the UTC days that `[start, end)` touches.
async fn marks(tx: &mut Tx, start: i64, end: i64) -> Result<BTreeMap<i64, Mark>, StoreError> {
    let rows: Vec<(i64, i64, i64, i64)> =
        sql("SELECT bucket, CAST(SUM(charges) AS BIGINT), CAST(SUM(refunded) AS BIGINT), CAST(SUM(spend) AS BIGINT) \
         FROM rollup_model WHERE span = $1 AND bucket > $2 AND bucket < $3 GROUP BY bucket")
        .bind(DAY)
        .bind(start - DAY)
        .bind(end)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(day, charges, refunded, spend)| (day, (charges, refunded, spend))).collect())
}

/// Cuts slices into runs of whole days without a gap, and the others one by one: each is one statement.
fn runs(slices: &[Wanted]) -> impl Iterator<Item = &[Wanted]> {
    slices.chunk_by(|(a, _), (b, _)| is_whole(*a) && is_whole(*b) && a.1 == b.0)
}

fn mark_of(run: &[Wanted], slice: Slice) -> Mark {
    run.iter().find(|(one, _)| *one == slice).map(|(_, mark)| *mark).unwrap_or_default()
}

/// Rows in the order of time, by the slices of their run.
fn parted<T>(run: &[Wanted], rows: impl Iterator<Item = (i64, T)>) -> Vec<(Slice, Vec<T>)> {
    let mut parts: Vec<(Slice, Vec<T>)> = run.iter().map(|(slice, _)| (*slice, Vec::new())).collect();
    let mut place = 0;
    for (at, row) in rows {
        while place + 1 < parts.len() && at >= parts[place].0.1 {
            place += 1;
        }
        if let Some((_, rows)) = parts.get_mut(place) {
            rows.push(row);
        }
    }
    parts
}

/// The users' rows, with their ids, in no order.
async fn named(tx: &mut Tx, sums: &[(i64, Tally)]) -> Result<Vec<SpendByUserRow>, StoreError> {
    let tallies: HashMap<i64, Tally> = sums.iter().copied().collect();
    let numbers: Vec<i64> = sums.iter().map(|(user, _)| *user).collect();
    let rows = users::names(tx, &numbers).await?.into_iter().filter_map(|(number, user_id, _)| {
        let tally = tallies.get(&number)?;
        Some(SpendByUserRow {
            user_id,
            total_spend: Credits::from_micros(tally.spend),
            transaction_count: tally.charges,
            refunded: Credits::from_micros(tally.refunded),
        })
    });
    Ok(rows.collect())
}

/// Values that have a small number each, from 0.
#[derive(Debug)]
struct Numbered<T> {
    numbers: HashMap<T, u32>,
    values: Vec<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), values: Vec::new() }
    }
}

impl<T: Clone + Default + Eq + Hash> Numbered<T> {
    fn number(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    fn of(&self, number: u32) -> T {
        usize::try_from(number).ok().and_then(|at| self.values.get(at)).cloned().unwrap_or_default()
    }
}

/// Rows by slice, as they were at a mark.
#[derive(Debug)]
struct Remembered<T> {
    slices: HashMap<Slice, Slot<T>>,
    rows: usize,
    /// Counts the questions, to tell which slices were asked for longest ago.
    asked: u64,
}

#[derive(Debug)]
struct Slot<T> {
    mark: Mark,
    asked: u64,
    rows: Arc<[T]>,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self { slices: HashMap::new(), rows: 0, asked: 0 }
    }
}

impl<T> Remembered<T> {
    /// What is known of `wanted`, and what is not, in its order.
    fn look_up(&mut self, wanted: &[Wanted]) -> (Vec<Arc<[T]>>, Vec<Wanted>) {
        self.asked += 1;
        let (mut found, mut missing) = (Vec::with_capacity(wanted.len()), Vec::new());
        for (slice, mark) in wanted {
            match self.slices.get_mut(slice) {
                Some(slot) if slot.mark == *mark => {
                    slot.asked = self.asked;
                    found.push(Arc::clone(&slot.rows));
                }
                _ => missing.push((*slice, *mark)),
            }
        }
        (found, missing)
    }

    fn keep(&mut self, slice: Slice, mark: Mark, rows: Vec<T>) -> Arc<[T]> {
        let rows: Arc<[T]> = rows.into();
        let slot = Slot { mark, asked: self.asked, rows: Arc::clone(&rows) };
        self.rows += rows.len();
        if let Some(old) = self.slices.insert(slice, slot) {
            self.rows -= old.rows.len();
        }
        if self.rows > ROOM {
            self.forget();
        }
        rows
    }

    /// Lets go of what was asked for longest ago, until a quarter of the room is free.
    fn forget(&mut self) {
        let mut slices: Vec<(u64, Slice)> = self.slices.iter().map(|(slice, slot)| (slot.asked, *slice)).collect();
        slices.sort_unstable();
        for (_, slice) in slices {
            if self.rows <= ROOM / 4 * 3 {
                return;
            }
            if let Some(slot) = self.slices.remove(&slice) {
                self.rows -= slot.rows.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark = (1, 0, 5);

    #[test]
    fn whole_days_without_a_gap_are_read_together_and_parts_alone() {
        let day = |n: i64| ((n * DAY, (n + 1) * DAY), MARK);
        let part = ((5 * DAY, 5 * DAY + QUARTER), MARK);
        let slices = [day(1), day(2), day(4), part];
        let lengths: Vec<usize> = runs(&slices).map(<[Wanted]>::len).collect();
        assert_eq!(lengths, [2, 1, 1]);
    }

    #[test]
    fn rows_come_to_the_slice_of_their_time() {
        let run = [((0, 10), MARK), ((10, 20), MARK), ((20, 30), MARK)];
        let parts = parted(&run, [(0, 'a'), (9, 'b'), (20, 'c'), (29, 'd')].into_iter());
        let rows: Vec<String> = parts.into_iter().map(|(_, rows)| rows.into_iter().collect()).collect();
        assert_eq!(rows, ["ab", "", "cd"]);
    }

    #[test]
    fn only_the_mark_at_hand_is_believed_and_the_longest_unasked_goes_first() {
        let mut known = Remembered::default();
        known.keep((0, 1), MARK, vec![0_u8; ROOM / 2]);
        assert_eq!(known.look_up(&[((0, 1), (2, 0, 9))]).1, [((0, 1), (2, 0, 9))]);
        assert_eq!(known.look_up(&[((0, 1), MARK)]).0.len(), 1);
        known.keep((1, 2), MARK, vec![0; ROOM / 4]);
        let _ = known.look_up(&[((0, 1), MARK)]);
        known.keep((2, 3), MARK, vec![0; ROOM / 3]);
        let (found, missing) = known.look_up(&[((0, 1), MARK), ((1, 2), MARK), ((2, 3), MARK)]);
        assert_eq!((found.len(), missing), (1, vec![((0, 1), MARK), ((1, 2), MARK)]));
        assert_eq!(known.rows, ROOM / 3);
    }
}
