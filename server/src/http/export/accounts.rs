//! One account's tables: the lots of a user, the members of a team. Whoever is signed in may open their pages.

use super::{
    reader::Reader,
    sheet::{CSV, Cell, Sheet, download},
};
use crate::http::Refusal;
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
    let mut sheet = Sheet::new(["user_id", "role", "spend_cap", "total_spent"])?;
    for member in detail.members {
        sheet.row([
            Cell::text(&member.user_id),
            Cell::word(member.role.as_str()),
            member.spend_cap.map_or_else(Cell::empty, Cell::credits),
            Cell::credits(member.total_spent),
        ])?;
    }
    Ok(download("team-members.csv", CSV, sheet.bytes()?))
}
