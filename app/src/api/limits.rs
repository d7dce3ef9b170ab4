//! What limits a user: their plan and their spend caps.

#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its server function")]

use crate::error::AppError;
use leptos::prelude::*;

/// Puts a user on a plan of the active version; an empty one takes them off.
#[server(name = SetPlanForm, prefix = "/ui", endpoint = "set_plan")]
pub async fn set_plan(user_id: String, #[server(default)] plan: String) -> Result<(), AppError> {
    use super::form::Form;
    use crate::model::Role;
    use leptos::server_fn::ServerFn;
    let set = async {
        let staff = super::require(Role::may_manage).await?;
        let plan = Some(plan.trim()).filter(|plan| !plan.is_empty());
        super::backend()?.set_plan(&super::actor(&staff), &user_id, plan).await
    };
    let page = crate::link::user(&user_id);
    let form = Form::new(format!("{page}#plan"), SetPlanForm::PATH).typed("plan", &plan);
    form.finish(set.await, |_| crate::link::with_query(&page, [("saved", "plan")])).map(drop)
}

/// Sets a cap; one of the same user, window and model is replaced.
#[server(name = SetCapForm, prefix = "/ui", endpoint = "set_cap")]
pub async fn set_cap(
    #[server(default)] user_id: String,
    #[server(default)] window: String,
    #[server(default)] model: String,
    #[server(default)] limit: String,
    #[server(default)] effect: String,
    #[server(default)] why: String,
    #[server(default)] unknown: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::{Proposal, Proposed, Role, SpendCap};
    use leptos::server_fn::ServerFn;
    let set = async {
        let staff = super::require(Role::may_cap).await?;
        let cap = SpendCap {
            user_id: parse::needed("user_id", &user_id)?,
            cap_type: parse::cap_type(&window)?,
            model: parse::optional("model", &model)?,
            limit: parse::limit("limit", &limit)?,
            action: parse::cap_action(&effect)?,
        };
        if unknown.is_empty() {
            check_known(&cap).await?;
        }
        let SpendCap { user_id, cap_type, model, .. } = cap.clone();
        let proposal = Proposal::Cap { user_id, cap_type, model, to: Some(cap), from: None };
        super::backend()?.propose(&super::actor(&staff), staff.role, proposal, &why, None).await
    };
    let page = page_of_caps(&back, &user_id);
    let place = if page.starts_with("/caps") { "#set" } else { "#caps" };
    let form = Form::new(format!("{page}{place}"), SetCapForm::PATH)
        .typed("user_id", &user_id)
        .typed("window", &window)
        .typed("model", &model)
        .typed("limit", &limit)
        .typed("effect", &effect)
        .typed("why", &why);
    // From the page of all caps it leads to those of the user.
    let user = user_id.trim();
    let narrowed = if page == "/caps" { user } else { "" };
    let saved = |was: &str| {
        crate::link::with_query(
            &page,
            [("q", narrowed), ("saved", "cap"), ("whose", user), ("was", was), ("is", &limit)],
        )
    };
    let set = set.await.map_err(|error| super::form::renamed("reason", "why", error));
    form.finish(set, |done| match done {
        Proposed::CapSet(Some(before)) => saved(&before.limit.to_string()),
        other => super::form::proposed(other, &saved("")),
    })
    .map(drop)
}

/// Refuses a user or a model that nothing has named yet: a slip of the pen would limit nobody. Whoever sets the cap may say
/// that it is right.
#[cfg(feature = "ssr")]
async fn check_known(cap: &crate::model::SpendCap) -> Result<(), AppError> {
    let backend = super::backend()?;
    let user = backend.user(&cap.user_id).await?;
    if !user.exists {
        let rule = "names nobody yet. If it is right, tick below to set the cap before their first charge";
        return Err(AppError::invalid("user_id", rule));
    }
    let Some(model) = &cap.model else { return Ok(()) };
    if user.caps.iter().any(|status| status.cap.model == cap.model) {
        return Ok(());
    }
    let priced = match backend.active_version().await {
        Ok(active) => active.config.models.contains_key(model),
        Err(error) if error.code == crate::error::Code::PricingNotLoaded => false,
        Err(error) => return Err(error),
    };
    if priced || backend.models().await?.contains(model) {
        return Ok(());
    }
    let rule =
        "is no model that has been charged or has a price. If it is right, tick below to set the cap all the same";
    Err(AppError::invalid("model", rule))
}

/// Takes a cap away; support asks for it, and says why.
#[server(name = DeleteCapForm, prefix = "/ui", endpoint = "delete_cap")]
pub async fn delete_cap(
    user_id: String,
    #[server(default)] window: String,
    #[server(default)] model: String,
    #[server(default)] why: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::{Proposal, Role};
    use leptos::server_fn::ServerFn;
    let delete = async {
        let staff = super::require(Role::may_cap).await?;
        let (window, model) = (parse::cap_type(&window)?, parse::optional("model", &model)?);
        let (by, backend) = (super::actor(&staff), super::backend()?);
        let proposal = Proposal::Cap { user_id: user_id.clone(), cap_type: window, model, to: None, from: None };
        let why = if staff.role.may_manage() && why.trim().is_empty() { "The cap is to be taken away." } else { &why };
        backend.propose(&by, staff.role, proposal, why, None).await
    };
    let page = page_of_caps(&back, &user_id);
    // Of all caps the refusal stands at the top.
    let place = if page.starts_with("/caps") { "" } else { "#caps" };
    let form = Form::new(format!("{page}{place}"), DeleteCapForm::PATH);
    let saved = crate::link::with_query(&page, [("saved", "cap-gone"), ("whose", user_id.as_str())]);
    form.finish(delete.await, |done| super::form::proposed(done, &saved)).map(drop)
}

/// The page that caps are set and removed on and that is shown again: that of all caps as it was filtered, or the user's.
#[cfg(feature = "ssr")]
fn page_of_caps(back: &str, user_id: &str) -> String {
    match crate::link::local(back) {
        page if page.starts_with("/caps") => page.to_owned(),
        _ => crate::link::user(user_id),
    }
}
