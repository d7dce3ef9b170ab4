//! Daily spend, stacked by model.

use super::tiles::charges_of;
use crate::{
    api::ShownRange,
    charts::{self, Bucket, Colours, Column, ColumnChart, Figure, Layer, Legend, LegendItem, OTHER},
    format,
    model::{Credits, Overview},
    ui::{Column as Head, DataTable, Money, Section, href},
};
use leptos::prelude::*;

/// More models than this are summed up as "Other".
const MAX_LAYERS: usize = 8;

/// `proof` is the line under the chart.
pub(super) fn daily<P: IntoView + 'static>(
    overview: &Overview,
    range: &ShownRange,
    colours: &Colours,
    proof: P,
) -> impl IntoView + use<P> {
    let (buckets, word) = charts::buckets(&overview.days);
    let layers = layers(overview, colours);
    let last = buckets.len().saturating_sub(1);
    let columns = buckets.iter().zip(parts(overview, &buckets, &layers)).enumerate().map(|(index, (bucket, parts))| {
        let unfinished = index == last && bucket.first <= range.today && range.today <= bucket.last;
        Column {
            label: bucket.label.clone(),
            tip: tip(bucket, &layers, &parts, unfinished),
            href: behind(bucket, range),
            parts,
            unfinished,
        }
    });
    let columns: Vec<_> = columns.collect();
    let hatched = columns.iter().any(|column| column.unfinished).then(|| format!("hatched: this {word} is not over"));
    let each = if word == "day" { "Daily".to_owned() } else { format!("Spend by {word}") };
    let title = if word == "day" { "Daily spend by model".to_owned() } else { format!("{each} and model") };
    let legend = layers.iter().map(|layer| LegendItem { name: layer.name.clone(), slot: layer.slot }).collect();
    let chart = ColumnChart { title: format!("{title}, in credits"), layers, columns };
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

/// The models that spent most, from the foot upwards, and the rest of them as one.
fn layers(overview: &Overview, colours: &Colours) -> Vec<Layer> {
    let spent: Vec<_> = overview.models.iter().filter(|row| !row.total_spend.is_zero()).collect();
    let shown = if spent.len() > MAX_LAYERS { MAX_LAYERS - 1 } else { spent.len() };
    let mut layers: Vec<_> =
        spent[..shown].iter().map(|row| Layer { name: row.model.clone(), slot: colours.slot(&row.model) }).collect();
    if spent.len() > shown {
        layers.push(Layer { name: format!("Other ({} models)", spent.len() - shown), slot: OTHER });
    }
    layers
}

/// For each bucket an amount for each layer.
fn parts(overview: &Overview, buckets: &[Bucket], layers: &[Layer]) -> Vec<Vec<Credits>> {
    let mut parts = vec![vec![Credits::ZERO; layers.len()]; buckets.len()];
    for row in &overview.day_models {
        let at = buckets.partition_point(|bucket| bucket.last < row.date);
        let named = layers.iter().position(|layer| layer.slot != OTHER && layer.name == row.model);
        let layer = named.or_else(|| layers.iter().position(|layer| layer.slot == OTHER));
        if let Some(cell) = layer.and_then(|layer| parts.get_mut(at)?.get_mut(layer)) {
            *cell = [*cell, row.spend].into_iter().sum();
        }
    }
    parts
}

fn tip(bucket: &Bucket, layers: &[Layer], parts: &[Credits], unfinished: bool) -> String {
    let mut lines = vec![bucket.name.clone()];
    lines.push(format!(
        "{} credits, {}{}",
        format::credits(bucket.total),
        format::counted(bucket.transaction_count, "charge", "charges"),
        if unfinished { ", not over yet" } else { "" }
    ));
    let mut named: Vec<_> = layers.iter().zip(parts).filter(|(_, part)| !part.is_zero()).collect();
    named.reverse();
    lines.extend(named.into_iter().map(|(layer, part)| format!("{}  {}", layer.name, format::credits(*part))));
    if !bucket.refunded.is_zero() {
        lines.push(format!("refunded  {}", format::credits(bucket.refunded)));
    }
    lines.join("\n")
}

/// The transactions of these days.
fn behind(bucket: &Bucket, range: &ShownRange) -> String {
    let (from, to) = (bucket.first.to_string(), bucket.last.to_string());
    href("/transactions", &[("from", &from), ("to", &to), ("tz", &range.zone)])
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
