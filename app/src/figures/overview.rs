//! The overview's charts.

use crate::{
    api::ShownRange,
    charts::{self, Bar, BarChart, Bucket, Colours, Column, ColumnChart, Layer, LegendItem, OTHER, PLAIN},
    format,
    model::{Credits, Overview},
    ui::{encode, href},
};

/// More models than this are summed up as "Other".
const MAX_LAYERS: usize = 8;
/// Bars shown; the rest is one bar, and each of it is in the table.
const MAX_BARS: usize = 10;

/// Spend over time, stacked by model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Daily {
    pub title: String,
    pub chart: ColumnChart,
    pub buckets: Vec<Bucket>,
    /// What a bucket is: day, week or month.
    pub word: &'static str,
    pub legend: Vec<LegendItem>,
    /// What the hatched column is, if one is.
    pub hatched: Option<String>,
}

pub fn daily(overview: &Overview, range: &ShownRange, colours: &Colours) -> Daily {
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
    let title = if word == "day" { "Daily spend by model".to_owned() } else { format!("Spend by {word} and model") };
    let legend = layers.iter().map(|layer| LegendItem { name: layer.name.clone(), slot: layer.slot }).collect();
    let chart = ColumnChart { title: format!("{title}, in credits"), layers, columns };
    Daily { title, chart, buckets, word, legend, hatched }
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

/// The charges of these days.
pub fn behind(bucket: &Bucket, range: &ShownRange) -> String {
    let (from, to) = (bucket.first.to_string(), bucket.last.to_string());
    href("/transactions", &[("kind", "charges"), ("from", &from), ("to", &to), ("tz", &range.zone)])
}

/// The charges of one model, or of anything else that the transactions page filters by, on the days of the range.
pub fn charges_of(range: &ShownRange, name: &str, value: &str) -> String {
    let (from, to) = (range.first.to_string(), range.last.to_string());
    href("/transactions", &[(name, value), ("kind", "charges"), ("from", &from), ("to", &to), ("tz", &range.zone)])
}

/// Spend by model, the greatest first.
pub fn models(overview: &Overview, range: &ShownRange, colours: &Colours) -> BarChart {
    let total: Credits = overview.models.iter().map(|row| row.total_spend).sum();
    let shown = if overview.models.len() > MAX_BARS { MAX_BARS - 1 } else { overview.models.len() };
    let (head, rest) = overview.models.split_at(shown);
    let bar = |name: String, value: Credits, charges: i64, href: String, slot: usize| Bar {
        label: format!("{} · {}", format::credits_short(value), format::share(value, total)),
        tip: format!(
            "{name}\n{} credits, {}\n{} of all spend",
            format::credits(value),
            format::counted(charges, "charge", "charges"),
            format::share(value, total)
        ),
        name,
        value,
        href,
        slot,
    };
    let mut bars: Vec<_> = head
        .iter()
        .map(|row| {
            let href = charges_of(range, "model", &row.model);
            bar(row.model.clone(), row.total_spend, row.transaction_count, href, colours.slot(&row.model))
        })
        .collect();
    if !rest.is_empty() {
        let value = rest.iter().map(|row| row.total_spend).sum();
        let charges = rest.iter().map(|row| row.transaction_count).sum();
        let name = format!("Other ({} models)", rest.len());
        bars.push(bar(name, value, charges, charges_of(range, "model", ""), OTHER));
    }
    BarChart { title: "Spend by model, in credits".to_owned(), bars }
}

/// The users who spent most.
pub fn users(overview: &Overview) -> BarChart {
    let total = overview.current.total_credits_consumed;
    let bars = overview
        .top_users
        .iter()
        .map(|row| Bar {
            name: row.user_id.clone(),
            value: row.total_spend,
            label: format!("{} · {}", format::credits_short(row.total_spend), format::share(row.total_spend, total)),
            tip: format!(
                "{}\n{} credits, {}\n{} of all spend",
                row.user_id,
                format::credits(row.total_spend),
                format::counted(row.transaction_count, "charge", "charges"),
                format::share(row.total_spend, total)
            ),
            href: format!("/users/{}", encode(&row.user_id)),
            slot: PLAIN,
        })
        .collect();
    BarChart { title: "Top users, in credits".to_owned(), bars }
}
