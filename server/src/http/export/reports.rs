//! The tables of the overview and of the spend page.

use super::{
    reader::{Reader, file_name},
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    api::SpendWords,
    charts::{Colours, OTHER},
    error::AppError,
    figures::overview::stack,
    model::{Credits, DailySpendRow, Overview, Role, SpendReport, SpendSum},
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

/// The cells of a day; empty ones when it has not begun, which is not 0.
fn figures_of(day: &DailySpendRow, range: &ReportRange) -> [Cell; 3] {
    if day.date > range.today {
        return std::array::from_fn(|_| Cell::empty());
    }
    sum(SpendSum { spend: day.total_spend, charges: day.transaction_count, refunded: day.refunded })
}

/// What the figures of a file without times are of.
fn span(range: &ReportRange) -> [Cell; 3] {
    [Cell::date(range.first), Cell::date(range.last), Cell::word(&range.zone_name)]
}

const SPAN: [&str; 3] = ["from", "to", "zone"];

/// Spend of every day of the range, and what is stacked on it.
pub async fn overview(reader: Reader) -> Result<Response, Refusal> {
    let (overview, range) = read_overview(&reader).await?;
    let days: Vec<_> = overview.days.iter().map(|day| day.date).collect();
    let (layers, parts) = stack(&overview, &days, &Colours::default());
    let mut head = vec!["date", "zone", "spend", "charges", "refunded"];
    head.extend(layers.iter().map(|layer| if layer.slot == OTHER { "Other" } else { layer.name.as_str() }));
    let mut sheet = Sheet::new(head)?;
    for (day, parts) in overview.days.iter().zip(parts) {
        let time = [Cell::date(day.date), Cell::word(&range.zone_name)];
        let begun = day.date <= range.today;
        let parts = parts.into_iter().map(|part| if begun { Cell::credits(part) } else { Cell::empty() });
        sheet.row(time.into_iter().chain(figures_of(day, &range)).chain(parts))?;
    }
    Ok(download(&file_name("daily-spend", &range, "csv"), CSV, sheet.bytes()?))
}

/// Spend of every model.
pub async fn overview_models(reader: Reader) -> Result<Response, Refusal> {
    let (overview, range) = read_overview(&reader).await?;
    let mut sheet = Sheet::new(SPAN.into_iter().chain(["model", "spend", "charges", "refunded"]))?;
    for row in overview.models {
        let total = SpendSum { spend: row.total_spend, charges: row.transaction_count, refunded: row.refunded };
        sheet.row(span(&range).into_iter().chain([Cell::text(row.model)]).chain(sum(total)))?;
    }
    Ok(download(&file_name("spend-by-model", &range, "csv"), CSV, sheet.bytes()?))
}

/// The users who spent most.
pub async fn overview_users(reader: Reader) -> Result<Response, Refusal> {
    let (overview, range) = read_overview(&reader).await?;
    let mut sheet = Sheet::new(SPAN.into_iter().chain(["user_id", "spend", "charges", "refunded"]))?;
    for row in overview.top_users {
        let total = SpendSum { spend: row.total_spend, charges: row.transaction_count, refunded: row.refunded };
        sheet.row(span(&range).into_iter().chain([Cell::text(row.user_id)]).chain(sum(total)))?;
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
    let before = |amount: Option<&Credits>| {
        words.compared().then(|| amount.map_or_else(Cell::empty, |amount| Cell::credits(*amount)))
    };
    for (at, bucket) in report.buckets.iter().enumerate() {
        so_far = [so_far, bucket.sum.spend].into_iter().sum();
        let begun = bucket.start <= range.now;
        let figures = sum(bucket.sum).into_iter().chain([Cell::credits(so_far)]);
        let parts = bucket.parts.iter().copied().chain([bucket.rest()]).map(Cell::credits);
        // What has not begun has no figures yet, which is not 0.
        let or_none = |cell: Cell| if begun { cell } else { Cell::empty() };
        let time = [
            Cell::instant(bucket.start, &range.zone),
            Cell::instant(bucket.end, &range.zone),
            Cell::word(&range.zone_name),
        ];
        let row = time.into_iter().chain(figures.map(or_none)).chain(before(report.previous_buckets.get(at)));
        sheet.row(row.chain(parts.map(or_none)))?;
    }
    // A period before that has more columns, so that its amounts add up to it.
    for beyond in report.previous_buckets.iter().skip(report.buckets.len()).filter(|_| words.compared()) {
        let time = [Cell::empty(), Cell::empty(), Cell::word(&range.zone_name)];
        let nothing = |count| std::iter::repeat_n(Cell::empty(), count);
        let row = time.into_iter().chain(nothing(4)).chain(before(Some(beyond)));
        sheet.row(row.chain(nothing(named.len() + 1)))?;
    }
    Ok(download(&file_name("spend", &range, "csv"), CSV, sheet.bytes()?))
}

/// A row for every group, also those that the page sums up as "Other", with the parts of its split.
pub async fn spend_groups(reader: Reader) -> Result<Response, Refusal> {
    let (report, words, range) = read_spend(&reader).await?;
    let mut head = SPAN.to_vec();
    head.extend([report.by.as_str(), "name", "spend", "charges", "refunded"]);
    if words.compared() {
        head.extend(["spend_before", "charges_before"]);
    }
    head.extend(report.splits.iter().map(|part| part.name.as_str()));
    let mut sheet = Sheet::new(head)?;
    let mut listed = (SpendSum::default(), SpendSum::default());
    let (sort, direction) = words.order();
    let mut groups: Vec<_> = report.groups.iter().collect();
    sort.arrange(direction, &mut groups, |group| group);
    for group in groups {
        listed.0.add(group.sum);
        listed.1.add(group.previous);
        let names = [Cell::text(&group.key), Cell::text(&group.name)];
        let before = words.compared().then(|| sum(group.previous).into_iter().take(2)).into_iter().flatten();
        let parts = group.parts.iter().copied().map(Cell::credits);
        sheet.row(span(&range).into_iter().chain(names).chain(sum(group.sum)).chain(before).chain(parts))?;
    }
    // Past the longest list, so that the file adds up to the range whatever its length.
    if report.group_count > report.groups.len() {
        let names = [Cell::empty(), Cell::word(format!("{} others", report.group_count - report.groups.len()))];
        let before = report.previous.less(listed.1);
        let before = words.compared().then(|| sum(before).into_iter().take(2)).into_iter().flatten();
        let rest = sum(report.total.less(listed.0));
        sheet.row(span(&range).into_iter().chain(names).chain(rest).chain(before))?;
    }
    Ok(download(&file_name(&format!("spend-by-{}", report.by.as_str()), &range, "csv"), CSV, sheet.bytes()?))
}

/// Every day of the calendar.
pub async fn spend_calendar(reader: Reader) -> Result<Response, Refusal> {
    let (report, _, range) = read_spend(&reader).await?;
    let mut sheet = Sheet::new(["date", "zone", "spend", "charges", "refunded"])?;
    for day in report.calendar {
        let time = [Cell::date(day.date), Cell::word(&range.zone_name)];
        sheet.row(time.into_iter().chain(figures_of(&day, &range)))?;
    }
    Ok(download(&file_name("spend-calendar", &range, "csv"), CSV, sheet.bytes()?))
}
