//! Daily spend, stacked by model.

use crate::{
    api::ShownRange,
    charts::{Colours, Figure, Legend},
    figures::overview::{Daily, behind, charges_of, daily as figure},
    format,
    model::{Credits, Overview},
    ui::{Column as Head, DataTable, Money, Section, amounts, dashes},
};
use leptos::prelude::*;

/// `proof` is the line under the chart.
pub(super) fn daily<P: IntoView + 'static>(
    overview: &Overview,
    range: &ShownRange,
    colours: &Colours,
    proof: P,
) -> impl IntoView + use<P> {
    let figure = figure(overview, range, colours);
    let table = table(&figure, range);
    let Daily { title, chart, legend, hatched, .. } = figure;
    let (wide, narrow) = (chart.wide(), chart.narrow());
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

fn table(figure: &Daily, range: &ShownRange) -> impl IntoView + use<> {
    let Daily { chart, buckets, word, begun, .. } = figure;
    let mut heads = vec![
        Head::text(word[..1].to_uppercase() + &word[1..]),
        Head::number("Spend"),
        Head::number("Charges"),
        Head::number("Refunded"),
    ];
    heads.extend(chart.layers.iter().map(|layer| Head::number(layer.name.clone())));
    let sums = chart.sums();
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
                {amounts(sums.clone())}
            </tr>
        }
    };
    let rows = buckets.iter().zip(&chart.columns).enumerate().rev().map(|(at, (bucket, column))| {
        let amounts = (at < *begun).then_some((bucket.total, bucket.transaction_count, bucket.refunded));
        (bucket.name.clone(), behind(bucket, range), amounts, column.parts.clone())
    });
    let rows: Vec<_> = rows.collect();
    view! {
        <DataTable caption="Spend over time" columns=heads foot=foot has_foot=true>
            {rows
                .into_iter()
                .map(|(name, href, figures, parts)| {
                    let Some((total, charges, refunded)) = figures else {
                        return view! { <tr><td>{name}</td>{dashes(3 + parts.len())}</tr> }.into_any();
                    };
                    view! {
                        <tr>
                            <td><a href=href>{name}</a></td>
                            <td class="num"><Money amount=total/></td>
                            <td class="num">{format::count(charges)}</td>
                            <td class="num"><Money amount=refunded/></td>
                            {amounts(parts)}
                        </tr>
                    }
                        .into_any()
                })
                .collect_view()}
        </DataTable>
    }
}
