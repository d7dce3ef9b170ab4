//! The tables of the overview and of the spend page.

use super::{
    reader::{Reader, file_name},
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    api::SpendWords,
    error::AppError,
    model::{Credits, Overview, Role, SpendReport, SpendSum},
    range::ReportRange,
};
use axum::response::Response;

/// The overview of the address.
pub(super) async fn read_overview(reader: &Reader) -> Result<(Overview, ReportRange), AppError> {
    reader.require(Role::may_report)?;
    let (range, _) = reader.range()?;
    Ok((reader.backend.overview(&range, false).await?, range))
}

/// The spend report of the address, with its words.
pub(super) async fn read_spend(reader: &Reader) -> Result<(SpendReport, SpendWords, ReportRange), AppError> {
    reader.require(Role::may_report)?;
    let words = SpendWords::read(|name| reader.query.get(name).to_owned());
    let (range, _) = reader.range()?;
    Ok((reader.backend.spend(&range, words.query()?, false).await?, words, range))
}

fn sum(sum: SpendSum) -> [Cell; 3] {
    [Cell::credits(sum.spend), Cell::count(sum.charges), Cell::credits(sum.refunded)]
}

/// Spend of every day of the range.
pub async fn overview(reader: Reader) -> Result<Response, Refusal> {
    let (overview, range) = read_overview(&reader).await?;
    let mut sheet = Sheet::new(["date", "zone", "spend", "charges", "refunded"])?;
    for day in overview.days {
        sheet.row([
            Cell::date(day.date),
            Cell::word(&range.zone_name),
            Cell::credits(day.total_spend),
            Cell::count(day.transaction_count),
            Cell::credits(day.refunded),
        ])?;
    }
    Ok(download(&file_name("daily-spend", &range, "csv"), CSV, sheet.bytes()?))
}

/// Spend of every model.
pub async fn overview_models(reader: Reader) -> Result<Response, Refusal> {
    let (overview, range) = read_overview(&reader).await?;
    let mut sheet = Sheet::new(["model", "spend", "charges", "refunded"])?;
    for row in overview.models {
        let total = SpendSum { spend: row.total_spend, charges: row.transaction_count, refunded: row.refunded };
        sheet.row([Cell::text(row.model)].into_iter().chain(sum(total)))?;
    }
    Ok(download(&file_name("spend-by-model", &range, "csv"), CSV, sheet.bytes()?))
}

/// The users who spent most.
pub async fn overview_users(reader: Reader) -> Result<Response, Refusal> {
    let (overview, range) = read_overview(&reader).await?;
    let mut sheet = Sheet::new(["user_id", "spend", "charges", "refunded"])?;
    for row in overview.top_users {
        let total = SpendSum { spend: row.total_spend, charges: row.transaction_count, refunded: row.refunded };
        sheet.row([Cell::text(row.user_id)].into_iter().chain(sum(total)))?;
    }
    Ok(download(&file_name("top-users", &range, "csv"), CSV, sheet.bytes()?))
}

/// A row for every column of the chart: its sums, the sum so far, and each of its parts.
pub async fn spend(reader: Reader) -> Result<Response, Refusal> {
    let (report, words, range) = read_spend(&reader).await?;
    let named = &report.groups[..report.named.min(report.groups.len())];
    let mut head = vec!["start", "end", "zone", "spend", "charges", "refunded", "added_up"];
    if words.compared() {
        head.push("period_before");
    }
    head.extend(named.iter().map(|group| group.name.as_str()));
    head.push("Other");
    let mut sheet = Sheet::new(head)?;
    let mut so_far = Credits::ZERO;
    for (at, bucket) in report.buckets.iter().enumerate() {
        so_far = [so_far, bucket.sum.spend].into_iter().sum();
        let before = report.previous_buckets.get(at).copied().unwrap_or_default();
        let time = [
            Cell::instant(bucket.start, &range.zone),
            Cell::instant(bucket.end, &range.zone),
            Cell::word(&range.zone_name),
        ];
        let before = words.compared().then(|| Cell::credits(before));
        let parts = bucket.parts.iter().copied().chain([bucket.rest()]).map(Cell::credits);
        sheet.row(time.into_iter().chain(sum(bucket.sum)).chain([Cell::credits(so_far)]).chain(before).chain(parts))?;
    }
    Ok(download(&file_name("spend", &range, "csv"), CSV, sheet.bytes()?))
}

/// A row for every group, also those that the page sums up as "Other", with the parts of its split.
pub async fn spend_groups(reader: Reader) -> Result<Response, Refusal> {
    let (report, words, range) = read_spend(&reader).await?;
    let mut head = vec![report.by.as_str(), "name", "spend", "charges", "refunded"];
    if words.compared() {
        head.extend(["spend_before", "charges_before"]);
    }
    head.extend(report.splits.iter().map(|part| part.name.as_str()));
    let mut sheet = Sheet::new(head)?;
    let mut listed = (SpendSum::default(), SpendSum::default());
    for group in &report.groups {
        listed.0.add(group.sum);
        listed.1.add(group.previous);
        let names = [Cell::text(&group.key), Cell::text(&group.name)];
        let before = words.compared().then(|| sum(group.previous).into_iter().take(2)).into_iter().flatten();
        let parts = group.parts.iter().copied().map(Cell::credits);
        sheet.row(names.into_iter().chain(sum(group.sum)).chain(before).chain(parts))?;
    }
    // Past the longest list, so that the file adds up to the range whatever its length.
    if report.group_count > report.groups.len() {
        let names = [Cell::empty(), Cell::word(format!("{} others", report.group_count - report.groups.len()))];
        let before = report.previous.less(listed.1);
        let before = words.compared().then(|| sum(before).into_iter().take(2)).into_iter().flatten();
        sheet.row(names.into_iter().chain(sum(report.total.less(listed.0))).chain(before))?;
    }
    Ok(download(&file_name(&format!("spend-by-{}", report.by.as_str()), &range, "csv"), CSV, sheet.bytes()?))
}

/// Every day of the calendar.
pub async fn spend_calendar(reader: Reader) -> Result<Response, Refusal> {
    let (report, _, range) = read_spend(&reader).await?;
    let mut sheet = Sheet::new(["date", "zone", "spend", "charges", "refunded"])?;
    for day in report.calendar {
        let total = SpendSum { spend: day.total_spend, charges: day.transaction_count, refunded: day.refunded };
        sheet.row([Cell::date(day.date), Cell::word(&range.zone_name)].into_iter().chain(sum(total)))?;
    }
    Ok(download(&file_name("spend-calendar", &range, "csv"), CSV, sheet.bytes()?))
}
