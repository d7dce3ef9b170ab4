//! The community price list: looked through, and made a draft of.

use crate::{
    error::AppError,
    model::{PriceListChoice, PriceListView, Uuid},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Models of a price list on one page.
#[cfg(feature = "ssr")]
const SHOWN: usize = 200;

/// A price list that was refused, with as much of it as was typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefusedList {
    pub error: AppError,
    pub typed: String,
}

/// Whether the visitor may give a price list at all, and the one that this request brought in vain.
#[server(prefix = "/ui", endpoint = "import_page")]
pub async fn load_import() -> Result<Option<RefusedList>, AppError> {
    let load = async {
        super::require(crate::model::Role::may_manage).await?;
        let parts = use_context::<axum::http::request::Parts>();
        Ok(parts.and_then(|parts| parts.extensions.get::<RefusedList>().cloned()))
    };
    super::answer(load.await)
}

/// A price list that was given, as far as the filter lets it through.
#[server(prefix = "/ui", endpoint = "price_list")]
pub async fn load_price_list(id: String, choice: PriceListChoice) -> Result<PriceListView, AppError> {
    let load = async {
        super::require(crate::model::Role::may_manage).await?;
        super::backend()?.price_list(super::parse::list_id(&id)?, &choice, SHOWN).await
    };
    super::answer(load.await)
}

/// Makes a draft of the active version with the models that are ticked, or with all that the filter lets through.
#[server(name = ChooseModelsForm, prefix = "/ui", endpoint = "choose_models")]
pub async fn choose_models(
    id: Uuid,
    #[server(default)] go: String,
    #[server(default)] choice: PriceListChoice,
) -> Result<(), AppError> {
    use super::form::Form;
    use crate::link;
    use leptos::server_fn::ServerFn;
    let page = link::with_query(&format!("/pricing/import/{id}"), choice.pairs());
    let choose = async {
        let staff = super::require(crate::model::Role::may_manage).await?;
        let chosen = if go == "all" {
            PriceListChoice { models: Vec::new(), ..choice.clone() }
        } else if choice.models.is_empty() {
            return Err(AppError::invalid("models", "are missing: tick at least one, or take all that match"));
        } else {
            choice.clone()
        };
        super::backend()?.draft_from_price_list(&super::actor(&staff), id, &chosen).await
    };
    let form = Form::new(page, ChooseModelsForm::PATH);
    form.finish(choose.await, |draft| format!("/pricing/drafts/{draft}/review")).map(drop)
}
