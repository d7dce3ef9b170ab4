//! All caps: listed, set, removed, and tried on the past.

use crate::{
    error::AppError,
    model::{CapList, CapTrialResult, Role},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The filter of the caps page, as the URL says it; empty is "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapFilter {
    pub q: String,
    pub window: String,
    pub effect: String,
    pub model: String,
    pub state: String,
    pub sort: String,
    pub cursor: String,
}

impl CapFilter {
    /// True when it lets everything through.
    pub fn is_empty(&self) -> bool {
        [&self.q, &self.window, &self.effect, &self.model, &self.state].into_iter().all(String::is_empty)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CapsPageData {
    pub list: CapList,
    pub models: Vec<String>,
    pub role: Role,
}

/// A cap to try, as the URL says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialForm {
    /// `user`, `plan` or `everyone`; empty: nothing is asked yet.
    pub who: String,
    pub user: String,
    pub plan: String,
    pub window: String,
    pub model: String,
    pub limit: String,
    pub effect: String,
    pub days: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialPageData {
    pub models: Vec<String>,
    /// Id and name of the plans of the active version.
    pub plans: Vec<(String, String)>,
    pub result: Option<CapTrialResult>,
    /// Why there is none, for the form to show.
    pub refusal: Option<AppError>,
}

#[server(prefix = "/ui", endpoint = "caps")]
pub async fn load_caps(filter: CapFilter) -> Result<CapsPageData, AppError> {
    let load = async {
        let role = super::require_anyone().await?.role;
        let backend = super::backend()?;
        let list = backend.cap_list(super::parse::cap_query(&filter)?).await?;
        Ok(CapsPageData { list, models: backend.models().await?, role })
    };
    super::answer(load.await)
}

/// What a cap would have done to the charges that were made.
#[server(prefix = "/ui", endpoint = "try_cap")]
pub async fn try_cap(form: TrialForm) -> Result<TrialPageData, AppError> {
    let load = async {
        super::require_anyone().await?;
        let backend = super::backend()?;
        let plans = super::users::plans_of(&backend).await?;
        let tried = async {
            match super::parse::cap_trial(&form)? {
                Some(trial) => backend.try_cap(trial).await.map(Some),
                None => Ok(None),
            }
        };
        let (result, refusal) = match super::answer(tried.await) {
            Ok(result) => (result, None),
            Err(error) => (None, Some(error)),
        };
        Ok(TrialPageData { models: backend.models().await?, plans, result, refusal })
    };
    super::answer(load.await)
}

/// Sets a cap from the page of all caps; one of the same user, window and model is replaced.
#[server(name = PutCapForm, prefix = "/ui", endpoint = "put_cap")]
pub async fn put_cap(
    #[server(default)] user_id: String,
    #[server(default)] window: String,
    #[server(default)] model: String,
    #[server(default)] limit: String,
    #[server(default)] effect: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::{Proposal, SpendCap};
    use leptos::server_fn::ServerFn;
    let set = async {
        let staff = super::require(Role::may_manage).await?;
        let cap = SpendCap {
            user_id: parse::needed("user_id", &user_id)?,
            cap_type: parse::cap_type(&window)?,
            model: parse::optional("model", &model)?,
            limit: parse::limit("limit", &limit)?,
            action: parse::cap_action(&effect)?,
        };
        let SpendCap { user_id, cap_type, model, .. } = cap.clone();
        let proposal = Proposal::Cap { user_id, cap_type, model, to: Some(cap), from: None };
        let why = "A cap raised on the page of all caps.";
        super::backend()?.propose(&super::actor(&staff), staff.role, proposal, why, None).await
    };
    let form = Form::new("/caps#set", PutCapForm::PATH)
        .typed("user_id", &user_id)
        .typed("window", &window)
        .typed("model", &model)
        .typed("limit", &limit)
        .typed("effect", &effect);
    let user = user_id.trim();
    let saved = crate::link::with_query("/caps", [("q", user), ("saved", "cap"), ("whose", user)]);
    form.finish(set.await, |done| super::form::proposed(done, &saved)).map(drop)
}

/// Takes a cap away from the page of all caps, which is shown again as it was filtered.
#[server(name = DropCapForm, prefix = "/ui", endpoint = "drop_cap")]
pub async fn drop_cap(
    user_id: String,
    #[server(default)] window: String,
    #[server(default)] model: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::Proposal;
    use leptos::server_fn::ServerFn;
    let gone = async {
        let staff = super::require(Role::may_manage).await?;
        let (window, model) = (parse::cap_type(&window)?, parse::optional("model", &model)?);
        let proposal = Proposal::Cap { user_id: user_id.clone(), cap_type: window, model, to: None, from: None };
        let (by, backend) = (super::actor(&staff), super::backend()?);
        backend.propose(&by, staff.role, proposal, "The cap is to be taken away.", None).await
    };
    let back = crate::link::local(&back);
    let page = if back.starts_with("/caps") { back } else { "/caps" };
    let form = Form::new(page, DropCapForm::PATH);
    let saved = crate::link::with_query(page, [("saved", "gone"), ("whose", user_id.as_str())]);
    form.finish(gone.await, |done| super::form::proposed(done, &saved)).map(drop)
}
