//! Pricing versions: which one prices now, what each says, and the way to another.

mod config;

use super::page::{self, Refused};
use crate::{
    api::{self, ActivateForm, PricingPageData},
    islands::forms::Forms,
    link::Query,
    model::{PricingConfigHistoryItem, Role},
    ui::{
        Badge, Button, ButtonKind, Column, DataTable, Empty, ErrorBox, Field, Glyph, Hidden, LinkButton, PageHead,
        Section, TextInput, Toast, Tone, When,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn PricingPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<ActivateForm>();
    let version = query.get("version").parse().ok();
    view! {
        <PageHead
            title="Pricing"
            lead="Versions never change; exactly one is active, and every charge keeps the one that priced it."
        />
        {page::loaded(api::load_pricing(version), move |data| whole(data, &query, &refused))}
    }
    .into_any()
}

fn whole(data: PricingPageData, query: &Query, refused: &Refused) -> impl IntoView + use<> {
    let PricingPageData { versions, shown, role, .. } = data;
    if versions.is_empty() {
        return nothing_yet().into_any();
    }
    let active = versions.iter().find(|item| item.active).map(|item| item.version);
    let shown_version = shown.as_ref().map(|shown| shown.version);
    let wanted = query.get("activate").parse::<i64>().ok().filter(|_| role.may_manage());
    let wanted = wanted.and_then(|version| versions.iter().find(|item| item.version == version && !item.active));
    let confirm = wanted.map(|item| confirm(item, active, refused));
    let done = query.get("done").parse::<i64>().ok().filter(|version| Some(*version) == active);
    view! {
        {done.map(|version| view! { <Toast title=format!("Version {version} is active: it prices every charge from now on")/> })}
        {confirm}
        {list(versions, active, shown_version, role)}
        {shown.map(|shown| config::view(&shown, active))}
    }
    .into_any()
}

fn nothing_yet() -> impl IntoView {
    view! {
        <Empty title="No prices yet" glyph=Glyph::Pricing>
            <p>"Until a version is active, charges must state their amount. Publish a first one from a file:"</p>
            <pre><code>"creditdesk pricing set pricing.json --label \"First prices\""</code></pre>
        </Empty>
    }
    .into_any()
}

fn list(
    versions: Vec<PricingConfigHistoryItem>,
    active: Option<i64>,
    shown: Option<i64>,
    role: Role,
) -> impl IntoView + use<> {
    let mut columns =
        vec![Column::text("Version"), Column::text("Label"), Column::text("Published"), Column::text("State")];
    if role.may_manage() {
        columns.push(Column::text("Action"));
    }
    view! {
        <Section title="Versions">
            <DataTable caption="Pricing versions, newest first" columns>
                {versions.into_iter().map(|item| row(item, active, shown, role)).collect_view()}
            </DataTable>
        </Section>
    }
    .into_any()
}

fn row(item: PricingConfigHistoryItem, active: Option<i64>, shown: Option<i64>, role: Role) -> impl IntoView {
    let version = item.version;
    let current = (shown == Some(version)).then_some("true");
    // Back to an older version is a roll back.
    let word = if active.is_some_and(|active| version < active) { "Roll back" } else { "Activate" };
    let href = format!("/pricing?version={version}&activate={version}#activate");
    view! {
        <tr aria-current=current>
            <td><a href=format!("/pricing?version={version}#content")>{version}</a></td>
            <td>{item.label.unwrap_or_else(|| "—".to_owned())}</td>
            <td><When at=item.created_at/></td>
            <td>{item.active.then(|| view! { <Badge tone=Tone::Good text="active"/> })}</td>
            {role
                .may_manage()
                .then(|| {
                    let label = format!("{word} to version {version}…");
                    let label = if word == "Activate" { label.replace(" to version", " version") } else { label };
                    view! { <td>{(!item.active).then(|| view! { <LinkButton href label/> })}</td> }
                })}
        </tr>
    }
    .into_any()
}

/// The step in between: says what changes, and asks for the number to be typed.
fn confirm(item: &PricingConfigHistoryItem, active: Option<i64>, refused: &Refused) -> impl IntoView + use<> {
    let version = item.version;
    let typed = refused.field("confirm", "");
    let error = refused.beside(&["confirm"]);
    let from = active.map(|active| format!(" instead of version {active}")).unwrap_or_default();
    let label = item.label.clone().map(|label| format!(" ({label})")).unwrap_or_default();
    let lead =
        format!("From then on version {version}{label} prices every charge{from}, with its own plans and floor.");
    view! {
        <Forms/>
        <div id="activate">
            <Section title=format!("Activate version {version}?")>
                <p class="before-form">{lead} " Past charges and open reservations keep the version they have."</p>
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=ActivateForm::url() class="form" data-once="">
                    <Hidden name="version" value=version.to_string()/>
                    <Field
                        name="confirm"
                        label=format!("Type {version} to confirm")
                        nostrip:error=typed.error
                    >
                        <TextInput
                            name="confirm"
                            value=typed.value
                            inputmode="numeric"
                            autocomplete="off"
                            required=true
                            autofocus=true
                            invalid=typed.wrong
                        />
                    </Field>
                    <div class="form-go">
                        <Button kind=ButtonKind::Danger label=format!("Activate version {version}")/>
                        <LinkButton kind=ButtonKind::Ghost href="/pricing" label="Cancel"/>
                    </div>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
