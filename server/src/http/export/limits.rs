//! Who is limited how: caps, and what one would have done; plans and their members.

use super::{
    listings::{Listing, ROWS, stream},
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    api::{CapFilter, TrialForm, cap_query},
    backend::SharedBackend,
    error::AppError,
    model::{CapQuery, CapRow, CapTrial, Credits, Page, PlanMember, Role},
};
use axum::{extract::Path, response::Response};
use jiff::tz::TimeZone;

struct Caps {
    backend: SharedBackend,
    query: CapQuery,
}

#[async_trait::async_trait]
impl Listing for Caps {
    type Row = CapRow;

    async fn page(&self, cursor: Option<String>) -> Result<Page<CapRow>, AppError> {
        let list = self.backend.cap_list(self.query.part(cursor, ROWS)).await?;
        Ok(Page { items: list.items, next: list.next })
    }

    fn cells(&self, row: CapRow) -> Vec<Cell> {
        let (status, cap) = (&row.status, &row.status.cap);
        vec![
            Cell::text(&cap.user_id),
            Cell::maybe(row.profile.name.as_ref()),
            Cell::maybe(row.plan_id.as_ref()),
            Cell::word(cap.cap_type.as_str()),
            Cell::maybe(cap.model.as_ref()),
            Cell::word(cap.action.as_str()),
            Cell::credits(cap.limit),
            Cell::credits(status.spend),
            Cell::instant(status.resets_at, &TimeZone::UTC),
        ]
    }
}

/// All caps of the filter, with what each has counted in its window.
pub async fn caps(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let head = ["user_id", "name", "plan", "type", "model", "action", "limit", "spend", "resets_at_utc"];
    let query = cap_query(&CapFilter::read(|name| reader.query.get(name).to_owned()))?;
    stream("caps.csv", &head, Caps { backend: reader.backend, query }).await
}

/// All users whom the cap of the address would have met, the most credits first.
pub async fn cap_trial(reader: Reader) -> Result<Response, Refusal> {
    let form = TrialForm::read(|name| reader.query.get(name).to_owned());
    if !form.may_export(reader.role()) {
        reader.require(Role::may_report)?;
    }
    let missing = || AppError::invalid("who", "must be user, plan or everyone");
    let trial = form.trial()?.ok_or_else(missing)?;
    let result = reader.backend.try_cap(CapTrial { named: usize::MAX, ..trial }).await?;
    let mut sheet = Sheet::new(["user_id", "name", "charges", "credits", "first_utc"])?;
    for user in result.worst {
        sheet.row([
            Cell::text(&user.user_id),
            Cell::maybe(user.name.as_ref()),
            Cell::count(user.count),
            Cell::credits(user.credits),
            Cell::instant(user.first, &TimeZone::UTC),
        ])?;
    }
    Ok(download("cap-trial.csv", CSV, sheet.bytes()?))
}

/// All plans that users have or the active version defines; `version` is that one, where it has the plan.
pub async fn plans(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let list = reader.backend.plans().await?;
    let mut sheet = Sheet::new([
        "plan",
        "name",
        "version",
        "members",
        "allowance",
        "allowance_used",
        "spent_in_30_days",
        "own_rates",
        "features",
    ])?;
    for plan in list.plans {
        let of = plan.definition.as_ref();
        let length = |count: usize| Cell::word(count.to_string());
        sheet.row([
            Cell::text(&plan.key),
            Cell::maybe(of.map(|plan| &plan.name)),
            of.and(list.version).map_or_else(Cell::empty, Cell::count),
            Cell::count(plan.members),
            of.map_or_else(Cell::empty, |plan| Cell::credits(plan.free_allowance)),
            Cell::credits(plan.allowance_used),
            Cell::credits(plan.spend),
            length(of.map_or(0, |plan| plan.rate_overrides.len())),
            length(of.map_or(0, |plan| plan.features.len())),
        ])?;
    }
    Ok(download("plans.csv", CSV, sheet.bytes()?))
}

struct Members {
    backend: SharedBackend,
    key: String,
}

#[async_trait::async_trait]
impl Listing for Members {
    type Row = (PlanMember, Option<Credits>);

    async fn page(&self, cursor: Option<String>) -> Result<Page<Self::Row>, AppError> {
        let detail = self.backend.plan_detail(&self.key, cursor.as_deref(), ROWS).await?;
        let allowance = detail.row.definition.map(|plan| plan.free_allowance);
        let items = detail.members.items.into_iter().map(|member| (member, allowance)).collect();
        Ok(Page { items, next: detail.members.next })
    }

    fn cells(&self, (member, allowance): Self::Row) -> Vec<Cell> {
        vec![
            Cell::text(&member.user_id),
            Cell::maybe(member.name.as_ref()),
            allowance.map_or_else(Cell::empty, Cell::credits),
            Cell::credits(member.allowance_used),
        ]
    }
}

/// All members of a plan, with what they have used of its allowance this month (UTC).
pub async fn plan_members(Path(file): Path<String>, reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let key = file.strip_suffix(".csv").unwrap_or(&file).to_owned();
    let head = ["user_id", "name", "allowance", "allowance_used"];
    stream("plan-members.csv", &head, Members { backend: reader.backend, key }).await
}
