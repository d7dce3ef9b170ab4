//! Spend over time, the same as a table, and the proof.

use crate::{
    charts::{Figure, Legend},
    figures::spend::{OverTime, SpendFigures},
    format,
    model::{Credits, SpendProof},
    pages::range_bar::AskedRange,
    range::read_zone,
    ui::{Column as Head, DataTable, Glyph, Icon, Money, Section},
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

pub(super) fn over_time(figures: &SpendFigures<'_>, asked: &AskedRange) -> impl IntoView + use<> {
    let OverTime { title, chart, before, legend, hatched } = figures.over_time();
    let (wide, narrow) = (chart.wide_with(&before), chart.narrow_with(&before));
    let marked = (!before.is_empty()).then(|| "the period before".to_owned());
    let table = table(figures);
    let proof = proof(figures, asked);
    let note = format!("credits, days of {}", figures.range.zone);
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

fn table(figures: &SpendFigures<'_>) -> impl IntoView + use<> {
    let report = figures.report;
    let compared = figures.words.compared();
    let step = report.step.as_str();
    let mut heads =
        vec![Head::text(step[..1].to_uppercase() + &step[1..]), Head::number("Spend"), Head::number("Added up")];
    if compared {
        heads.push(Head::number("Before"));
    }
    heads.extend([Head::number("Charges"), Head::number("Refunded")]);
    let mut so_far = Credits::ZERO;
    let mut rows = Vec::new();
    for (at, bucket) in report.buckets.iter().enumerate() {
        so_far = [so_far, bucket.sum.spend].into_iter().sum();
        let before = report.previous_buckets.get(at).copied().unwrap_or_default();
        rows.push((figures.name(bucket), figures.charges(&[], Some(bucket)), bucket.sum, so_far, before));
    }
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
            </tr>
        }
    };
    view! {
        <DataTable caption="Spend over time" columns=heads foot=foot has_foot=true>
            {rows
                .into_iter()
                .map(|(name, href, sum, so_far, before)| {
                    view! {
                        <tr>
                            <td><a href=href>{name}</a></td>
                            <td class="num"><Money amount=sum.spend/></td>
                            <td class="num"><Money amount=so_far/></td>
                            {compared.then(|| view! { <td class="num"><Money amount=before/></td> })}
                            <td class="num">{format::count(sum.charges)}</td>
                            <td class="num"><Money amount=sum.refunded/></td>
                        </tr>
                    }
                })
                .collect_view()}
        </DataTable>
    }
}

fn proof(figures: &SpendFigures<'_>, asked: &AskedRange) -> impl IntoView + use<> {
    if let Some(proof) = &figures.report.proof {
        return proved(proof, figures).into_any();
    }
    let charges = format::counted(figures.report.total.charges, "charge", "charges");
    view! {
        <div class="proof">
            <span>"These figures come from sums kept with every charge."</span>
            <a href=asked.href(&[("prove", "1")])>"Prove against " {charges}</a>
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
        <div class=class role=if holds { "status" } else { "alert" }>
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
