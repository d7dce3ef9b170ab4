//! Spend over time, the same as a table, and the proof.

use crate::{
    charts::{ColumnChart, Figure, Legend},
    figures::spend::{OverTime, SpendFigures},
    format,
    model::{Credits, SpendBucket, SpendProof, SpendSum, Step},
    pages::range_bar::AskedRange,
    range::read_zone,
    ui::{Column as Head, DataTable, Glyph, Icon, Money, Section, amounts, dashes},
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

pub(super) fn over_time(figures: &SpendFigures<'_>, asked: &AskedRange) -> impl IntoView + use<> {
    let OverTime { title, chart, before, legend, hatched } = figures.over_time();
    let (wide, narrow) = (chart.wide_with(&before), chart.narrow_with(&before));
    let marked = (!before.is_empty()).then(|| "the period before".to_owned());
    let table = table(figures, &chart);
    let proof = proof(figures, asked);
    let note = format!("credits, days of {}{}", figures.range.zone, other_step(figures));
    view! {
        <Section title=title.clone() note=note>
            <Legend items=legend nostrip:hatched=hatched nostrip:marked=marked/>
            <Figure class="chart-columns" wide narrow table=format!("{title} as a table")>
                {table}
            </Figure>
            {proof}
        </Section>
    }
}

/// That the step asked for would have made too many columns.
fn other_step(figures: &SpendFigures<'_>) -> String {
    let shown = figures.report.step;
    match Step::parse(&figures.words.step).filter(|asked| *asked != shown) {
        Some(asked) => {
            format!("; shown by {}: by {} they would be more than 120 columns", shown.as_str(), asked.as_str())
        }
        None => String::new(),
    }
}

/// A row of the table; `sum` is missing while the column has not begun.
struct Row {
    name: String,
    href: Option<String>,
    sum: Option<(SpendSum, Credits)>,
    before: Option<Credits>,
    parts: Vec<Credits>,
}

/// The rows of the columns, and one for what the period before has beyond them.
fn rows(figures: &SpendFigures<'_>, others: bool) -> Vec<Row> {
    let report = figures.report;
    let mut so_far = Credits::ZERO;
    let row = |(at, bucket): (usize, &SpendBucket)| {
        so_far = [so_far, bucket.sum.spend].into_iter().sum();
        let begun = figures.begun(bucket);
        Row {
            name: figures.name(bucket),
            href: begun.then(|| figures.charges(&[], Some(bucket))),
            sum: begun.then_some((bucket.sum, so_far)),
            before: report.previous_buckets.get(at).copied(),
            parts: bucket.parts.iter().copied().chain(others.then(|| bucket.rest())).collect(),
        }
    };
    let mut rows: Vec<Row> = report.buckets.iter().enumerate().map(row).collect();
    let beyond = report.previous_buckets.get(report.buckets.len()..).filter(|beyond| !beyond.is_empty());
    if let Some(beyond) = beyond.filter(|_| figures.words.compared()) {
        let (name, before) = ("The period before was longer".to_owned(), Some(beyond.iter().copied().sum()));
        rows.push(Row { name, href: None, sum: None, before, parts: Vec::new() });
    }
    rows
}

fn table(figures: &SpendFigures<'_>, chart: &ColumnChart) -> impl IntoView + use<> {
    let report = figures.report;
    let compared = figures.words.compared();
    let step = report.step.as_str();
    let mut heads =
        vec![Head::text(step[..1].to_uppercase() + &step[1..]), Head::number("Spend"), Head::number("Added up")];
    if compared {
        heads.push(Head::number("Before"));
    }
    heads.extend([Head::number("Charges"), Head::number("Refunded")]);
    heads.extend(chart.layers.iter().map(|layer| Head::number(layer.name.clone())));
    let layers = chart.layers.len();
    let rows = rows(figures, layers > report.named);
    let sum = |at| rows.iter().filter_map(|row| row.parts.get(at)).copied().sum();
    let sums: Vec<Credits> = (0..layers).map(sum).collect();
    let (total, previous) = (report.total, report.previous.spend);
    let all = figures.charges(&[], None);
    let foot = move || {
        view! {
            <tr>
                <th scope="row"><a href=all.clone()>"Whole range"</a></th>
                <td class="num"><Money amount=total.spend/></td>
                <td class="num"><Money amount=total.spend/></td>
                {compared.then(|| view! { <td class="num"><Money amount=previous/></td> })}
                <td class="num">{format::count(total.charges)}</td>
                <td class="num"><Money amount=total.refunded/></td>
                {amounts(sums.clone())}
            </tr>
        }
    };
    view! {
        <DataTable caption="Spend over time" columns=heads foot=foot has_foot=true>
            {rows.into_iter().map(|row| cells(row, compared, layers)).collect_view()}
        </DataTable>
    }
}

fn cells(row: Row, compared: bool, layers: usize) -> impl IntoView {
    let Row { name, href, sum, before, parts } = row;
    let before = compared.then(|| match before {
        Some(before) => amounts(vec![before]).into_any(),
        None => dashes(1).into_any(),
    });
    let name = match href {
        Some(href) => view! { <td><a href=href>{name}</a></td> }.into_any(),
        None => view! { <td>{name}</td> }.into_any(),
    };
    let Some((sum, so_far)) = sum else {
        return view! { <tr>{name} {dashes(2)} {before} {dashes(2 + layers)}</tr> }.into_any();
    };
    view! {
        <tr>
            {name} {amounts(vec![sum.spend, so_far])} {before} <td class="num">{format::count(sum.charges)}</td>
            <td class="num"><Money amount=sum.refunded/></td>
            {amounts(parts)}
        </tr>
    }
    .into_any()
}

fn proof(figures: &SpendFigures<'_>, asked: &AskedRange) -> impl IntoView + use<> {
    if let Some(proof) = &figures.report.proof {
        return proved(proof, figures).into_any();
    }
    let charges = format::counted(figures.report.total.charges, "charge", "charges");
    view! {
        <div class="proof" id="proof">
            <span>"These figures come from sums kept with every charge."</span>
            <a href=format!("{}#proof", asked.href(&[("prove", "1")]))>"Prove against " {charges}</a>
        </div>
    }
    .into_any()
}

fn proved(proof: &SpendProof, figures: &SpendFigures<'_>) -> impl IntoView + use<> {
    let holds = proof.difference().is_zero();
    let (class, glyph, verdict) = if holds {
        ("proof proof-holds", Glyph::Check, "Adds up")
    } else {
        ("proof proof-differs", Glyph::Warning, "Does not add up")
    };
    let sums = [
        (format!("Σ {}s", figures.report.step.as_str()), proof.columns, proof.groups),
        (format!("Σ {}", figures.report.by.plural()), proof.groups, proof.ledger),
    ];
    let zone = read_zone(&figures.range.zone).unwrap_or(TimeZone::UTC);
    view! {
        <div class=class id="proof" role=if holds { "status" } else { "alert" }>
            <span class="proof-verdict">
                <Icon glyph/>
                {verdict}
            </span>
            <span class="proof-sums">
                {sums
                    .into_iter()
                    .map(|(name, sum, next)| {
                        let sign = if sum == next { " =" } else { " ≠" };
                        view! { <span class="nowrap">{name} " " <b>{format::credits(sum)}</b> {sign}</span> }
                    })
                    .collect_view()}
                <span class="nowrap">"ledger " <b>{format::credits(proof.ledger)}</b></span>
            </span>
            <span class="proof-difference">"difference " <b>{format::credits(proof.difference())}</b></span>
            <span>{format::counted(proof.entries, "charge", "charges")} " added up"</span>
            <time datetime=proof.checked_at.to_string()>"checked " {format::exact(proof.checked_at, &zone)}</time>
        </div>
    }
}
