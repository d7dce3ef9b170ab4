//! Pricing versions: which one prices now, what is being worked on, and the way to another.

mod activate;
mod changes;
mod config;
mod diff;
mod draft;
mod editor;
mod impact;
mod review;
mod version;

pub use diff::DiffPage;
pub use draft::{DraftPage, NewDraftPage, copied_notice};
pub use review::ReviewPage;
pub use version::VersionPage;

use super::page;
use crate::{
    api::{self, PricingPageData},
    link::Query,
    model::{DraftRow, Role, VersionRow},
    ui::{Badge, ButtonKind, Column, DataTable, Empty, Glyph, LinkButton, PageHead, Pager, Section, Toast, Tone, When},
};
use leptos::prelude::*;

#[component]
pub fn PricingPage() -> impl IntoView {
    let query = page::query();
    page::loaded(api::load_pricing(), move |data| whole(data, &query))
}

fn whole(data: PricingPageData, query: &Query) -> impl IntoView + use<> {
    let PricingPageData { versions, drafts, role } = data;
    let active = versions.iter().find(|row| row.item.active).map(|row| row.item.version);
    let may = role.may_manage();
    let compare = versions.len() > 1;
    let body = if versions.is_empty() && drafts.is_empty() {
        nothing_yet(role).into_any()
    } else {
        view! {
            {(!drafts.is_empty()).then(|| draft_list(drafts))}
            {(!versions.is_empty()).then(|| list(versions, active, role))}
        }
        .into_any()
    };
    let discarded = query.get("done") == "discarded";
    view! {
        <PageHead
            title="Pricing"
            lead="Versions never change; exactly one is active, and every charge keeps the one that priced it."
        >
            {compare.then(|| view! { <LinkButton href="/pricing/diff" label="Compare"/> })}
            {active.map(|_| view! { <LinkButton href="/pricing/backtest" label="Back-test"/> })}
            {may.then(|| view! { <LinkButton href="/pricing/import" label="Import a price list"/> })}
            {may.then(|| view! { <LinkButton kind=ButtonKind::Primary href="/pricing/new" label="New version" glyph=Glyph::Plus/> })}
        </PageHead>
        {discarded.then(|| view! { <Toast title="The draft is gone"/> })}
        {body}
    }
    .into_any()
}

fn nothing_yet(role: Role) -> impl IntoView {
    view! {
        <Empty title="No prices yet" glyph=Glyph::Pricing>
            <p>
                "Until a version is active, charges must state their amount. "
                {role.may_manage().then_some("Write a first one here, import a price list, or publish a file:")}
            </p>
            <pre><code>"creditdesk pricing set pricing.json --label \"First prices\""</code></pre>
        </Empty>
    }
    .into_any()
}

fn draft_list(drafts: Vec<DraftRow>) -> impl IntoView {
    let columns = vec![
        Column::text("Draft"),
        Column::text("Begun from"),
        Column::text("Saved by").wide_only(),
        Column::text("Saved"),
    ];
    let shown = drafts.len();
    view! {
        <Section title="Drafts" note="price nothing until they are published and activated">
            <DataTable caption="Drafts, the latest first" columns>
                {drafts.into_iter().map(draft_row).collect_view()}
            </DataTable>
            <Pager shown noun="drafts" csv="/export/pricing-drafts.csv"/>
        </Section>
    }
    .into_any()
}

fn draft_row(draft: DraftRow) -> impl IntoView {
    let label = draft.label.unwrap_or_else(|| "Without a label".to_owned());
    let base = draft.base.map_or_else(|| "nothing".to_owned(), |base| format!("version {base}"));
    view! {
        <tr>
            <td class="wrap"><a href=format!("/pricing/drafts/{}/review", draft.id)>{label}</a></td>
            <td>{base}</td>
            <td class="wide-only wrap">{draft.updated_by}</td>
            <td><When at=draft.updated_at/></td>
        </tr>
    }
    .into_any()
}

fn list(versions: Vec<VersionRow>, active: Option<i64>, role: Role) -> impl IntoView + use<> {
    let mut columns = vec![
        Column::text("Version"),
        Column::text("Label"),
        Column::text("State"),
        Column::text("Published"),
        Column::text("Activated").wide_only(),
    ];
    if role.may_manage() {
        columns.push(Column::text("Action"));
    }
    let shown = versions.len();
    view! {
        <Section title="Versions">
            <DataTable caption="Pricing versions, newest first" columns>
                {versions.into_iter().map(|row| version_row(row, active, role)).collect_view()}
            </DataTable>
            <Pager shown noun="versions" csv="/export/pricing-versions.csv"/>
        </Section>
    }
    .into_any()
}

fn version_row(row: VersionRow, active: Option<i64>, role: Role) -> impl IntoView {
    let VersionRow { item, created_by, activated } = row;
    let version = item.version;
    let page = format!("/pricing/versions/{version}");
    // Back to an older version is a roll back.
    let back = active.is_some_and(|active| version < active);
    let label =
        if back { format!("Roll back to version {version}…") } else { format!("Activate version {version}…") };
    let activate = format!("{page}?activate=1#activate");
    view! {
        <tr aria-current=item.active.then_some("true")>
            <td><a href=page>{version}</a></td>
            <td class="wrap">{item.label.unwrap_or_else(|| "—".to_owned())}</td>
            <td>{item.active.then(|| view! { <Badge tone=Tone::Good text="active"/> })}</td>
            <td>
                <When at=item.created_at/>
                <span class="by">{created_by}</span>
            </td>
            <td class="wide-only">
                {match activated {
                    Some(activation) => {
                        view! {
                            <When at=activation.at/>
                            <span class="by">{activation.by}</span>
                        }
                            .into_any()
                    }
                    None => view! { <span class="quiet">"never"</span> }.into_any(),
                }}
            </td>
            {role
                .may_manage()
                .then(|| view! { <td>{(!item.active).then(|| view! { <LinkButton href=activate label/> })}</td> })}
        </tr>
    }
    .into_any()
}
