//! Drafts of prices: kept as they are typed, checked, put on top of what others did, and made a version.

use super::{
    Desk,
    pricing::{active_changed, invalid, published},
    validate,
};
use crate::ledger::month_start;
use crate::store::{StoreError, Tx, audit, drafts, plans, versions};
use app::backend::{Answer, Drafts as Port};
use app::error::{AppError, Code};
use app::model::{
    Actor, Credits, DraftDetail, DraftRow, PlanChange, PlanImpact, PriceListChoice, PriceListView, PricingConfigData,
    PricingDraft, Published, SaveDraft, SavedDraft, Uuid,
};
use app::pricing::{apply_plan_form, canonical_json, merge, plan_form, read_config, read_config_text};
use async_trait::async_trait;
use serde_json::Value;
use std::collections::BTreeSet;

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

#[async_trait]
impl Port for Desk {
    async fn drafts(&self) -> Answer<Vec<DraftRow>> {
        let mut tx = self.db.snapshot().await?;
        Ok(drafts::open(&mut tx).await?)
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
        let impacts = match (&active, read_config_text(&draft.content)) {
            (Some(active), Ok(config)) => self.impacts(&mut tx, &active.config, &config).await?,
            _ => Vec::new(),
        };
        Ok(DraftDetail { draft, active, seen, impacts })
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

    async fn discard_draft(&self, _by: &Actor, id: Uuid) -> Answer<()> {
        let mut tx = self.db.begin().await?;
        if !drafts::delete(&mut tx, id).await? {
            return Err(not_found());
        }
        Ok(tx.commit().await?)
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

    async fn price_list(&self, id: Uuid, choice: &PriceListChoice) -> Answer<PriceListView> {
        self.show_price_list(id, choice).await
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
        validate::id("key", &form.key)?;
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
        let known = old.filter(|old| old.revision == save.revision && old.published.is_none());
        if let Some(mut draft) = known {
            content.clone_into(&mut draft.content);
            draft.label = label.map(str::to_owned);
            draft.plan_form.clone_from(&save.plan_form);
            draft.revision += 1;
            draft.updated_by.clone_from(&by.name);
            draft.updated_at = now;
            drafts::update(tx, &draft).await?;
            return Ok(SavedDraft { id: draft.id, copied: false });
        }
        let active = versions::active_number(tx).await?;
        let base = match save.base {
            Some(base) => versions::by_number(tx, base).await?.map(|base| base.version),
            None => None,
        };
        let draft = PricingDraft {
            id: self.new_id(),
            base,
            // A plan is edited as the active version had it when its page was made.
            seen_active: if save.plan_form.is_some() { base } else { active },
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
        Ok(SavedDraft { id: draft.id, copied: save.id.is_some() })
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

    /// Whom the plans of `new` touch, compared with `old`.
    pub(super) async fn impacts(
        &self,
        tx: &mut Tx,
        old: &PricingConfigData,
        new: &PricingConfigData,
    ) -> Result<Vec<PlanImpact>, StoreError> {
        let month = month_start(Self::now(self));
        let keys: BTreeSet<&String> = old.plans.keys().chain(new.plans.keys()).collect();
        let mut impacts = Vec::new();
        for key in keys {
            let (before, after) = (old.plans.get(key), new.plans.get(key));
            let change = match (before, after) {
                (None, Some(_)) => PlanChange::Added,
                (Some(_), None) => PlanChange::Removed,
                (Some(before), Some(after)) if before != after => PlanChange::Changed,
                _ => continue,
            };
            let allowance =
                |plan: Option<&app::model::PlanDefinition>| plan.map_or(Credits::ZERO, |plan| plan.free_allowance);
            let (allowance_before, allowance_after) = (allowance(before), allowance(after));
            let (members, used_up) = plans::touched(tx, key, month, allowance_before, allowance_after).await?;
            let name = after.or(before).map(|plan| plan.name.clone()).unwrap_or_default();
            impacts.push(PlanImpact {
                key: key.clone(),
                name,
                change,
                members,
                allowance_before,
                allowance_after,
                used_up,
            });
        }
        Ok(impacts)
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
