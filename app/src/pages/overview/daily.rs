//! Daily spend, stacked by model.

use crate::{
    api::ShownRange,
    charts::{Bucket, Colours, Figure, Legend},
    figures::overview::{Daily, behind, charges_of, daily as figure},
    format,
    model::{Credits, Overview},
    ui::{Column as Head, DataTable, Money, Section},
};
use leptos::prelude::*;

/// `proof` is the line under the chart.
pub(super) fn daily<P: IntoView + 'static>(
    overview: &Overview,
    range: &ShownRange,
    colours: &Colours,
    proof: P,
) -> impl IntoView + use<P> {
    let Daily { title, chart, buckets, word, legend, hatched } = figure(overview, range, colours);
    let (wide, narrow) = (chart.wide(), chart.narrow());
    let table = table(&buckets, range, word);
    let note = format!("credits, days of {}", range.zone);
    view! {
        <Section title=title.clone() note=note>
            <Legend items=legend nostrip:hatched=hatched/>
            <Figure class="chart-columns" wide narrow table=format!("{title} as a table")>
                {table}
            </Figure>
            {proof}
        </Section>
    }
}

fn table(buckets: &[Bucket], range: &ShownRange, word: &str) -> impl IntoView + use<> {
    let heads = vec![
        Head::text(word[..1].to_uppercase() + &word[1..]),
        Head::number("Spend"),
        Head::number("Charges"),
        Head::number("Refunded"),
    ];
    let total: Credits = buckets.iter().map(|bucket| bucket.total).sum();
    let charges: i64 = buckets.iter().map(|bucket| bucket.transaction_count).sum();
    let refunded: Credits = buckets.iter().map(|bucket| bucket.refunded).sum();
    let all = charges_of(range, "model", "");
    let foot = move || {
        view! {
            <tr>
                <th scope="row"><a href=all.clone()>"Whole range"</a></th>
                <td class="num"><Money amount=total/></td>
                <td class="num">{format::count(charges)}</td>
                <td class="num"><Money amount=refunded/></td>
            </tr>
        }
    };
    let rows: Vec<_> = buckets.iter().rev().map(|bucket| (bucket.clone(), behind(bucket, range))).collect();
    view! {
        <DataTable caption="Spend over time" columns=heads foot=foot has_foot=true>
            {rows
                .into_iter()
                .map(|(bucket, href)| {
                    view! {
                        <tr>
                            <td><a href=href>{bucket.name}</a></td>
                            <td class="num"><Money amount=bucket.total/></td>
                            <td class="num">{format::count(bucket.transaction_count)}</td>
                            <td class="num"><Money amount=bucket.refunded/></td>
                        </tr>
                    }
                })
                .collect_view()}
        </DataTable>
    }
}
