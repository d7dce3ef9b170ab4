//! Two versions side by side.

use super::changes;
use crate::{
    api::{self, DiffPageData},
    format,
    model::VersionRow,
    pages::page,
    ui::{Button, Choice, Field, LinkButton, PageHead, Section, Select},
};
use leptos::prelude::*;

#[component]
pub fn DiffPage() -> impl IntoView {
    let query = page::query();
    let (from, to) = (query.get("from").to_owned(), query.get("to").to_owned());
    page::opened("Differences", ("/pricing", "Pricing"), api::load_diff(from, to), whole)
}

fn choices(versions: &[VersionRow]) -> Vec<Choice> {
    let label = |row: &VersionRow| {
        let active = if row.item.active { " (active)" } else { "" };
        let label = row.item.label.as_deref().map(|label| format!(", {label}")).unwrap_or_default();
        format!("{}{active}{label}", row.item.version)
    };
    versions.iter().map(|row| Choice::new(row.item.version.to_string(), label(row))).collect()
}

fn whole(data: DiffPageData) -> impl IntoView {
    let DiffPageData { from, to, versions, changes, unified } = data;
    let count = format::counted(i64::try_from(changes.len()).unwrap_or(i64::MAX), "difference", "differences");
    let (old, new) = (choices(&versions), choices(&versions));
    let turned = format!("/pricing/diff?from={to}&to={from}");
    let same = unified.is_empty();
    view! {
        <PageHead title=format!("Version {from} → {to}") trail=vec![("/pricing".to_owned(), "Pricing".to_owned())]/>
        <form method="get" action="/pricing/diff" class="filters">
            <Field name="from" label="From">
                <Select name="from" options=old selected=from.to_string()/>
            </Field>
            <Field name="to" label="To">
                <Select name="to" options=new selected=to.to_string()/>
            </Field>
            <div class="filters-go">
                <Button label="Compare"/>
                <LinkButton href=turned label="Turn around"/>
            </div>
        </form>
        <Section title="By meaning" note=format!("{count}; formulas that compute alike are no change")>
            {changes::table("Differences by meaning", changes, changes::file(from, to))}
        </Section>
        <Section title="As text" note="both as YAML">
            {if same {
                view! { <p class="quiet">"Both have the same text."</p> }.into_any()
            } else {
                changes::unified(&unified).into_any()
            }}
        </Section>
    }
    .into_any()
}
