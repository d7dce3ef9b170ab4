//! All caps: listed, and tried on the past. They are set and removed by `limits`.

use super::ListFilter;
use crate::{
    error::AppError,
    model::{CapList, CapTrialResult, Role},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The filter of the caps page, as the URL says it; empty is "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CapFilter {
    pub window: String,
    pub effect: String,
    pub model: String,
    pub state: String,
    pub list: ListFilter,
}

impl CapFilter {
    /// The words of the address, which the page and its file share.
    pub fn read(word: impl Fn(&str) -> String) -> Self {
        let [window, effect, model, state] = ["type", "action", "of", "state"].map(&word);
        Self { window, effect, model, state, list: ListFilter::read(word) }
    }

    /// All but the cursor, as an address says it.
    pub fn pairs(&self) -> [(&'static str, &str); 8] {
        let [q, sort, order, size] = self.list.pairs();
        [
            q,
            ("type", &self.window),
            ("action", &self.effect),
            ("of", &self.model),
            ("state", &self.state),
            sort,
            order,
            size,
        ]
    }

    /// True when it lets everything through.
    pub fn is_empty(&self) -> bool {
        [&self.list.q, &self.window, &self.effect, &self.model, &self.state].into_iter().all(String::is_empty)
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

impl TrialForm {
    pub const NAMES: [&str; 8] = ["who", "user", "plan", "window", "model", "limit", "effect", "days"];

    /// The words of the address, which the page and its file share.
    pub fn read(word: impl Fn(&str) -> String) -> Self {
        let [who, user, plan, window, model, limit, effect, days] = Self::NAMES.map(word);
        Self { who, user, plan, window, model, limit, effect, days }
    }

    /// As an address says it.
    pub fn pairs(&self) -> [(&'static str, &str); 8] {
        let Self { who, user, plan, window, model, limit, effect, days } = self;
        let words = [who, user, plan, window, model, limit, effect, days];
        std::array::from_fn(|at| (Self::NAMES[at], words[at].as_str()))
    }

    /// Whether this person may have whom it meets as a file: what is of one user is for everybody.
    pub fn may_export(&self, role: Role) -> bool {
        role.may_report() || self.who == "user"
    }

    /// The cap to try; none while nothing is asked.
    #[cfg(feature = "ssr")]
    pub fn trial(&self) -> Result<Option<crate::model::CapTrial>, AppError> {
        super::parse::cap_trial(self)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialPageData {
    pub models: Vec<String>,
    /// Id and name of the plans of the active version.
    pub plans: Vec<(String, String)>,
    pub result: Option<CapTrialResult>,
    /// Why there is none, for the form to show.
    pub refusal: Option<AppError>,
    /// Whether all whom it meets may be had as a file.
    pub may_export: bool,
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
        let role = super::require_anyone().await?.role;
        let backend = super::backend()?;
        let plans = super::users::plans_of(&backend).await?;
        let tried = async {
            match form.trial()? {
                Some(trial) => backend.try_cap(trial).await.map(Some),
                None => Ok(None),
            }
        };
        let (result, refusal) = match super::answer(tried.await) {
            Ok(result) => (result, None),
            Err(error) => (None, Some(error)),
        };
        let (models, may_export) = (backend.models().await?, form.may_export(role));
        Ok(TrialPageData { models, plans, result, refusal, may_export })
    };
    super::answer(load.await)
}
