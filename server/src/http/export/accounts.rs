//! One account's tables: what a user has, what limits them and what is noted of them, the members of a team. Whoever is
//! signed in may open their pages.

use super::{
    listings::{Listing, ROWS, stream},
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{
    api::last_days,
    backend::SharedBackend,
    error::AppError,
    model::{Page, Reservation, StaffNote},
    pages,
};
use axum::response::Response;

/// All open lots of a user, in the order in which they are drawn.
pub async fn lots(reader: Reader) -> Result<Response, Refusal> {
    let detail = reader.backend.user(reader.query.get("user")).await?;
    let mut sheet = Sheet::new(["kind", "granted", "remaining", "expires_at_utc", "source_transaction_id"])?;
    for lot in detail.lots {
        sheet.row([
            Cell::word(lot.kind.as_str()),
            Cell::credits(lot.granted),
            Cell::credits(lot.remaining),
            Cell::utc(lot.expires_at),
            Cell::word(lot.source_transaction_id.to_string()),
        ])?;
    }
    Ok(download("lots.csv", CSV, sheet.bytes()?))
}

/// Every limit that a charge must pass, with what it means now; the last is the balance, of which `left` is what is above the
/// floor.
pub async fn ladder(reader: Reader) -> Result<Response, Refusal> {
    let detail = reader.backend.user(reader.query.get("user")).await?;
    let head = ["type", "model", "action", "limit", "spend", "left", "resets_at_utc", "state"];
    let mut sheet = Sheet::new(head)?;
    for rung in pages::rungs(&detail) {
        let (left, state) = (Cell::credits(rung.left), Cell::word(rung.state.1));
        let Some(status) = rung.cap else {
            let nothing = std::iter::repeat_n(Cell::empty(), 4);
            sheet.row([Cell::word("balance")].into_iter().chain(nothing).chain([left, Cell::empty(), state]))?;
            continue;
        };
        sheet.row([
            Cell::word(status.cap.cap_type.as_str()),
            Cell::maybe(status.cap.model.as_ref()),
            Cell::word(status.cap.action.as_str()),
            Cell::credits(status.cap.limit),
            Cell::credits(status.spend),
            left,
            Cell::utc(Some(status.resets_at)),
            state,
        ])?;
    }
    Ok(download("cap-ladder.csv", CSV, sheet.bytes()?))
}

/// All teams that a user may spend from, and how much.
pub async fn pools(reader: Reader) -> Result<Response, Refusal> {
    let detail = reader.backend.user(reader.query.get("user")).await?;
    let mut sheet = Sheet::new(["team_id", "team", "role", "spend_cap", "total_spent", "pool", "left", "state"])?;
    for pool in pages::pools(&detail) {
        let team = pool.member;
        sheet.row([
            Cell::word(team.team_id.to_string()),
            Cell::text(&team.name),
            Cell::word(team.role.as_str()),
            team.spend_cap.map_or_else(Cell::empty, Cell::credits),
            Cell::credits(team.total_spent),
            Cell::credits(team.pool),
            Cell::credits(pool.left),
            Cell::word(pool.state.1),
        ])?;
    }
    Ok(download("user-teams.csv", CSV, sheet.bytes()?))
}

/// What a file of one user is read from.
struct OfUser {
    backend: SharedBackend,
    user: String,
}

impl OfUser {
    fn of(reader: Reader) -> Self {
        Self { user: reader.query.get("user").to_owned(), backend: reader.backend }
    }
}

struct Reservations(OfUser);

#[async_trait::async_trait]
impl Listing for Reservations {
    type Row = Reservation;

    async fn page(&self, cursor: Option<String>) -> Result<Page<Reservation>, AppError> {
        self.0.backend.reservations(&self.0.user, cursor.as_deref(), ROWS).await
    }

    fn cells(&self, row: Reservation) -> Vec<Cell> {
        vec![
            Cell::word(row.reservation_id.to_string()),
            Cell::word(row.status.as_str()),
            Cell::credits(row.amount),
            Cell::maybe(row.operation.as_ref()),
            row.pricing_version.map_or_else(Cell::empty, Cell::count),
            Cell::utc(Some(row.created_at)),
            Cell::utc(Some(row.expires_at)),
            row.transaction_id.map_or_else(Cell::empty, |id| Cell::word(id.to_string())),
        ]
    }
}

/// All reservations of a user, newest first.
pub async fn reservations(reader: Reader) -> Result<Response, Refusal> {
    let head = [
        "id",
        "status",
        "amount",
        "operation",
        "pricing_version",
        "made_at_utc",
        "expires_at_utc",
        "settled_by_transaction_id",
    ];
    stream("reservations.csv", &head, Reservations(OfUser::of(reader))).await
}

struct Notes(OfUser);

#[async_trait::async_trait]
impl Listing for Notes {
    type Row = StaffNote;

    async fn page(&self, cursor: Option<String>) -> Result<Page<StaffNote>, AppError> {
        self.0.backend.notes(&self.0.user, cursor.as_deref(), ROWS).await
    }

    fn cells(&self, row: StaffNote) -> Vec<Cell> {
        vec![
            Cell::word(row.id.to_string()),
            Cell::utc(Some(row.created_at)),
            Cell::text(&row.author),
            Cell::text(&row.text),
        ]
    }
}

/// All notes about a user, newest first.
pub async fn notes(reader: Reader) -> Result<Response, Refusal> {
    let head = ["id", "written_at_utc", "author", "text"];
    stream("notes.csv", &head, Notes(OfUser::of(reader))).await
}

/// All members of a team, with what each may spend and has spent.
pub async fn members(reader: Reader) -> Result<Response, Refusal> {
    let detail = reader.backend.team(reader.id("team")?).await?;
    let mut sheet = Sheet::new(["user_id", "name", "role", "spend_cap", "total_spent"])?;
    for member in detail.members {
        sheet.row([
            Cell::text(&member.user_id),
            Cell::maybe(member.name.as_ref()),
            Cell::word(member.role.as_str()),
            member.spend_cap.map_or_else(Cell::empty, Cell::credits),
            Cell::credits(member.total_spent),
        ])?;
    }
    Ok(download("team-members.csv", CSV, sheet.bytes()?))
}

/// What a team's charges of the page's last days cost, by model and by member.
pub async fn team_spend(reader: Reader) -> Result<Response, Refusal> {
    let team = reader.query.get("team").parse().map_err(|_| AppError::invalid("team", "must be the id of a team"))?;
    let range = last_days(&reader.backend)?;
    let spend = reader.backend.team_spend(team, &range).await?;
    let mut sheet = Sheet::new(["by", "model_or_user_id", "name", "from", "to", "zone", "spend", "charges"])?;
    for (by, costs) in [("model", spend.models), ("member", spend.members)] {
        for cost in costs {
            sheet.row([
                Cell::word(by),
                Cell::text(&cost.key),
                Cell::maybe(cost.name.as_ref()),
                Cell::date(range.first),
                Cell::date(range.last),
                Cell::word(&range.zone_name),
                Cell::credits(cost.sum.spend),
                Cell::count(cost.sum.charges),
            ])?;
        }
    }
    Ok(download("team-spend.csv", CSV, sheet.bytes()?))
}
