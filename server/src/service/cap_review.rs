//! All caps at a glance, and a cap tried on the past.

use super::{Desk, caps, paging, validate};
use crate::ledger::{
    AccountKey, Charged,
    trial::{Terms, Trial},
    window_start,
};
use crate::store::{Tx, cap_review, spend_then, text::Place, transactions, users, versions};
use app::backend::{Answer, CapReview};
use app::error::{AppError, Code};
use app::model::{
    CapList, CapQuery, CapRow, CapScope, CapSort, CapTrial, CapTrialResult, CapTrialUser, CapType, Credits, ListQuery,
    Page, SpendThen, Timestamp, Uuid,
};
use async_trait::async_trait;
use jiff::ToSpan;
use std::collections::HashMap;

/// The furthest back that a cap is tried.
const MAX_DAYS: u32 = 90;
/// Charges read at a time.
const CHUNK: i64 = 20_000;

#[async_trait]
impl CapReview for Desk {
    async fn cap_list(&self, query: CapQuery) -> Answer<CapList> {
        let ListQuery { search, sort, cursor, limit, .. } = &query.list;
        let limit = paging::limit(*limit)?;
        let after = paging::read_place(cursor.as_deref(), *sort, *sort == CapSort::User)?;
        let words = paging::words(search);
        let mut tx = self.db.snapshot().await?;
        let found = cap_review::list(&mut tx, &query, &words, after, Self::now(self)).await?;
        let place = |(place, _): &(Place, CapRow)| paging::write_place(*sort, place);
        let Page { items, next } = paging::page(found.rows, limit, place, |(_, row)| row);
        Ok(CapList { items, next, all: found.all, reached: found.reached, close: found.close })
    }

    async fn try_cap(&self, trial: CapTrial) -> Answer<CapTrialResult> {
        let CapTrial { scope, cap_type, model, limit, action, days, named } = trial;
        if !(1..=MAX_DAYS).contains(&days) {
            return Err(AppError::invalid("days", format!("must be between 1 and {MAX_DAYS}")));
        }
        if limit.is_negative() {
            return Err(AppError::invalid_amount("limit", "must not be negative"));
        }
        if let Some(model) = &model {
            validate::id("model", model)?;
        }
        let end = Self::now(self);
        let start = end
            .checked_sub((24 * i64::from(days)).hours())
            .map_err(|_| AppError::invalid("days", "reach back too far"))?;
        let mut tx = self.db.snapshot().await?;
        check_scope(&mut tx, &scope).await?;
        let mut trial = Trial::new(Terms { cap_type, model, limit, action, from: start });
        let span = (trial.start(), end);
        let mut after = None;
        loop {
            let chunk = cap_review::past(&mut tx, &scope, span, after, CHUNK).await?;
            for past in &chunk {
                trial.take(&past.event());
            }
            match chunk.last() {
                Some(last) if chunk.len() >= usize::try_from(CHUNK).unwrap_or(usize::MAX) => after = Some(last.place()),
                _ => break,
            }
        }
        told(&mut tx, trial, (start, end), named).await
    }

    async fn spend_then(&self, charge: Uuid) -> Answer<Option<Vec<SpendThen>>> {
        let mut tx = self.db.snapshot().await?;
        let Some(Charged { entry, .. }) = transactions::find(&mut tx, charge).await? else { return Ok(None) };
        if !entry.kind.is_charge() {
            return Ok(None);
        }
        let user = entry.user();
        let Some(account) = users::find(&mut tx, &user).await? else { return Ok(None) };
        let Some(spent) = spend_then::before(&mut tx, account.id, &entry).await? else { return Ok(None) };
        let caps = self.peek(&mut tx, &user, Self::now(self)).await?.books.account(&user).caps;
        let caps: Vec<_> = caps.iter().map(|cap| caps::status(&user.id, cap, entry.occurred_at).cap).collect();
        let whole = [CapType::Daily, CapType::Monthly].map(|cap_type| (cap_type, None));
        let of_model = caps.iter().filter(|cap| cap.model.is_some() && cap.model == entry.model);
        let of_model = of_model.map(|cap| (cap.cap_type, cap.model.clone()));
        let row = |(cap_type, model): (CapType, Option<String>)| {
            let before = spent.of(cap_type, model.as_deref());
            SpendThen {
                window_start: window_start(cap_type, entry.occurred_at),
                before,
                after: Credits::from_micros(before.micros().saturating_sub(entry.amount.micros())),
                cap: caps.iter().find(|cap| cap.cap_type == cap_type && cap.model == model).cloned(),
                cap_type,
                model,
            }
        };
        Ok(Some(whole.into_iter().chain(of_model).map(row).collect()))
    }
}

/// Someone or a plan that nothing has named is refused, rather than found to have met nothing.
async fn check_scope(tx: &mut Tx, scope: &CapScope) -> Answer<()> {
    match scope {
        CapScope::Everyone => Ok(()),
        CapScope::User(user) => {
            validate::id("user", user)?;
            match users::find(tx, &AccountKey::user(user.as_str())).await? {
                Some(_) => Ok(()),
                None => Err(AppError::invalid("user", "has no account: nothing has named this id yet")),
            }
        }
        CapScope::Plan(plan) => {
            validate::id("plan", plan)?;
            let active = versions::active(tx).await?;
            if active.is_some_and(|active| active.config.plans.contains_key(plan.as_str())) {
                return Ok(());
            }
            let message = format!("The active pricing version has no plan {plan:?}.");
            Err(AppError { field: Some("plan".to_owned()), ..AppError::new(Code::PlanNotFound, message) })
        }
    }
}

async fn told(tx: &mut Tx, trial: Trial, (start, end): (Timestamp, Timestamp), named: usize) -> Answer<CapTrialResult> {
    let (charges, spend) = (trial.charges, trial.spend);
    let (users, met) = trial.finish();
    let worst: Vec<i64> = met.iter().take(named).map(|(user, _)| *user).collect();
    let known: HashMap<i64, (String, Option<String>)> =
        users::names(tx, &worst).await?.into_iter().map(|(number, id, name)| (number, (id, name))).collect();
    let worst_of = |(user, met): &(i64, crate::ledger::trial::Met)| {
        let (user_id, name) = known.get(user)?.clone();
        Some(CapTrialUser { user_id, name, count: met.count, credits: met.credits, first: met.first? })
    };
    Ok(CapTrialResult {
        start,
        end,
        charges,
        spend,
        count: met.iter().map(|(_, met)| met.count).sum(),
        credits: met.iter().map(|(_, met)| met.credits).sum::<Credits>(),
        first: met.iter().filter_map(|(_, met)| met.first).min(),
        users,
        users_met: i64::try_from(met.len()).unwrap_or(i64::MAX),
        worst: met.iter().take(named).filter_map(worst_of).collect(),
    })
}
