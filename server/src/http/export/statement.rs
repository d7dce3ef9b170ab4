//! The monthly statement as tables: a row for each day with entries and one for the month, and a row for each model.

use super::{
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    api::{StatementWords, written},
    error::AppError,
    model::{Credits, Flows, Role, Statement, StatementOf},
};
use axum::response::Response;

/// Characters of an account in the name of a file.
const MAX_NAME: usize = 80;

/// The statement of the address, with the cell of its account.
async fn read(reader: &Reader) -> Result<(Statement, Cell), AppError> {
    reader.require(Role::may_report)?;
    let words = StatementWords::read(|name| reader.query.get(name).to_owned());
    let month = words.month(&reader.backend.reporting_zone(), reader.backend.now())?;
    let statement = reader.backend.statement(words.of()?, &month, false).await?;
    let account = match &statement.of {
        StatementOf::Desk => Cell::word("desk"),
        StatementOf::User(user) => Cell::text(user),
        StatementOf::Team(team) => Cell::word(team.to_string()),
    };
    Ok((statement, account))
}

/// `opening` and the flows add up to `closing`, in every row; each row opens with what the one before closed with.
pub async fn statement(reader: Reader) -> Result<Response, Refusal> {
    let (statement, account) = read(&reader).await?;
    let head = ["account", "day", "zone", "opening"].into_iter().chain(Flows::NAMES).chain(["closing", "entries"]);
    let mut sheet = Sheet::new(head)?;
    let mut row = |day: Cell, opening: Credits, flows: &Flows, closing: Credits, entries: i64| {
        let begin = [account.clone(), day, Cell::word(&statement.zone), Cell::credits(opening)];
        let flows = flows.amounts().into_iter().map(Cell::credits);
        sheet.row(begin.into_iter().chain(flows).chain([Cell::credits(closing), Cell::count(entries)]))
    };
    for day in &statement.days {
        row(Cell::date(day.date), day.opening, &day.flows, day.closing, day.entries)?;
    }
    let month = written(statement.first);
    row(Cell::word(&month), statement.opening, &statement.flows, statement.closing, statement.entries)?;
    Ok(download(&file_name("statement", &month, &statement.of), CSV, sheet.bytes()?))
}

/// What the month's charges cost by model, the greatest first.
pub async fn models(reader: Reader) -> Result<Response, Refusal> {
    let (statement, account) = read(&reader).await?;
    let mut sheet = Sheet::new(["account", "from", "to", "zone", "model", "spend", "charges", "refunded"])?;
    for row in statement.models {
        sheet.row([
            account.clone(),
            Cell::date(statement.first),
            Cell::date(statement.last),
            Cell::word(&statement.zone),
            Cell::text(&row.model),
            Cell::credits(row.total_spend),
            Cell::count(row.transaction_count),
            Cell::credits(row.refunded),
        ])?;
    }
    Ok(download(&file_name("statement-models", &written(statement.first), &statement.of), CSV, sheet.bytes()?))
}

/// `statement-2026-11-ana.csv`; what a file's name should not hold is an underscore.
fn file_name(name: &str, month: &str, of: &StatementOf) -> String {
    let account = match of {
        StatementOf::Desk => return format!("{name}-{month}.csv"),
        StatementOf::User(user) => user.clone(),
        StatementOf::Team(team) => team.to_string(),
    };
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.@".contains(c) { c } else { '_' };
    format!("{name}-{month}-{}.csv", account.chars().take(MAX_NAME).map(safe).collect::<String>())
}
