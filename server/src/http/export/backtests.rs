//! Back-tests, and the tables of one's report. It keeps every model, and of customers and caps those that the page shows.

use super::{
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    error::{AppError, Code},
    model::{BacktestReport, BacktestSubject, BeforeAfter, Credits, Customer, Role},
};
use axum::response::Response;

/// All back-tests that are kept, the latest first; `version` and `draft` are empty for prices that are stored nowhere.
pub async fn backtests(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let mut sheet = Sheet::new([
        "id",
        "prices",
        "version",
        "draft",
        "days",
        "start_utc",
        "end_utc",
        "run_at_utc",
        "run_by",
        "state",
        "charges_read",
        "charges",
        "problem",
    ])?;
    for test in reader.backend.backtests(u32::MAX).await? {
        let (version, draft) = match test.subject {
            BacktestSubject::Version(version) => (Cell::count(version), Cell::empty()),
            BacktestSubject::Draft(draft) => (Cell::empty(), Cell::word(draft.to_string())),
            BacktestSubject::Config => (Cell::empty(), Cell::empty()),
        };
        sheet.row([
            Cell::word(test.id.to_string()),
            Cell::text(&test.label),
            version,
            draft,
            Cell::count(test.days),
            Cell::utc(Some(test.start)),
            Cell::utc(Some(test.end)),
            Cell::utc(Some(test.created_at)),
            Cell::text(&test.requested_by),
            Cell::word(test.state.as_str()),
            Cell::count(test.done),
            Cell::count(test.total),
            Cell::maybe(test.problem.as_ref()),
        ])?;
    }
    Ok(download("backtests.csv", CSV, sheet.bytes()?))
}

/// The report of the address.
async fn read(reader: &Reader) -> Result<BacktestReport, AppError> {
    reader.require(Role::may_report)?;
    let test = reader.backend.backtest(reader.id("backtest")?).await?;
    test.report.ok_or_else(|| AppError::new(Code::NotFound, "This back-test has no report, or none yet."))
}

/// Before, after, and the change.
fn pair(pair: BeforeAfter) -> [Cell; 3] {
    [pair.before, pair.after, pair.change()].map(Cell::credits)
}

fn customer(customer: &Customer) -> [Cell; 3] {
    let kind = if customer.team { "team" } else { "user" };
    [Cell::word(kind), Cell::text(&customer.id), Cell::maybe(customer.name.as_ref())]
}

fn less(whole: Credits, parts: impl Iterator<Item = Credits>) -> Credits {
    Credits::from_micros(whole.micros().saturating_sub(parts.sum::<Credits>().micros()))
}

/// Prices before allowances by model; a charge without one has an empty name.
pub async fn models(reader: Reader) -> Result<Response, Refusal> {
    let report = read(&reader).await?;
    let mut sheet = Sheet::new(["model", "charges", "as_charged", "at_these_prices", "change"])?;
    for row in report.models {
        let names = [Cell::maybe(row.model.as_ref()), Cell::count(row.charges)];
        sheet.row(names.into_iter().chain(pair(row.gross)))?;
    }
    Ok(download("backtest-models.csv", CSV, sheet.bytes()?))
}

/// What balances pay by customer, and a row for those whom the report does not name, so that all add up to the whole.
pub async fn customers(reader: Reader) -> Result<Response, Refusal> {
    let report = read(&reader).await?;
    let named = || report.customers.most_more.iter().chain(&report.customers.most_less);
    let mut sheet =
        Sheet::new(["customer_kind", "customer", "name", "charges", "as_charged", "at_these_prices", "change"])?;
    for row in named() {
        let charges = [Cell::count(row.charges)];
        sheet.row(customer(&row.customer).into_iter().chain(charges).chain(pair(row.net)))?;
    }
    let others = report.customers.total - i64::try_from(named().count()).unwrap_or(i64::MAX);
    if others > 0 {
        let rest = BeforeAfter {
            before: less(report.net.before, named().map(|row| row.net.before)),
            after: less(report.net.after, named().map(|row| row.net.after)),
        };
        let charges = report.charges - named().map(|row| row.charges).sum::<i64>();
        let who = [Cell::empty(), Cell::empty(), Cell::word(format!("{others} others")), Cell::count(charges)];
        sheet.row(who.into_iter().chain(pair(rest)))?;
    }
    Ok(download("backtest-customers.csv", CSV, sheet.bytes()?))
}

/// How far the change of what customers pay spreads.
pub async fn percentiles(reader: Reader) -> Result<Response, Refusal> {
    let report = read(&reader).await?;
    let mut sheet = Sheet::new(["percentile", "change_percent"])?;
    for (rank, tenths) in report.customers.percentiles {
        let sign = if tenths < 0 { "-" } else { "" };
        let size = tenths.unsigned_abs();
        sheet.row([Cell::count(rank.into()), Cell::word(format!("{sign}{}.{}", size / 10, size % 10))])?;
    }
    Ok(download("backtest-percentiles.csv", CSV, sheet.bytes()?))
}

/// Who would have gone short.
pub async fn short(reader: Reader) -> Result<Response, Refusal> {
    let report = read(&reader).await?;
    let mut sheet =
        Sheet::new(["customer_kind", "customer", "name", "first_utc", "charges_refused", "credits_missing"])?;
    for row in report.short {
        let cells = [Cell::utc(Some(row.first)), Cell::count(row.charges), Cell::credits(row.missing)];
        sheet.row(customer(&row.customer).into_iter().chain(cells))?;
    }
    Ok(download("backtest-short.csv", CSV, sheet.bytes()?))
}

/// Caps that would have been crossed.
pub async fn caps(reader: Reader) -> Result<Response, Refusal> {
    let report = read(&reader).await?;
    let head = ["user_id", "type", "model", "action", "limit", "windows", "most_in_one", "first_utc"];
    let mut sheet = Sheet::new(head)?;
    for row in report.crossed {
        sheet.row([
            Cell::text(&row.user_id),
            Cell::word(row.cap_type.as_str()),
            Cell::maybe(row.model.as_ref()),
            Cell::word(row.action.as_str()),
            Cell::credits(row.limit),
            Cell::count(row.windows),
            Cell::credits(row.most),
            Cell::utc(Some(row.first)),
        ])?;
    }
    Ok(download("backtest-caps.csv", CSV, sheet.bytes()?))
}

/// Charges without a price, by the reason.
pub async fn unpriced(reader: Reader) -> Result<Response, Refusal> {
    let report = read(&reader).await?;
    let mut sheet = Sheet::new(["reason", "charges", "as_charged"])?;
    for row in report.unpriced {
        sheet.row([Cell::text(&row.reason), Cell::count(row.charges), Cell::credits(row.gross)])?;
    }
    Ok(download("backtest-unpriced.csv", CSV, sheet.bytes()?))
}
