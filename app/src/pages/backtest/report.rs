//! One back-test: how far it is, then what it found.

use super::files;
use crate::{
    api,
    format::{self, Delta},
    link,
    model::{
        Backtest, BacktestReport, BacktestState, BacktestSubject, BeforeAfter, CapCrossed, Credits, Customer,
        CustomerChange, GoneShort, ModelChange, Unpriced,
    },
    pages::page,
    ui::{Alert, Column, DataTable, LinkButton, Meter, Money, PageHead, Section, Tile, Tone, UserLink, When, prose},
};
use leptos::prelude::*;
use leptos_meta::Meta;

#[component]
pub fn BacktestPage() -> impl IntoView {
    page::opened("Back-test", ("/pricing/backtest", "Back-tests"), api::load_backtest(page::segment(2)), whole)
}

fn whole(test: Backtest) -> impl IntoView {
    let trail =
        vec![("/pricing".to_owned(), "Pricing".to_owned()), ("/pricing/backtest".to_owned(), "Back-test".to_owned())];
    let (subject, query) = match test.subject {
        BacktestSubject::Version(version) => {
            (Some(format!("/pricing/versions/{version}")), format!("?version={version}"))
        }
        BacktestSubject::Draft(draft) => (Some(format!("/pricing/drafts/{draft}/review")), format!("?draft={draft}")),
        BacktestSubject::Config => (None, String::new()),
    };
    let again = format!("/pricing/backtest{query}");
    let told = test.report.as_ref().is_some_and(|report| report.charges > 0);
    let files = told.then(|| files::menu(test.id));
    let title = format!("Back-test of {}", test.label);
    let lead = format!("The usage of {} days, re-priced; asked for by {}.", test.days, test.requested_by);
    view! {
        <PageHead title lead trail>
            {subject.map(|href| view! { <LinkButton href label="The prices"/> })}
            <LinkButton href=again label="Run another"/>
            {files}
        </PageHead>
        <p class="range-words">
            <When at=test.start exact=true/> " to " <When at=test.end exact=true/>
        </p>
        {body(test)}
    }
    .into_any()
}

fn body(test: Backtest) -> impl IntoView {
    match (test.state, test.report) {
        (BacktestState::Running, _) => running(test.done, test.total).into_any(),
        (BacktestState::Stopped, _) => view! {
            <Alert tone=Tone::Warn title="This run ended with its server"><p>"Run it again; nothing was changed."</p></Alert>
        }
        .into_any(),
        (BacktestState::Done, Some(report)) => done(report).into_any(),
        (_, _) => {
            let problem = test.problem.unwrap_or_else(|| "It has no report.".to_owned());
            view! { <Alert tone=Tone::Bad title="The back-test failed"><p>{problem}</p></Alert> }.into_any()
        }
    }
}

/// The page asks again by itself until there is a report, also without scripts.
fn running(done: i64, total: i64) -> impl IntoView {
    let amount = |count: i64| Credits::from_micros(count);
    let words = if total == 0 {
        "Waiting for its turn…".to_owned()
    } else {
        format!("{} of {} charges", format::count(done), format::count(total))
    };
    view! {
        <Meta http_equiv="refresh" content="1"/>
        <Section title="Running" note="this page looks again every second">
            <p class="progress" role="status">{words}</p>
            <Meter value=amount(done) max=amount(total.max(1)) label="Charges read"/>
        </Section>
    }
    .into_any()
}

fn done(report: BacktestReport) -> impl IntoView {
    if report.charges == 0 {
        return view! { <Alert title="No charges in this range"><p>"There is nothing to price anew."</p></Alert> }
            .into_any();
    }
    let BacktestReport { models, customers, short, crossed, unpriced, .. } = report.clone();
    let (more, less) = (customers.most_more, customers.most_less);
    view! {
        {tiles(&report)}
        {unpriced_notice(unpriced)}
        {model_table(models)}
        {spread(&report)}
        <div class="columns">
            {customer_table("Who would pay more", report.customers.more, more)}
            {customer_table("Who would pay less", report.customers.less, less)}
        </div>
        {short_table(report.short_count, short)}
        {crossed_table(report.crossed_count, crossed)}
        {method(&report)}
    }
    .into_any()
}

fn tiles(report: &BacktestReport) -> impl IntoView + use<> {
    let tile = |label: &'static str, pair: BeforeAfter| {
        let delta = Delta::credits(pair.after, pair.before);
        let exact = format!("{} credits", format::credits(pair.after));
        let note = format!("as charged: {}", format::credits_short(pair.before));
        view! { <Tile label value=format::credits_short(pair.after) exact delta note/> }
    };
    let trouble = report.short_count + report.crossed_count;
    let trouble_note =
        format!("{} short, {} past a cap", format::count(report.short_count), format::count(report.crossed_count));
    let charges = format!("{} re-priced", format::count(report.repriced));
    view! {
        <div class="tiles">
            {tile("Price before allowances", report.gross)}
            {tile("Paid by allowances", report.allowance)}
            {tile("Paid from balances", report.net)}
            <Tile label="Charges" value=format::count(report.charges) note=charges/>
            <Tile label="In trouble" value=format::count(trouble) note=trouble_note/>
        </div>
    }
    .into_any()
}

fn unpriced_notice(unpriced: Vec<Unpriced>) -> Option<impl IntoView> {
    if unpriced.is_empty() {
        return None;
    }
    let count = unpriced.iter().map(|group| group.charges).sum();
    let title =
        format!("{} no price here and are kept as they were", format::counted(count, "charge has", "charges have"));
    Some(view! {
        <Alert tone=Tone::Warn title>
            <ul>
                {unpriced
                    .into_iter()
                    .map(|group| {
                        let counted = format::counted(group.charges, "charge", "charges");
                        let words = format!(": {counted}, {} credits", format::credits_short(group.gross));
                        view! { <li>{prose(&group.reason)} {words}</li> }
                    })
                    .collect_view()}
            </ul>
        </Alert>
    })
}

/// Before, after, and the change with its percentage, as cells.
fn cells(pair: BeforeAfter) -> impl IntoView {
    let delta = Delta::credits(pair.after, pair.before);
    let class = match pair.change() {
        change if change.is_positive() => "num change-more",
        change if change.is_negative() => "num change-less",
        _ => "num",
    };
    view! {
        <td class="num wide-only"><Money amount=pair.before/></td>
        <td class="num"><Money amount=pair.after/></td>
        <td class=class title=format::credits_signed(pair.change())>{delta.absolute}</td>
        <td class=class>{delta.percent}</td>
    }
}

fn columns(first: &'static str) -> Vec<Column> {
    vec![
        Column::text(first),
        Column::number("Charges").wide_only(),
        Column::number("As charged").wide_only(),
        Column::number("At these prices"),
        Column::number("Change"),
        Column::number("%"),
    ]
}

fn model_table(models: Vec<ModelChange>) -> impl IntoView {
    view! {
        <Section title="By model" note="before allowances; the largest change first">
            <DataTable caption="Price by model, as charged and at these prices" columns=columns("Model")>
                {models
                    .into_iter()
                    .map(|row| {
                        let name = row.model.unwrap_or_else(|| "unknown".to_owned());
                        view! {
                            <tr>
                                <td class="wrap">{name}</td>
                                <td class="num wide-only">{format::count(row.charges)}</td>
                                {cells(row.gross)}
                            </tr>
                        }
                    })
                    .collect_view()}
            </DataTable>
        </Section>
    }
    .into_any()
}

/// How far the change of what customers pay spreads.
fn spread(report: &BacktestReport) -> impl IntoView + use<> {
    let customers = &report.customers;
    let note = format!(
        "{} pay more, {} less, {} the same",
        format::count(customers.more),
        format::count(customers.less),
        format::count(customers.same)
    );
    let columns = customers.percentiles.iter().map(|(percent, _)| Column::number(rank(*percent))).collect();
    let row = customers
        .percentiles
        .iter()
        .map(|(_, tenths)| view! { <td class="num">{percent(*tenths)}</td> })
        .collect_view();
    if customers.percentiles.is_empty() {
        return view! { <Section title="By customer" note><p class="quiet">"Nobody paid from a balance."</p></Section> }.into_any();
    }
    view! {
        <Section title="By customer" note=format!("what balances pay; {note}")>
            <DataTable caption="Change of what a customer pays, by percentile" columns><tr>{row}</tr></DataTable>
        </Section>
    }
    .into_any()
}

fn rank(percent: u8) -> String {
    match percent {
        50 => "Median".to_owned(),
        1 => "1st percentile".to_owned(),
        other => format!("{other}th"),
    }
}

/// Tenths of a per cent, with their sign.
fn percent(tenths: i64) -> String {
    let sign = match tenths {
        0 => "",
        1.. => "+",
        _ => "−",
    };
    let size = tenths.unsigned_abs();
    format!("{sign}{}.{}%", size / 10, size % 10)
}

fn customer(customer: Customer) -> impl IntoView {
    if customer.team {
        let href = customer.id.parse().map(link::team).unwrap_or_default();
        let name = customer.name.unwrap_or(customer.id);
        return view! { <a href=href>{name}</a> " " <span class="quiet">"team"</span> }.into_any();
    }
    view! { <UserLink user_id=customer.id nostrip:name=customer.name/> }.into_any()
}

/// `20 of `, where only so many rows of all are shown.
fn cut(shown: usize, all: i64) -> String {
    i64::try_from(shown).ok().filter(|shown| *shown < all).map(|shown| format!("{shown} of ")).unwrap_or_default()
}

fn customer_table(title: &'static str, count: i64, rows: Vec<CustomerChange>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <Section title><p class="quiet">"Nobody."</p></Section> }.into_any();
    }
    let note = cut(rows.len(), count) + &format::count(count);
    let columns = vec![
        Column::text("Customer"),
        Column::number("As charged").wide_only(),
        Column::number("At these prices"),
        Column::number("Change"),
        Column::number("%"),
    ];
    view! {
        <Section title note>
            <DataTable caption=title columns>
                {rows
                    .into_iter()
                    .map(|row| view! { <tr><td class="wrap">{customer(row.customer)}</td>{cells(row.net)}</tr> })
                    .collect_view()}
            </DataTable>
        </Section>
    }
    .into_any()
}

fn short_table(count: i64, rows: Vec<GoneShort>) -> impl IntoView {
    let title = "Who would have gone short";
    if rows.is_empty() {
        return view! { <Section title><p class="quiet">"Nobody: every balance would have covered its charges."</p></Section> }
            .into_any();
    }
    let customers = format::counted(count, "customer", "customers");
    let note = format!("{}{customers}, below the floor of these prices", cut(rows.len(), count));
    let columns = vec![
        Column::text("Customer"),
        Column::text("First"),
        Column::number("Charges refused"),
        Column::number("Credits missing"),
    ];
    view! {
        <Section title note>
            <DataTable caption=title columns>
                {rows
                    .into_iter()
                    .map(|row| {
                        view! {
                            <tr>
                                <td class="wrap">{customer(row.customer)}</td>
                                <td><When at=row.first/></td>
                                <td class="num">{format::count(row.charges)}</td>
                                <td class="num"><Money amount=row.missing/></td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </DataTable>
        </Section>
    }
    .into_any()
}

fn crossed_table(count: i64, rows: Vec<CapCrossed>) -> impl IntoView {
    let title = "Caps that would have been crossed";
    if rows.is_empty() {
        return view! { <Section title><p class="quiet">"None that was not crossed anyway."</p></Section> }.into_any();
    }
    let columns = vec![
        Column::text("User"),
        Column::text("Cap"),
        Column::number("Limit"),
        Column::number("Windows"),
        Column::number("Most in one"),
        Column::text("First").wide_only(),
    ];
    view! {
        <Section title note=cut(rows.len(), count) + &format::counted(count, "cap", "caps")>
            <DataTable caption=title columns>
                {rows
                    .into_iter()
                    .map(|row| {
                        let span = row.cap_type.as_str();
                        let model = row.model.map(|model| format!(", {model}")).unwrap_or_default();
                        let action = row.action.as_str();
                        view! {
                            <tr>
                                <td class="wrap"><UserLink user_id=row.user_id/></td>
                                <td>{format!("{span}{model}, {action}")}</td>
                                <td class="num"><Money amount=row.limit/></td>
                                <td class="num">{format::count(row.windows)}</td>
                                <td class="num"><Money amount=row.most/></td>
                                <td class="wide-only"><When at=row.first/></td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </DataTable>
        </Section>
    }
    .into_any()
}

fn method(report: &BacktestReport) -> impl IntoView + use<> {
    let rate = |micros: i64| report.repriced.saturating_mul(1_000_000) / micros.max(1);
    let speed = format!(
        "{} charges a second were priced, {} read and priced.",
        format::count(rate(report.pricing_micros)),
        format::count(rate(report.took_micros)),
    );
    let by_amount = (report.by_amount > 0).then(|| {
        format!(
            " {} by their amount, without quantities, and are kept as they were.",
            format::counted(report.by_amount, "charge came", "charges came")
        )
    });
    view! {
        <details class="more">
            <summary>"How this was counted"</summary>
            <ul class="method">
                <li>"Every charge of the range was priced anew by its stored quantities, under the plan that its user had then." {by_amount}</li>
                <li>"The prices are thought to hold from the first of the range's first month on, so that allowances and monthly caps are whole."</li>
                <li>"Nobody is thought to have behaved otherwise: calls that would have been refused are counted as made, and told above. Refunds of credits are not counted."</li>
                <li>{speed}</li>
            </ul>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_says_where_it_is_cut() {
        assert_eq!((cut(20, 44).as_str(), cut(20, 20).as_str(), cut(0, 0).as_str()), ("20 of ", "", ""));
    }
}
