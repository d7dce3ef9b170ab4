//! What expires on which day: a chart, and the same as a table.

use crate::{
    charts::Figure,
    figures::expiry::by_day,
    format,
    model::{ExpiryDay, ExpiryView},
    pages::downloads::downloads,
    ui::{Column, DataTable, Money, Section},
};
use leptos::prelude::*;

/// `files` are addresses of the same as files, with what they are called.
pub fn view(view: &ExpiryView, zone: &str, files: Vec<(String, String)>) -> Option<impl IntoView + use<>> {
    let any = view.days.iter().any(|day| day.lots > 0);
    any.then(|| {
        let chart = by_day(view);
        let menu = move || downloads(files.clone());
        let rows: Vec<_> = view.days.iter().copied().filter(|day| day.lots > 0).map(row).collect();
        let heads = vec![Column::text("Last day"), Column::number("Lots"), Column::number("Credits")];
        view! {
            <Section title="By day" note=format!("the last day on which they can be spent, {zone}") actions=menu>
                <Figure class="chart-columns" wide=chart.wide() narrow=chart.narrow() table="Expiry by day as a table">
                    <DataTable caption="Credits that expire, by day" columns=heads>{rows.collect_view()}</DataTable>
                </Figure>
            </Section>
        }
        .into_any()
    })
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
