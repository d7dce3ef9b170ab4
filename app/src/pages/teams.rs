//! The teams: each a pool of credits.

use super::page::{self, Refused, amount_field, kept};
use crate::{
    api::{self, CreateTeamForm, ListFilter, ShownRange, TeamsPageData},
    figures::overview::charges_of,
    format,
    islands::forms::Forms,
    model::{Page, SpendSum, Team, TeamSort, Uuid},
    ui::{
        Button, ButtonKind, Column, DataTable, Empty, ErrorBox, Field, Glyph, Hidden, LinkButton, Money, PageHead,
        Pager, SearchInput, Section, Sizes, TextInput, When, href,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn TeamsPage() -> impl IntoView {
    let query = page::query();
    let filter = ListFilter::read(|name| query.get(name).to_owned());
    let refused = Refused::of::<CreateTeamForm>();
    view! {
        <PageHead title="Teams" lead="A team is a pool of credits that its members spend, each within a limit of their own."/>
        {page::loaded(api::list_teams(filter.clone()), move |data| whole(data, &filter, &refused))}
    }
    .into_any()
}

fn whole(data: TeamsPageData, filter: &ListFilter, refused: &Refused) -> impl IntoView + use<> {
    let TeamsPageData { page, spent, range, role, key } = data;
    let create = role.may_manage().then(|| create(&key, refused));
    let found = match (page.items.is_empty(), filter.q.is_empty(), filter.cursor.is_empty()) {
        (false, _, _) => listing(page, &spent, &range, filter, role.may_report()).into_any(),
        (true, true, true) => view! {
            <Empty title="No teams yet" glyph=Glyph::Teams>
                <p>"Make one below, or with POST /api/v1/teams; then add its members."</p>
            </Empty>
        }
        .into_any(),
        _ => view! {
            <Empty title=format!("No team matches “{}”", format::isolated(&filter.q)) glyph=Glyph::Search>
                <p>"Every word must be in the name or the id. " <a href="/teams">"Show all teams"</a> "."</p>
            </Empty>
        }
        .into_any(),
    };
    view! {
        {search(filter)}
        {found}
        {create}
    }
    .into_any()
}

fn search(filter: &ListFilter) -> impl IntoView + use<> {
    let ListFilter { q, sort, order, size, .. } = filter.clone();
    let clear = (!q.is_empty()).then(|| href("/teams", &[("sort", &sort), ("order", &order), ("size", &size)]));
    view! {
        <form method="get" action="/teams" class="search-form" role="search">
            <SearchInput name="q" label="Search teams" value=q placeholder="A team's name or id"/>
            {kept([("sort", sort.as_str()), ("order", &order), ("size", &size)])}
            <Button label="Search"/>
            {clear.map(|href| view! { <LinkButton kind=ButtonKind::Ghost href label="Clear"/> })}
        </form>
    }
    .into_any()
}

fn listing(
    page: Page<Team>,
    spent: &[(Uuid, SpendSum)],
    range: &ShownRange,
    filter: &ListFilter,
    may_export: bool,
) -> impl IntoView + use<> {
    let ListFilter { q, size, cursor, .. } = filter;
    let shown = page.items.len();
    let next = page.next.map(|cursor| href("/teams", &[&filter.pairs()[..], &[("cursor", &cursor)]].concat()));
    let first = (!cursor.is_empty()).then(|| href("/teams", &filter.pairs()));
    let csv = may_export.then(|| href("/export/teams.csv", &filter.pairs()));
    let sizes = Sizes::of("/teams", &filter.pairs());
    let sort = |column: Column, sort: TeamSort| {
        column.ordered(sort, filter.order(), |sort, order| {
            href("/teams", &[("q", q), ("sort", sort), ("order", order), ("size", size)])
        })
    };
    let columns = vec![
        sort(Column::text("Team"), TeamSort::Name),
        sort(Column::number("Members"), TeamSort::Members),
        sort(Column::number("Balance"), TeamSort::Balance),
        Column::number(range.label.clone()),
        Column::number("Charges").wide_only(),
        sort(Column::text("Since").wide_only(), TeamSort::Created),
    ];
    let of = |team: &Team| spent.iter().find(|(id, _)| *id == team.team_id).map(|(_, sum)| *sum).unwrap_or_default();
    let rows: Vec<_> = page.items.into_iter().map(|team| row(&team, of(&team), range)).collect();
    let days =
        format!("{}: spend of the days {}, {}. ", range.label, format::days(range.first, range.last), range.zone);
    view! {
        <DataTable caption="Teams" columns>{rows.collect_view()}</DataTable>
        <p class="quiet table-note">
            {days} {may_export.then(|| view! { <a href="/spend?by=team">"Teams by their spend"</a> })}
        </p>
        <Pager shown noun="teams" nostrip:first=first nostrip:next=next nostrip:csv=csv sizes/>
    }
    .into_any()
}

fn row(team: &Team, spent: SpendSum, range: &ShownRange) -> impl IntoView + use<> {
    let charges = charges_of(range, "team", &team.team_id.to_string());
    let Team { team_id, name, balance, member_count, created_at } = team.clone();
    view! {
        <tr>
            <td class="wrap"><a href=crate::link::team(team_id)><bdi>{name}</bdi></a></td>
            <td class="num">{member_count}</td>
            <td class="num"><Money amount=balance/></td>
            <td class="num"><Money amount=spent.spend/></td>
            <td class="num wide-only"><a href=charges>{format::count(spent.charges)}</a></td>
            <td class="wide-only"><When at=created_at/></td>
        </tr>
    }
    .into_any()
}

fn create(key: &str, refused: &Refused) -> impl IntoView + use<> {
    let [name, amount] = ["name", "amount"].map(|field| refused.field(field, ""));
    let error = refused.beside(&["name", "amount"]);
    let key = refused.key(key.to_owned());
    view! {
        <Forms/>
        <div id="create">
            <Section title="New team">
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=CreateTeamForm::url() class="form" data-once="">
                    <Hidden name="key" value=key/>
                    <Field name="name" label="Name" nostrip:error=name.error>
                        <TextInput
                            name="name"
                            value=name.value
                            maxlength=255_u32
                            required=true
                            autofocus=name.wrong
                            invalid=name.wrong
                        />
                    </Field>
                    {amount_field("amount", "Credits to start with", Some("An entry of the team's ledger; empty: none."), amount)}
                    <Button kind=ButtonKind::Primary label="Make the team" glyph=Glyph::Plus/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
