//! The users who spent most.

use crate::{
    api::ShownRange,
    charts::Figure,
    figures::overview::{charges_of, users as figure},
    format,
    model::Overview,
    ui::{Column as Head, DataTable, Money, Section, UserLink},
};
use leptos::prelude::*;

pub(super) fn users(overview: &Overview, range: &ShownRange) -> impl IntoView + use<> {
    let chart = figure(overview);
    let table = table(overview, range);
    let note = format!("{} of {} active", overview.top_users.len(), format::count(overview.current.active_users));
    view! {
        <Section title="Top users" note=note>
            <Figure class="chart-bars" wide=chart.wide() narrow=chart.narrow() table="Top users as a table">
                {table}
            </Figure>
        </Section>
    }
}

fn table(overview: &Overview, range: &ShownRange) -> impl IntoView + use<> {
    let total = overview.current.total_credits_consumed;
    let heads = vec![
        Head::text("User"),
        Head::number("Spend"),
        Head::number("Share"),
        Head::number("Charges"),
        Head::number("Refunded"),
    ];
    let rows: Vec<_> =
        overview.top_users.iter().map(|row| (row.clone(), charges_of(range, "user", &row.user_id))).collect();
    view! {
        <DataTable caption="Top users" columns=heads>
            {rows
                .into_iter()
                .map(|(row, charges)| {
                    view! {
                        <tr>
                            <td class="wrap"><UserLink user_id=row.user_id/></td>
                            <td class="num"><Money amount=row.total_spend/></td>
                            <td class="num">{format::share(row.total_spend, total)}</td>
                            <td class="num"><a href=charges>{format::count(row.transaction_count)}</a></td>
                            <td class="num"><Money amount=row.refunded/></td>
                        </tr>
                    }
                })
                .collect_view()}
        </DataTable>
    }
}
