//! Plans of the active version, and who has them.

use super::{Desk, paging, validate};
use crate::ledger::{day_start, month_start};
use crate::store::{plans, versions};
use app::backend::{Answer, Plans as Port};
use app::error::{AppError, Code};
use app::model::{PlanDefinition, PlanDetail, PlanList, PlanRow, Timestamp};
use async_trait::async_trait;
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// Days of spend beside a plan, today among them.
const SPEND_DAYS: i64 = 30;

fn since(now: Timestamp) -> Timestamp {
    let today = day_start(now);
    today.checked_sub(SignedDuration::from_hours(24 * (SPEND_DAYS - 1))).unwrap_or(today)
}

fn tomorrow(now: Timestamp) -> Timestamp {
    day_start(now).checked_add(SignedDuration::from_hours(24)).unwrap_or(now)
}

fn row(key: String, definition: Option<PlanDefinition>, used: plans::PlanUse) -> PlanRow {
    PlanRow { key, definition, members: used.members, allowance_used: used.allowance, spend: used.spend }
}

#[async_trait]
impl Port for Desk {
    async fn plans(&self) -> Answer<PlanList> {
        let now = Self::now(self);
        let mut tx = self.db.snapshot().await?;
        let active = versions::active(&mut tx).await?;
        let version = active.as_ref().map(|active| active.version);
        let spend = self.days.all_users(&mut tx, since(now), tomorrow(now)).await?;
        let mut used = plans::usage(&mut tx, month_start(now), &spend).await?;
        let without = plans::without(&mut tx).await?;
        let defined = active.map(|active| active.config.plans).unwrap_or_default();
        let mut rows: Vec<PlanRow> = defined
            .into_iter()
            .map(|(key, plan)| {
                let used = used.remove(&key).unwrap_or_default();
                row(key, Some(plan), used)
            })
            .collect();
        // Members whose plan the active version does not have pay plain rates: somebody must see that.
        let lost: BTreeMap<_, _> = used.into_iter().collect();
        rows.extend(lost.into_iter().map(|(key, used)| row(key, None, used)));
        Ok(PlanList { version, plans: rows, without })
    }

    async fn plan_detail(&self, key: &str, cursor: Option<&str>, limit: u32) -> Answer<PlanDetail> {
        validate::id("plan", key)?;
        let limit = paging::limit(limit)?;
        let after = paging::plain_cursor(cursor)?.unwrap_or(0);
        let now = Self::now(self);
        let mut tx = self.db.snapshot().await?;
        let active = versions::active(&mut tx).await?;
        let spend = self.days.all_users(&mut tx, since(now), tomorrow(now)).await?;
        let used = plans::usage(&mut tx, month_start(now), &spend).await?.remove(key);
        let version = active.as_ref().map_or(0, |active| active.version);
        let definition = active.and_then(|mut active| active.config.plans.remove(key));
        if definition.is_none() && used.is_none() {
            return Err(AppError::new(Code::PlanNotFound, format!("The active pricing version has no plan {key:?}.")));
        }
        let members = plans::members(&mut tx, key, month_start(now), after, limit).await?;
        let members = paging::page(members, limit, |(number, _)| number.to_string(), |(_, member)| member);
        Ok(PlanDetail { version, row: row(key.to_owned(), definition, used.unwrap_or_default()), members })
    }
}
