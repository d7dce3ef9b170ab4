//! Webhooks: where events are sent.

use super::{saved, tabs::tabs};
use crate::{
    api::{self, CreateWebhookForm},
    islands::forms::Forms,
    model::{EventType, WebhookEndpoint},
    pages::page::{self, Refused},
    ui::{
        Badge, Button, ButtonKind, Column, DataTable, Empty, ErrorBox, Field, Glyph, Pager, Section, TextInput, Tone,
        When,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn WebhooksPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<CreateWebhookForm>();
    view! {
        {tabs("/settings/webhooks", "What happens on the desk, told to the product's servers.")}
        {page::loaded(api::load_webhooks(), move |endpoints| {
            view! {
                <Forms/>
                {saved(&query, &[("delete", "The webhook is deleted, and its log with it")])}
                {list(endpoints)}
                {create(&refused)}
            }
        })}
    }
    .into_any()
}

fn list(endpoints: Vec<WebhookEndpoint>) -> impl IntoView {
    if endpoints.is_empty() {
        return view! {
            <Empty title="No webhooks yet">
                <p>"Events such as " <code>"credits.low_balance"</code> " are posted to them, signed, in order per account."</p>
            </Empty>
        }
        .into_any();
    }
    let columns =
        vec![Column::text("Address"), Column::text("Events"), Column::text("State"), Column::text("Made").wide_only()];
    let shown = endpoints.len();
    view! {
        <DataTable caption="Webhooks, the oldest first" columns>{endpoints.into_iter().map(row).collect_view()}</DataTable>
        <Pager shown noun="webhooks" csv="/export/webhooks.csv"/>
    }
    .into_any()
}

/// The state of an endpoint in a word.
pub fn state(endpoint: &WebhookEndpoint) -> impl IntoView + use<> {
    let (tone, text) = match (endpoint.disabled_at, endpoint.failing_since) {
        (Some(_), _) => (Tone::Warn, "disabled"),
        (None, Some(_)) => (Tone::Bad, "failing"),
        (None, None) => (Tone::Good, "active"),
    };
    view! { <Badge tone text/> }
}

/// The types that an endpoint takes.
pub fn types(endpoint: &WebhookEndpoint) -> String {
    if endpoint.event_types.is_empty() {
        return "every type".to_owned();
    }
    endpoint.event_types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

fn row(endpoint: WebhookEndpoint) -> impl IntoView {
    let (state, types) = (state(&endpoint), types(&endpoint));
    let WebhookEndpoint { id, url, description, created_at, .. } = endpoint;
    view! {
        <tr>
            <td class="cut">
                <a href=format!("/settings/webhooks/{id}")>{url}</a>
                {description.map(|text| view! { <div class="quiet"><bdi>{text}</bdi></div> })}
            </td>
            <td class="cut" title=types.clone()>{types.clone()}</td>
            <td>{state}</td>
            <td class="wide-only"><When at=created_at/></td>
        </tr>
    }
    .into_any()
}

fn create(refused: &Refused) -> impl IntoView + use<> {
    let [url, description] = ["url", "description"].map(|field| refused.field(field, ""));
    let chosen = refused.typed("types", "");
    let error = refused.beside(&["url", "description"]);
    let kinds = EventType::ALL.iter().filter(|kind| **kind != EventType::WebhookTest);
    let boxes = kinds
        .map(|kind| {
            let checked = chosen.split(',').any(|known| known == kind.as_str());
            view! {
                <label class="check">
                    <input type="checkbox" name="types[]" value=kind.as_str() checked=checked/>
                    <span>{kind.as_str()}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <div id="create">
            <Section title="New webhook">
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=CreateWebhookForm::url() class="form" data-once="">
                    <Field name="url" label="Address" hint="https://, on the public internet." nostrip:error=url.error>
                        <TextInput
                            name="url"
                            value=url.value
                            placeholder="https://hooks.example.com/credits"
                            autocomplete="off"
                            maxlength=1000_u32
                            required=true
                            autofocus=url.wrong
                            invalid=url.wrong
                        />
                    </Field>
                    <Field name="description" label="What it is for" nostrip:error=description.error>
                        <TextInput
                            name="description"
                            value=description.value
                            maxlength=1000_u32
                            autocomplete="off"
                            invalid=description.wrong
                        />
                    </Field>
                    <fieldset class="checks checks-wide">
                        <legend>"Events; none chosen is every type"</legend>
                        {boxes}
                    </fieldset>
                    <Button kind=ButtonKind::Primary label="Make the webhook" glyph=Glyph::Plus/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
