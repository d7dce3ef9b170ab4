//! One webhook: its state, what can be done, and the log of what was sent.

use super::{
    saved,
    webhooks::{state, types},
};
use crate::{
    api::{self, WebhookForm, WebhookPageData},
    islands::forms::Forms,
    link::Query,
    model::{DeliveryStatus, Uuid, WebhookDelivery, WebhookEndpoint},
    pages::page::{self, Refused},
    ui::{
        Alert, Badge, Button, ButtonKind, Column, Confirm, CopyId, DataTable, ErrorBox, Fact, Facts, Hidden, PageHead,
        Pager, Section, Tone, When, href, short_id,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn WebhookPage() -> impl IntoView {
    let (query, id) = (page::query(), page::segment(2));
    let error = Refused::of::<WebhookForm>().error;
    let load = api::load_webhook(id, query.filled("cursor"));
    page::opened("Webhook", ("/settings/webhooks", "Webhooks"), load, move |data| whole(data, &query, error))
}

fn whole(data: WebhookPageData, query: &Query, error: Option<crate::error::AppError>) -> impl IntoView + use<> {
    let WebhookPageData { endpoint, deliveries, secret } = data;
    let trail =
        vec![("/settings".to_owned(), "Settings".to_owned()), ("/settings/webhooks".to_owned(), "Webhooks".to_owned())];
    let notice = saved(
        query,
        &[
            ("created", "The webhook is made"),
            ("enable", "It is enabled; what still waits is sent now"),
            ("disable", "Nothing is sent to it any more"),
            ("test", "A test event is on its way: see the log"),
            ("replay", "The event is sent again"),
        ],
    );
    view! {
        <PageHead title="Webhook" lead=endpoint.url.clone() trail/>
        <Forms/>
        {notice}
        {error.map(|error| view! { <ErrorBox error/> })}
        {secret
            .map(|secret| {
                view! {
                    <Alert tone=Tone::Good title="Copy the signing secret now; it is shown this once">
                        <p><CopyId id=secret/></p>
                    </Alert>
                }
            })}
        {facts(&endpoint)}
        {actions(&endpoint)}
        {log(endpoint.id, deliveries, !query.get("cursor").is_empty())}
    }
    .into_any()
}

fn facts(endpoint: &WebhookEndpoint) -> impl IntoView + use<> {
    let (state, types) = (state(endpoint), types(endpoint));
    let WebhookEndpoint { id, description, created_at, failing_since, disabled_reason, previous_secret_until, .. } =
        endpoint.clone();
    view! {
        <Facts>
            <Fact label="State">{state}</Fact>
            <Fact label="Webhook id"><CopyId id=id.to_string() short=short_id(&id)/></Fact>
            <Fact label="Events">{types}</Fact>
            {description.map(|text| view! { <Fact label="For">{text}</Fact> })}
            <Fact label="Made"><When at=created_at/></Fact>
            {failing_since.map(|at| view! { <Fact label="Failing since"><When at/></Fact> })}
            {disabled_reason.map(|text| view! { <Fact label="Disabled">{text}</Fact> })}
            {previous_secret_until.map(|at| view! { <Fact label="Old secret signs until"><When at exact=true/></Fact> })}
        </Facts>
    }
    .into_any()
}

fn button(id: Uuid, action: &'static str, label: &'static str, kind: ButtonKind) -> impl IntoView {
    view! {
        <form method="post" action=WebhookForm::url() data-once="">
            <Hidden name="id" value=id.to_string()/>
            <Hidden name="action" value=action/>
            <Button kind label/>
        </form>
    }
    .into_any()
}

fn actions(endpoint: &WebhookEndpoint) -> impl IntoView + use<> {
    let id = endpoint.id;
    let off = endpoint.disabled_at.is_some();
    let toggle = if off {
        button(id, "enable", "Enable", ButtonKind::Primary)
    } else {
        button(id, "disable", "Disable", ButtonKind::Plain)
    };
    view! {
        <div class="row-form">
            {(!off).then(|| button(id, "test", "Send a test", ButtonKind::Plain))}
            {toggle}
            <Confirm label="Rotate the secret" what="A new secret signs what is sent from now on; the receiver must be given it.">
                {button(id, "rotate", "Rotate it", ButtonKind::Danger)}
            </Confirm>
            <Confirm label="Delete" what="The webhook, what still waits to be sent to it, and the log of its deliveries are deleted for good.">
                {button(id, "delete", "Delete with its log", ButtonKind::Danger)}
            </Confirm>
        </div>
    }
    .into_any()
}

fn log(id: Uuid, page: crate::model::Page<WebhookDelivery>, later: bool) -> impl IntoView {
    let shown = page.items.len();
    let here = format!("/settings/webhooks/{id}");
    let next = page.next.map(|cursor| href(&here, &[("cursor", &cursor)]));
    let first = later.then(|| here.clone());
    let csv = format!("/export/deliveries.csv?webhook={id}");
    let columns = vec![
        Column::text("When"),
        Column::text("Event"),
        Column::text("State"),
        Column::number("Tries").wide_only(),
        Column::text("Answer"),
        Column::text("Action"),
    ];
    let body = if shown == 0 {
        view! { <p class="quiet">"Nothing has been sent yet."</p> }.into_any()
    } else {
        let rows = page.items.into_iter().map(|delivery| row(id, delivery)).collect_view();
        view! {
            <DataTable caption="Deliveries, newest first" columns>{rows}</DataTable>
            <Pager shown noun="deliveries" nostrip:first=first nostrip:next=next csv/>
        }
        .into_any()
    };
    view! { <Section title="Deliveries" note="kept for 30 days">{body}</Section> }.into_any()
}

fn row(id: Uuid, delivery: WebhookDelivery) -> impl IntoView {
    let WebhookDelivery { event_type, status, attempts, next_attempt_at, last_status, last_error, replay_of, .. } =
        delivery.clone();
    let tone = match status {
        DeliveryStatus::Delivered => Tone::Good,
        DeliveryStatus::Failed => Tone::Bad,
        DeliveryStatus::Pending => Tone::Plain,
    };
    let answer = match (last_status, last_error) {
        (Some(code), Some(text)) => format!("{code}: {text}"),
        (Some(code), None) => code.to_string(),
        (None, Some(text)) => text,
        (None, None) => "—".to_owned(),
    };
    view! {
        <tr>
            <td><When at=delivery.created_at/></td>
            <td>{event_type.as_str()} {replay_of.map(|_| view! { " " <Badge text="again"/> })}</td>
            <td>
                <Badge tone text=status.as_str()/>
                {next_attempt_at
                    .filter(|_| status == DeliveryStatus::Pending)
                    .map(|at| view! { <div class="quiet">"next " <When at/></div> })}
            </td>
            <td class="num wide-only">{attempts}</td>
            <td class="cut" title=answer.clone()>{answer.clone()}</td>
            <td>
                {(status != DeliveryStatus::Pending)
                    .then(|| {
                        view! {
                            <form method="post" action=WebhookForm::url() data-once="">
                                <Hidden name="id" value=id.to_string()/>
                                <Hidden name="action" value="replay"/>
                                <Hidden name="delivery" value=delivery.id.to_string()/>
                                <Button kind=ButtonKind::Ghost label="Send again"/>
                            </form>
                        }
                    })}
            </td>
        </tr>
    }
    .into_any()
}
