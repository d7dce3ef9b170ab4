//! Plans: listed, shown, edited into a draft of the prices they belong to.

use crate::{
    error::AppError,
    model::{FeatureField, PlanDetail, PlanForm, PlanList, PricingDraft, RateField, Role},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The form of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanEditorData {
    /// The version that the plan is edited in.
    pub base: i64,
    /// The draft that the form was kept in.
    pub draft: Option<PricingDraft>,
    pub form: PlanForm,
    /// What is wrong, by the path in the configuration.
    pub faults: Vec<crate::model::ConfigError>,
    /// Members of the plan at this moment.
    pub members: i64,
    /// Models of the base, to choose from.
    pub models: Vec<String>,
}

#[server(prefix = "/ui", endpoint = "plans")]
pub async fn load_plans() -> Result<(PlanList, Role), AppError> {
    let load = async {
        let role = super::require(Role::may_report).await?.role;
        Ok((super::backend()?.plans().await?, role))
    };
    super::answer(load.await)
}

#[server(prefix = "/ui", endpoint = "plan_page")]
pub async fn load_plan(key: String, cursor: Option<String>) -> Result<(PlanDetail, Role), AppError> {
    let load = async {
        let role = super::require(Role::may_report).await?.role;
        Ok((super::backend()?.plan_detail(&key, cursor.as_deref(), 50).await?, role))
    };
    super::answer(load.await)
}

/// The form of a plan: of the active version, or as a draft keeps it, where a removed plan is as its base has it. An empty
/// key is a new plan.
#[server(prefix = "/ui", endpoint = "plan_editor")]
pub async fn load_plan_editor(key: String, draft: String) -> Result<PlanEditorData, AppError> {
    use crate::{error::Code, pricing};
    let load = async {
        super::require(Role::may_manage).await?;
        let backend = super::backend()?;
        let draft =
            if draft.is_empty() { None } else { Some(backend.draft(super::parse::draft_id(&draft)?).await?.draft) };
        let base = match draft.as_ref().and_then(|draft| draft.base) {
            Some(base) => backend.version(base).await?,
            None => backend.active_version().await?,
        };
        let kept = draft.as_ref().and_then(|draft| draft.plan_form.clone());
        let form = match (kept, base.config.plans.get(&key)) {
            (Some(form), _) => form,
            (None, Some(plan)) => pricing::plan_form(&key, plan),
            (None, None) if key.is_empty() => PlanForm { fresh: true, ..PlanForm::default() },
            (None, None) => {
                let message = format!("The active pricing version has no plan {key:?}.");
                return Err(AppError::new(Code::PlanNotFound, message));
            }
        };
        let mut faults = Vec::new();
        if draft.is_some() {
            let (config, of_form) = pricing::apply_plan_form(&base.config, &form);
            faults = of_form;
            faults.extend(pricing::read_config(&config).err().unwrap_or_default());
            // The id is the key where it is left empty: of both, the key is at fault.
            let no_key = form.key.is_empty() && form.id.trim().is_empty();
            faults.retain(|fault| !(no_key && fault.path == "plans..id"));
        }
        let members = match backend.plans().await?.plans.into_iter().find(|row| row.key == form.key) {
            Some(row) => row.members,
            None => 0,
        };
        let models = base.config.models.into_keys().collect();
        Ok(PlanEditorData { base: base.version, draft, form, faults, members, models })
    };
    super::answer(load.await)
}

/// Keeps a plan as it is typed, as a draft of the version it belongs to; without faults it leads on to the review.
#[server(name = SavePlanForm, prefix = "/ui", endpoint = "save_plan")]
pub async fn save_plan(plan: PlanPost) -> Result<(), AppError> {
    use super::form::Form;
    use crate::{
        link,
        model::{Meanwhile, SaveDraft},
        pricing,
    };
    use leptos::server_fn::ServerFn;
    let PlanPost { draft, revision, base, go, form } = plan;
    let rows = go == "rows";
    // More rows are a matter of the form alone: a plan that is taken out stays so.
    let form = PlanForm { key: form.key.trim().to_owned(), removed: go == "remove" || (rows && form.removed), ..form };
    let save = async {
        let staff = super::require(Role::may_manage).await?;
        let backend = super::backend()?;
        let base_config = backend.version(base).await?.config;
        let (config, faults) = pricing::apply_plan_form(&base_config, &form);
        let good = faults.is_empty() && pricing::read_config(&config).is_ok();
        let id = if draft.is_empty() { None } else { Some(super::parse::draft_id(&draft)?) };
        let (label, plan_form, base) = (Some(label_of(&form)), Some(form.clone()), Some(base));
        // The form shows the plan of its base, and whoever fills it in has seen that.
        let save = SaveDraft { id, revision, base, seen_active: base, label, content: String::new(), plan_form };
        Ok((backend.save_draft(&super::actor(&staff), save).await?, good))
    };
    let page = if form.fresh { "/plans/new".to_owned() } else { format!("{}/edit", link::plan(&form.key)) };
    let fields = Form::new(page, SavePlanForm::PATH)
        .typed("key", &form.key)
        .typed("name", &form.name)
        .typed("free_allowance", &form.free_allowance);
    fields
        .finish(save.await, |(saved, good)| {
            let copied = ("copied", saved.copied.map_or("", Meanwhile::as_str));
            if *good && !rows {
                return link::with_query(&format!("/pricing/drafts/{}/review", saved.id), [copied]);
            }
            let at = if rows { "#features" } else { "#faults" };
            let page = link::plan_editor(&form, saved.id) + at;
            link::with_query(&page, [copied, ("rows", if rows { "1" } else { "" })])
        })
        .map(drop)
}

/// What the draft of a plan's form is called.
#[cfg(feature = "ssr")]
fn label_of(form: &PlanForm) -> String {
    match (form.key.as_str(), form.removed, form.fresh) {
        ("", ..) => "New plan without a key".to_owned(),
        (key, true, _) => format!("Plan {key} removed"),
        (key, _, true) => format!("Plan {key} new"),
        (key, ..) => format!("Plan {key} changed"),
    }
}

/// The form of a plan as it is posted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanPost {
    pub draft: String,
    pub revision: i64,
    pub base: i64,
    /// `review`, `rows` for more empty rows, or `remove`.
    pub go: String,
    pub form: PlanForm,
}

/// Empty rows at the end of a list.
pub fn with_room(form: &PlanForm, more: bool) -> (Vec<FeatureField>, Vec<RateField>) {
    let room = if more { 4 } else { 1 };
    let (mut features, mut rates) = (form.features.clone(), form.rates.clone());
    features.retain(|row| !(row.name.is_empty() && row.value.is_empty()));
    rates.retain(|row| !(row.model.is_empty() && row.formula.is_empty()));
    features.extend((0..room).map(|_| FeatureField { kind: "text".to_owned(), ..FeatureField::default() }));
    rates.extend((0..room).map(|_| RateField::default()));
    (features, rates)
}
