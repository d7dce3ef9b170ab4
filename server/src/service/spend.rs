//! The spend page: one range by model, team or user, over time, in total, and against the period before.

use super::Desk;
use crate::clock::from_micros;
use crate::store::{
    Tx,
    days::{DayModel, Days},
    reports::{self, Piece},
    rollups::{DAY, HOUR},
    spend::{self, Cell, KeySum},
    transactions, users,
};
use app::backend::Answer;
use app::error::AppError;
use app::model::{
    Credits, DailySpendRow, SpendBucket, SpendBy, SpendGroup, SpendPart, SpendProof, SpendQuery, SpendReport, SpendSum,
    Step, Timestamp,
};
use app::range::{ReportRange, midnight};
use jiff::{ToSpan, civil::Date};
use std::collections::{BTreeMap, HashMap};

/// Charges that are added up entry by entry without being asked.
pub(super) const PROVE_UNASKED: i64 = 50_000;
/// Groups that are listed; the totals count all of them.
const MAX_GROUPS: usize = 1_000;
/// Groups with a colour of their own, at most.
const MAX_NAMED: usize = 12;
/// Parts of a split with a name of their own.
const MAX_PARTS: usize = 6;
/// Days that the calendar shows at least and at most.
const CALENDAR: (usize, usize) = (26 * 7, 53 * 7);

/// The time of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    start: Timestamp,
    end: Timestamp,
    first: Date,
    last: Date,
}

/// The columns of a range, in order and without gaps.
struct Frames {
    unit: i64,
    frames: Vec<Frame>,
}

impl Frames {
    fn of(range: &ReportRange, step: Step) -> Answer<Self> {
        Ok(match step {
            Step::Hour => Self { unit: HOUR, frames: hours(range) },
            _ => Self { unit: DAY, frames: days(range, step)? },
        })
    }

    /// The column that unit number `unit` of a piece lies in.
    fn place(&self, piece: Piece, unit: i64) -> Option<usize> {
        if self.unit == DAY {
            return self.place_of(unit);
        }
        let at = from_micros((unit * HOUR - piece.offset).max(piece.start));
        self.frames.partition_point(|frame| frame.start <= at).checked_sub(1)
    }

    /// The column that a day lies in, counted since 1970-01-01.
    fn place_of(&self, day: i64) -> Option<usize> {
        let date = date(day);
        self.frames.partition_point(|frame| frame.first <= date).checked_sub(1)
    }

    /// True when days are made of many smaller sums, as in zones whose days are not UTC's: then they are read from what is
    /// remembered of them. Sums of whole UTC days are few, and read from where they are kept.
    fn remembered(&self, pieces: &[Piece]) -> bool {
        self.unit == DAY && pieces.iter().any(|piece| piece.span < DAY && piece.end - piece.start > DAY)
    }

    async fn totals(&self, remembered: &Days, tx: &mut Tx, range: &ReportRange) -> Answer<Vec<SpendSum>> {
        let mut sums = vec![SpendSum::default(); self.frames.len()];
        let pieces = reports::pieces(range.start, range.end, &range.zone);
        if self.remembered(&pieces) {
            for DayModel { day, tally, .. } in remembered.by_day_and_model(tx, &pieces).await? {
                if let Some(column) = self.place_of(day).and_then(|at| sums.get_mut(at)) {
                    column.add(tally.into());
                }
            }
            return Ok(sums);
        }
        for piece in pieces {
            for Cell { unit, sum, .. } in spend::totals(tx, piece, self.unit).await? {
                if let Some(column) = self.place(piece, unit).and_then(|at| sums.get_mut(at)) {
                    column.add(sum);
                }
            }
        }
        Ok(sums)
    }

    /// The spend of each of `keys` in each column.
    async fn parts(
        &self,
        remembered: &Days,
        tx: &mut Tx,
        range: &ReportRange,
        by: SpendBy,
        keys: &[&str],
        totals: &[SpendSum],
    ) -> Answer<Vec<Vec<Credits>>> {
        let mut parts = vec![vec![Credits::ZERO; keys.len()]; self.frames.len()];
        let places: HashMap<&str, usize> = keys.iter().enumerate().map(|(at, key)| (*key, at)).collect();
        // What no team paid is what is left of everything when all teams are taken away.
        let no_team = (by == SpendBy::Team).then(|| places.get("").copied()).flatten();
        if let Some(place) = no_team {
            for (column, total) in parts.iter_mut().zip(totals) {
                put(column, place, total.spend);
            }
        }
        let pieces = reports::pieces(range.start, range.end, &range.zone);
        if by == SpendBy::Model && self.remembered(&pieces) {
            for DayModel { day, model, tally } in remembered.by_day_and_model(tx, &pieces).await? {
                let Some(column) = self.place_of(day).and_then(|at| parts.get_mut(at)) else { continue };
                if let Some(place) = places.get(model.as_str()) {
                    put(column, *place, Credits::from_micros(tally.spend));
                }
            }
            return Ok(parts);
        }
        for piece in pieces {
            let cells = match no_team {
                Some(_) => spend::teams(tx, piece, self.unit).await?,
                None => spend::series(tx, piece, self.unit, by, keys).await?,
            };
            for Cell { unit, key, sum } in cells {
                let Some(column) = self.place(piece, unit).and_then(|at| parts.get_mut(at)) else { continue };
                if let Some(place) = places.get(key.as_str()) {
                    put(column, *place, sum.spend);
                }
                if let Some(place) = no_team {
                    put(column, place, sum.spend.checked_neg().unwrap_or_default());
                }
            }
        }
        Ok(parts)
    }
}

fn put(column: &mut [Credits], place: usize, amount: Credits) {
    if let Some(cell) = column.get_mut(place) {
        *cell = [*cell, amount].into_iter().sum();
    }
}

/// Hours of the zone's clock, cut where it is set: so a day has 23 or 25 of them, or one that is a half.
fn hours(range: &ReportRange) -> Vec<Frame> {
    let mut frames = Vec::new();
    for piece in reports::pieces(range.start, range.end, &range.zone) {
        let mut unit = (piece.start + piece.offset).div_euclid(HOUR);
        loop {
            let start = (unit * HOUR - piece.offset).max(piece.start);
            let end = ((unit + 1) * HOUR - piece.offset).min(piece.end);
            if start >= piece.end {
                break;
            }
            let start = from_micros(start);
            let day = start.to_zoned_datetime(range.zone.clone()).date();
            frames.push(Frame { start, end: from_micros(end), first: day, last: day });
            unit += 1;
        }
    }
    frames
}

fn days(range: &ReportRange, step: Step) -> Answer<Vec<Frame>> {
    let mut spans: Vec<(Date, Date)> = Vec::new();
    for day in range.days() {
        match spans.last_mut().filter(|(first, _)| head(*first, step) == head(day, step)) {
            Some(span) => span.1 = day,
            None => spans.push((day, day)),
        }
    }
    let frame = |(first, last): (Date, Date)| {
        let next = last.checked_add(1.day()).map_err(|_| AppError::invalid("to", "is too far from today"))?;
        let (start, end) = (midnight(first, &range.zone)?, midnight(next, &range.zone)?);
        Ok(Frame { start: start.max(range.start), end: end.min(range.end), first, last })
    };
    spans.into_iter().map(frame).collect()
}

/// The first day of the step that would hold `day`, were the range not cut off.
fn head(day: Date, step: Step) -> Date {
    match step {
        Step::Hour | Step::Day => day,
        Step::Week => day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day),
        Step::Month => day.first_of_month(),
    }
}

/// The date so many days after 1970-01-01.
pub(super) fn date(days: i64) -> Date {
    Date::constant(1970, 1, 1).checked_add(days.days()).unwrap_or(Date::MAX)
}

/// The step asked for, or the finest one that makes no more than about 120 columns of the range.
fn fitting(range: &ReportRange, asked: Option<Step>) -> Step {
    let days = range.day_count();
    let finest = asked.unwrap_or(Step::usual(days));
    Step::ALL.into_iter().find(|step| *step >= finest && days <= step.most_days()).unwrap_or(Step::Month)
}

impl Desk {
    pub(super) async fn read_spend(&self, range: &ReportRange, query: SpendQuery, prove: bool) -> Answer<SpendReport> {
        let SpendQuery { by, split, .. } = query;
        if split == Some(by) {
            return Err(AppError::invalid("split", format!("must differ from by, which is {} already", by.as_str())));
        }
        let (before, step) = (range.previous()?, fitting(range, query.step));
        let mut tx = self.db.snapshot().await?;
        let frames = Frames::of(range, step)?;
        let totals = frames.totals(&self.days, &mut tx, range).await?;
        let before_totals = Frames::of(&before, step)?.totals(&self.days, &mut tx, &before).await?;
        let (total, previous) = (totals.iter().copied().sum(), before_totals.iter().copied().sum());
        let Groups { rows: mut groups, count: group_count, spend: sum } = match by {
            SpendBy::User => self.user_groups(&mut tx, (range, &before)).await?,
            _ => groups(&mut tx, (range, &before), by, (total, previous)).await?,
        };
        let named = groups.iter().take(query.top.min(MAX_NAMED)).filter(|group| !group.sum.spend.is_zero()).count();
        let keys: Vec<&str> = groups.iter().take(named).map(|group| group.key.as_str()).collect();
        let parts = frames.parts(&self.days, &mut tx, range, by, &keys, &totals).await?;
        let splits = match split {
            Some(split) => split_by(&mut tx, range, by, split, &mut groups).await?,
            None => Vec::new(),
        };
        let bucket = |((frame, sum), parts): ((Frame, SpendSum), Vec<Credits>)| {
            let Frame { start, end, first, last } = frame;
            SpendBucket { start, end, first, last, sum, parts }
        };
        let proof = if prove || total.charges <= PROVE_UNASKED {
            let (entries, ledger) = reports::ledger_sum(&mut tx, range.start, range.end).await?;
            Some(SpendProof { columns: total.spend, groups: sum, ledger, entries, checked_at: self.clock.now() })
        } else {
            None
        };
        Ok(SpendReport {
            by,
            split,
            step,
            total,
            previous,
            groups,
            named,
            group_count,
            buckets: frames.frames.into_iter().zip(totals).zip(parts).map(bucket).collect(),
            previous_buckets: before_totals.into_iter().map(|sum| sum.spend).collect(),
            splits,
            calendar: calendar(&self.days, &mut tx, range).await?,
            proof,
            any_entries: transactions::any(&mut tx).await?,
        })
    }

    /// Users by what the days' sums remember of them: only those that are listed are named.
    async fn user_groups(&self, tx: &mut Tx, (range, before): (&ReportRange, &ReportRange)) -> Answer<Groups> {
        let mut sums: HashMap<i64, (SpendSum, SpendSum)> = HashMap::new();
        for (user, tally) in self.days.all_users(tx, range.start, range.end).await? {
            sums.entry(user).or_default().0 = tally.into();
        }
        for (user, tally) in self.days.all_users(tx, before.start, before.end).await? {
            sums.entry(user).or_default().1 = tally.into();
        }
        let (count, spend) = (sums.len(), sums.values().map(|(now, _)| now.spend).sum());
        let mut sums: Vec<_> = sums.into_iter().collect();
        sums.sort_unstable_by(|(a, (x, _)), (b, (y, _))| y.spend.cmp(&x.spend).then_with(|| a.cmp(b)));
        sums.truncate(MAX_GROUPS);
        let numbers: Vec<i64> = sums.iter().map(|(user, _)| *user).collect();
        let mut sums: HashMap<i64, (SpendSum, SpendSum)> = sums.into_iter().collect();
        let rows = users::names(tx, &numbers).await?.into_iter().filter_map(|(user, key, name)| {
            let (sum, previous) = sums.remove(&user)?;
            let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| key.clone());
            Some(SpendGroup { key, name, sum, previous, parts: Vec::new() })
        });
        Ok(Groups { rows: ordered(rows.collect()), count, spend })
    }
}

/// The greatest groups, and of all of them how many there are and what they spent.
struct Groups {
    rows: Vec<SpendGroup>,
    count: usize,
    spend: Credits,
}

/// The greatest first.
fn ordered(mut groups: Vec<SpendGroup>) -> Vec<SpendGroup> {
    groups.sort_by(|a, b| b.sum.spend.cmp(&a.sum.spend).then_with(|| a.key.cmp(&b.key)));
    groups
}

/// Groups of the range and of the period before it; what no team paid is a group too.
async fn groups(
    tx: &mut Tx,
    (range, before): (&ReportRange, &ReportRange),
    by: SpendBy,
    (total, previous): (SpendSum, SpendSum),
) -> Answer<Groups> {
    let mut groups: BTreeMap<String, SpendGroup> = BTreeMap::new();
    let open = |key: String, name: String| SpendGroup {
        key,
        name,
        sum: SpendSum::default(),
        previous: SpendSum::default(),
        parts: Vec::new(),
    };
    for KeySum { key, name, sum } in spend::by_key(tx, range.start, range.end, by).await? {
        groups.entry(key.clone()).or_insert_with(|| open(key, name)).sum = sum;
    }
    for KeySum { key, name, sum } in spend::by_key(tx, before.start, before.end, by).await? {
        groups.entry(key.clone()).or_insert_with(|| open(key, name)).previous = sum;
    }
    let mut groups: Vec<SpendGroup> = groups.into_values().collect();
    if by == SpendBy::Team {
        let mut alone = open(String::new(), NO_TEAM.to_owned());
        alone.sum = total.less(groups.iter().map(|group| group.sum).sum());
        alone.previous = previous.less(groups.iter().map(|group| group.previous).sum());
        groups.push(alone);
    }
    groups.retain(|group| !group.sum.is_empty() || !group.previous.is_empty());
    let (count, spend) = (groups.len(), groups.iter().map(|group| group.sum.spend).sum());
    let mut rows = ordered(groups);
    rows.truncate(MAX_GROUPS);
    Ok(Groups { rows, count, spend })
}

/// What charges of users' own credits are called where teams are listed.
const NO_TEAM: &str = "No team";

/// Splits every listed group, and gives the names of the parts.
async fn split_by(
    tx: &mut Tx,
    range: &ReportRange,
    by: SpendBy,
    split: SpendBy,
    groups: &mut [SpendGroup],
) -> Answer<Vec<SpendPart>> {
    let pairs = spend::pairs(tx, range.start, range.end, by, split).await?;
    let mut parts: BTreeMap<&str, SpendPart> = BTreeMap::new();
    for pair in &pairs {
        let key = pair.part_key.as_str();
        let part = parts.entry(key).or_insert_with(|| {
            let named = pair.part_name.clone().filter(|name| !name.is_empty());
            let name = named.unwrap_or_else(|| if key.is_empty() { NO_TEAM } else { key }.to_owned());
            SpendPart { key: key.to_owned(), name, spend: Credits::ZERO, other: false }
        });
        part.spend = [part.spend, Credits::from_micros(pair.spend)].into_iter().sum();
    }
    let mut parts: Vec<SpendPart> = parts.into_values().collect();
    parts.sort_by(|a, b| b.spend.cmp(&a.spend).then_with(|| a.key.cmp(&b.key)));
    if parts.len() > MAX_PARTS + 1 {
        let rest = parts.split_off(MAX_PARTS);
        let name = format!("Other ({} {})", rest.len(), split.plural());
        let spend = rest.iter().map(|part| part.spend).sum();
        parts.push(SpendPart { key: String::new(), name, spend, other: true });
    }
    let rows: HashMap<String, usize> = groups.iter().enumerate().map(|(at, group)| (group.key.clone(), at)).collect();
    for group in groups.iter_mut() {
        group.parts = vec![Credits::ZERO; parts.len()];
    }
    for pair in &pairs {
        let named = parts.iter().position(|part| !part.other && part.key == pair.part_key);
        let place = named.or_else(|| parts.iter().position(|part| part.other));
        let group = rows.get(&pair.group_key).and_then(|at| groups.get_mut(*at));
        if let (Some(place), Some(group)) = (place, group) {
            put(&mut group.parts, place, Credits::from_micros(pair.spend));
        }
    }
    Ok(parts)
}

/// The days of the calendar: half a year that ends with the range, or as much of the range as fits.
async fn calendar(remembered: &Days, tx: &mut Tx, range: &ReportRange) -> Answer<Vec<DailySpendRow>> {
    let count = range.day_count().clamp(CALENDAR.0, CALENDAR.1);
    let back = i64::try_from(count).unwrap_or(0) - 1;
    let first = range.last.checked_sub(back.days()).map_err(|_| AppError::invalid("from", "is too far from today"))?;
    let start = midnight(first, &range.zone)?;
    let days = ReportRange::of_instants(start, range.end, range.zone.clone(), range.now)?;
    let frames = Frames::of(&days, Step::Day)?;
    let totals = frames.totals(remembered, tx, &days).await?;
    let row = |(frame, sum): (&Frame, SpendSum)| DailySpendRow {
        date: frame.first,
        total_spend: sum.spend,
        transaction_count: sum.charges,
        refunded: sum.refunded,
    };
    Ok(frames.frames.iter().zip(totals).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::range::RangeQuery;

    fn range(from: &str, to: &str, tz: &str) -> ReportRange {
        let query = RangeQuery { from: Some(from), to: Some(to), tz: Some(tz), ..RangeQuery::default() };
        ReportRange::read(&query, "UTC", "2026-11-25T12:00:00Z".parse().unwrap()).unwrap()
    }

    /// Minutes of each hour of a day.
    fn minutes(day: &str, tz: &str) -> Vec<i64> {
        let range = range(day, day, tz);
        let frames = hours(&range);
        assert_eq!((frames[0].start, frames[frames.len() - 1].end), (range.start, range.end), "{tz}");
        assert!(frames.windows(2).all(|pair| pair[0].end == pair[1].start), "{tz}");
        frames.iter().map(|frame| frame.end.duration_since(frame.start).as_mins()).collect()
    }

    #[test]
    fn a_day_has_the_hours_of_its_clock() {
        assert_eq!(minutes("2026-11-25", "UTC"), [60; 24]);
        assert_eq!(minutes("2026-11-25", "Asia/Kathmandu"), [60; 24]);
        assert_eq!(minutes("2026-03-08", "America/New_York"), [60; 23]);
        assert_eq!(minutes("2026-11-01", "America/New_York"), [60; 25]);
        // Lord Howe goes back by half an hour at two: from two to half past one, and forward from two to half past two.
        let back = minutes("2026-04-05", "Australia/Lord_Howe");
        assert_eq!((back.len(), back[2], back.iter().sum::<i64>()), (25, 30, 1_470));
        let forward = minutes("2026-10-04", "Australia/Lord_Howe");
        assert_eq!((forward.len(), forward[2], forward.iter().sum::<i64>()), (24, 30, 1_410));
    }

    #[test]
    fn steps_that_would_be_too_many_become_longer() {
        let step = |to, asked| fitting(&range("2026-01-01", to, "UTC"), asked);
        assert_eq!(step("2026-01-02", None), Step::Hour);
        assert_eq!(step("2026-01-05", Some(Step::Hour)), Step::Hour);
        assert_eq!(step("2026-01-06", Some(Step::Hour)), Step::Day);
        assert_eq!(step("2026-01-06", Some(Step::Month)), Step::Month);
        assert_eq!(step("2026-12-31", Some(Step::Hour)), Step::Week);
        assert_eq!(step("2035-12-31", None), Step::Month);
    }

    #[test]
    fn weeks_begin_on_monday_and_are_cut_at_the_range() {
        let frames = days(&range("2026-01-01", "2026-01-14", "UTC"), Step::Week).unwrap();
        let days: Vec<_> = frames.iter().map(|frame| format!("{} {}", frame.first, frame.last)).collect();
        assert_eq!(days, ["2026-01-01 2026-01-04", "2026-01-05 2026-01-11", "2026-01-12 2026-01-14"]);
    }
}
