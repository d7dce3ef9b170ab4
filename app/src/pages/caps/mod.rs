//! All caps with what they have counted: found, sorted, set, changed, removed.

pub mod forms;
mod trial;

pub use trial::CapTrialPage;

use super::page::{self, Refused};
use crate::{
    api::{self, CapFilter, CapsPageData, DeleteCapForm, ListFilter, SetCapForm},
    format,
    link::Query,
    model::{CapAction, CapRow, CapSort, CapStatus, CapType, Credits},
    ui::{
        Badge, Button, ButtonKind, Choice, Column, DataTable, Empty, ErrorBox, Field, Glyph, LinkButton, Meter, Money,
        PageHead, Pager, SearchInput, Select, Sizes, Tile, Toast, Tone, UserLink, When, href,
    },
};
use leptos::prelude::*;

#[component]
pub fn CapsPage() -> impl IntoView {
    let query = page::query();
    let filter = CapFilter::read(|name| query.get(name).to_owned());
    let (set, gone) = (Refused::of::<SetCapForm>(), Refused::of::<DeleteCapForm>());
    view! {
        <PageHead
            title="Caps"
            lead="What users may spend in a day or a month (UTC): each cap, and how far it is used up."
        >
            <LinkButton href="/caps/try" label="Try a cap on the past" glyph=Glyph::Refund/>
        </PageHead>
        {notice(&query)}
        {page::loaded(api::load_caps(filter.clone()), move |data| whole(data, &filter, &query, &set, gone))}
    }
    .into_any()
}

/// What was just saved, as the address says.
fn notice(query: &Query) -> Option<impl IntoView + use<>> {
    let whose = format::isolated(query.get("whose"));
    let title = match query.get("saved") {
        "cap" => format!("The cap of {whose} is set{}; what was spent in its window counts", forms::change_of(query)),
        "cap-gone" => format!("The cap of {whose} is gone"),
        _ => return None,
    };
    Some(view! { <Toast title/> })
}

fn whole(data: CapsPageData, filter: &CapFilter, query: &Query, set: &Refused, gone: Refused) -> impl IntoView + use<> {
    let CapsPageData { list, models, role } = data;
    let manage = role.may_manage();
    let statuses: Vec<_> = list.items.iter().map(|row| row.status.clone()).collect();
    let form = manage.then(|| forms::set(query, set, models.clone(), &statuses));
    let tiles = tiles(filter, list.all, list.reached, list.close);
    let shown = list.items.len();
    let first_page = filter.list.cursor.is_empty();
    let rows = match (shown, filter.is_empty() && first_page) {
        (0, true) => view! {
            <Empty title="No caps yet" glyph=Glyph::Caps>
                <p>"A cap refuses, or tells of, what a user spends past a limit in a day or a month. Set one below, or with the API:"</p>
                <pre><code>{FIRST_CAP}</code></pre>
            </Empty>
        }
        .into_any(),
        (0, false) => view! {
            <Empty title="Nothing matches" glyph=Glyph::Search>
                <p>"No cap fits all of these filters. " <a href="/caps">"Show every cap"</a> "."</p>
            </Empty>
        }
        .into_any(),
        _ => {
            let at = |cursor: &str| with(filter, &[("cursor", cursor)]);
            let next = list.next.as_deref().map(at);
            let first = (!first_page).then(|| at(""));
            let csv = role.may_report().then(|| href("/export/caps.csv", &filter.pairs()));
            let sizes = Sizes::of("/caps", &filter.pairs());
            view! {
                {table(list.items, manage, filter)}
                <Pager shown noun="caps" nostrip:first=first nostrip:next=next nostrip:csv=csv sizes/>
            }
            .into_any()
        }
    };
    view! {
        {gone.error.map(|error| view! { <ErrorBox error/> })}
        {tiles}
        {filters(filter, models)}
        {rows}
        {form}
    }
    .into_any()
}

/// The page with this filter.
fn address(filter: &CapFilter) -> String {
    with(filter, &[("cursor", &filter.list.cursor)])
}

/// The first page with this filter but for some words.
fn with(filter: &CapFilter, words: &[(&'static str, &str)]) -> String {
    let others = filter.pairs().into_iter().filter(|(name, _)| !words.iter().any(|(word, _)| word == name));
    href("/caps", &others.chain(words.iter().copied()).collect::<Vec<_>>())
}

/// How many caps are in which state; each leads to them.
fn tiles(filter: &CapFilter, all: i64, reached: i64, close: i64) -> impl IntoView + use<> {
    let of = |state: &str| with(filter, &[("state", state)]);
    view! {
        <div class="tiles">
            <Tile label="Caps" value=format::count(all) href=of("") note="that fit the filter"/>
            <Tile label="Reached" value=format::count(reached) href=of("reached") note="nothing is left in their window"/>
            <Tile label="Close" value=format::count(close) href=of("close") note="four fifths are used"/>
        </div>
    }
    .into_any()
}

/// Names differ from those of the form below: an id stands once in a page.
fn filters(filter: &CapFilter, models: Vec<String>) -> impl IntoView + use<> {
    let clear = !filter.is_empty();
    let CapFilter { window, effect, model, state, list } = filter.clone();
    let ListFilter { q, sort, size, .. } = list;
    let any = |label: &str, more: Vec<Choice>| std::iter::once(Choice::new("", label)).chain(more).collect::<Vec<_>>();
    let models = models.into_iter().map(|model| Choice::new(model.clone(), model)).collect();
    let sorts = vec![
        Choice::new("", "Most used first"),
        Choice::new("spend", "Most spent first"),
        Choice::new("limit", "Highest limit first"),
        Choice::new("user", "By user id"),
    ];
    let states = vec![Choice::new("reached", "Reached"), Choice::new("close", "Close"), Choice::new("open", "Open")];
    view! {
        <form method="get" action="/caps" class="filters" role="search">
            <SearchInput name="q" label="Search caps by user" value=q placeholder="A user's id, name or e-mail"/>
            <Field name="type" label="Counts">
                <Select name="type" options=any("Any window", forms::windows()) selected=window/>
            </Field>
            <Field name="action" label="At the limit">
                <Select name="action" options=any("Any effect", forms::effects()) selected=effect/>
            </Field>
            <Field name="of" label="Model">
                <Select name="of" options=any("Any, or none", models) selected=model/>
            </Field>
            <Field name="state" label="State">
                <Select name="state" options=any("Any state", states) selected=state/>
            </Field>
            <Field name="sort" label="Order">
                <Select name="sort" options=sorts selected=sort/>
            </Field>
            {page::kept([("size", size.as_str())])}
            <div class="filters-go">
                <Button label="Filter"/>
                {clear.then(|| view! { <LinkButton kind=ButtonKind::Ghost href="/caps" label="Clear"/> })}
            </div>
        </form>
    }
    .into_any()
}

fn table(rows: Vec<CapRow>, manage: bool, filter: &CapFilter) -> impl IntoView + use<> {
    let sort = |column: Column, sort: CapSort| {
        column.ordered(sort, filter.list.order(), |sort, order| with(filter, &[("sort", sort), ("order", order)]))
    };
    let mut columns = vec![
        sort(Column::text("User"), CapSort::User),
        Column::text("Cap"),
        sort(Column::text("Used"), CapSort::Share),
        Column::number("Left"),
        Column::text("Resets").wide_only(),
        Column::text("State"),
        Column::text("Past"),
    ];
    if manage {
        columns.push(Column::text("Change"));
    }
    let back = address(filter);
    let rows: Vec<_> = rows.into_iter().map(|item| row(item, manage, &back)).collect();
    view! {
        <DataTable caption="Spend caps" columns>
            {rows}
        </DataTable>
    }
    .into_any()
}

fn row(item: CapRow, manage: bool, back: &str) -> impl IntoView + use<> {
    let CapRow { status, profile, .. } = item;
    let (name, (tone, state)) = (name(&status), state(&status));
    let left = left(&status);
    let past = trial::address_of(&status);
    let try_label = format!("Try the cap {name} of {} on the past", format::isolated(&status.cap.user_id));
    let change = manage.then(|| forms::change(&status, &name, "/caps#set", back, true));
    let second = profile.name.as_ref().map(|_| status.cap.user_id.clone());
    view! {
        <tr>
            <td class="who">
                <UserLink user_id=status.cap.user_id.clone() nostrip:name=profile.name/>
                {second.map(|id| view! { <span class="quiet who-more"><bdi>{id}</bdi></span> })}
            </td>
            <td>{name.clone()}</td>
            <td>
                <span class="meter-words">
                    <Money amount=status.spend/> " of " <Money amount=status.cap.limit/>
                </span>
                <Meter value=status.spend max=status.cap.limit tone label=name.clone()/>
            </td>
            <td class="num"><Money amount=left/></td>
            <td class="wide-only"><When at=status.resets_at/></td>
            <td><Badge tone text=state/></td>
            <td><a href=past aria-label=try_label>"Try"</a></td>
            {change.map(|change| view! { <td>{change}</td> })}
        </tr>
    }
    .into_any()
}

/// `Daily, all models`.
pub fn name(status: &CapStatus) -> String {
    let window = match status.cap.cap_type {
        CapType::Daily => "Daily",
        CapType::Monthly => "Monthly",
    };
    match &status.cap.model {
        Some(model) => format!("{window}, {model}"),
        None => format!("{window}, all models"),
    }
}

fn left(status: &CapStatus) -> Credits {
    Credits::from_micros(status.cap.limit.micros().saturating_sub(status.spend.micros()))
}

/// What the cap means now, by the same bounds as the filter.
fn state(status: &CapStatus) -> (Tone, &'static str) {
    let (limit, spend) = (status.cap.limit.micros(), status.spend.micros());
    let close = spend >= limit.saturating_sub(limit / 5);
    match (spend >= limit, status.cap.action) {
        (true, CapAction::Deny) => (Tone::Bad, "reached: refuses"),
        (true, CapAction::Warn) => (Tone::Warn, "reached: warns"),
        (true, CapAction::Notify) => (Tone::Warn, "reached: notified"),
        (false, _) if close => (Tone::Warn, "close"),
        (false, CapAction::Deny) => (Tone::Plain, "refuses"),
        (false, CapAction::Warn) => (Tone::Plain, "warns"),
        (false, CapAction::Notify) => (Tone::Plain, "notifies"),
    }
}

const FIRST_CAP: &str = "curl -X PUT \"$CREDITDESK/api/v1/users/ana/caps\" \\\n  -H \"Authorization: Bearer \
                         $CREDITDESK_KEY\" -H \"Content-Type: application/json\" \\\n  -d '{\"type\": \"daily\", \
                         \"limit\": 50, \"action\": \"deny\"}'";
