//! Long tables, written as they are read: all rows of the filter, page by page, with never more than one page in memory.

use super::{
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    api::{ListFilter, TransactionFilter, last_days, list_query, transaction_query, zone},
    backend::SharedBackend,
    error::{AppError, Code},
    model::{Page, Role, SpendSum, Team, TeamQuery, Transaction, TransactionQuery, UserQuery, UserRow, Uuid},
    range::{ReportRange, read_zone},
};
use axum::{body::Body, response::Response};
use futures_util::{StreamExt as _, stream};
use jiff::tz::TimeZone;
use std::{collections::HashMap, sync::Arc};

/// Rows of one read.
pub(super) const ROWS: u32 = 200;

/// A table that is read in pages, each from where the one before ended.
#[async_trait::async_trait]
pub(super) trait Listing: Send + Sync + 'static {
    type Row: Send;
    async fn page(&self, cursor: Option<String>) -> Result<Page<Self::Row>, AppError>;
    fn cells(&self, row: Self::Row) -> Vec<Cell>;
}

/// The first page is read before the answer begins, so that what is wrong with the request is still told by its status.
pub(super) async fn stream<L: Listing>(name: &str, head: &[&str], listing: L) -> Result<Response, Refusal> {
    let listing = Arc::new(listing);
    let first = listing.page(None).await?;
    let mut sheet = Sheet::new(head.iter().copied())?;
    let next = first.next.clone();
    write(&mut sheet, &*listing, first)?;
    let rest = stream::unfold((listing, next), |(listing, cursor)| async move {
        let cursor = cursor?;
        let read = async {
            let page = listing.page(Some(cursor)).await?;
            let next = page.next.clone();
            let mut sheet = Sheet::body();
            write(&mut sheet, &*listing, page)?;
            Ok::<_, AppError>((sheet.bytes()?, next))
        };
        Some(match read.await {
            Ok((bytes, next)) => (Ok(bytes), (listing, next)),
            // The connection is cut, so that half a table is not taken for a whole one.
            Err(error) => {
                tracing::error!(%error, "an export was cut off");
                (Err(error), (listing, None))
            }
        })
    });
    let begun = stream::iter([Ok(sheet.bytes()?)]);
    // Compression asks once more after the end, which an unfused stream answers with a panic.
    Ok(download(name, CSV, Body::from_stream(begun.chain(rest).fuse())))
}

fn write<L: Listing>(sheet: &mut Sheet, listing: &L, page: Page<L::Row>) -> Result<(), AppError> {
    page.items.into_iter().try_for_each(|row| sheet.row(listing.cells(row)))
}

struct Transactions {
    backend: SharedBackend,
    query: TransactionQuery,
    zone: TimeZone,
    zone_name: String,
}

const TRANSACTION_HEAD: [&str; 19] = [
    "id",
    "time",
    "zone",
    "account",
    "user_id",
    "kind",
    "model",
    "amount",
    "cost",
    "allowance",
    "refunded",
    "balance_after",
    "pricing_version",
    "reference_type",
    "reference_id",
    "actor",
    "reason",
    "note",
    "recorded_at",
];

#[async_trait::async_trait]
impl Listing for Transactions {
    type Row = Transaction;

    async fn page(&self, cursor: Option<String>) -> Result<Page<Transaction>, AppError> {
        self.backend.transactions(TransactionQuery { cursor, limit: ROWS, ..self.query.clone() }).await
    }

    fn cells(&self, row: Transaction) -> Vec<Cell> {
        let extra = |key: &str| {
            row.metadata.extra.get(key).and_then(serde_json::Value::as_str).map_or_else(Cell::empty, Cell::text)
        };
        vec![
            Cell::word(row.id.to_string()),
            Cell::instant(row.created_at, &self.zone),
            Cell::word(&self.zone_name),
            Cell::text(&row.account),
            Cell::text(&row.user_id),
            Cell::word(row.kind.as_str()),
            Cell::maybe(row.model.as_ref()),
            Cell::credits(row.amount),
            row.gross.map_or_else(Cell::empty, Cell::credits),
            Cell::credits(row.allowance),
            Cell::credits(row.refunded),
            Cell::credits(row.balance_after),
            row.pricing_version.map_or_else(Cell::empty, Cell::count),
            Cell::maybe(row.reference_type.as_ref()),
            Cell::maybe(row.reference_id.as_ref()),
            Cell::maybe(row.actor.as_ref()),
            extra("reason"),
            extra("note"),
            Cell::instant(row.recorded_at, &self.zone),
        ]
    }
}

/// All entries of the filter, newest first. Support may have those of a customer or a team, not of the whole desk.
pub async fn transactions(reader: Reader) -> Result<Response, Refusal> {
    let filter = TransactionFilter::read(|name| reader.query.get(name).to_owned());
    if !reader.role().may_report() && filter.user.is_empty() && filter.team.is_empty() {
        let message = "Exports of the whole desk need the role admin or finance; name a user or a team.";
        return Err(AppError::new(Code::Forbidden, message).with("roles", ["admin", "finance"]).into());
    }
    let zone_name = zone(&filter.tz, reader.backend.reporting_zone())?;
    let query = transaction_query(&filter, &zone_name)?;
    let listing = Transactions { backend: reader.backend, query, zone: read_zone(&zone_name)?, zone_name };
    stream("transactions.csv", &TRANSACTION_HEAD, listing).await
}

struct Users {
    backend: SharedBackend,
    query: UserQuery,
}

#[async_trait::async_trait]
impl Listing for Users {
    type Row = UserRow;

    async fn page(&self, cursor: Option<String>) -> Result<Page<UserRow>, AppError> {
        self.backend.search_users(UserQuery { cursor, limit: ROWS, ..self.query.clone() }).await
    }

    fn cells(&self, row: UserRow) -> Vec<Cell> {
        vec![
            Cell::text(&row.user_id),
            Cell::maybe(row.profile.name.as_ref()),
            Cell::maybe(row.profile.email.as_ref()),
            Cell::maybe(row.plan_id.as_ref()),
            Cell::credits(row.balance),
            Cell::credits(row.lifetime_purchased),
            row.last_activity.map_or_else(Cell::empty, |at| Cell::instant(at, &TimeZone::UTC)),
        ]
    }
}

/// All users of the search, in the page's order; times are UTC.
pub async fn users(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let head = ["user_id", "name", "email", "plan", "balance", "lifetime_purchased", "last_activity_utc"];
    let query = list_query(&ListFilter::read(|name| reader.query.get(name).to_owned()))?;
    stream("users.csv", &head, Users { backend: reader.backend, query }).await
}

struct Teams {
    backend: SharedBackend,
    query: TeamQuery,
    spent: HashMap<Uuid, SpendSum>,
    range: ReportRange,
}

#[async_trait::async_trait]
impl Listing for Teams {
    type Row = Team;

    async fn page(&self, cursor: Option<String>) -> Result<Page<Team>, AppError> {
        self.backend.teams(TeamQuery { cursor, limit: ROWS, ..self.query.clone() }).await
    }

    fn cells(&self, row: Team) -> Vec<Cell> {
        let spent = self.spent.get(&row.team_id).copied().unwrap_or_default();
        vec![
            Cell::word(row.team_id.to_string()),
            Cell::text(&row.name),
            Cell::count(row.member_count),
            Cell::credits(row.balance),
            Cell::date(self.range.first),
            Cell::date(self.range.last),
            Cell::word(&self.range.zone_name),
            Cell::credits(spent.spend),
            Cell::count(spent.charges),
            Cell::instant(row.created_at, &TimeZone::UTC),
        ]
    }
}

/// All teams of the search, in the page's order, with what they paid in the page's last days; times are UTC.
pub async fn teams(reader: Reader) -> Result<Response, Refusal> {
    reader.require(Role::may_report)?;
    let head = ["team_id", "name", "members", "balance", "from", "to", "zone", "spend", "charges", "created_at_utc"];
    let query = list_query(&ListFilter::read(|name| reader.query.get(name).to_owned()))?;
    let range = last_days(&reader.backend)?;
    let spent = reader.backend.teams_spend(&range).await?.into_iter().collect();
    stream("teams.csv", &head, Teams { backend: reader.backend, query, spent, range }).await
}
