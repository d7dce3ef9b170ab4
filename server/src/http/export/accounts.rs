//! One account's tables: the lots of a user, the members of a team. Whoever is signed in may open their pages.

use super::{
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
use app::{api::last_days, error::AppError};
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
