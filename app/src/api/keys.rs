//! API keys of the product's servers.

#[cfg(feature = "ssr")]
use crate::model::Role;
use crate::{error::AppError, model::KeyInfo};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The keys page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeysPageData {
    pub keys: Vec<KeyInfo>,
    /// The key that was just made, this once.
    pub made: Option<String>,
}

#[server(prefix = "/ui", endpoint = "keys")]
pub async fn load_keys() -> Result<KeysPageData, AppError> {
    let load = async {
        super::require(Role::may_configure).await?;
        Ok(KeysPageData { keys: super::access()?.keys().await?, made: super::once::take("key") })
    };
    super::answer(load.await)
}

/// Makes a key and shows it on the next page, for the only time.
#[server(name = AddKeyForm, prefix = "/ui", endpoint = "add_key")]
pub async fn add_key(
    #[server(default)] name: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] step: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let chosen = scopes.join(",");
    let add = async {
        let staff = super::require(Role::may_configure).await?;
        let name = parse::needed("name", &name)?;
        if scopes.is_empty() {
            return Err(AppError::invalid("scopes", "is missing: choose what the key may do"));
        }
        let key = super::access()?.add_key(&super::actor(&staff), &name, &chosen).await?;
        super::once::show("key", &key);
        Ok(())
    };
    let page = if step.is_empty() { "/settings/keys" } else { "/setup" };
    let form = Form::new(format!("{page}#key"), AddKeyForm::PATH).typed("name", &name).typed("scopes", &chosen);
    form.finish(add.await, |()| format!("{page}?saved=key#key"))
}

/// Makes a key useless.
#[server(name = RevokeKeyForm, prefix = "/ui", endpoint = "revoke_key")]
pub async fn revoke_key(#[server(default)] name: String) -> Result<(), AppError> {
    use super::form::Form;
    use leptos::server_fn::ServerFn;
    let revoke = async {
        let staff = super::require(Role::may_configure).await?;
        super::access()?.revoke_key(&super::actor(&staff), &name).await
    };
    Form::new("/settings/keys", RevokeKeyForm::PATH)
        .finish(revoke.await, |()| "/settings/keys?saved=revoked".to_owned())
}
