//! The ledger of all accounts, by filter.

use super::{
    entries::{EntryTable, kind_choices},
    page::{self, day_fields, kept},
    range_bar::zone_field,
};
use crate::{
    api::{self, TransactionFilter, TransactionList},
    error::AppError,
    format,
    model::{Credits, Direction, TransactionTotals},
    range::{PRESETS, preset_days, read_zone},
    ui::{
        Button, ButtonKind, Empty, ErrorBox, Field, Glyph, Icon, LinkButton, Money, PageHead, Pager, Select, Sizes,
        Sort, TextInput, field_error, href,
    },
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

#[component]
pub fn Transactions() -> impl IntoView {
    let query = page::query();
    let filter = TransactionFilter::read(|name| query.get(name).to_owned());
    let totals = !query.get("sum").is_empty();
    view! {
        <PageHead title="Transactions" lead="Every entry of the ledger."/>
        <Suspense>
            {Suspend::new(async move {
                match api::list_transactions(filter.clone(), totals).await {
                    Ok(list) => {
                        page::in_zone(&list.zone);
                        let team = list.teams.get(&filter.team).map(String::as_str);
                        view! {
                            {quick(&filter, &list)}
                            {filters(&filter, None, &list.zone, team)}
                            {listing(&filter, list)}
                        }
                            .into_any()
                    }
                    Err(error) => refused(&filter, error).into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// A filter at fault is shown at its field; any other error below the form.
fn refused(filter: &TransactionFilter, error: AppError) -> impl IntoView + use<> {
    let fields = ["from", "to", "kind", "min", "team", "tz"];
    let at_field = error.field.as_deref().is_some_and(|field| fields.contains(&field));
    let form = filters(filter, Some(&error), "", None);
    view! {
        {form}
        {(!at_field).then(|| view! { <ErrorBox error/> })}
    }
    .into_any()
}

/// `team_name` is that of the team that is asked for.
fn filters(
    filter: &TransactionFilter,
    error: Option<&AppError>,
    zone: &str,
    team_name: Option<&str>,
) -> impl IntoView + use<> {
    let [kind_error, min_error, team_error, zone_error] =
        ["kind", "min", "team", "tz"].map(|field| field_error(error, field));
    let (min_wrong, team_wrong) = (min_error.is_some(), team_error.is_some());
    let clear = !filter.is_empty();
    let TransactionFilter { user, team, kind, model, from, to, start, end, min, order, size, tz, .. } = filter.clone();
    view! {
        <form method="get" action="/transactions" class="filters">
            {narrowed(filter, zone, team_name)}
            {kept([("start", start.as_str()), ("end", &end), ("order", &order), ("size", &size)])}
            <Field name="user" label="User id">
                <TextInput name="user" value=user placeholder="Any"/>
            </Field>
            <Field name="team" label="Team id" nostrip:error=team_error>
                <TextInput name="team" value=team placeholder="Any" invalid=team_wrong/>
            </Field>
            <Field name="kind" label="Kind" nostrip:error=kind_error>
                <Select name="kind" options=kind_choices() selected=kind/>
            </Field>
            <Field name="model" label="Model">
                <TextInput name="model" value=model placeholder="Any"/>
            </Field>
            {day_fields(from, to, error, zone)}
            {zone_field("Time zone", tz, zone, zone_error)}
            <Field name="min" label="At least" nostrip:error=min_error>
                <TextInput name="min" value=min inputmode="decimal" placeholder="Any amount" invalid=min_wrong/>
            </Field>
            <div class="filters-go">
                <Button label="Filter"/>
                {clear.then(|| view! { <LinkButton kind=ButtonKind::Ghost href="/transactions" label="Clear"/> })}
            </div>
        </form>
    }
    .into_any()
}

/// Filters that came with a link and do not say in their field what they are, each with the way to let go of it.
fn narrowed(filter: &TransactionFilter, zone: &str, team_name: Option<&str>) -> impl IntoView + use<> {
    let without = |names: &[&str]| {
        let pairs: Vec<_> = filter.pairs().into_iter().filter(|(name, _)| !names.contains(name)).collect();
        href("/transactions", &pairs)
    };
    let mut chips = Vec::new();
    if !filter.team.is_empty() {
        chips.push((format!("Team {}", team_name.unwrap_or(&filter.team)), without(&["team"])));
    }
    if !filter.start.is_empty() || !filter.end.is_empty() {
        let zone = read_zone(zone).unwrap_or(TimeZone::UTC);
        let words = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |at| format::minute(at, &zone));
        let (start, end) = (words(&filter.start), words(&filter.end));
        let words = match (start.is_empty(), end.is_empty()) {
            (false, false) => format!("{start} – {end}"),
            (false, true) => format!("from {start}"),
            _ => format!("before {end}"),
        };
        chips.push((words, without(&["start", "end"])));
    }
    (!chips.is_empty()).then(|| {
        view! {
            <div class="chips">
                {chips
                    .into_iter()
                    .map(|(words, href)| {
                        view! {
                            <a class="chip" href=href title="Remove this filter">
                                <span>{words}</span>
                                <Icon glyph=Glyph::Close/>
                            </a>
                        }
                    })
                    .collect_view()}
            </div>
        }
    })
}

fn listing(filter: &TransactionFilter, list: TransactionList) -> impl IntoView + use<> {
    let first_page = filter.cursor.is_empty();
    if list.page.items.is_empty() && filter.is_empty() && first_page {
        return view! {
            <Empty title="Nothing yet">
                <p>"Charges, grants and refunds appear here as they happen. The API's first charge is one request away:"</p>
                <pre><code>{FIRST_CHARGE}</code></pre>
            </Empty>
        }
        .into_any();
    }
    if list.page.items.is_empty() {
        return view! {
            <Empty title="Nothing matches">
                <p>
                    "No entry fits all of these filters. Widen the dates, or "
                    <a href="/transactions">"show every transaction"</a> "."
                </p>
            </Empty>
        }
        .into_any();
    }
    let at = |cursor: &str| href("/transactions", &[&filter.pairs()[..], &[("cursor", cursor)]].concat());
    let shown = list.page.items.len();
    let next = list.page.next.as_deref().map(at);
    let first = (!first_page).then(|| at(""));
    let csv = list.may_export.then(|| href("/export/transactions.csv", &filter.pairs()));
    let (direction, turned) = if filter.order.is_empty() { (Direction::Desc, "old") } else { (Direction::Asc, "") };
    let turn = href("/transactions", &TransactionFilter { order: turned.to_owned(), ..filter.clone() }.pairs());
    let sort = Some(Sort { href: turn, now: Some(direction) });
    let table = EntryTable { account: true, sort, teams: list.teams, ..EntryTable::default() };
    let sizes = Sizes::of("/transactions", &filter.pairs());
    let totals = totals(filter, list.totals);
    let caption = if filter.order.is_empty() { "Transactions, newest first" } else { "Transactions, oldest first" };
    view! {
        {totals}
        {table.view(caption, list.page.items)}
        <Pager shown noun="transactions" nostrip:first=first nostrip:next=next nostrip:csv=csv sizes/>
    }
    .into_any()
}

/// All entries of the filter, added up; or the way to have that done.
fn totals(filter: &TransactionFilter, totals: Option<TransactionTotals>) -> impl IntoView + use<> {
    let Some(TransactionTotals { count, added, taken }) = totals else {
        let href = href("/transactions", &[&filter.pairs()[..], &[("sum", "1")]].concat());
        return view! { <p class="totals quiet"><a href=href>"Add up all entries of this filter"</a></p> }.into_any();
    };
    let net = [added, taken].into_iter().sum::<Credits>();
    view! {
        <p class="totals">
            <strong>{format::counted(count, "entry", "entries")}</strong> " of this filter: "
            <Money amount=added signed=true/> " in, " <Money amount=taken signed=true/> " out, "
            <Money amount=net signed=true/> " in all"
        </p>
    }
    .into_any()
}

/// Ranges that are asked for most.
fn quick(filter: &TransactionFilter, list: &TransactionList) -> Option<impl IntoView + use<>> {
    let zone = read_zone(&list.zone).ok()?;
    let today = list.now.to_zoned_datetime(zone).date();
    let links = PRESETS.into_iter().filter(|(name, _)| *name != "custom").filter_map(|(name, label)| {
        let (from, to) = preset_days(name, today).ok()?;
        let (from, to) = (from.to_string(), to.to_string());
        let current = (filter.from == from && filter.to == to).then_some("true");
        let narrowed = TransactionFilter { from, to, start: String::new(), end: String::new(), ..filter.clone() };
        Some(view! { <a href=href("/transactions", &narrowed.pairs()) aria-current=current>{label}</a> })
    });
    let links = links.collect_view();
    Some(view! { <div class="range"><nav class="segments" aria-label="Range">{links}</nav></div> })
}

const FIRST_CHARGE: &str = "curl \"$CREDITDESK/api/v1/users/ana/deductions\" \\\n  -H \"Authorization: Bearer \
                            $CREDITDESK_KEY\" \\\n  -H \"Idempotency-Key: call-1\" -H \"Content-Type: \
                            application/json\" \\\n  -d '{\"amount\": 0.4}'";
