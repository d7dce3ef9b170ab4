//! One plan: what it gives, and who has it.

use crate::{
    api, format, link,
    model::{PlanDefinition, PlanDetail, PlanMember, Role},
    pages::page,
    ui::{
        Alert, Column, DataTable, Fact, Facts, LinkButton, Money, PageHead, Pager, Section, Tile, Tone, UserLink, href,
    },
};
use leptos::prelude::*;

#[component]
pub fn PlanPage() -> impl IntoView {
    let cursor = page::query().filled("cursor");
    let first = cursor.is_none();
    page::opened("Plan", ("/plans", "Plans"), api::load_plan(page::segment(1), cursor), move |(detail, role)| {
        whole(detail, role, first)
    })
}

fn whole(detail: PlanDetail, role: Role, first_page: bool) -> impl IntoView {
    let PlanDetail { version, row, members } = detail;
    let page = link::plan(&row.key);
    let title = row.definition.as_ref().map_or_else(|| row.key.clone(), |plan| plan.name.clone());
    let edit = (role.may_manage() && row.definition.is_some()).then(|| format!("{page}/edit"));
    let missing = row.definition.is_none();
    let tiles = view! {
        <div class="tiles">
            <Tile label="Members" value=format::count(row.members)/>
            <Tile
                label="Allowance given away this month"
                value=format::credits_short(row.allowance_used)
                exact=format::credits(row.allowance_used)
            />
            <Tile label="Spent in 30 days" value=format::credits_short(row.spend) exact=format::credits(row.spend)/>
        </div>
    };
    let lead = format!("A plan of version {version}, the active one.");
    let whole = row.definition.as_ref().map(|plan| plan.free_allowance).unwrap_or_default();
    view! {
        <PageHead title lead trail=vec![("/plans".to_owned(), "Plans".to_owned())]>
            {edit.map(|href| view! { <LinkButton href label="Edit the plan"/> })}
        </PageHead>
        {missing.then(|| view! {
            <Alert tone=Tone::Warn title="The active version does not have this plan">
                <p>"Its members pay plain rates, without allowance or features."</p>
            </Alert>
        })}
        {tiles}
        {row.definition.map(|plan| content(&row.key, &plan))}
        {member_list(members.items, members.next, whole, &page, first_page)}
    }
    .into_any()
}

fn content(key: &str, plan: &PlanDefinition) -> impl IntoView + use<> {
    let (key, id, allowance) = (key.to_owned(), plan.id.clone(), format::credits(plan.free_allowance));
    view! {
        <Section title="What it gives">
            <Facts>
                <Fact label="Key"><code>{key}</code></Fact>
                <Fact label="Id"><code>{id}</code></Fact>
                <Fact label="Allowance a month">{allowance} " credits"</Fact>
            </Facts>
        </Section>
        {pairs("Own rates", "Model", "Credits for one call", plan.rate_overrides.iter().map(|(a, b)| (a.clone(), b.clone())).collect())}
        {pairs("Features", "Feature", "Value", plan.features.iter().map(|(a, b)| (a.clone(), b.to_string())).collect())}
    }
    .into_any()
}

fn pairs(
    title: &'static str,
    name: &'static str,
    value: &'static str,
    rows: Vec<(String, String)>,
) -> Option<impl IntoView> {
    if rows.is_empty() {
        return None;
    }
    let columns = vec![Column::text(name), Column::text(value)];
    Some(view! {
        <Section title>
            <DataTable caption=title columns>
                {rows
                    .into_iter()
                    .map(|(name, value)| {
                        view! {
                            <tr>
                                <td class="wrap"><code>{name}</code></td>
                                <td class="wrap"><code class="formula">{value}</code></td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </DataTable>
        </Section>
    })
}

fn member_list(
    members: Vec<PlanMember>,
    next: Option<String>,
    whole: crate::model::Credits,
    page: &str,
    first_page: bool,
) -> impl IntoView + use<> {
    if members.is_empty() {
        return view! { <Section title="Members"><p class="quiet">"Nobody has this plan."</p></Section> }.into_any();
    }
    let shown = members.len();
    let next = next.map(|cursor| href(page, &[("cursor", &cursor)]));
    let first = (!first_page).then(|| page.to_owned());
    let csv = format!("/export{page}.csv");
    let columns = vec![Column::text("User"), Column::number("Allowance used this month"), Column::number("Left")];
    view! {
        <Section title="Members">
            <DataTable caption="Members of the plan" columns>
                {members
                    .into_iter()
                    .map(|member| {
                        let left = whole.micros().saturating_sub(member.allowance_used.micros()).max(0);
                        view! {
                            <tr>
                                <td class="wrap"><UserLink user_id=member.user_id nostrip:name=member.name/></td>
                                <td class="num"><Money amount=member.allowance_used/></td>
                                <td class="num"><Money amount=crate::model::Credits::from_micros(left)/></td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </DataTable>
            <Pager shown noun="members" nostrip:first=first nostrip:next=next csv=csv/>
        </Section>
    }
    .into_any()
}
