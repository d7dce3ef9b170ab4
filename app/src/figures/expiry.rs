//! The expiry page's chart.

use crate::{
    charts::{Column, ColumnChart, Layer, PLAIN},
    format,
    model::{ExpiryDay, ExpiryView},
};

/// A column for every day of the range, also for those without any.
pub fn by_day(view: &ExpiryView) -> ColumnChart {
    let columns = view.days.iter().map(column).collect();
    let layers = vec![Layer { name: "Credits".to_owned(), slot: PLAIN }];
    ColumnChart { title: "Credits that expire, by day".to_owned(), layers, columns }
}

fn column(day: &ExpiryDay) -> Column {
    Column {
        label: format::day_short(day.date),
        tip: format!(
            "{}\n{} credits of {}",
            format::day_long(day.date),
            format::credits(day.credits),
            format::counted(day.lots, "lot", "lots")
        ),
        href: "#lots".to_owned(),
        parts: vec![day.credits],
        unfinished: false,
    }
}
