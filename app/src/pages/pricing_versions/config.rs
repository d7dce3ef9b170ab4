//! The content of a version, readable: formulas by model and tool, jobs, plans.

use crate::{
    format,
    model::{Credits, PlanDefinition, PricingConfigResult},
    ui::{Badge, Column, DataTable, Fact, Facts, Money, Section, Tone},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

pub fn view(shown: &PricingConfigResult) -> impl IntoView + use<> {
    let config = &shown.config;
    let formula = |text: &Option<String>| match text {
        Some(text) => view! { <code class="formula">{text.clone()}</code> }.into_any(),
        None => view! { <span class="quiet">"not priced"</span> }.into_any(),
    };
    let floor = format::credits(config.min_balance);
    let (search, cache) = (formula(&config.search), formula(&config.cache));
    view! {
        <div id="content">
            <Section title="Rates beside the models">
                <Facts>
                    <Fact label="Floor of every balance">{floor} " credits"</Fact>
                    <Fact label="Search">{search}</Fact>
                    <Fact label="Cache (added)">{cache}</Fact>
                </Facts>
            </Section>
            {formulas("Models", "Model", "every other model", &config.models)}
            {formulas("Tools", "Tool", "every other tool", &config.tools)}
            {fixed(&config.fixed)}
            {plans(&config.plans)}
        </div>
    }
    .into_any()
}

/// Name → formula, the fallback last.
fn formulas(
    title: &'static str,
    noun: &'static str,
    fallback: &'static str,
    map: &BTreeMap<String, String>,
) -> Option<impl IntoView + use<>> {
    if map.is_empty() {
        return None;
    }
    let mut rows: Vec<_> = map.iter().map(|(name, formula)| (name.clone(), formula.clone())).collect();
    rows.sort_by_key(|(name, _)| name == "_default");
    let columns = vec![Column::text(noun), Column::text("Credits for one call")];
    Some(view! {
        <Section title>
            <DataTable caption=title columns>
                {rows
                    .into_iter()
                    .map(|(name, formula)| {
                        let rest = (name == "_default").then(|| view! { " " <span class="quiet">{fallback}</span> });
                        view! {
                            <tr>
                                <td><code>{name}</code> {rest}</td>
                                <td><code class="formula">{formula}</code></td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </DataTable>
        </Section>
    })
}

fn fixed(jobs: &BTreeMap<String, Credits>) -> Option<impl IntoView + use<>> {
    if jobs.is_empty() {
        return None;
    }
    let columns = vec![Column::text("Job"), Column::number("Credits")];
    let rows: Vec<_> = jobs.iter().map(|(job, cost)| (job.clone(), *cost)).collect();
    Some(view! {
        <Section title="Fixed jobs" note="a job costs this and nothing else">
            <DataTable caption="Fixed jobs" columns>
                {rows
                    .into_iter()
                    .map(|(job, amount)| {
                        view! {
                            <tr>
                                <td><code>{job}</code></td>
                                <td class="num"><Money amount/></td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </DataTable>
        </Section>
    })
}

fn plans(plans: &BTreeMap<String, PlanDefinition>) -> Option<impl IntoView + use<>> {
    if plans.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("Plan"),
        Column::number("Allowance a month"),
        Column::text("Own rates"),
        Column::text("Features"),
    ];
    let rows = plans.iter().map(|(key, definition)| plan(key, definition)).collect_view();
    Some(view! {
        <Section title="Plans" note="an allowance is used before credits">
            <DataTable caption="Plans of this version" columns>{rows}</DataTable>
        </Section>
    })
}

fn plan(key: &str, plan: &PlanDefinition) -> impl IntoView + use<> {
    let rates: Vec<_> = plan.rate_overrides.iter().map(|(model, formula)| (model.clone(), formula.clone())).collect();
    let features: Vec<_> = plan.features.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let id = (plan.id != key).then(|| view! { " " <span class="quiet">{plan.id.clone()}</span> });
    view! {
        <tr>
            <td>{plan.name.clone()} " " <Badge tone=Tone::Plain text=key/> {id}</td>
            <td class="num"><Money amount=plan.free_allowance/></td>
            <td>
                {if rates.is_empty() {
                    view! { <span class="quiet">"none"</span> }.into_any()
                } else {
                    rates
                        .into_iter()
                        .map(|(model, formula)| {
                            view! { <div><code>{model}</code> " = " <code class="formula">{formula}</code></div> }
                        })
                        .collect_view()
                        .into_any()
                }}
            </td>
            <td>
                {if features.is_empty() {
                    view! { <span class="quiet">"none"</span> }.into_any()
                } else {
                    features.into_iter().map(|text| view! { <div><code>{text}</code></div> }).collect_view().into_any()
                }}
            </td>
        </tr>
    }
    .into_any()
}
