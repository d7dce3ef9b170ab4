//! What expires on which day, or in which week of a long time: a chart, and the same as a table.

use crate::{
    charts::{self, Bucket, ColumnChart, Figure, Layer, PLAIN},
    format,
    model::{Credits, DailySpendRow, ExpiryDay, ExpiryView},
    ui::{Column, DataTable, Money, Section},
};
use leptos::prelude::*;

pub fn view(view: &ExpiryView, zone: &str) -> Option<impl IntoView + use<>> {
    let any = view.days.iter().any(|day| day.lots > 0);
    any.then(|| {
        let (buckets, word) = charts::buckets(&view.days.iter().map(as_row).collect::<Vec<_>>());
        let title = format!("Credits that expire, by {word}");
        let layers = vec![Layer { name: "Credits".to_owned(), slot: PLAIN }];
        let columns = buckets.iter().map(column).collect();
        let chart = ColumnChart { title: title.clone(), layers, columns };
        let rows = buckets.into_iter().filter(|bucket| bucket.transaction_count > 0).map(row);
        let heads = vec![Column::text("Last day"), Column::number("Lots"), Column::number("Credits")];
        let table = format!("Expiry by {word} as a table");
        view! {
            <Section title=format!("By {word}") note=format!("the last day on which they can be spent, {zone}")>
                <Figure class="chart-columns" wide=chart.wide() narrow=chart.narrow() table>
                    <DataTable caption=title columns=heads>{rows.collect_view()}</DataTable>
                </Figure>
            </Section>
        }
        .into_any()
    })
}

/// As the charts gather days: lots are counted as charges are.
fn as_row(day: &ExpiryDay) -> DailySpendRow {
    DailySpendRow { date: day.date, total_spend: day.credits, transaction_count: day.lots, refunded: Credits::ZERO }
}

fn column(bucket: &Bucket) -> charts::Column {
    charts::Column {
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

fn row(bucket: Bucket) -> impl IntoView {
    view! {
        <tr>
            <td>{bucket.name}</td>
            <td class="num">{format::count(bucket.transaction_count)}</td>
            <td class="num"><Money amount=bucket.total/></td>
        </tr>
    }
    .into_any()
}
