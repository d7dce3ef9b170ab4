//! Whether the desk is well, and what its set-up made.

use super::tabs::tabs;
use crate::{
    api, format,
    model::Health,
    pages::page,
    ui::{Badge, Fact, Facts, Section, Tone},
};
use leptos::prelude::*;

#[component]
pub fn HealthPage() -> impl IntoView {
    view! {
        {tabs("/settings/health", "What the desk stands on, as it is now.")}
        {page::loaded(api::load_health(), whole)}
    }
    .into_any()
}

fn whole(health: Health) -> impl IntoView {
    let Health { database, setup, audit, version } = health;
    let (tone, word) = if setup.success { (Tone::Good, "complete") } else { (Tone::Bad, "failed") };
    let (chain_tone, chain) = match (&audit.broken, audit.checked) {
        (Some(broken), _) => (Tone::Bad, broken.clone()),
        (None, true) => (Tone::Good, format!("verified, {} rows", format::count(audit.head.seq))),
        (None, false) => (Tone::Plain, format!("{} rows, not walked", format::count(audit.head.seq))),
    };
    view! {
        <Facts>
            <Fact label="Program">{format!("Creditdesk {version}")}</Fact>
            <Fact label="Database"><Badge tone=Tone::Good text="answers"/> " " {database}</Fact>
            <Fact label="Set-up"><Badge tone text=word/></Fact>
            <Fact label="Audit chain"><Badge tone=chain_tone text=chain/></Fact>
        </Facts>
        {(!setup.errors.is_empty())
            .then(|| {
                let errors = setup.errors.into_iter().map(|error| view! { <li>{error}</li> }).collect_view();
                view! { <Section title="Errors"><ul>{errors}</ul></Section> }
            })}
        <Section title="Tables" note=setup.tables_created.len().to_string()>{names(setup.tables_created)}</Section>
        <Section title="Triggers" note="what makes entries and the audit log append-only">{names(setup.rpcs_created)}</Section>
        <p class="quiet">
            "Balances, reports and counters are recomputed from the entries by " <code>"creditdesk verify"</code> " and by "
            <code>"GET /api/v1/verify"</code> ". Metrics are at " <code>"/metrics"</code> "."
        </p>
    }
    .into_any()
}

fn names(names: Vec<String>) -> impl IntoView {
    view! {
        <ul class="names">{names.into_iter().map(|name| view! { <li><code>{name}</code></li> }).collect_view()}</ul>
    }
    .into_any()
}
