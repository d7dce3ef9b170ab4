//! What expires on which day, or in which week of a long time: a chart, and the same as a table.

use crate::{
    charts::{Bucket, Figure},
    figures::expiry::{ByDay, by_day},
    format,
    model::ExpiryView,
    pages::downloads::downloads,
    ui::{Column, DataTable, Money, Section},
};
use leptos::prelude::*;

/// `files` are addresses of the same as files, with what they are called.
pub fn view(view: &ExpiryView, zone: &str, files: Vec<(String, String)>) -> Option<impl IntoView + use<>> {
    let any = view.days.iter().any(|day| day.lots > 0);
    any.then(|| {
        let ByDay { chart, buckets, word } = by_day(view);
        let menu = move || downloads(files.clone());
        let rows = buckets.into_iter().filter(|bucket| bucket.transaction_count > 0).map(row).collect_view();
        let heads = vec![Column::text("Last day"), Column::number("Lots"), Column::number("Credits")];
        let (title, table) = (chart.title.clone(), format!("Expiry by {word} as a table"));
        view! {
            <Section
                title=format!("By {word}")
                note=format!("the last day on which they can be spent, {zone}")
                actions=menu
            >
                <Figure class="chart-columns" wide=chart.wide() narrow=chart.narrow() table>
                    <DataTable caption=title columns=heads>{rows}</DataTable>
                </Figure>
            </Section>
        }
        .into_any()
    })
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
