//! The overview's charts.

use crate::{
    api::ShownRange,
    charts::{self, Bar, BarChart, Bucket, Colours, Column, ColumnChart, Layer, LegendItem, OTHER, PLAIN},
    format,
    model::{Credits, Overview},
    ui::{encode, href},
};
use jiff::civil::Date;

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
    /// How many of `buckets` have begun.
    pub begun: usize,
    pub legend: Vec<LegendItem>,
    /// What the hatched column is, if one is.
    pub hatched: Option<String>,
}

pub fn daily(overview: &Overview, range: &ShownRange, colours: &Colours) -> Daily {
    let (buckets, word) = charts::buckets(&overview.days);
    let begun = buckets.partition_point(|bucket| bucket.first <= range.today);
    let lasts: Vec<_> = buckets.iter().map(|bucket| bucket.last).collect();
    let (layers, parts) = stack(overview, &lasts, colours);
    let columns = buckets.iter().zip(parts).map(|(bucket, parts)| {
        let unfinished = bucket.first <= range.today && range.today <= bucket.last;
        Column {
            label: bucket.label.clone(),
            tip: if bucket.first > range.today {
                format!("{}\nnot begun yet", bucket.name)
            } else {
                tip(bucket, &layers, &parts, unfinished)
            },
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
    Daily { title, chart, buckets, word, begun, legend, hatched }
}

/// The layers of the columns, from the foot upwards, and for each column, which ends with one of the days `lasts`, an amount
/// for each layer.
pub fn stack(overview: &Overview, lasts: &[Date], colours: &Colours) -> (Vec<Layer>, Vec<Vec<Credits>>) {
    let layers = layers(overview, colours);
    let mut parts = vec![vec![Credits::ZERO; layers.len()]; lasts.len()];
    for row in &overview.day_models {
        let at = lasts.partition_point(|last| *last < row.date);
        let named = layers.iter().position(|layer| layer.slot != OTHER && layer.name == row.model);
        let layer = named.or_else(|| layers.iter().position(|layer| layer.slot == OTHER));
        if let Some(cell) = layer.and_then(|layer| parts.get_mut(at)?.get_mut(layer)) {
            *cell = [*cell, row.spend].into_iter().sum();
        }
    }
    (layers, parts)
}

/// The models that spent most, from the foot upwards, and the rest of them as one.
fn layers(overview: &Overview, colours: &Colours) -> Vec<Layer> {
    let spent: Vec<_> = overview.models.iter().filter(|row| !row.total_spend.is_zero()).collect();
    let shown = if spent.len() > MAX_LAYERS { MAX_LAYERS - 1 } else { spent.len() };
    let mut layers: Vec<_> =
        spent[..shown].iter().map(|row| Layer { name: row.model.clone(), slot: colours.slot(&row.model) }).collect();
    if spent.len() > shown {
        layers.push(Layer { name: others(spent.len() - shown), slot: OTHER });
    }
    layers
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

/// `Other (3 models)`.
fn others(models: usize) -> String {
    format!("Other ({})", format::counted(i64::try_from(models).unwrap_or(i64::MAX), "model", "models"))
}

/// The spend page with every model of these days.
fn all_models(range: &ShownRange) -> String {
    let words = range.words();
    let words = words.iter().map(|(name, value)| (*name, value.as_str()));
    let query: Vec<_> = words.chain([("by", "model"), ("rows", "all")]).collect();
    format!("{}#groups", href("/spend", &query))
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
        bars.push(bar(others(rest.len()), value, charges, all_models(range), OTHER));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AggregateStatsRow, DailySpendRow, DayModelSpend, SpendByModelRow};
    use jiff::{ToSpan as _, civil::date};

    fn credits(whole: i64) -> Credits {
        Credits::whole(whole).unwrap()
    }

    /// Five days of which the third is today, and as many models as are given.
    fn overview(models: i64) -> (Overview, ShownRange) {
        let (first, last) = (date(2026, 11, 23), date(2026, 11, 27));
        let day = |at: i64| DailySpendRow {
            date: first + at.days(),
            total_spend: credits(if at < 3 { models } else { 0 }),
            transaction_count: 1,
            refunded: Credits::ZERO,
        };
        let named = |at: i64| format!("model-{at:02}");
        let row = |at| SpendByModelRow {
            model: named(at),
            total_spend: credits(3),
            transaction_count: 3,
            refunded: Credits::ZERO,
        };
        let cell = |at: i64| DayModelSpend { date: first + (at % 3).days(), model: named(at / 3), spend: credits(1) };
        let overview = Overview {
            current: AggregateStatsRow::default(),
            previous: AggregateStatsRow::default(),
            days: (0..5).map(day).collect(),
            day_models: (0..models * 3).map(cell).collect(),
            models: (0..models).map(row).collect(),
            top_users: Vec::new(),
            proof: None,
            any_entries: true,
        };
        let range = ShownRange {
            preset: "custom".into(),
            label: String::new(),
            zone: "Asia/Kolkata".into(),
            first,
            last,
            today: date(2026, 11, 25),
            previous: (first, last),
            previous_until: Some("12:00".into()),
        };
        (overview, range)
    }

    #[test]
    fn today_is_hatched_wherever_it_stands() {
        let (overview, range) = overview(2);
        let daily = daily(&overview, &range, &Colours::default());
        let unfinished: Vec<_> = daily.chart.columns.iter().map(|column| column.unfinished).collect();
        assert_eq!((unfinished, daily.begun), (vec![false, false, true, false, false], 3));
        assert_eq!(daily.hatched.as_deref(), Some("hatched: this day is not over"));
        assert!(daily.chart.columns[3].tip.ends_with("not begun yet"), "{}", daily.chart.columns[3].tip);
        assert_eq!(daily.chart.sums(), [credits(3), credits(3)]);
        assert!(range.lead().ends_with("27 Nov 2026 until 12:00"), "{}", range.lead());
    }

    #[test]
    fn what_is_summed_up_leads_to_all_of_it_and_loses_nothing() {
        let (overview, range) = overview(12);
        let (layers, parts) = stack(&overview, &[date(2026, 11, 24), range.last], &Colours::default());
        assert_eq!((layers.len(), layers[7].name.as_str()), (8, "Other (5 models)"));
        assert_eq!([parts[0][7], parts[1][7]], [credits(10), credits(5)]);
        assert_eq!(parts.concat().into_iter().sum::<Credits>(), credits(36));
        let bars = models(&overview, &range, &Colours::default()).bars;
        let other = bars.last().unwrap();
        assert_eq!((bars.len(), other.name.as_str()), (10, "Other (3 models)"));
        let words = "from=2026-11-23&to=2026-11-27&tz=Asia%2FKolkata&by=model&rows=all";
        assert_eq!(other.href, format!("/spend?{words}#groups"));
        assert_eq!(others(1), "Other (1 model)");
    }
}
