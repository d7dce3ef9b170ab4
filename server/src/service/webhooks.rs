//! Endpoints of the product's servers, and the log of what was sent to them.

use super::{Desk, paging, validate};
use crate::clock::{earlier, later};
use crate::jobs::deliveries::LEASE;
use crate::ledger::events::Event;
use crate::store::{
    Tx,
    audit::{self, Change},
    webhooks::{
        endpoints::{self, StoredEndpoint},
        log, queue,
    },
};
use crate::webhooks::{address, secret};
use app::backend::{Answer, Webhooks};
use app::error::{AppError, Code};
use app::model::{
    Actor, AuditAction, AuditSubject, EventType, NewWebhook, Page, Uuid, WebhookChange, WebhookDelivery,
    WebhookEndpoint, WebhookSecret,
};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::time::Duration;

/// Endpoints at most: every event is written once for each.
const MAX_ENDPOINTS: usize = 20;
/// How long the secret before a rotation signs too.
const OVERLAP: Duration = Duration::from_hours(24);

fn no_webhook(id: Uuid) -> AppError {
    AppError { field: Some("webhook_id".to_owned()), ..AppError::new(Code::NotFound, format!("No webhook {id}.")) }
}

fn no_delivery(id: Uuid) -> AppError {
    let message = format!("This webhook has no delivery {id} in its log.");
    AppError { field: Some("delivery_id".to_owned()), ..AppError::new(Code::NotFound, message) }
}

fn is_disabled() -> AppError {
    AppError::invalid("webhook_id", "names a disabled webhook: enable it first")
}

/// No type twice; the test and the order of them do not matter.
fn read_types(mut types: Vec<EventType>) -> Vec<EventType> {
    types.sort_unstable();
    types.dedup();
    types
}

fn read_description(text: Option<String>) -> Answer<Option<String>> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if let Some(text) = &text {
        validate::note("description", text)?;
    }
    Ok(text)
}

fn told(by: &Actor, action: AuditAction, id: Uuid) -> Change {
    Change::new(by, action, AuditSubject::Webhook, id.to_string())
}

/// An endpoint as the audit log keeps it; never its secret.
fn state(endpoint: &WebhookEndpoint) -> Value {
    json!({
        "url": endpoint.url,
        "event_types": endpoint.event_types,
        "description": endpoint.description,
        "disabled": endpoint.disabled_at.is_some(),
        "previous_secret_until": endpoint.previous_secret_until,
    })
}

impl Desk {
    fn read_url(&self, text: &str) -> Answer<String> {
        let url = address::read_url(text.trim(), self.options.webhooks_allow_private)
            .map_err(|rule| AppError::invalid("url", rule))?;
        Ok(url.into())
    }

    /// Changes an endpoint under its lock. What waits for one that was disabled and is not any more is due at once.
    async fn change_endpoint(
        &self,
        by: &Actor,
        action: AuditAction,
        id: Uuid,
        change: impl Fn(&mut StoredEndpoint),
    ) -> Answer<StoredEndpoint> {
        let now = Self::now(self);
        let changed = self.retry(async || {
            let mut tx = self.db.begin().await?;
            let Some(mut stored) = endpoints::lock(&mut tx, id).await? else { return Ok(None) };
            let was_disabled = stored.endpoint.disabled_at.is_some();
            let before = state(&stored.endpoint);
            change(&mut stored);
            endpoints::update(&mut tx, &stored).await?;
            if was_disabled && stored.endpoint.disabled_at.is_none() {
                queue::hurry(&mut tx, id, now, earlier(now, LEASE)).await?;
            }
            let told = told(by, action, id).from(before).to(state(&stored.endpoint));
            audit::record(&mut tx, told, now).await?;
            tx.commit().await?;
            Ok(Some(stored))
        });
        changed.await?.ok_or_else(|| no_webhook(id))
    }

    async fn find_endpoint(&self, tx: &mut Tx, id: Uuid) -> Answer<WebhookEndpoint> {
        let stored = endpoints::find(tx, id).await?.ok_or_else(|| no_webhook(id))?;
        Ok(stored.endpoint)
    }

    async fn find_delivery(&self, tx: &mut Tx, id: Uuid, delivery: Uuid) -> Answer<WebhookDelivery> {
        log::find(tx, id, delivery).await?.ok_or_else(|| no_delivery(delivery))
    }
}

#[async_trait]
impl Webhooks for Desk {
    async fn webhooks(&self) -> Answer<Vec<WebhookEndpoint>> {
        let mut tx = self.db.snapshot().await?;
        Ok(endpoints::list(&mut tx).await?.into_iter().map(|stored| stored.endpoint).collect())
    }

    async fn webhook(&self, id: Uuid) -> Answer<WebhookEndpoint> {
        let mut tx = self.db.snapshot().await?;
        self.find_endpoint(&mut tx, id).await
    }

    async fn create_webhook(&self, by: &Actor, new: NewWebhook) -> Answer<WebhookSecret> {
        let stored = StoredEndpoint {
            endpoint: WebhookEndpoint {
                id: self.new_id(),
                url: self.read_url(&new.url)?,
                event_types: read_types(new.event_types),
                description: read_description(new.description)?,
                created_at: Self::now(self),
                failing_since: None,
                disabled_at: None,
                disabled_reason: None,
                previous_secret_until: None,
            },
            secret: secret::random(),
            previous_secret: None,
        };
        let made = self.retry(async || {
            let mut tx = self.db.begin().await?;
            if endpoints::list(&mut tx).await?.len() >= MAX_ENDPOINTS {
                return Ok(false);
            }
            endpoints::insert(&mut tx, &stored, &by.name).await?;
            let change = told(by, AuditAction::WebhookCreated, stored.endpoint.id).to(state(&stored.endpoint));
            audit::record(&mut tx, change, Self::now(self)).await?;
            tx.commit().await?;
            Ok(true)
        });
        if !made.await? {
            let message = format!("There are {MAX_ENDPOINTS} webhooks, which is the most: delete one first.");
            return Err(AppError::new(Code::InvalidRequest, message));
        }
        Ok(WebhookSecret { secret: stored.secret, endpoint: stored.endpoint })
    }

    async fn change_webhook(&self, by: &Actor, id: Uuid, change: WebhookChange) -> Answer<WebhookEndpoint> {
        let url = change.url.as_deref().map(|url| self.read_url(url)).transpose()?;
        let types = change.event_types.map(read_types);
        let describes = change.description.is_some();
        let description = read_description(change.description)?;
        let now = Self::now(self);
        let stored = self.change_endpoint(by, AuditAction::WebhookChanged, id, |stored| {
            let endpoint = &mut stored.endpoint;
            if let Some(url) = &url {
                endpoint.url.clone_from(url);
            }
            if let Some(types) = &types {
                endpoint.event_types.clone_from(types);
            }
            if describes {
                endpoint.description.clone_from(&description);
            }
            match change.disabled {
                Some(true) if endpoint.disabled_at.is_none() => {
                    endpoint.disabled_at = Some(now);
                    endpoint.disabled_reason = Some(format!("by {}", by.name));
                }
                Some(false) if endpoint.disabled_at.is_some() => {
                    (endpoint.disabled_at, endpoint.disabled_reason, endpoint.failing_since) = (None, None, None);
                }
                _ => {}
            }
        });
        Ok(stored.await?.endpoint)
    }

    async fn rotate_webhook_secret(&self, by: &Actor, id: Uuid) -> Answer<WebhookSecret> {
        let now = Self::now(self);
        let fresh = secret::random();
        let stored = self.change_endpoint(by, AuditAction::WebhookSecretRotated, id, |stored| {
            stored.previous_secret = Some(std::mem::replace(&mut stored.secret, fresh.clone()));
            stored.endpoint.previous_secret_until = Some(later(now, OVERLAP));
        });
        let stored = stored.await?;
        Ok(WebhookSecret { secret: stored.secret, endpoint: stored.endpoint })
    }

    async fn delete_webhook(&self, by: &Actor, id: Uuid) -> Answer<WebhookEndpoint> {
        let deleted = self.retry(async || {
            let mut tx = self.db.begin().await?;
            let Some(stored) = endpoints::lock(&mut tx, id).await? else { return Ok(None) };
            endpoints::delete(&mut tx, id).await?;
            let change = told(by, AuditAction::WebhookDeleted, id).from(state(&stored.endpoint));
            audit::record(&mut tx, change, Self::now(self)).await?;
            tx.commit().await?;
            Ok(Some(stored.endpoint))
        });
        deleted.await?.ok_or_else(|| no_webhook(id))
    }

    async fn deliveries(&self, id: Uuid, cursor: Option<&str>, limit: u32) -> Answer<Page<WebhookDelivery>> {
        let limit = paging::limit(limit)?;
        let before = paging::plain_cursor(cursor)?.unwrap_or(i64::MAX);
        let mut tx = self.db.snapshot().await?;
        self.find_endpoint(&mut tx, id).await?;
        let rows = log::list(&mut tx, id, before, limit).await?;
        Ok(paging::page(rows, limit, |(seq, _)| seq.to_string(), |(_, row)| row))
    }

    async fn replay_delivery(&self, by: &Actor, id: Uuid, delivery: Uuid) -> Answer<WebhookDelivery> {
        let mut tx = self.db.begin().await?;
        if self.find_endpoint(&mut tx, id).await?.disabled_at.is_some() {
            return Err(is_disabled());
        }
        let original = self.find_delivery(&mut tx, id, delivery).await?;
        let again = self.new_id();
        log::replay(&mut tx, id, &original, again, Self::now(self)).await?;
        let replay = self.find_delivery(&mut tx, id, again).await?;
        let change = told(by, AuditAction::DeliveryReplayed, id).to(json!({ "delivery": delivery, "replay": again }));
        audit::record(&mut tx, change, Self::now(self)).await?;
        tx.commit().await?;
        Ok(replay)
    }

    async fn test_webhook(&self, by: &Actor, id: Uuid) -> Answer<WebhookDelivery> {
        let mut tx = self.db.begin().await?;
        if self.find_endpoint(&mut tx, id).await?.disabled_at.is_some() {
            return Err(is_disabled());
        }
        let event = Event::of_desk(EventType::WebhookTest, json!({ "webhook_id": id, "sent_by": by.name }));
        let delivery = self.outbox.write_for(&mut tx, id, &event, Self::now(self)).await?;
        let delivery = self.find_delivery(&mut tx, id, delivery).await?;
        audit::record(&mut tx, told(by, AuditAction::WebhookTested, id), Self::now(self)).await?;
        tx.commit().await?;
        Ok(delivery)
    }
}
