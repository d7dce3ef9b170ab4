//! Webhooks and what was sent to them.

#[cfg(feature = "ssr")]
use crate::model::Role;
use crate::{
    error::AppError,
    model::{Page, WebhookDelivery, WebhookEndpoint},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One webhook with a page of its log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebhookPageData {
    pub endpoint: WebhookEndpoint,
    pub deliveries: Page<WebhookDelivery>,
    /// The secret that was just made, this once.
    pub secret: Option<String>,
}

#[server(prefix = "/ui", endpoint = "webhooks")]
pub async fn load_webhooks() -> Result<Vec<WebhookEndpoint>, AppError> {
    let load = async {
        super::require(Role::may_configure).await?;
        super::backend()?.webhooks().await
    };
    super::answer(load.await)
}

#[server(prefix = "/ui", endpoint = "webhook")]
pub async fn load_webhook(id: String, cursor: Option<String>) -> Result<WebhookPageData, AppError> {
    let load = async {
        super::require(Role::may_configure).await?;
        let (backend, id) = (super::backend()?, super::parse::id("webhook_id", &id)?);
        let endpoint = backend.webhook(id).await?;
        let deliveries = backend.deliveries(id, cursor.as_deref(), 50).await?;
        Ok(WebhookPageData { endpoint, deliveries, secret: super::once::take("webhook") })
    };
    super::answer(load.await)
}

#[cfg(feature = "ssr")]
fn page_of(id: &str) -> String {
    format!("/settings/webhooks/{}", crate::ui::encode(id))
}

/// Makes a webhook; its secret is shown on the next page, for the only time. No type chosen is every type.
#[server(name = CreateWebhookForm, prefix = "/ui", endpoint = "create_webhook")]
pub async fn create_webhook(
    #[server(default)] url: String,
    #[server(default)] description: String,
    #[server(default)] types: Vec<String>,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::NewWebhook;
    use leptos::server_fn::ServerFn;
    let create = async {
        let staff = super::require(Role::may_configure).await?;
        let new = NewWebhook {
            url: parse::needed("url", &url)?,
            event_types: parse::event_types(&types)?,
            description: parse::optional("description", &description)?,
        };
        let made = super::backend()?.create_webhook(&super::actor(&staff), new).await?;
        super::once::show("webhook", &made.secret);
        Ok(made.endpoint.id)
    };
    let form = Form::new("/settings/webhooks#create", CreateWebhookForm::PATH)
        .typed("url", &url)
        .typed("description", &description)
        .typed("types", &types.join(","));
    form.finish(create.await, |id| format!("{}?saved=created", page_of(&id.to_string()))).map(drop)
}

/// What the buttons of a webhook's page do.
#[server(name = WebhookForm, prefix = "/ui", endpoint = "webhook_action")]
pub async fn webhook_action(
    #[server(default)] id: String,
    #[server(default)] action: String,
    #[server(default)] delivery: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::WebhookChange;
    use leptos::server_fn::ServerFn;
    let act = async {
        let staff = super::require(Role::may_configure).await?;
        let (by, backend, webhook) = (super::actor(&staff), super::backend()?, parse::id("webhook_id", &id)?);
        let disable = |disabled| WebhookChange { disabled: Some(disabled), ..WebhookChange::default() };
        match action.as_str() {
            "enable" => backend.change_webhook(&by, webhook, disable(false)).await.map(drop),
            "disable" => backend.change_webhook(&by, webhook, disable(true)).await.map(drop),
            "delete" => backend.delete_webhook(&by, webhook).await.map(drop),
            "test" => backend.test_webhook(&by, webhook).await.map(drop),
            "replay" => backend.replay_delivery(&by, webhook, parse::id("delivery_id", &delivery)?).await.map(drop),
            "rotate" => {
                let made = backend.rotate_webhook_secret(&by, webhook).await?;
                super::once::show("webhook", &made.secret);
                Ok(())
            }
            _ => Err(AppError::invalid("action", "must be enable, disable, rotate, test, replay or delete")),
        }
    };
    let page = page_of(&id);
    let next = if action == "delete" { "/settings/webhooks".to_owned() } else { page.clone() };
    Form::new(page, WebhookForm::PATH)
        .finish(act.await, |()| crate::link::with_query(&next, [("saved", action.as_str())]))
}
