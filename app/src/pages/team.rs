//! One team: its pool, its members and what each has spent.

use super::{
    entries::EntryTable,
    notice::{done_entry, notice as done},
    page::{self, Refused, amount_field},
};
use crate::{
    api::{self, PutMemberForm, RemoveMemberForm, ShownRange, TeamPageData, TopUpForm},
    figures::overview::charges_of,
    format,
    islands::forms::Forms,
    link::{Query, with_query},
    model::{Credits, Page, SpendSum, TeamCost, TeamDetail, TeamMember, TeamRole, TeamSpend, Transaction},
    ui::{
        Badge, Button, ButtonKind, Choice, Column, Confirm, CopyId, DataTable, ErrorBox, Fact, Facts, Field, Glyph,
        Hidden, Meter, Money, PageHead, Pager, Section, Select, TextInput, Tile, Toast, Tone, UserLink, When, href,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The refusals of the page's forms.
struct Refusals {
    credits: Refused,
    member: Refused,
    removal: Refused,
}

#[component]
pub fn TeamPage() -> impl IntoView {
    let id = page::segment(1);
    let query = page::query();
    let refusals = Refusals {
        credits: Refused::of::<TopUpForm>(),
        member: Refused::of::<PutMemberForm>(),
        removal: Refused::of::<RemoveMemberForm>(),
    };
    page::opened("Team", ("/teams", "Teams"), api::load_team(id), move |data| whole(data, &query, &refusals))
}

fn notice(query: &Query) -> Option<impl IntoView + use<>> {
    let title = match query.get("saved") {
        "member" => "The member is set",
        "removed" => "The member is off the team; their charges stay",
        _ => return None,
    };
    Some(view! { <Toast title/> })
}

fn whole(data: TeamPageData, query: &Query, refusals: &Refusals) -> impl IntoView + use<> {
    let TeamPageData { detail, spend, range, entries, role, key, limit } = data;
    let team = detail.team.clone();
    let (manage, members) = (role.may_manage(), role.may_set_members());
    let spent: Credits = detail.members.iter().map(|member| member.total_spent).sum();
    let trail = vec![("/teams".to_owned(), "Teams".to_owned())];
    view! {
        <PageHead title=team.name trail/>
        <Facts>
            <Fact label="Team id"><CopyId id=team.team_id.to_string()/></Fact>
            <Fact label="Since"><When at=team.created_at/></Fact>
        </Facts>
        {notice(query)}
        {done(query, &entries.items)}
        <div class="tiles">
            <Tile
                label="Pool"
                value=format::credits_short(team.balance)
                exact=format!("{} credits", format::credits(team.balance))
                unit=" credits"
                note="what its members can spend"
                credits=team.balance
            />
            <Tile
                label="Spent by its members"
                value=format::credits_short(spent)
                exact=format!("{} credits", format::credits(spent))
                unit=" credits"
                note="in all, net of refunds"
            />
            <Tile
                label=format!("Spent, {}", range.label.to_lowercase())
                value=format::credits_short(spend.total.spend)
                exact=format!("{} credits", format::credits(spend.total.spend))
                unit=" credits"
                href=charges_of(&range, "team", &team.team_id.to_string())
                note=format::counted(spend.total.charges, "charge", "charges")
            />
            <Tile label="Members" value=team.member_count.to_string() note="present ones"/>
        </div>
        {list(&detail, members, refusals)}
        {costs(&team.team_id.to_string(), spend, &range)}
        {latest(&team.team_id.to_string(), entries, query)}
        {members
            .then(|| {
                view! {
                    <Forms/>
                    <div class="columns">
                        {put(&detail, query, &refusals.member)}
                        {manage.then(|| top_up(&detail, &key, limit, &refusals.credits))}
                    </div>
                }
            })}
    }
    .into_any()
}

fn list(detail: &TeamDetail, manage: bool, refusals: &Refusals) -> impl IntoView + use<> {
    let error = refusals.removal.error.clone();
    let team_id = detail.team.team_id;
    let mut columns = vec![Column::text("Member"), Column::text("Role"), Column::text("Spent"), Column::number("Left")];
    if manage {
        columns.push(Column::text("Action"));
    }
    let csv = with_query("/export/team-members.csv", [("team", team_id.to_string().as_str())]);
    let shown = detail.members.len();
    let rows: Vec<_> = detail.members.iter().map(|member| row(team_id, member, manage)).collect();
    view! {
        <div id="members">
            <Section title="Members" note="spent counts for ever, and is what the limit is compared with">
                {error.map(|error| view! { <ErrorBox error/> })}
                {if rows.is_empty() {
                    view! { <p class="quiet">"Nobody is on this team yet, so nobody can spend its pool."</p> }.into_any()
                } else {
                    view! {
                        <DataTable caption="Members of this team" columns>{rows.collect_view()}</DataTable>
                        <Pager shown noun="members" csv/>
                    }
                        .into_any()
                }}
            </Section>
        </div>
    }
    .into_any()
}

/// What the range cost, by model and by member; each leads to its charges.
fn costs(team: &str, spend: TeamSpend, range: &ShownRange) -> impl IntoView + use<> {
    let TeamSpend { total, models, members } = spend;
    if total.charges == 0 {
        return ().into_any();
    }
    let days = format!("{}, days of {}", format::days(range.first, range.last), range.zone);
    let csv = href("/export/team-spend.csv", &[("team", team)]);
    let shown = models.len() + members.len();
    view! {
        <div class="columns">
            {cost_table("Spend by model", "Model", "model", (team, &days), models, total, range)}
            {cost_table("Spend by member", "Member", "user", (team, &days), members, total, range)}
        </div>
        <Pager shown noun="rows" csv/>
    }
    .into_any()
}

fn cost_table(
    title: &'static str,
    head: &'static str,
    filter: &'static str,
    (team, days): (&str, &str),
    costs: Vec<TeamCost>,
    total: SpendSum,
    range: &ShownRange,
) -> impl IntoView + use<> {
    let columns = vec![Column::text(head), Column::number("Spend"), Column::number("Share"), Column::number("Charges")];
    let rows: Vec<_> = costs
        .into_iter()
        .map(|cost| {
            let (from, to) = (range.first.to_string(), range.last.to_string());
            let words = [("team", team), (filter, &cost.key), ("kind", "charges"), ("from", &from), ("to", &to)];
            let charges = href("/transactions", &[&words[..], &[("tz", &range.zone)]].concat());
            cost_row(cost, filter == "user", total.spend, charges)
        })
        .collect();
    let foot = move || {
        view! {
            <tr>
                <th scope="row">"Together"</th>
                <td class="num"><Money amount=total.spend/></td>
                <td class="num">{format::share(total.spend, total.spend)}</td>
                <td class="num">{format::count(total.charges)}</td>
            </tr>
        }
    };
    view! {
        <Section title note=days.to_owned()>
            <DataTable caption=title columns foot=foot has_foot=true>{rows.collect_view()}</DataTable>
        </Section>
    }
    .into_any()
}

fn cost_row(cost: TeamCost, member: bool, total: Credits, charges: String) -> impl IntoView {
    let TeamCost { key, name, sum } = cost;
    view! {
        <tr>
            <td class="wrap">
                {if member {
                    view! { <UserLink user_id=key nostrip:name=name/> }.into_any()
                } else {
                    view! { <bdi>{key}</bdi> }.into_any()
                }}
            </td>
            <td class="num"><Money amount=sum.spend/></td>
            <td class="num">{format::share(sum.spend, total)}</td>
            <td class="num"><a href=charges>{format::count(sum.charges)}</a></td>
        </tr>
    }
    .into_any()
}

/// The pool's latest entries, and the way to all of them.
fn latest(team: &str, entries: Page<Transaction>, query: &Query) -> impl IntoView + use<> {
    if entries.items.is_empty() {
        return ().into_any();
    }
    let table =
        EntryTable { account: true, balance: true, of_team: true, fresh: done_entry(query), ..EntryTable::default() };
    let all = href("/transactions", &[("team", team)]);
    let csv = href("/export/transactions.csv", &[("team", team)]);
    let shown = entries.items.len();
    let more = move || view! { <a href=all.clone()>"All of them"</a> };
    view! {
        <Section title="Ledger of the pool" note="the latest entries" actions=more>
            {table.view("The latest entries of the pool, newest first", entries.items)}
            <Pager shown noun="entries" csv/>
        </Section>
    }
    .into_any()
}

fn row(team_id: crate::model::Uuid, member: &TeamMember, manage: bool) -> impl IntoView + use<> {
    let TeamMember { user_id, name, role, spend_cap, total_spent } = member.clone();
    let left = spend_cap.map(|cap| Credits::from_micros((cap.micros() - total_spent.micros()).max(0)));
    let tone = if role == TeamRole::Owner { Tone::Accent } else { Tone::Plain };
    let limit = spend_cap.map(|cap| cap.to_string()).unwrap_or_default();
    let words = [("member", user_id.as_str()), ("role", role.as_str()), ("limit", &limit)];
    let edit = format!("{}#put", href(&crate::link::team(team_id), &words));
    let actions = manage.then(|| actions(team_id, &user_id, edit));
    let second = name.as_ref().map(|_| user_id.clone());
    view! {
        <tr>
            <td class="who">
                <UserLink user_id=user_id.clone() nostrip:name=name/>
                {second.map(|id| view! { <span class="quiet who-more"><bdi>{id}</bdi></span> })}
            </td>
            <td><Badge tone text=role.as_str()/></td>
            <td>
                <span class="meter-words">
                    <Money amount=total_spent/>
                    {spend_cap.map(|cap| view! { " of " <Money amount=cap/> })}
                </span>
                {spend_cap
                    .filter(|cap| cap.is_positive())
                    .map(|max| view! { <Meter value=total_spent max tone=Tone::Plain label=format!("Spent by {}", format::isolated(&user_id))/> })}
            </td>
            <td class="num">
                {match left {
                    Some(amount) => view! { <Money amount/> }.into_any(),
                    None => view! { <span class="quiet">"no limit"</span> }.into_any(),
                }}
            </td>
            {actions.map(|actions| view! { <td>{actions}</td> })}
        </tr>
    }
    .into_any()
}

/// Change and remove, in a member's row.
fn actions(team_id: crate::model::Uuid, user_id: &str, edit: String) -> impl IntoView + use<> {
    let shown = format::isolated(user_id);
    let (title, change) = (format!("Remove {shown}"), format!("Change {shown}"));
    let id = user_id.to_owned();
    view! {
        <div class="row-actions">
            <a class="button button-ghost" href=edit aria-label=change>"Change"</a>
            <Confirm label="Remove" kind=ButtonKind::Ghost title what="They can spend this pool no more. Their charges stay, and count again if they come back.">
                <form method="post" action=RemoveMemberForm::url() data-once="">
                    <Hidden name="team_id" value=team_id.to_string()/>
                    <Hidden name="user_id" value=id/>
                    <Button kind=ButtonKind::Danger label="Remove the member"/>
                </form>
            </Confirm>
        </div>
    }
    .into_any()
}

/// Filled in with the member that the address names, so that what is not changed stays as it is.
fn put(detail: &TeamDetail, query: &Query, refused: &Refused) -> impl IntoView + use<> {
    let user = refused.field("user_id", query.get("member"));
    let limit = refused.field("limit", query.get("limit"));
    let role = refused.field("role", &query.filled("role").unwrap_or_else(|| "member".to_owned()));
    let unknown = user.wrong && !user.value.is_empty();
    let error = refused.beside(&["user_id", "limit", "role"]);
    let team_id = detail.team.team_id.to_string();
    let roles = vec![
        Choice::new("member", "Member"),
        Choice::new("admin", "Admin"),
        Choice::new("owner", "Owner (a team keeps at least one)"),
    ];
    view! {
        <div id="put">
        <Section title="Add or change a member" note="role and limit are set as they stand here">
            {error.map(|error| view! { <ErrorBox error/> })}
            <form method="post" action=PutMemberForm::url() class="form" data-once="">
                <Hidden name="team_id" value=team_id/>
                <Field name="user_id" label="User id" nostrip:error=user.error>
                    <TextInput
                        name="user_id"
                        value=user.value
                        maxlength=255_u32
                        autocomplete="off"
                        required=true
                        autofocus=user.wrong
                        invalid=user.wrong
                    />
                </Field>
                <Field name="role" label="Role" nostrip:error=role.error>
                    <Select name="role" options=roles selected=role.value/>
                </Field>
                {amount_field("limit", "Limit in credits", Some("What they may spend of the pool in all; empty: no limit, 0: nothing."), limit)}
                {unknown
                    .then(|| {
                        view! {
                            <label class="check">
                                <input type="checkbox" name="new_user" value="yes"/>
                                <span>"The id is right: add them before their first charge"</span>
                            </label>
                        }
                    })}
                <Button label="Set the member"/>
            </form>
        </Section>
        </div>
    }
    .into_any()
}

fn top_up(detail: &TeamDetail, key: &str, limit: Option<Credits>, refused: &Refused) -> impl IntoView + use<> {
    let [amount, note] = ["amount", "note"].map(|field| refused.field(field, ""));
    let above = limit.map_or_else(
        || "Kept with the entry.".to_owned(),
        |limit| {
            format!(
                "Kept with the entry. Above {} credits a day it is what whoever approves it reads.",
                format::credits(limit)
            )
        },
    );
    let kind = refused.field("kind", "grant");
    let error = refused.beside(&["amount", "kind", "note"]);
    let (team_id, key) = (detail.team.team_id.to_string(), refused.key(key.to_owned()));
    let kinds = vec![
        Choice::new("grant", "Grant (a gift)"),
        Choice::new("purchase", "Purchase (paid)"),
        Choice::new("subscription", "Subscription (part of a plan)"),
    ];
    view! {
        <div id="top-up">
            <Section title="Add credits to the pool">
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=TopUpForm::url() class="form" data-once="">
                    <Hidden name="team_id" value=team_id/>
                    <Hidden name="key" value=key/>
                    {amount_field("amount", "Amount in credits", None, amount)}
                    <Field name="credit_kind" label="Kind of credits" nostrip:error=kind.error>
                        <Select name="credit_kind" options=kinds selected=kind.value/>
                    </Field>
                    <Field name="note" label="Note" hint=above nostrip:error=note.error>
                        <TextInput name="note" value=note.value maxlength=1000_u32 invalid=note.wrong/>
                    </Field>
                    <Button kind=ButtonKind::Primary label="Add credits" glyph=Glyph::Plus/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
