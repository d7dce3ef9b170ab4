//! One version: what it says, where it comes from, and what can be done with it.

use super::{activate, changes, config};
use crate::{
    api::{self, ActivateForm, VersionPageData},
    link::Query,
    model::{Role, VersionDetail},
    pages::page::{self, Refused},
    ui::{Badge, Column, DataTable, Fact, Facts, LinkButton, PageHead, Section, Toast, Tone, When},
};
use leptos::prelude::*;

#[component]
pub fn VersionPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<ActivateForm>();
    page::opened("Version", ("/pricing", "Pricing"), api::load_version(page::segment(2)), move |data| {
        whole(data, &query, &refused)
    })
}

fn whole(data: VersionPageData, query: &Query, refused: &Refused) -> impl IntoView + use<> {
    let VersionPageData { detail, changes, role } = data;
    let version = detail.version.version;
    let is_active = detail.active == Some(version);
    let asked = query.get("activate") == "1" && role.may_manage() && !is_active;
    let confirm = asked.then(|| activate::confirm(&detail, changes.clone(), refused));
    let against = detail.active.filter(|_| !is_active && !asked).map(|active| {
        let note = format!("what activating version {version} would change");
        let whole = format!("/pricing/diff?from={active}&to={version}");
        view! {
            <Section title=format!("Against version {active}, the active one") note actions=move || view! { <a href=whole.clone()>"As text"</a> }>
                {changes::table("Differences from the active version", changes, changes::file(active, version))}
            </Section>
        }
    });
    let title = match &detail.version.label {
        Some(label) => format!("Version {version}: {label}"),
        None => format!("Version {version}"),
    };
    let actions = actions(&detail, role);
    view! {
        <PageHead title trail=vec![("/pricing".to_owned(), "Pricing".to_owned())]>
            {actions}
        </PageHead>
        {notice(query.get("done"), version, is_active)}
        {facts(&detail)}
        {confirm}
        {against}
        {config::view(&detail.version)}
        {activations(&detail)}
    }
    .into_any()
}

fn notice(done: &str, version: i64, is_active: bool) -> Option<impl IntoView + use<>> {
    let title = match done {
        "activated" if is_active => format!("Version {version} is active: it prices every charge from now on"),
        "published" => format!("Version {version} is published; it prices nothing until it is activated"),
        "same" => format!("No changes: this content is version {version} already"),
        _ => return None,
    };
    Some(view! { <Toast title/> })
}

fn actions(detail: &VersionDetail, role: Role) -> impl IntoView + use<> {
    let version = detail.version.version;
    let export = |format: &str| format!("/pricing/versions/{version}/export?format={format}");
    let back = detail.active.is_some_and(|active| version < active);
    let can = role.may_manage() && detail.active != Some(version);
    let label = if back { "Roll back to it…" } else { "Activate…" };
    view! {
        <LinkButton href=export("json") label="JSON"/>
        <LinkButton href=export("yaml") label="YAML"/>
        <LinkButton href=format!("/pricing/backtest?version={version}") label="Back-test"/>
        {role.may_manage().then(|| view! { <LinkButton href=format!("/pricing/new?from={version}") label="Edit as a draft"/> })}
        {can.then(|| view! { <LinkButton href=format!("/pricing/versions/{version}?activate=1#activate") label/> })}
    }
    .into_any()
}

fn facts(detail: &VersionDetail) -> impl IntoView + use<> {
    let version = detail.version.version;
    let state = if detail.active == Some(version) {
        view! { <Badge tone=Tone::Good text="active"/> }.into_any()
    } else {
        view! { "not active" }.into_any()
    };
    let (at, by) = (detail.created_at, detail.created_by.clone());
    view! {
        <Facts>
            <Fact label="State">{state}</Fact>
            <Fact label="Published"><When at exact=true/></Fact>
            <Fact label="By">{by}</Fact>
        </Facts>
    }
    .into_any()
}

fn activations(detail: &VersionDetail) -> Option<impl IntoView + use<>> {
    if detail.activations.is_empty() {
        return None;
    }
    let columns = vec![Column::text("When"), Column::text("By")];
    let rows = detail.activations.clone();
    Some(view! {
        <Section title="Activations" note="newest first">
            <DataTable caption="When this version was made the active one" columns>
                {rows
                    .into_iter()
                    .map(|activation| {
                        view! {
                            <tr>
                                <td><When at=activation.at exact=true/></td>
                                <td>{activation.by}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </DataTable>
        </Section>
    })
}
