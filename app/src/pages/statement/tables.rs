//! The statement's tables.

use crate::{
    format,
    model::{Credits, Flows, SpendByModelRow, Statement, StatementDay, StatementOf},
    range::read_zone,
    ui::{Column as Head, DataTable, Money, Section, href},
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

/// What each flow is called, in the order of [`Flows::amounts`].
const LABELS: [&str; 8] =
    ["Purchases", "Subscriptions", "Grants", "Spend", "Team spend", "Refunds", "Adjustments", "Expiry"];
/// The kind of the transactions behind each.
const KINDS: [&str; 8] = ["purchase", "subscription", "grant", "usage", "team_usage", "refund", "adjustment", "expiry"];

/// Which of the flows a statement shows: a user has no team's spend, and a team no own.
fn shown(statement: &Statement) -> [bool; 8] {
    let mut shown = [true; 8];
    shown[3] = !matches!(statement.of, StatementOf::Team(_)) || !statement.flows.spend.is_zero();
    shown[4] = !matches!(statement.of, StatementOf::User(_)) || !statement.flows.team_spend.is_zero();
    shown
}

/// What the last line is: no month closes before it is over.
fn closes(statement: &Statement) -> String {
    if !statement.unfinished {
        return format!("Closing balance, {}", format::day_year(statement.last));
    }
    let zone = read_zone(&statement.zone).unwrap_or(TimeZone::UTC);
    format!("Balance so far, {}", format::day_year(statement.made_at.to_zoned_datetime(zone).date()))
}

/// Opening balance, what changed it, closing balance.
pub(super) fn summary(statement: &Statement) -> impl IntoView + use<> {
    let shown = shown(statement);
    let (from, to, zone) = (statement.first.to_string(), statement.last.to_string(), statement.zone.clone());
    let account = match &statement.of {
        StatementOf::Desk => ("", String::new()),
        StatementOf::User(user) => ("user", user.clone()),
        StatementOf::Team(team) => ("team", team.to_string()),
    };
    let lines: Vec<_> = LABELS
        .into_iter()
        .zip(KINDS)
        .zip(statement.flows.amounts())
        .zip(shown)
        .filter(|(_, shown)| *shown)
        .map(|(((label, kind), amount), _)| {
            let mut query = vec![("kind", kind), ("from", &from), ("to", &to), ("tz", &zone)];
            if !account.0.is_empty() {
                query.push((account.0, &account.1));
            }
            (label, amount, href("/transactions", &query))
        })
        .collect();
    let (opening, closing, closes) = (statement.opening, statement.closing, closes(statement));
    let change = statement.flows.total();
    view! {
        <table class="statement-lines">
            <caption class="unseen">"From the opening to the closing balance"</caption>
            <tbody>
                <tr class="statement-edge">
                    <th scope="row">"Opening balance, " {format::day_year(statement.first)}</th>
                    <td class="num"><Money amount=opening/></td>
                </tr>
                {lines
                    .into_iter()
                    .map(|(label, amount, href)| {
                        view! {
                            <tr>
                                <th scope="row"><a href=href>{label}</a></th>
                                <td class="num"><Money amount signed=true/></td>
                            </tr>
                        }
                    })
                    .collect_view()}
                <tr class="statement-sum">
                    <th scope="row">"Change in the month"</th>
                    <td class="num"><Money amount=change signed=true/></td>
                </tr>
                <tr class="statement-edge">
                    <th scope="row">{closes}</th>
                    <td class="num"><Money amount=closing/></td>
                </tr>
            </tbody>
        </table>
        {statement
            .cost
            .map(|cost| {
                view! {
                    <p class="quiet">
                        {format!(
                            "Charges cost {} credits by their prices: {} were paid by the plan's allowance, {} could not \
                             be collected, and the rest is the spend above.",
                            format::credits(cost.gross),
                            format::credits(cost.allowance),
                            format::credits(cost.uncollected),
                        )}
                    </p>
                }
            })}
    }
}

pub(super) fn models(statement: &Statement) -> impl IntoView + use<> {
    if statement.models.is_empty() {
        return ().into_any();
    }
    let total: Credits = statement.models.iter().map(|row| row.total_spend).sum();
    let charges: i64 = statement.models.iter().map(|row| row.transaction_count).sum();
    let refunded: Credits = statement.models.iter().map(|row| row.refunded).sum();
    let heads = vec![
        Head::text("Model"),
        Head::number("Spend"),
        Head::number("Share"),
        Head::number("Charges"),
        Head::number("Refunded"),
    ];
    let [.., spend, team_spend, _, _, _] = shown(statement);
    let all = match (spend, team_spend) {
        (true, true) => "All models: spend and team spend",
        (false, true) => "All models: team spend",
        _ => "All models: spend",
    };
    let foot = move || {
        view! {
            <tr>
                <th scope="row">{all}</th>
                <td class="num"><Money amount=total/></td>
                <td></td>
                <td class="num">{format::count(charges)}</td>
                <td class="num"><Money amount=refunded/></td>
            </tr>
        }
    };
    let row = move |row: SpendByModelRow| {
        view! {
            <tr>
                <td class="wrap">{row.model}</td>
                <td class="num"><Money amount=row.total_spend/></td>
                <td class="num">{format::share(row.total_spend, total)}</td>
                <td class="num">{format::count(row.transaction_count)}</td>
                <td class="num"><Money amount=row.refunded/></td>
            </tr>
        }
    };
    let rows = statement.models.clone();
    view! {
        <Section title="Spend by model">
            <DataTable caption="Spend by model" columns=heads foot=foot has_foot=true>
                {rows.into_iter().map(row).collect_view()}
            </DataTable>
        </Section>
    }
    .into_any()
}

/// Every day with entries: what it began with, what changed, what it ended with.
pub(super) fn days(statement: &Statement) -> impl IntoView + use<> {
    if statement.days.is_empty() {
        return ().into_any();
    }
    // Columns without anything in the whole month would only take room.
    let mut kept: [bool; 8] = [false; 8];
    for day in &statement.days {
        for (kept, amount) in kept.iter_mut().zip(day.flows.amounts()) {
            *kept |= !amount.is_zero();
        }
    }
    let mut heads = vec![Head::text("Day"), Head::number("Opening")];
    heads.extend(LABELS.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(label, _)| Head::number(label)));
    heads.push(Head::number("Closing"));
    let cells = move |flows: Flows| {
        let amounts = flows.amounts().into_iter().zip(kept).filter(|(_, kept)| *kept);
        amounts.map(|(amount, _)| view! { <td class="num"><Money amount signed=true/></td> }).collect_view()
    };
    let (opening, flows, closing) = (statement.opening, statement.flows, statement.closing);
    let foot = move || {
        view! {
            <tr>
                <th scope="row">"Month"</th>
                <td class="num"><Money amount=opening/></td>
                {cells(flows)}
                <td class="num"><Money amount=closing/></td>
            </tr>
        }
    };
    let row = move |day: StatementDay| {
        view! {
            <tr>
                <td class="nowrap">{format::day_short(day.date)}</td>
                <td class="num"><Money amount=day.opening/></td>
                {cells(day.flows)}
                <td class="num"><Money amount=day.closing/></td>
            </tr>
        }
    };
    let rows = statement.days.clone();
    view! {
        <Section title="Day by day" note="days with entries">
            <DataTable caption="Day by day" columns=heads foot=foot has_foot=true>
                {rows.into_iter().map(row).collect_view()}
            </DataTable>
        </Section>
    }
    .into_any()
}
