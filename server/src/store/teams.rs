//! Teams and their members.

use super::{
    Arg, StoreError, Tx,
    books::Loaded,
    bulk::{in_list, in_rows},
    rollups::UNKNOWN_MODEL,
    sql,
    text::{Place, Text},
};
use crate::clock::from_micros;
use crate::ledger::{AccountKey, AccountKind, Action, Books, Command, Member, TeamMade};
use app::model::{Credits, Membership, Team, TeamMember, TeamQuery, TeamRole, TeamSort, Timestamp, Uuid};
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};

/// A team about to be made.
#[derive(Debug)]
pub struct NewTeam<'a> {
    pub account: &'a AccountKey,
    pub name: &'a str,
    pub key: Option<&'a str>,
    pub digest: &'a [u8],
}

/// Names the account of a new team, and records the key that it was made under.
pub async fn create(tx: &mut Tx, number: i64, team: &NewTeam<'_>) -> Result<(), StoreError> {
    sql("UPDATE accounts SET name = $1, search_key = $2 WHERE id = $3")
        .bind(team.name)
        .bind(format!("{}\n{}", team.account.id, team.name).to_lowercase())
        .bind(number)
        .execute_one(tx)
        .await?;
    if let Some(key) = team.key {
        sql("INSERT INTO team_keys (key, team_id, digest) VALUES ($1, $2, $3)")
            .bind(key)
            .bind(number)
            .bind(team.digest.to_vec())
            .execute_one(tx)
            .await?;
    }
    Ok(())
}

/// Teams that were made under the keys at hand.
pub async fn load_made(tx: &mut Tx, commands: &[&Command], books: &mut Books) -> Result<(), StoreError> {
    let making = commands.iter().filter(|command| matches!(command.action, Action::CreateTeam { .. }));
    for key in making.filter_map(|command| command.key.as_deref()) {
        let found: Option<(String, Vec<u8>)> =
            sql("SELECT a.external_id, k.digest FROM team_keys k JOIN accounts a ON a.id = k.team_id WHERE k.key = $1")
                .bind(key)
                .optional(tx)
                .await?;
        if let Some((team, digest)) = found {
            let team = team.parse().map_err(|_| StoreError::corrupt("team id", &team))?;
            books.teams.insert(key.to_owned(), TeamMade { team, digest });
        }
    }
    Ok(())
}

#[derive(Debug, FromRow)]
struct MemberRow {
    team_id: i64,
    user_id: String,
    name: Option<String>,
    role: String,
    spend_cap: Option<i64>,
    total_spent: i64,
    removed_at: Option<i64>,
}

impl MemberRow {
    fn role(&self) -> Result<TeamRole, StoreError> {
        TeamRole::parse(&self.role).ok_or_else(|| StoreError::corrupt("team role", &self.role))
    }
}

/// The members that commands name, present and past.
pub async fn load_members(tx: &mut Tx, commands: &[&Command], loaded: &mut Loaded) -> Result<(), StoreError> {
    const HEAD: &str = "WITH wanted (team_id, user_id) AS (";
    const TAIL: &str = ") SELECT m.team_id, a.external_id AS user_id, a.name, m.role, m.spend_cap, m.total_spent, m.removed_at \
                        FROM wanted w CROSS JOIN team_members m CROSS JOIN accounts a WHERE m.team_id = w.team_id \
                        AND m.user_id = CAST(w.user_id AS BIGINT) AND a.id = m.user_id";
    let mut keys: Vec<[Arg; 2]> = Vec::new();
    for command in commands.iter().filter(|command| command.account.kind == AccountKind::Team) {
        let user = command.member().and_then(|user| loaded.numbers.get(&user));
        if let (Some(team), Some(user)) = (loaded.numbers.get(&command.account), user) {
            keys.push([(*team).into(), (*user).into()]);
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    let rows: Vec<MemberRow> = in_rows(HEAD, TAIL, keys).all(tx).await?;
    for row in rows {
        let Some((key, _)) = loaded.numbers.iter().find(|(_, number)| **number == row.team_id) else { continue };
        let Some(account) = loaded.books.accounts.get_mut(key) else { continue };
        let member = Member {
            role: row.role()?,
            spend_cap: row.spend_cap.map(Credits::from_micros),
            total_spent: Credits::from_micros(row.total_spent),
            present: row.removed_at.is_none(),
        };
        account.members.insert(row.user_id, member);
    }
    Ok(())
}

#[derive(Debug, FromRow)]
struct TeamRow {
    id: i64,
    external_id: String,
    name: Option<String>,
    sort_name: String,
    balance: i64,
    member_count: i64,
    created_at: i64,
}

impl TeamRow {
    fn read(self) -> Result<Team, StoreError> {
        Ok(Team {
            team_id: self.external_id.parse().map_err(|_| StoreError::corrupt("team id", &self.external_id))?,
            name: self.name.unwrap_or_default(),
            balance: Credits::from_micros(self.balance),
            member_count: self.member_count,
            created_at: from_micros(self.created_at),
        })
    }
}

/// What is shown of teams; the balance is without what has expired but was not swept.
const LISTED: &str = "WITH found AS (SELECT a.id, a.external_id, a.name, a.created_at, a.balance - \
     (SELECT CAST(COALESCE(SUM(l.granted - l.consumed), 0) AS BIGINT) FROM lots l \
      WHERE l.open AND l.account_id = a.id AND l.expires_at <= ?) AS balance, \
     (SELECT COUNT(*) FROM team_members m WHERE m.team_id = a.id AND m.removed_at IS NULL) AS member_count, \
     LOWER(COALESCE(a.name, '')) AS sort_name FROM accounts a WHERE a.kind = 'team'";

/// A team with its number.
pub async fn find(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<Option<(i64, Team)>, StoreError> {
    let mut text = Text::default();
    text.push(LISTED, [now.into()]);
    text.push(" AND a.external_id = ?) SELECT * FROM found", [id.to_string().into()]);
    let row: Option<TeamRow> = sql(text.text).bind_all(text.args).optional(tx).await?;
    row.map(|row| Ok((row.id, row.read()?))).transpose()
}

/// Teams whose id and name contain each of the `words`, those after `after`: at most the query's limit and one more, which
/// tells that there is a next page.
pub async fn search(
    tx: &mut Tx,
    query: &TeamQuery,
    words: &[String],
    after: Option<Place>,
    now: Timestamp,
) -> Result<Vec<(Place, Team)>, StoreError> {
    let column = match query.sort {
        TeamSort::Created => "id",
        TeamSort::Name => "sort_name",
        TeamSort::Members => "member_count",
        TeamSort::Balance => "balance",
    };
    let mut text = Text::default();
    text.push(LISTED, [now.into()]);
    text.push_words("a.search_key", words);
    text.push(") SELECT * FROM found WHERE 1 = 1", []);
    text.push_page(column, query.direction, after, query.limit);
    let rows: Vec<TeamRow> = sql(text.text).bind_all(text.args).all(tx).await?;
    let listed = |row: TeamRow| {
        let place = match query.sort {
            TeamSort::Created => Place::Figure(row.id, row.id),
            TeamSort::Name => Place::Name(row.sort_name.clone(), row.id),
            TeamSort::Members => Place::Figure(row.member_count, row.id),
            TeamSort::Balance => Place::Figure(row.balance, row.id),
        };
        Ok((place, row.read()?))
    };
    rows.into_iter().map(listed).collect()
}

/// The names of these teams, of those that are there.
pub async fn names(tx: &mut Tx, teams: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, String>, StoreError> {
    if teams.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(String, Option<String>)> = in_list(
        "SELECT external_id, name FROM accounts WHERE kind = 'team' AND external_id IN",
        "",
        teams.iter().map(|team| Arg::from(team.to_string())),
    )
    .all(tx)
    .await?;
    let read = |(id, name): (String, Option<String>)| {
        Ok((id.parse().map_err(|_| StoreError::corrupt("team id", &id))?, name.unwrap_or_default()))
    };
    rows.into_iter().map(read).collect()
}

/// Present members, owners first, then by the time they came.
pub async fn members(tx: &mut Tx, team: i64) -> Result<Vec<TeamMember>, StoreError> {
    let rows: Vec<MemberRow> =
        sql("SELECT m.team_id, a.external_id AS user_id, a.name, m.role, m.spend_cap, m.total_spent, m.removed_at \
         FROM team_members m JOIN accounts a ON a.id = m.user_id WHERE m.team_id = $1 AND m.removed_at IS NULL \
         ORDER BY CASE m.role WHEN 'owner' THEN 0 WHEN 'admin' THEN 1 ELSE 2 END, m.added_at, a.id")
        .bind(team)
        .all(tx)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TeamMember {
                role: row.role()?,
                user_id: row.user_id,
                name: row.name,
                spend_cap: row.spend_cap.map(Credits::from_micros),
                total_spent: Credits::from_micros(row.total_spent),
            })
        })
        .collect()
}

#[derive(Debug, FromRow)]
struct MembershipRow {
    external_id: String,
    name: Option<String>,
    role: String,
    spend_cap: Option<i64>,
    total_spent: i64,
    balance: i64,
    stale: i64,
}

/// Teams that a user is a member of now, by name.
pub async fn of_user(tx: &mut Tx, user: i64, now: Timestamp) -> Result<Vec<Membership>, StoreError> {
    let rows: Vec<MembershipRow> = sql("SELECT a.external_id, a.name, m.role, m.spend_cap, m.total_spent, a.balance, \
         (SELECT CAST(COALESCE(SUM(l.granted - l.consumed), 0) AS BIGINT) FROM lots l \
          WHERE l.open AND l.account_id = a.id AND l.expires_at <= $1) AS stale \
         FROM team_members m JOIN accounts a ON a.id = m.team_id WHERE m.user_id = $2 AND m.removed_at IS NULL \
         ORDER BY a.name, a.id")
    .bind(now)
    .bind(user)
    .all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Membership {
                team_id: row.external_id.parse().map_err(|_| StoreError::corrupt("team id", &row.external_id))?,
                name: row.name.unwrap_or_default(),
                role: TeamRole::parse(&row.role).ok_or_else(|| StoreError::corrupt("team role", &row.role))?,
                spend_cap: row.spend_cap.map(Credits::from_micros),
                total_spent: Credits::from_micros(row.total_spent),
                pool: Credits::from_micros(row.balance.saturating_sub(row.stale)),
            })
        })
        .collect()
}

/// Net spend of a team's charges in `[start, end)` for each member and model.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Cost {
    pub user_id: String,
    pub name: Option<String>,
    pub model: String,
    pub spend: i64,
    pub charges: i64,
}

/// From the entries themselves, found by member and time.
pub async fn costs(tx: &mut Tx, team: i64, start: Timestamp, end: Timestamp) -> Result<Vec<Cost>, StoreError> {
    sql(format!(
        "SELECT a.external_id AS user_id, a.name, COALESCE(e.model, '{UNKNOWN_MODEL}') AS model, \
         CAST(SUM(-e.amount) AS BIGINT) AS spend, COUNT(*) AS charges FROM team_members m \
         JOIN entries e ON e.user_id = m.user_id AND e.kind = 'team_usage' AND e.account_id = m.team_id \
         AND e.occurred_at >= $2 AND e.occurred_at < $3 JOIN accounts a ON a.id = m.user_id \
         WHERE m.team_id = $1 GROUP BY a.external_id, a.name, COALESCE(e.model, '{UNKNOWN_MODEL}')"
    ))
    .bind(team)
    .bind(start)
    .bind(end)
    .all(tx)
    .await
}

/// Locks a team, so that two changes of its members cannot both find an owner left.
pub async fn lock(tx: &mut Tx, team: i64) -> Result<(), StoreError> {
    sql("UPDATE accounts SET revision = revision + 1 WHERE id = $1").bind(team).execute_one(tx).await
}

/// Writes a member: new, come back, or changed. What they have spent stays.
pub async fn put_member(
    tx: &mut Tx,
    team: i64,
    user: i64,
    role: TeamRole,
    spend_cap: Option<Credits>,
    now: Timestamp,
) -> Result<(), StoreError> {
    sql("INSERT INTO team_members (team_id, user_id, role, spend_cap, total_spent, added_at) VALUES ($1, $2, $3, $4, 0, $5) \
         ON CONFLICT (team_id, user_id) DO UPDATE SET role = excluded.role, spend_cap = excluded.spend_cap, \
         removed_at = NULL")
    .bind(team)
    .bind(user)
    .bind(role.as_str())
    .bind(spend_cap)
    .bind(now)
    .execute_one(tx)
    .await
}

/// Takes a member off the team; the history stays.
pub async fn remove_member(tx: &mut Tx, team: i64, user: i64, now: Timestamp) -> Result<(), StoreError> {
    sql("UPDATE team_members SET removed_at = $3 WHERE team_id = $1 AND user_id = $2")
        .bind(team)
        .bind(user)
        .bind(now)
        .execute_one(tx)
        .await
}
