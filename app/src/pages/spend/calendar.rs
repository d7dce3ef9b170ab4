//! The calendar: a square for each day, darker where more was spent.

use crate::{
    charts::Figure,
    figures::spend::SpendFigures,
    format,
    ui::{Column as Head, DataTable, Money, Section, href},
};
use leptos::prelude::*;

pub(super) fn calendar(figures: &SpendFigures<'_>) -> impl IntoView + use<> {
    let map = figures.calendar();
    let days = &figures.report.calendar;
    let span = days.first().zip(days.last()).map(|(first, last)| format::days(first.date, last.date));
    let note = format!("{}, days of {}", span.unwrap_or_default(), figures.range.zone);
    let table = table(figures);
    view! {
        <Section title="Calendar" note=note>
            <div class="heat-legend" aria-hidden="true">
                <span>"less"</span>
                <svg viewBox="0 0 77 13" width="77" height="13">
                    {["0", "0.25", "0.48", "0.72", "1"]
                        .into_iter()
                        .enumerate()
                        .map(|(at, opacity)| {
                            view! {
                                <rect x=(at * 16).to_string() width="13" height="13" rx="2" fill="var(--sunken)"/>
                                <rect
                                    x=(at * 16).to_string()
                                    width="13"
                                    height="13"
                                    rx="2"
                                    fill="var(--accent)"
                                    fill-opacity=opacity
                                />
                            }
                        })
                        .collect_view()}
                </svg>
                <span>"more"</span>
            </div>
            <Figure class="chart-heat" wide=map.wide() narrow=map.narrow() table="Calendar as a table">
                {table}
            </Figure>
        </Section>
    }
}

fn table(figures: &SpendFigures<'_>) -> impl IntoView + use<> {
    let zone = figures.range.zone.clone();
    let rows: Vec<_> = figures.report.calendar.iter().filter(|day| day.transaction_count > 0).cloned().collect();
    let heads = vec![Head::text("Day"), Head::number("Spend"), Head::number("Charges"), Head::number("Refunded")];
    view! {
        <DataTable caption="Spend of each day with charges" columns=heads>
            {rows
                .into_iter()
                .rev()
                .map(|day| {
                    let date = day.date.to_string();
                    let charges = href(
                        "/transactions",
                        &[("kind", "charges"), ("from", &date), ("to", &date), ("tz", &zone)],
                    );
                    view! {
                        <tr>
                            <td><a href=charges>{format::day_long(day.date)}</a></td>
                            <td class="num"><Money amount=day.total_spend/></td>
                            <td class="num">{format::count(day.transaction_count)}</td>
                            <td class="num"><Money amount=day.refunded/></td>
                        </tr>
                    }
                })
                .collect_view()}
        </DataTable>
    }
}
