//! Prices: the versions there are, and what differs between two of them; drafts, and price lists to make some of.

use super::{
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    api::compare_versions,
    error::{AppError, Code},
    model::{PriceListChoice, Role},
    pricing::{self, ChangedTerm, read_config_text},
};
use axum::response::Response;

/// All versions, the newest first; times are UTC.
pub async fn versions(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let head = ["version", "label", "active", "published_at_utc", "published_by", "activated_at_utc", "activated_by"];
    let mut sheet = Sheet::new(head)?;
    for row in reader.backend.version_rows().await? {
        let activated = row.activated.as_ref();
        sheet.row([
            Cell::count(row.item.version),
            Cell::maybe(row.item.label.as_ref()),
            Cell::flag(row.item.active),
            Cell::utc(Some(row.item.created_at)),
            Cell::text(&row.created_by),
            Cell::utc(activated.map(|activation| activation.at)),
            Cell::maybe(activated.map(|activation| &activation.by)),
        ])?;
    }
    Ok(download("pricing-versions.csv", CSV, sheet.bytes()?))
}

/// All differences by meaning; `old` is empty for what is new, `new` for what is gone.
pub async fn diff(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let compared = compare_versions(&reader.backend, reader.query.get("from"), reader.query.get("to")).await?;
    let (from, to) = (Cell::count(compared.from), Cell::count(compared.to));
    let name = format!("pricing-diff-{}-{}.csv", compared.from, compared.to);
    changes(&name, ["from_version", "to_version"], &[from, to], compared.changes)
}

/// What a draft changes of the active version, by meaning, as it stands.
pub async fn draft_diff(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let detail = reader.backend.draft(reader.id("draft")?).await?;
    let none = || AppError::new(Code::PricingNotLoaded, "No version is active that the draft could change.");
    let active = detail.active.ok_or_else(none)?;
    let faulty = |_| AppError::new(Code::ConfigInvalid, "The draft is no configuration yet: its review says why.");
    let config = read_config_text(&detail.draft.content).map_err(faulty)?;
    let from = [Cell::count(active.version), Cell::word(detail.draft.id.to_string())];
    changes("draft-diff.csv", ["from_version", "to_draft"], &from, pricing::diff(&active.config, &config))
}

fn changes(name: &str, of: [&str; 2], between: &[Cell], changes: Vec<ChangedTerm>) -> Result<Response, Refusal> {
    let mut sheet = Sheet::new(of.into_iter().chain(["path", "old", "new", "change_percent"]))?;
    for change in changes {
        let cells = [
            Cell::text(&change.path),
            Cell::maybe(change.old.as_ref()),
            Cell::maybe(change.new.as_ref()),
            change.percent.map_or_else(Cell::empty, Cell::word),
        ];
        sheet.row(between.iter().cloned().chain(cells))?;
    }
    Ok(download(name, CSV, sheet.bytes()?))
}

/// All drafts that are no version yet, the latest first; times are UTC.
pub async fn drafts(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let mut sheet = Sheet::new(["id", "label", "begun_from_version", "saved_by", "saved_at_utc"])?;
    for draft in reader.backend.drafts(u32::MAX).await? {
        sheet.row([
            Cell::word(draft.id.to_string()),
            Cell::maybe(draft.label.as_ref()),
            draft.base.map_or_else(Cell::empty, Cell::count),
            Cell::text(&draft.updated_by),
            Cell::utc(Some(draft.updated_at)),
        ])?;
    }
    Ok(download("pricing-drafts.csv", CSV, sheet.bytes()?))
}

/// All models of a price list that fit the page's filter; one without a formula says why.
pub async fn price_list(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_manage)?;
    let choice = PriceListChoice::read(|name| reader.query.get(name).to_owned());
    let list = reader.backend.price_list(reader.id("list")?, &choice, usize::MAX).await?;
    let head = ["model", "provider", "credits_per_usd", "formula", "no_formula_because", "long_context", "formula_now"];
    let mut sheet = Sheet::new(head)?;
    for model in list.models {
        sheet.row([
            Cell::text(&model.name),
            Cell::text(&model.provider),
            Cell::text(&choice.credits_per_usd),
            Cell::maybe(model.formula.as_ref().ok()),
            Cell::maybe(model.formula.as_ref().err()),
            Cell::flag(model.long_context),
            Cell::maybe(model.now.as_ref()),
        ])?;
    }
    Ok(download("price-list.csv", CSV, sheet.bytes()?))
}
