//! The expiry page's chart.

use crate::{
    charts::{self, Bucket, Column, ColumnChart, Layer, PLAIN},
    format,
    model::{Credits, DailySpendRow, ExpiryDay, ExpiryView},
};

/// The chart with its columns, and the word for one of them: a day, or a week of a long time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByDay {
    pub chart: ColumnChart,
    /// In which lots are counted as charges are.
    pub buckets: Vec<Bucket>,
    pub word: &'static str,
}

/// A column for every day of the range, also for those without any.
pub fn by_day(view: &ExpiryView) -> ByDay {
    let (buckets, word) = charts::buckets(&view.days.iter().map(as_row).collect::<Vec<_>>());
    let layers = vec![Layer { name: "Credits".to_owned(), slot: PLAIN }];
    let columns = buckets.iter().map(column).collect();
    ByDay { chart: ColumnChart { title: format!("Credits that expire, by {word}"), layers, columns }, buckets, word }
}

fn as_row(day: &ExpiryDay) -> DailySpendRow {
    DailySpendRow { date: day.date, total_spend: day.credits, transaction_count: day.lots, refunded: Credits::ZERO }
}

fn column(bucket: &Bucket) -> Column {
    Column {
        label: bucket.label.clone(),
        tip: format!(
            "{}\n{} credits of {}",
            bucket.name,
            format::credits(bucket.total),
            format::counted(bucket.transaction_count, "lot", "lots")
        ),
        href: "#lots".to_owned(),
        parts: vec![bucket.total],
        unfinished: false,
    }
}
