//! The teams: each a pool of credits.

use super::page::{self, Refused, amount_field};
use crate::{
    api::{self, CreateTeamForm, ShownRange, TeamsPageData},
    figures::overview::charges_of,
    format,
    islands::forms::Forms,
    model::{SpendSum, Team},
    ui::{
        Button, ButtonKind, Column, DataTable, Empty, ErrorBox, Field, Glyph, Hidden, Money, PageHead, Pager, Section,
        TextInput, When, href,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn TeamsPage() -> impl IntoView {
    let query = page::query();
    let cursor = query.filled("cursor");
    let first_page = cursor.is_none();
    let refused = Refused::of::<CreateTeamForm>();
    view! {
        <PageHead title="Teams" lead="A team is a pool of credits that its members spend, each within a limit of their own."/>
        {page::loaded(api::list_teams(cursor), move |data| whole(data, first_page, &refused))}
    }
    .into_any()
}

fn whole(data: TeamsPageData, first_page: bool, refused: &Refused) -> impl IntoView + use<> {
    let TeamsPageData { page, spent, range, role, key } = data;
    let create = role.may_manage().then(|| create(&key, refused));
    let list = if page.items.is_empty() {
        view! {
            <Empty title="No teams yet" glyph=Glyph::Teams>
                <p>"Make one below, or with POST /api/v1/teams; then add its members."</p>
            </Empty>
        }
        .into_any()
    } else {
        let shown = page.items.len();
        let next = page.next.map(|cursor| href("/teams", &[("cursor", &cursor)]));
        let csv = role.may_report().then(|| "/export/teams.csv".to_owned());
        let first = (!first_page).then(|| "/teams".to_owned());
        let columns = vec![
            Column::text("Team"),
            Column::number("Members"),
            Column::number("Balance"),
            Column::number(range.label.clone()),
            Column::number("Charges").wide_only(),
            Column::text("Since").wide_only(),
        ];
        let of =
            |team: &Team| spent.iter().find(|(id, _)| *id == team.team_id).map(|(_, sum)| *sum).unwrap_or_default();
        let rows: Vec<_> = page.items.into_iter().map(|team| row(&team, of(&team), &range)).collect();
        let days =
            format!("{}: spend of the days {}, {}.", range.label, format::days(range.first, range.last), range.zone);
        view! {
            <DataTable caption="Teams, the oldest first" columns>{rows.collect_view()}</DataTable>
            <p class="quiet table-note">{days}</p>
            <Pager shown noun="teams" nostrip:first=first nostrip:next=next nostrip:csv=csv/>
        }
        .into_any()
    };
    view! {
        {list}
        {create}
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
