//! Days gathered into columns: a chart never has more than about 120 of them.

use crate::{
    format,
    model::{Credits, DailySpendRow},
};
use jiff::{ToSpan, civil::Date};

/// More days than this become weeks.
const MAX_DAYS: usize = 120;
/// More days than this become months.
const MAX_WEEK_DAYS: usize = 120 * 7;

/// The days of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub first: Date,
    /// Inclusive.
    pub last: Date,
    /// Short, for the axis.
    pub label: String,
    /// In full.
    pub name: String,
    pub total: Credits,
    pub transaction_count: i64,
    pub refunded: Credits,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    Day,
    Week,
    Month,
}

/// The columns of `days`, which are in order and without gaps, and the word for one column.
pub fn buckets(days: &[DailySpendRow]) -> (Vec<Bucket>, &'static str) {
    let (size, word) = if days.len() <= MAX_DAYS {
        (Size::Day, "day")
    } else if days.len() <= MAX_WEEK_DAYS {
        (Size::Week, "week")
    } else {
        (Size::Month, "month")
    };
    let mut out: Vec<Bucket> = Vec::new();
    for day in days {
        match out.last_mut().filter(|bucket| start(bucket.first, size) == start(day.date, size)) {
            Some(bucket) => add(bucket, day),
            None => out.push(open(day, size)),
        }
    }
    for bucket in &mut out {
        bucket.name = name(bucket, size);
    }
    (out, word)
}

/// The first day of the bucket that would hold `day`, were the range not cut off.
fn start(day: Date, size: Size) -> Date {
    match size {
        Size::Day => day,
        Size::Week => day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day),
        Size::Month => day.first_of_month(),
    }
}

fn open(day: &DailySpendRow, size: Size) -> Bucket {
    let label = match size {
        Size::Day | Size::Week => format::day_short(day.date),
        Size::Month => day.date.strftime("%b %Y").to_string(),
    };
    Bucket {
        first: day.date,
        last: day.date,
        label,
        name: String::new(),
        total: day.total_spend,
        transaction_count: day.transaction_count,
        refunded: day.refunded,
    }
}

fn add(bucket: &mut Bucket, day: &DailySpendRow) {
    bucket.last = day.date;
    bucket.total = [bucket.total, day.total_spend].into_iter().sum();
    bucket.transaction_count += day.transaction_count;
    bucket.refunded = [bucket.refunded, day.refunded].into_iter().sum();
}

fn name(bucket: &Bucket, size: Size) -> String {
    match size {
        Size::Day => format::day_long(bucket.first),
        _ => format!("{} – {}", format::day_long(bucket.first), format::day_long(bucket.last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn days(count: i64) -> Vec<DailySpendRow> {
        let row = |at: i64| DailySpendRow {
            date: date(2026, 1, 1) + at.days(),
            total_spend: Credits::from_micros(1),
            transaction_count: 1,
            refunded: Credits::ZERO,
        };
        (0..count).map(row).collect()
    }

    #[test]
    fn columns_stay_few_and_lose_nothing() {
        for (count, word, columns) in
            [(1, "day", 1), (120, "day", 120), (121, "week", 18), (365, "week", 53), (900, "month", 30)]
        {
            let (found, said) = buckets(&days(count));
            assert_eq!((said, found.len()), (word, columns), "{count}");
            assert_eq!(found.iter().map(|bucket| bucket.transaction_count).sum::<i64>(), count);
        }
        let (weeks, _) = buckets(&days(121));
        assert_eq!(weeks[0].name, "Thu 1 Jan 2026 – Sun 4 Jan 2026");
        assert_eq!(buckets(&[]).0, []);
    }
}
