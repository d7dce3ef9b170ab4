//! Drafts of prices: begun, kept, reviewed, published.

use crate::{
    error::AppError,
    model::{DraftDetail, PricingConfigResult, Role, Uuid},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The editor of something new.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditorData {
    /// What it begins from; nothing while there is no version.
    pub base: Option<PricingConfigResult>,
    /// The same as text.
    pub text: String,
    pub active: Option<PricingConfigResult>,
}

/// Drafts in a list.
#[cfg(feature = "ssr")]
pub(super) const DRAFTS: u32 = 50;

/// The text that a first price list begins with.
#[cfg(feature = "ssr")]
const FIRST: &str = r#"{
  "version": 1,
  "models": {
    "gpt-4o": "input_tokens * 0.00025 + output_tokens * 0.001",
    "_default": "(input_tokens + output_tokens) * 0.001"
  },
  "tools": {
    "_default": "tool_calls * 0"
  },
  "fixed": {},
  "min_balance": 5,
  "plans": {}
}
"#;

/// A version to begin a draft from: `from`, or the active one.
#[server(prefix = "/ui", endpoint = "new_draft")]
pub async fn load_editor(from: String) -> Result<EditorData, AppError> {
    let load = async {
        super::require(Role::may_manage).await?;
        let backend = super::backend()?;
        let active = backend.versions().await?.into_iter().find(|item| item.active).map(|item| item.version);
        let active = match active {
            Some(version) => Some(backend.version(version).await?),
            None => None,
        };
        let base =
            if from.is_empty() { active.clone() } else { Some(backend.version(super::parse::version(&from)?).await?) };
        let text = match &base {
            Some(base) => backend.version_text(base.version, false).await?,
            None => FIRST.to_owned(),
        };
        Ok(EditorData { base, text, active })
    };
    super::answer(load.await)
}

/// A draft with what it is compared with. Whoever may read reports may read drafts.
#[server(prefix = "/ui", endpoint = "draft")]
pub async fn load_draft(id: String) -> Result<(DraftDetail, Role), AppError> {
    let load = async {
        let role = super::require(Role::may_report).await?.role;
        Ok((super::backend()?.draft(super::parse::draft_id(&id)?).await?, role))
    };
    super::answer(load.await)
}

/// Where a draft was begun, as its editor brings it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Begun {
    /// The version that it was begun from.
    pub base: Option<i64>,
    /// The version that was active when the editor was made: another may be by the time of the save.
    pub seen_active: Option<i64>,
}

/// Keeps a draft as it is typed. `go` says where it leads: back to the editor, or on to the review.
#[server(name = SaveDraftForm, prefix = "/ui", endpoint = "save_draft")]
pub async fn save_draft(
    #[server(default)] id: String,
    #[server(default)] revision: i64,
    #[server(default)] begun: Begun,
    #[server(default)] label: String,
    #[server(default)] content: String,
    #[server(default)] go: String,
    #[server(default)] sample: BTreeMap<String, String>,
) -> Result<(), AppError> {
    use super::form::Form;
    use crate::{
        link,
        model::{Meanwhile, SaveDraft},
    };
    use leptos::server_fn::ServerFn;
    let save = async {
        let staff = super::require(Role::may_manage).await?;
        let id = if id.is_empty() { None } else { Some(super::parse::draft_id(&id)?) };
        // A browser's form has its line breaks as CR LF.
        let content = content.replace("\r\n", "\n");
        let Begun { base, seen_active } = begun;
        let save = SaveDraft { id, revision, base, seen_active, label: Some(label), content, plan_form: None };
        super::backend()?.save_draft(&super::actor(&staff), save).await
    };
    let page = if id.is_empty() { "/pricing/new".to_owned() } else { format!("/pricing/drafts/{id}") };
    let form = Form::new(page, SaveDraftForm::PATH);
    form.finish(save.await, |saved| {
        let mut pairs: Vec<(&str, &str)> = vec![("copied", saved.copied.map_or("", Meanwhile::as_str))];
        if go == "review" {
            return link::with_query(&format!("/pricing/drafts/{}/review", saved.id), pairs);
        }
        pairs.push(("saved", "1"));
        pairs.extend(sample.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        link::with_query(&format!("/pricing/drafts/{}", saved.id), pairs)
    })
    .map(drop)
}

/// Makes a version of a draft, which stays inactive until it is activated.
#[server(name = PublishDraftForm, prefix = "/ui", endpoint = "publish_draft")]
pub async fn publish_draft(id: Uuid, revision: i64, #[server(default)] active_was: String) -> Result<(), AppError> {
    use super::form::Form;
    use leptos::server_fn::ServerFn;
    let publish = async {
        let staff = super::require(Role::may_manage).await?;
        let active_was = super::parse::active_was(&active_was)?;
        super::backend()?.publish_draft(&super::actor(&staff), id, revision, active_was).await
    };
    let form = Form::new(format!("/pricing/drafts/{id}/review"), PublishDraftForm::PATH);
    form.finish(publish.await, |published| {
        let version = published.version.version;
        let done = if published.created { "published" } else { "same" };
        format!("/pricing/versions/{version}?done={done}&activate=1#activate")
    })
    .map(drop)
}

/// Puts a draft's changes on top of the active version.
#[server(name = RebaseDraftForm, prefix = "/ui", endpoint = "rebase_draft")]
pub async fn rebase_draft(id: Uuid, revision: i64) -> Result<(), AppError> {
    use super::form::Form;
    use crate::link;
    use leptos::server_fn::ServerFn;
    let rebase = async {
        let staff = super::require(Role::may_manage).await?;
        super::backend()?.rebase_draft(&super::actor(&staff), id, revision).await
    };
    let page = format!("/pricing/drafts/{id}/review");
    let form = Form::new(page.clone(), RebaseDraftForm::PATH);
    form.finish(rebase.await, |clashes| {
        // An address has its limits; the review shows every change anyway.
        let told = clashes.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
        link::with_query(&page, [("rebased", "1"), ("both", told.as_str())])
    })
    .map(drop)
}

/// Takes a draft away, as the page showed it.
#[server(name = DiscardDraftForm, prefix = "/ui", endpoint = "discard_draft")]
pub async fn discard_draft(id: Uuid, #[server(default)] revision: i64) -> Result<(), AppError> {
    use super::form::Form;
    use leptos::server_fn::ServerFn;
    let discard = async {
        let staff = super::require(Role::may_manage).await?;
        super::backend()?.discard_draft(&super::actor(&staff), id, revision).await
    };
    let form = Form::new(format!("/pricing/drafts/{id}/review"), DiscardDraftForm::PATH);
    form.finish(discard.await, |()| "/pricing?done=discarded".to_owned()).map(drop)
}
