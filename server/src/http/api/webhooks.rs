//! Webhooks: the endpoints that events are sent to, and the log of what was sent.

use crate::http::{
    ApiState, Reply,
    caller::{Caller, Manage},
    errors::{WebhookErrors, WebhookReadErrors, WriteErrors},
    json::Body,
    params::{Params, limit},
    path::{DeliveryId, WebhookId},
};
use app::model::{EventType, NewWebhook, Page, WebhookChange, WebhookDelivery, WebhookEndpoint, WebhookSecret};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Rows of a page, unless asked otherwise.
const LIMIT: u32 = 50;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookRequest {
    /// `https://…`, on the public internet.
    url: String,
    /// Left out or empty: every type.
    #[serde(default)]
    event_types: Vec<EventType>,
    description: Option<String>,
}

/// Make a webhook
///
/// Needs the scope `manage`. The answer has the secret that deliveries are signed with, this once.
#[utoipa::path(
    post, path = "/webhooks", tag = "Webhooks",
    request_body = WebhookRequest,
    responses((status = 200, body = WebhookSecret), WriteErrors)
)]
pub async fn create_webhook(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    Body(body): Body<WebhookRequest>,
) -> Reply<WebhookSecret> {
    let new = NewWebhook { url: body.url, event_types: body.event_types, description: body.description };
    Ok(Json(state.backend.create_webhook(&caller.0, new).await?))
}

/// All webhooks, oldest first
///
/// Needs the scope `manage`. There are at most 20.
#[utoipa::path(
    get, path = "/webhooks", tag = "Webhooks",
    responses((status = 200, body = Vec<WebhookEndpoint>), WebhookReadErrors)
)]
pub async fn list_webhooks(_: Caller<Manage>, State(state): State<ApiState>) -> Reply<Vec<WebhookEndpoint>> {
    Ok(Json(state.backend.webhooks().await?))
}

/// One webhook
///
/// Needs the scope `manage`.
#[utoipa::path(
    get, path = "/webhooks/{webhook_id}", tag = "Webhooks",
    params(("webhook_id" = String, Path)),
    responses((status = 200, body = WebhookEndpoint), WebhookReadErrors)
)]
pub async fn get_webhook(
    _: Caller<Manage>,
    State(state): State<ApiState>,
    WebhookId(id): WebhookId,
) -> Reply<WebhookEndpoint> {
    Ok(Json(state.backend.webhook(id).await?))
}

/// What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChangeRequest {
    url: Option<String>,
    /// Empty: every type.
    event_types: Option<Vec<EventType>>,
    /// An empty text removes it.
    description: Option<String>,
    /// `false` enables it again and sends what still waits; `true` stops it.
    disabled: Option<bool>,
}

/// Change, disable or enable a webhook
///
/// Needs the scope `manage`.
#[utoipa::path(
    patch, path = "/webhooks/{webhook_id}", tag = "Webhooks",
    params(("webhook_id" = String, Path)),
    request_body = WebhookChangeRequest,
    responses((status = 200, body = WebhookEndpoint), WebhookErrors)
)]
pub async fn change_webhook(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    WebhookId(id): WebhookId,
    Body(body): Body<WebhookChangeRequest>,
) -> Reply<WebhookEndpoint> {
    let WebhookChangeRequest { url, event_types, description, disabled } = body;
    let change = WebhookChange { url, event_types, description, disabled };
    Ok(Json(state.backend.change_webhook(&caller.0, id, change).await?))
}

/// Delete a webhook with its log
///
/// Needs the scope `manage`. The answer is the webhook as it was; what still waited for it is not sent.
#[utoipa::path(
    delete, path = "/webhooks/{webhook_id}", tag = "Webhooks",
    params(("webhook_id" = String, Path)),
    responses((status = 200, body = WebhookEndpoint), WebhookReadErrors)
)]
pub async fn delete_webhook(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    WebhookId(id): WebhookId,
) -> Reply<WebhookEndpoint> {
    Ok(Json(state.backend.delete_webhook(&caller.0, id).await?))
}

/// Rotate a webhook's secret
///
/// Needs the scope `manage`. The answer has the new secret, this once. For 24 hours deliveries are signed with both.
#[utoipa::path(
    post, path = "/webhooks/{webhook_id}/rotate-secret", tag = "Webhooks",
    params(("webhook_id" = String, Path)),
    responses((status = 200, body = WebhookSecret), WebhookReadErrors)
)]
pub async fn rotate_secret(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    WebhookId(id): WebhookId,
) -> Reply<WebhookSecret> {
    Ok(Json(state.backend.rotate_webhook_secret(&caller.0, id).await?))
}

/// Send a test event
///
/// Needs the scope `manage`. The event `webhook.test` goes to this webhook, whatever types it takes, before all that waits.
#[utoipa::path(
    post, path = "/webhooks/{webhook_id}/test", tag = "Webhooks",
    params(("webhook_id" = String, Path)),
    responses((status = 200, body = WebhookDelivery), WebhookReadErrors)
)]
pub async fn send_test(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    WebhookId(id): WebhookId,
) -> Reply<WebhookDelivery> {
    Ok(Json(state.backend.test_webhook(&caller.0, id).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryParams {
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u32>,
}

/// What was sent to a webhook, newest first
///
/// Needs the scope `manage`. Kept for 30 days.
#[utoipa::path(
    get, path = "/webhooks/{webhook_id}/deliveries", tag = "Webhooks",
    params(("webhook_id" = String, Path), DeliveryParams),
    responses((status = 200, body = Page<WebhookDelivery>), WebhookReadErrors)
)]
pub async fn list_deliveries(
    _: Caller<Manage>,
    State(state): State<ApiState>,
    WebhookId(id): WebhookId,
    Params(params): Params<DeliveryParams>,
) -> Reply<Page<WebhookDelivery>> {
    let limit = limit(params.limit, LIMIT)?;
    Ok(Json(state.backend.deliveries(id, params.cursor.as_deref(), limit).await?))
}

/// Send a delivery again
///
/// Needs the scope `manage`. The same event, with the same `webhook-id`, by a delivery of its own that waits for no other.
#[utoipa::path(
    post, path = "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", tag = "Webhooks",
    params(("webhook_id" = String, Path), ("delivery_id" = String, Path)),
    responses((status = 200, body = WebhookDelivery), WebhookReadErrors)
)]
pub async fn replay_delivery(
    caller: Caller<Manage>,
    State(state): State<ApiState>,
    DeliveryId { webhook, delivery }: DeliveryId,
) -> Reply<WebhookDelivery> {
    Ok(Json(state.backend.replay_delivery(&caller.0, webhook, delivery).await?))
}
