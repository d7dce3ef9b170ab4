//! Plans of the active version: who has them, and what they give away.

mod edit;
mod plan;

pub use edit::{EditPlanPage, NewPlanPage};
pub use plan::PlanPage;

use super::page;
use crate::{
    api, format, link,
    model::{PlanList, PlanRow, Role},
    ui::{
        Alert, Badge, ButtonKind, Column, DataTable, Empty, Glyph, LinkButton, Money, MoneyShort, PageHead, Pager, Tone,
    },
};
use leptos::prelude::*;

#[component]
pub fn PlansPage() -> impl IntoView {
    page::loaded(api::load_plans(), |(list, role)| whole(list, role))
}

fn whole(list: PlanList, role: Role) -> impl IntoView {
    let can = role.may_manage() && list.version.is_some();
    let lead = match list.version {
        Some(version) => format!(
            "Plans of version {version}, the active one. {} without a plan.",
            format::counted(list.without, "user is", "users are")
        ),
        None => "Plans belong to pricing versions, and none is active yet.".to_owned(),
    };
    let orphaned = list.plans.iter().any(|row| row.definition.is_none());
    let body = if list.plans.is_empty() {
        nothing_yet(list.version.is_some(), role).into_any()
    } else {
        table(list.plans).into_any()
    };
    view! {
        <PageHead title="Plans" lead>
            {can.then(|| view! { <LinkButton kind=ButtonKind::Primary href="/plans/new" label="New plan" glyph=Glyph::Plus/> })}
        </PageHead>
        {orphaned.then(|| view! {
            <Alert tone=Tone::Warn title="Some users have a plan that the active version does not have">
                <p>"They pay plain rates, without allowance or features, until they have another plan or a version has theirs."</p>
            </Alert>
        })}
        {body}
    }
    .into_any()
}

fn nothing_yet(priced: bool, role: Role) -> impl IntoView {
    view! {
        <Empty title="No plans yet" glyph=Glyph::Plans>
            <p>"A plan gives its members an allowance a month that is used before their credits, rates of their own, and features that the product asks for."</p>
            {(!priced && role.may_manage()).then(|| view! { <LinkButton href="/pricing" label="Publish a first price list"/> })}
        </Empty>
    }
    .into_any()
}

fn table(plans: Vec<PlanRow>) -> impl IntoView {
    let columns = vec![
        Column::text("Plan"),
        Column::number("Members"),
        Column::number("Allowance a month"),
        Column::number("Given away this month"),
        Column::number("Spent in 30 days").wide_only(),
        Column::number("Own rates").wide_only(),
        Column::number("Features").wide_only(),
    ];
    let shown = plans.len();
    view! {
        <DataTable caption="Plans with their members and what they cost" columns>
            {plans.into_iter().map(row).collect_view()}
        </DataTable>
        <p class="quiet table-note">"Given away is allowance that members have used since the first of the month, UTC; spent is what their balances paid."</p>
        <Pager shown noun="plans" csv="/export/plans.csv"/>
    }
    .into_any()
}

fn row(plan: PlanRow) -> impl IntoView {
    let href = link::plan(&plan.key);
    let PlanRow { key, definition, members, allowance_used, spend } = plan;
    let name = definition.as_ref().map_or_else(|| key.clone(), |plan| plan.name.clone());
    let missing = definition.is_none();
    let allowance = definition.as_ref().map(|plan| plan.free_allowance);
    let (rates, features) =
        definition.as_ref().map(|plan| (plan.rate_overrides.len(), plan.features.len())).unwrap_or_default();
    view! {
        <tr>
            <td class="wrap">
                <a href=href>{name}</a> " " <code class="quiet">{key}</code>
                {missing.then(|| view! { " " <Badge tone=Tone::Warn text="not in the active version"/> })}
            </td>
            <td class="num">{format::count(members)}</td>
            <td class="num">{allowance.map(|amount| view! { <Money amount/> })}</td>
            <td class="num"><MoneyShort amount=allowance_used/></td>
            <td class="num wide-only"><MoneyShort amount=spend/></td>
            <td class="num wide-only">{rates}</td>
            <td class="num wide-only">{features}</td>
        </tr>
    }
    .into_any()
}
