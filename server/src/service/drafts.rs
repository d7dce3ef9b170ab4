//! Drafts of prices: kept as they are typed, checked, put on top of what others did, and made a version.

use super::{
    Desk,
    impacts::unknown_rates,
    pricing::{active_changed, invalid, published},
    validate,
};
use crate::store::{
    StoreError, Tx,
    audit::{self, Change},
    drafts, versions,
};
use app::backend::{Answer, Drafts as Port};
use app::error::{AppError, Code};
use app::model::{
    Actor, AuditAction, AuditSubject, DraftDetail, DraftRow, Meanwhile, PriceListChoice, PriceListView,
    PricingConfigData, PricingDraft, Published, SaveDraft, SavedDraft, Uuid,
};
use app::pricing::{apply_plan_form, canonical_json, merge, plan_form, read_config, read_config_text};
use async_trait::async_trait;
use serde_json::{Value, json};

/// Bytes of a draft: a form brings no more.
const MAX_CONTENT: usize = 1_500_000;

fn not_found() -> AppError {
    AppError::new(Code::NotFound, "There is no such draft: it may have been discarded.")
}

fn saved_meanwhile(draft: &PricingDraft) -> AppError {
    let by = &draft.updated_by;
    AppError::new(
        Code::EditConflict,
        format!("{by} saved this draft since the page was made. Nothing was changed: reload it, and decide again."),
    )
}

/// What the audit log is told of a draft that was taken away.
fn discarded(by: &Actor, draft: &PricingDraft) -> Change {
    let state = json!({
        "label": draft.label,
        "begun_from": draft.base,
        "revision": draft.revision,
        "created_by": draft.created_by,
        "saved_by": draft.updated_by,
    });
    Change::new(by, AuditAction::DraftDiscarded, AuditSubject::Pricing, draft.id.to_string()).from(state)
}

#[async_trait]
impl Port for Desk {
    async fn drafts(&self, limit: u32) -> Answer<Vec<DraftRow>> {
        let mut tx = self.db.snapshot().await?;
        Ok(drafts::open(&mut tx, limit).await?)
    }

    async fn draft(&self, id: Uuid) -> Answer<DraftDetail> {
        let mut tx = self.db.snapshot().await?;
        let draft = drafts::find(&mut tx, id, false).await?.ok_or_else(not_found)?;
        let active = versions::active(&mut tx).await?;
        let now_active = active.as_ref().map(|active| active.version);
        let seen = match draft.seen_active.filter(|seen| Some(*seen) != now_active) {
            Some(seen) => versions::by_number(&mut tx, seen).await?,
            None => None,
        };
        let (impacts, unknown_rates) = match (&active, read_config_text(&draft.content)) {
            (Some(active), Ok(config)) => {
                let impacts = self.impacts(&mut tx, &active.config, &config).await?;
                (impacts, unknown_rates(&mut tx, &active.config, &config).await?)
            }
            _ => (Vec::new(), Vec::new()),
        };
        Ok(DraftDetail { draft, active, seen, impacts, unknown_rates })
    }

    async fn save_draft(&self, by: &Actor, save: SaveDraft) -> Answer<SavedDraft> {
        let content = self.content_of(&save).await?;
        if content.len() > MAX_CONTENT {
            return Err(AppError::invalid("content", format!("must have at most {MAX_CONTENT} bytes")));
        }
        let label = save.label.as_deref().map(clean_label).filter(|label| !label.is_empty());
        let saved = self.retry(async || {
            let mut tx = self.db.begin().await?;
            let saved = self.put_draft(&mut tx, by, &save, &content, label.as_deref()).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(saved)
        });
        Ok(saved.await?)
    }

    async fn discard_draft(&self, by: &Actor, id: Uuid, revision: i64) -> Answer<()> {
        self.retry(async || self.discard_once(by, id, revision).await).await?
    }

    async fn rebase_draft(&self, by: &Actor, id: Uuid, revision: i64) -> Answer<Vec<String>> {
        let mut tx = self.db.begin().await?;
        let mut draft = drafts::find(&mut tx, id, true).await?.ok_or_else(not_found)?;
        if draft.revision != revision || draft.published.is_some() {
            return Err(saved_meanwhile(&draft));
        }
        let Some(active) = versions::active(&mut tx).await? else { return Err(active_changed(None)) };
        let base = match draft.base {
            Some(base) => versions::by_number(&mut tx, base).await?.map(|base| base.config),
            None => None,
        };
        let clashes = put_on_top(&mut draft, base.as_ref(), &active.config)?;
        draft.base = Some(active.version);
        draft.seen_active = Some(active.version);
        draft.revision += 1;
        draft.updated_by.clone_from(&by.name);
        draft.updated_at = Self::now(self);
        drafts::update(&mut tx, &draft).await?;
        tx.commit().await?;
        Ok(clashes)
    }

    async fn publish_draft(&self, by: &Actor, id: Uuid, revision: i64, active_was: Option<i64>) -> Answer<Published> {
        for _ in 1..super::writer::ATTEMPTS {
            match self.publish_once(by, id, revision, active_was).await {
                Err(Failed::Store(error)) if error.is_conflict() => {}
                Err(Failed::Store(error)) => return Err(error.into()),
                Err(Failed::Refused(error)) => return Err(error),
                Ok(published) => return Ok(published),
            }
        }
        Err(AppError::new(Code::Unavailable, "Others are publishing at this moment; try again."))
    }

    async fn add_price_list(&self, by: &Actor, text: &str) -> Answer<Uuid> {
        self.keep_price_list(by, text).await
    }

    async fn price_list(&self, id: Uuid, choice: &PriceListChoice, limit: usize) -> Answer<PriceListView> {
        self.show_price_list(id, choice, limit).await
    }

    async fn draft_from_price_list(&self, by: &Actor, id: Uuid, choice: &PriceListChoice) -> Answer<Uuid> {
        self.choose_from_list(by, id, choice).await
    }
}

/// Why a draft did not become a version.
enum Failed {
    Store(StoreError),
    Refused(AppError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<AppError> for Failed {
    fn from(error: AppError) -> Self {
        Self::Refused(error)
    }
}

impl Desk {
    /// What was typed; of the form of a plan, the configuration that it makes of its base.
    async fn content_of(&self, save: &SaveDraft) -> Answer<String> {
        let Some(form) = &save.plan_form else { return Ok(save.content.clone()) };
        let Some(base) = save.base else {
            return Err(AppError::new(Code::PricingNotLoaded, "Publish a first price list before its plans."));
        };
        // A key that was left empty is a fault of the form, and kept with it.
        if !form.key.is_empty() {
            validate::id("key", &form.key)?;
        }
        let base = app::backend::Pricing::version(self, base).await?;
        Ok(pretty(&apply_plan_form(&base.config, form).0))
    }

    async fn put_draft(
        &self,
        tx: &mut Tx,
        by: &Actor,
        save: &SaveDraft,
        content: &str,
        label: Option<&str>,
    ) -> Result<SavedDraft, StoreError> {
        let now = Self::now(self);
        let old = match save.id {
            Some(id) => drafts::find(tx, id, true).await?,
            None => None,
        };
        let copied = match &old {
            None => save.id.map(|_| Meanwhile::Discarded),
            Some(old) if old.published.is_some() => Some(Meanwhile::Published),
            Some(old) => (old.revision != save.revision).then_some(Meanwhile::Saved),
        };
        if let Some(mut draft) = old.filter(|_| copied.is_none()) {
            content.clone_into(&mut draft.content);
            draft.label = label.map(str::to_owned);
            draft.plan_form.clone_from(&save.plan_form);
            draft.revision += 1;
            draft.updated_by.clone_from(&by.name);
            draft.updated_at = now;
            drafts::update(tx, &draft).await?;
            return Ok(SavedDraft { id: draft.id, copied });
        }
        let draft = PricingDraft {
            id: self.new_id(),
            base: versions::known(tx, save.base).await?,
            // What is active by now may be news to its author.
            seen_active: versions::known(tx, save.seen_active).await?,
            label: label.map(str::to_owned),
            content: content.to_owned(),
            plan_form: save.plan_form.clone(),
            revision: 1,
            published: None,
            created_by: by.name.clone(),
            updated_by: by.name.clone(),
            created_at: now,
            updated_at: now,
        };
        drafts::insert(tx, &draft).await?;
        Ok(SavedDraft { id: draft.id, copied })
    }

    /// Takes a draft away at the revision that its page showed. A refusal is within: a try that failed is made again.
    async fn discard_once(&self, by: &Actor, id: Uuid, revision: i64) -> Result<Answer<()>, StoreError> {
        let mut tx = self.db.begin().await?;
        let Some(draft) = drafts::find(&mut tx, id, true).await?.filter(|draft| draft.published.is_none()) else {
            return Ok(Err(not_found()));
        };
        if draft.revision != revision {
            return Ok(Err(saved_meanwhile(&draft)));
        }
        drafts::delete(&mut tx, id).await?;
        audit::record(&mut tx, discarded(by, &draft), Self::now(self)).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    async fn publish_once(
        &self,
        by: &Actor,
        id: Uuid,
        revision: i64,
        active_was: Option<i64>,
    ) -> Result<Published, Failed> {
        let mut tx = self.db.begin().await?;
        let mut draft = drafts::find(&mut tx, id, true).await?.ok_or_else(not_found)?;
        let active = versions::active_number(&mut tx).await?;
        if let Some(version) = draft.published {
            // Pressed twice: the first has done it.
            let version = versions::by_number(&mut tx, version).await?.ok_or_else(not_found)?;
            return Ok(Published { active: active == Some(version.version), version, created: false });
        }
        if draft.revision != revision {
            return Err(saved_meanwhile(&draft).into());
        }
        if active != active_was {
            return Err(active_changed(active).into());
        }
        let config = read_config_text(&draft.content).map_err(invalid)?;
        if let Some(form) = &draft.plan_form {
            self.check_form(&mut tx, &draft, form).await?;
        }
        let (version, created) = self.put_version(&mut tx, by, &config, draft.label.as_deref()).await?;
        draft.published = Some(version.version);
        draft.updated_at = Self::now(self);
        drafts::update(&mut tx, &draft).await?;
        if created {
            audit::record(&mut tx, published(by, &version), Self::now(self)).await?;
        }
        tx.commit().await?;
        Ok(Published { active: active == Some(version.version), version, created })
    }

    /// What only the form of a plan can get wrong is not in its configuration.
    async fn check_form(&self, tx: &mut Tx, draft: &PricingDraft, form: &app::model::PlanForm) -> Result<(), Failed> {
        let Some(base) = draft.base else { return Ok(()) };
        let Some(base) = versions::by_number(tx, base).await? else { return Ok(()) };
        let faults = apply_plan_form(&base.config, form).1;
        if faults.is_empty() { Ok(()) } else { Err(invalid(faults).into()) }
    }
}

/// Puts the changes of a draft on top of `active`, and gives the paths that both changed.
fn put_on_top(
    draft: &mut PricingDraft,
    base: Option<&PricingConfigData>,
    active: &PricingConfigData,
) -> Answer<Vec<String>> {
    let form_faults = match (&draft.plan_form, base) {
        (Some(form), Some(base)) => !apply_plan_form(base, form).1.is_empty(),
        _ => false,
    };
    let mine = match read_config_text(&draft.content) {
        Ok(mine) if !form_faults => mine,
        read => {
            // The form of a plan is put on top as it is typed, with its faults.
            let Some(form) = &draft.plan_form else { return Err(invalid(read.err().unwrap_or_default())) };
            draft.content = pretty(&apply_plan_form(active, form).0);
            return Ok(Vec::new());
        }
    };
    let value = |config: &PricingConfigData| serde_json::from_str::<Value>(&canonical_json(config)).unwrap_or_default();
    let (merged, clashes) = merge(&base.map(value).unwrap_or_default(), &value(&mine), &value(active));
    let config = read_config(&merged).map_err(invalid)?;
    draft.content = pretty(&value(&config));
    if let Some(form) = draft.plan_form.as_mut().filter(|form| !form.removed) {
        match config.plans.get(&form.key) {
            Some(plan) => {
                let fresh = !active.plans.contains_key(&form.key);
                *form = app::model::PlanForm { fresh, ..plan_form(&form.key, plan) };
            }
            None => form.removed = true,
        }
    }
    Ok(clashes)
}

/// One line of at most 255 characters. A form holds no more; what a label lacks must not cost somebody the text of a draft.
fn clean_label(label: &str) -> String {
    label.trim().chars().filter(|c| !c.is_control()).take(255).collect()
}

/// JSON as people edit it.
pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).map_or_else(|_| value.to_string(), |text| text + "\n")
}
