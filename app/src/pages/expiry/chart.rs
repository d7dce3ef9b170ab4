//! What expires on which day: a chart, and the same as a table.

use crate::{
    charts::{self, ColumnChart, Figure, Layer, PLAIN},
    format,
    model::{ExpiryDay, ExpiryView},
    ui::{Column, DataTable, Money, Section},
};
use leptos::prelude::*;

pub fn view(view: &ExpiryView, zone: &str) -> Option<impl IntoView + use<>> {
    let any = view.days.iter().any(|day| day.lots > 0);
    any.then(|| {
        let columns = view.days.iter().map(column).collect();
        let layers = vec![Layer { name: "Credits".to_owned(), slot: PLAIN }];
        let chart = ColumnChart { title: "Credits that expire, by day".to_owned(), layers, columns };
        let rows: Vec<_> = view.days.iter().copied().filter(|day| day.lots > 0).map(row).collect();
        let heads = vec![Column::text("Last day"), Column::number("Lots"), Column::number("Credits")];
        view! {
            <Section title="By day" note=format!("the last day on which they can be spent, {zone}")>
                <Figure class="chart-columns" wide=chart.wide() narrow=chart.narrow() table="Expiry by day as a table">
                    <DataTable caption="Credits that expire, by day" columns=heads>{rows.collect_view()}</DataTable>
                </Figure>
            </Section>
        }
        .into_any()
    })
}

fn column(day: &ExpiryDay) -> charts::Column {
    charts::Column {
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

fn row(day: ExpiryDay) -> impl IntoView {
    view! {
        <tr>
            <td>{format::day_long(day.date)}</td>
            <td class="num">{format::count(day.lots)}</td>
            <td class="num"><Money amount=day.credits/></td>
        </tr>
    }
    .into_any()
}
