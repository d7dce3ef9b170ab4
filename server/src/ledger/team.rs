//! Teams: a pool of credits, and the members who spend it.

use super::{
    books::Books,
    charge::{self, Room},
    command::Price,
    decide::{Draft, Made, Reply, Step},
    rejection::Rejection,
};
use app::model::{CreateTeamResult, CreditKind, CreditMetadata, Credits, EntryKind, Uuid};

/// A new team; what it starts with is an entry like any other.
pub(super) fn create(draft: &mut Draft<'_>, name: &str, initial_balance: Credits) -> Result<Reply, Rejection> {
    if initial_balance.is_negative() {
        return Err(Rejection::InvalidAmount { field: "initial_balance", rule: "must not be negative" });
    }
    draft.steps.push(Step::Team {
        name: name.to_owned(),
        key: draft.command.key.clone(),
        digest: draft.command.digest.clone(),
    });
    if initial_balance.is_positive() {
        super::grant::add_credits(draft, initial_balance, CreditKind::Grant, None, &CreditMetadata::default())?;
    }
    Ok(made(draft.command.account.team_id(), name, false))
}

pub(super) fn made(team_id: Uuid, name: &str, idempotent: bool) -> Reply {
    Reply::TeamMade(CreateTeamResult { team_id, name: name.to_owned(), idempotent })
}

/// The team that was made under this key.
pub(super) fn made_before(books: &Books, key: &str, name: &str) -> Option<Made> {
    let known = books.teams.get(key)?;
    Some(Made { id: known.team, digest: known.digest.clone(), reply: made(known.team, name, true) })
}

/// amount > 0 → the team is there → is a member → the member's own limit → the user's caps → the pool covers it. Plans,
/// allowances, the floor and the user's own balance play no part.
pub(super) fn deduct(
    draft: &mut Draft<'_>,
    member: &str,
    price: &Price,
    metadata: &CreditMetadata,
) -> Result<Reply, Rejection> {
    let amount = matches!(price, Price::Amount(_));
    let early = if amount { Some(charge::find_price(draft, price, metadata, None)?) } else { None };
    draft.check_team()?;
    let known = draft.account.members.get(member).filter(|member| member.present);
    let known = known.ok_or_else(|| Rejection::NotTeamMember { user: member.to_owned() })?;
    let (spent, limit) = (known.total_spent, known.spend_cap);
    let priced = if let Some(priced) = early {
        priced
    } else {
        let version = draft.books.pricing.as_ref().map(|active| active.version);
        charge::find_price(draft, price, metadata, version)?
    };
    let total = spent.checked_add(priced.gross).unwrap_or(Credits::MAX);
    if let Some(limit) = limit
        && total > limit
    {
        return Err(Rejection::MemberCapExceeded { limit, spent, needed: priced.gross });
    }
    let mut entry = charge::collect(draft, priced, metadata, draft.now, Room::Pool { member })?;
    entry.kind = EntryKind::TeamUsage;
    member.clone_into(&mut entry.user_id);
    draft.steps.push(Step::Spent { member: member.to_owned(), total });
    Ok(draft.append(entry))
}
