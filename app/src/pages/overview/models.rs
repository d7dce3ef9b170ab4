//! Spend by model, with each model's share.

use crate::{
    api::ShownRange,
    charts::{Colours, Figure},
    figures::overview::{charges_of, models as figure},
    format,
    model::{Credits, Overview},
    ui::{Column as Head, DataTable, Money, Section},
};
use leptos::prelude::*;

pub(super) fn models(overview: &Overview, range: &ShownRange, colours: &Colours) -> impl IntoView + use<> {
    let total: Credits = overview.models.iter().map(|row| row.total_spend).sum();
    let chart = figure(overview, range, colours);
    let table = table(overview, range, total);
    let note = format::counted(i64::try_from(overview.models.len()).unwrap_or(i64::MAX), "model", "models");
    view! {
        <Section title="Spend by model" note=note>
            <Figure class="chart-bars" wide=chart.wide() narrow=chart.narrow() table="Spend by model as a table">
                {table}
            </Figure>
        </Section>
    }
}

fn table(overview: &Overview, range: &ShownRange, total: Credits) -> impl IntoView + use<> {
    let heads = vec![
        Head::text("Model"),
        Head::number("Spend"),
        Head::number("Share"),
        Head::number("Charges"),
        Head::number("Refunded"),
    ];
    let rows: Vec<_> =
        overview.models.iter().map(|row| (row.clone(), charges_of(range, "model", &row.model))).collect();
    let charges: i64 = overview.models.iter().map(|row| row.transaction_count).sum();
    let refunded: Credits = overview.models.iter().map(|row| row.refunded).sum();
    let foot = move || {
        view! {
            <tr>
                <th scope="row">"All models"</th>
                <td class="num"><Money amount=total/></td>
                <td class="num">{format::share(total, total)}</td>
                <td class="num">{format::count(charges)}</td>
                <td class="num"><Money amount=refunded/></td>
            </tr>
        }
    };
    view! {
        <DataTable caption="Spend by model" columns=heads foot=foot has_foot=true>
            {rows
                .into_iter()
                .map(|(row, href)| {
                    view! {
                        <tr>
                            <td class="wrap"><a class="id-link" href=href>{row.model}</a></td>
                            <td class="num"><Money amount=row.total_spend/></td>
                            <td class="num">{format::share(row.total_spend, total)}</td>
                            <td class="num">{format::count(row.transaction_count)}</td>
                            <td class="num"><Money amount=row.refunded/></td>
                        </tr>
                    }
                })
                .collect_view()}
        </DataTable>
    }
}
