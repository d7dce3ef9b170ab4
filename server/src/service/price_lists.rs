//! The community price list in the browser: kept for a while, looked through, and made a draft of.

use super::{Desk, drafts::pretty};
use crate::clock::from_micros;
use crate::import::prices::{
    choose::{Wanted, matches},
    config::{empty_config, price_models},
    formula::formula,
    list::{PriceList, read_decimal, read_list},
};
use crate::store::{drafts, versions};
use app::backend::{Answer, Drafts as _};
use app::error::{AppError, Code};
use app::model::{Actor, ListedModel, PriceListChoice, PriceListView, PricingConfigResult, SaveDraft, Uuid};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Bytes of a price list.
const MAX_LIST: usize = 16 * 1024 * 1024;

impl Desk {
    pub(super) async fn keep_price_list(&self, by: &Actor, text: &str) -> Answer<Uuid> {
        if text.trim().is_empty() {
            return Err(AppError::invalid("list", "is missing: choose a file, or paste its text"));
        }
        if text.len() > MAX_LIST {
            return Err(AppError::invalid("list", format!("must have at most {} MiB", MAX_LIST >> 20)));
        }
        read_list(text).map_err(|rule| AppError::invalid("list", rule))?;
        let id = self.new_id();
        let mut tx = self.db.begin().await?;
        drafts::add_price_list(&mut tx, id, text, &by.name, Self::now(self)).await?;
        tx.commit().await?;
        Ok(id)
    }

    pub(super) async fn show_price_list(
        &self,
        id: Uuid,
        choice: &PriceListChoice,
        limit: usize,
    ) -> Answer<PriceListView> {
        let rate = read_rate(&choice.credits_per_usd)?;
        let (list, stored, active) = self.open_list(id).await?;
        let providers: BTreeSet<&str> = list.values().map(|model| model.provider.as_str()).collect();
        let providers = providers.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let mut fits = list.iter().filter(|(name, model)| {
            (choice.pattern.is_empty() || matches(&as_glob(&choice.pattern), name))
                && (choice.provider.is_empty() || model.provider.eq_ignore_ascii_case(&choice.provider))
        });
        let shown: Vec<ListedModel> = fits
            .by_ref()
            .take(limit)
            .map(|(name, model)| ListedModel {
                name: name.clone(),
                provider: model.provider.clone(),
                formula: formula(model, rate),
                long_context: model.has_long_context,
                now: active.as_ref().and_then(|active| active.config.models.get(name).cloned()),
            })
            .collect();
        let matching = shown.len() + fits.count();
        Ok(PriceListView {
            id,
            created_by: stored.created_by,
            created_at: from_micros(stored.created_at),
            total: list.len(),
            matching,
            models: shown,
            providers,
        })
    }

    pub(super) async fn choose_from_list(&self, by: &Actor, id: Uuid, choice: &PriceListChoice) -> Answer<Uuid> {
        let rate = read_rate(&choice.credits_per_usd)?;
        if choice.models.is_empty() && choice.pattern.is_empty() && choice.provider.is_empty() {
            return Err(AppError::invalid("models", "are missing: choose at least one model"));
        }
        let (list, _, active) = self.open_list(id).await?;
        let glob = as_glob(&choice.pattern);
        let all = choice.models.is_empty();
        let wanted = Wanted {
            models: &choice.models,
            pattern: Some(glob.as_str()).filter(|_| all && !choice.pattern.is_empty()),
            provider: Some(choice.provider.as_str()).filter(|text| all && !text.is_empty()),
        };
        let priced =
            price_models(&list, &wanted, rate).map_err(|faults| AppError::invalid("models", faults.join("; ")))?;
        let base = active.as_ref().map(|active| active.version);
        let mut config = active.map_or_else(empty_config, |active| active.config);
        if choice.replace {
            config.models.clear();
        }
        let count = priced.formulas.len();
        config.models.extend(priced.formulas);
        let content = pretty(&serde_json::to_value(&config).unwrap_or_default());
        let models = if count == 1 { "1 model".to_owned() } else { format!("{count} models") };
        let label = Some(format!("{models} from the price list, {rate} credits per USD"));
        let saved =
            self.save_draft(by, SaveDraft { base, seen_active: base, label, content, ..SaveDraft::default() }).await?;
        Ok(saved.id)
    }

    async fn open_list(&self, id: Uuid) -> Answer<(PriceList, drafts::StoredList, Option<PricingConfigResult>)> {
        let mut tx = self.db.snapshot().await?;
        let stored = drafts::price_list(&mut tx, id)
            .await?
            .ok_or_else(|| AppError::new(Code::NotFound, "This price list is no longer kept: give it again."))?;
        let active = versions::active(&mut tx).await?;
        let list = read_list(&stored.content).map_err(|rule| AppError::invalid("list", rule))?;
        Ok((list, stored, active))
    }
}

/// What is typed without a star is looked for anywhere in a name.
fn as_glob(pattern: &str) -> String {
    if pattern.contains(['*', '?']) { pattern.to_owned() } else { format!("*{pattern}*") }
}

fn read_rate(text: &str) -> Answer<Decimal> {
    let text = if text.trim().is_empty() { "100" } else { text.trim() };
    read_decimal(text)
        .filter(|rate| rate.is_sign_positive() && !rate.is_zero())
        .ok_or_else(|| AppError::invalid("credits_per_usd", "must be a number above 0, such as 100 or 120.5"))
}
