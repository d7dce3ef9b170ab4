//! One team: its pool, its members and what each has spent.

use super::page::{self, Refused, amount_field};
use crate::{
    api::{self, PutMemberForm, RemoveMemberForm, TeamPageData, TopUpForm},
    format,
    islands::forms::Forms,
    link::{Query, with_query},
    model::{Credits, TeamDetail, TeamMember, TeamRole},
    ui::{
        Badge, Button, ButtonKind, Choice, Column, CopyId, DataTable, ErrorBox, Fact, Facts, Field, Glyph, Hidden,
        Meter, Money, PageHead, Pager, Section, Select, TextInput, Tile, Toast, Tone, UserLink, When,
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
    page::loaded(api::load_team(id), move |data| whole(data, &query, &refusals))
}

fn notice(query: &Query) -> Option<impl IntoView + use<>> {
    let title = match query.get("saved") {
        "credits" => "The credits are in the pool",
        "member" => "The member is set",
        "removed" => "The member is off the team; their charges stay",
        _ => return None,
    };
    Some(view! { <Toast title/> })
}

fn whole(data: TeamPageData, query: &Query, refusals: &Refusals) -> impl IntoView + use<> {
    let TeamPageData { detail, role, key } = data;
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
            <Tile label="Members" value=team.member_count.to_string() note="present ones"/>
        </div>
        {list(&detail, members, refusals)}
        {members
            .then(|| {
                view! {
                    <Forms/>
                    <div class="columns">
                        {put(&detail, &refusals.member)}
                        {manage.then(|| top_up(&detail, &key, &refusals.credits))}
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

fn row(team_id: crate::model::Uuid, member: &TeamMember, manage: bool) -> impl IntoView + use<> {
    let TeamMember { user_id, role, spend_cap, total_spent } = member.clone();
    let left = spend_cap.map(|cap| Credits::from_micros((cap.micros() - total_spent.micros()).max(0)));
    let tone = if role == TeamRole::Owner { Tone::Accent } else { Tone::Plain };
    let (label, id) = (format!("Remove {user_id}"), user_id.clone());
    view! {
        <tr>
            <td class="who"><UserLink user_id=user_id.clone()/></td>
            <td><Badge tone text=role.as_str()/></td>
            <td>
                <span class="meter-words">
                    <Money amount=total_spent/>
                    {spend_cap.map(|cap| view! { " of " <Money amount=cap/> })}
                </span>
                {spend_cap
                    .filter(|cap| cap.is_positive())
                    .map(|max| view! { <Meter value=total_spent max tone=Tone::Plain label=format!("Spent by {user_id}")/> })}
            </td>
            <td class="num">
                {match left {
                    Some(amount) => view! { <Money amount/> }.into_any(),
                    None => view! { <span class="quiet">"no limit"</span> }.into_any(),
                }}
            </td>
            {manage
                .then(|| {
                    view! {
                        <td>
                            <form method="post" action=RemoveMemberForm::url() data-once="">
                                <Hidden name="team_id" value=team_id.to_string()/>
                                <Hidden name="user_id" value=id/>
                                <Button kind=ButtonKind::Ghost label="Remove" title=label/>
                            </form>
                        </td>
                    }
                })}
        </tr>
    }
    .into_any()
}

fn put(detail: &TeamDetail, refused: &Refused) -> impl IntoView + use<> {
    let [user, limit] = ["user_id", "limit"].map(|field| refused.field(field, ""));
    let role = refused.field("role", "member");
    let error = refused.beside(&["user_id", "limit", "role"]);
    let team_id = detail.team.team_id.to_string();
    let roles = vec![
        Choice::new("member", "Member"),
        Choice::new("admin", "Admin"),
        Choice::new("owner", "Owner (a team keeps at least one)"),
    ];
    view! {
        <Section title="Add or change a member">
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
                <Button label="Set the member"/>
            </form>
        </Section>
    }
    .into_any()
}

fn top_up(detail: &TeamDetail, key: &str, refused: &Refused) -> impl IntoView + use<> {
    let amount = refused.field("amount", "");
    let kind = refused.field("kind", "grant");
    let error = refused.beside(&["amount", "kind"]);
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
                    <Button kind=ButtonKind::Primary label="Add credits" glyph=Glyph::Plus/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
