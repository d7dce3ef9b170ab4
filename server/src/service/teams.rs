//! Teams: money through the writer, membership under the team's lock.

use super::{
    Desk,
    digest::digest,
    money::{keyless, mismatch, price},
    paging, validate,
    writer::Origin,
};
use crate::ledger::{AccountKey, Action, Rejection, Reply};
use crate::store::{
    Tx,
    audit::{self, Change},
    spend, teams, users,
};
use app::backend::{Answer, Settings as _, Teams};
use app::error::{AppError, Code};
use app::model::{
    Actor, AddCreditsResult, AddTeamMemberResult, AuditAction, AuditSubject, CreateTeam, CreateTeamResult, Credits,
    DeductTeam, MemberChange, Page, Role, SpendBy, SpendSum, Team, TeamBalanceResult, TeamCost, TeamDeductionResult,
    TeamDetail, TeamMember, TeamQuery, TeamRole, TeamSort, TeamSpend, TopUpTeam, Uuid,
};
use app::range::ReportRange;
use async_trait::async_trait;
use serde_json::{Value, json};

fn no_team(id: Uuid) -> AppError {
    Rejection::TeamNotFound(id.to_string()).into()
}

fn last_owner() -> AppError {
    AppError::new(Code::LastOwner, "A team keeps at least one owner: make another member owner first.")
}

fn check_limit(limit: Option<Credits>) -> Answer<()> {
    match limit {
        Some(limit) if limit.is_negative() => Err(AppError::invalid_amount("spend_cap", "must not be negative")),
        _ => Ok(()),
    }
}

impl Desk {
    pub(super) async fn find_team(&self, tx: &mut Tx, id: Uuid) -> Answer<(i64, Team)> {
        teams::find(tx, id, Self::now(self)).await?.ok_or_else(|| no_team(id))
    }

    /// Begins a change of a team's members: the team is locked, and its members are as they are.
    async fn begin_change(&self, id: Uuid) -> Answer<(Tx, i64, Vec<TeamMember>)> {
        let mut tx = self.db.begin().await?;
        let (number, _) = self.find_team(&mut tx, id).await?;
        teams::lock(&mut tx, number).await?;
        let members = teams::members(&mut tx, number).await?;
        Ok((tx, number, members))
    }

    /// The number of a user's account, which is made if nothing has named it yet.
    async fn user_number(&self, tx: &mut Tx, user_id: &str) -> Answer<i64> {
        Ok(users::number(tx, &AccountKey::user(user_id), Self::now(self)).await?)
    }
}

/// True when the team would be without an owner if this member were none.
fn is_last_owner(members: &[TeamMember], user_id: &str) -> bool {
    let mut owners = members.iter().filter(|member| member.role == TeamRole::Owner);
    owners.clone().any(|owner| owner.user_id == user_id) && owners.all(|owner| owner.user_id == user_id)
}

#[async_trait]
impl Teams for Desk {
    async fn create_team(&self, by: &Actor, request: CreateTeam) -> Answer<CreateTeamResult> {
        let CreateTeam { name, initial_balance, key } = request;
        let name = name.trim().to_owned();
        validate::id("name", &name)?;
        validate::key(key.as_deref())?;
        let digest = digest(&(&name, initial_balance));
        let action = Action::CreateTeam { name, initial_balance };
        match self.command(by, AccountKey::team(self.new_id()), key, digest, action).await? {
            Reply::TeamMade(result) => Ok(result),
            _ => Err(mismatch()),
        }
    }

    async fn make_team(&self, by: &Actor, role: Role, request: CreateTeam) -> Answer<CreateTeamResult> {
        let limit = self.settings().await?.limits.grant(role);
        if let Some(limit) = limit.filter(|limit| request.initial_balance > *limit) {
            let above = format!("is above your limit of {limit}: make the team without, then ask for its credits");
            return Err(AppError::invalid_amount("initial_balance", above));
        }
        self.create_team(by, request).await
    }

    async fn top_up_team(&self, by: &Actor, request: TopUpTeam) -> Answer<AddCreditsResult> {
        match self.writer.submit_from(Self::top_up_command(by, request)?, Origin::of(by)).await? {
            Reply::Added(result) => Ok(result),
            _ => Err(mismatch()),
        }
    }

    async fn deduct_team(&self, by: &Actor, request: DeductTeam) -> Answer<TeamDeductionResult> {
        let DeductTeam { team_id, user_id, charge, metadata, key } = request;
        validate::id("user_id", &user_id)?;
        validate::key(key.as_deref())?;
        validate::metadata(&metadata)?;
        let metadata = keyless(&metadata);
        let digest = digest(&(&user_id, &charge, &metadata));
        let action = Action::DeductTeam { member: user_id, price: price(charge)?, metadata };
        match self.command(by, AccountKey::team(team_id), key, digest, action).await? {
            Reply::TeamCharged(result) => Ok(result),
            _ => Err(mismatch()),
        }
    }

    async fn team(&self, id: Uuid) -> Answer<TeamDetail> {
        let mut tx = self.db.snapshot().await?;
        let (number, team) = self.find_team(&mut tx, id).await?;
        Ok(TeamDetail { team, members: teams::members(&mut tx, number).await? })
    }

    async fn team_balance(&self, id: Uuid) -> Answer<TeamBalanceResult> {
        let mut tx = self.db.snapshot().await?;
        let (_, Team { team_id, name, balance, member_count, .. }) = self.find_team(&mut tx, id).await?;
        Ok(TeamBalanceResult { team_id, name, balance, member_count })
    }

    async fn teams(&self, query: TeamQuery) -> Answer<Page<Team>> {
        let limit = paging::limit(query.limit)?;
        let after = paging::read_place(query.cursor.as_deref(), query.sort, query.sort == TeamSort::Name)?;
        let words = paging::words(&query.search);
        let mut tx = self.db.snapshot().await?;
        let rows = teams::search(&mut tx, &query, &words, after, Self::now(self)).await?;
        Ok(paging::page(rows, limit, |(place, _)| paging::write_place(query.sort, place), |(_, team)| team))
    }

    async fn teams_spend(&self, range: &ReportRange) -> Answer<Vec<(Uuid, SpendSum)>> {
        let mut tx = self.db.snapshot().await?;
        let teams = spend::by_key(&mut tx, range.start, range.end, SpendBy::Team).await?;
        Ok(teams.into_iter().filter_map(|team| Some((team.key.parse().ok()?, team.sum))).collect())
    }

    async fn team_spend(&self, id: Uuid, range: &ReportRange) -> Answer<TeamSpend> {
        let mut tx = self.db.snapshot().await?;
        let (number, _) = self.find_team(&mut tx, id).await?;
        Ok(spend_of(teams::costs(&mut tx, number, range.start, range.end).await?))
    }

    async fn add_member(
        &self,
        by: &Actor,
        team: Uuid,
        user_id: &str,
        role: TeamRole,
        spend_cap: Option<Credits>,
    ) -> Answer<AddTeamMemberResult> {
        validate::id("user_id", user_id)?;
        check_limit(spend_cap)?;
        let (mut tx, number, members) = self.begin_change(team).await?;
        if role != TeamRole::Owner && is_last_owner(&members, user_id) {
            return Err(last_owner());
        }
        let user = self.user_number(&mut tx, user_id).await?;
        let now = Self::now(self);
        teams::put_member(&mut tx, number, user, role, spend_cap, now).await?;
        let before = member_of(&members, user_id).ok();
        let change = member_change(by, AuditAction::MemberSet, team, user_id, before.as_ref());
        audit::record(&mut tx, change.to(member_state(user_id, role, spend_cap)), now).await?;
        tx.commit().await?;
        Ok(AddTeamMemberResult { team_id: team, user_id: user_id.to_owned(), role })
    }

    async fn update_member(&self, by: &Actor, team: Uuid, user_id: &str, change: MemberChange) -> Answer<TeamMember> {
        validate::id("user_id", user_id)?;
        check_limit(change.spend_cap.flatten())?;
        let (mut tx, number, members) = self.begin_change(team).await?;
        let before = member_of(&members, user_id)?;
        let mut member = before.clone();
        member.role = change.role.unwrap_or(member.role);
        member.spend_cap = change.spend_cap.unwrap_or(member.spend_cap);
        if member.role != TeamRole::Owner && is_last_owner(&members, user_id) {
            return Err(last_owner());
        }
        let user = self.user_number(&mut tx, user_id).await?;
        let now = Self::now(self);
        teams::put_member(&mut tx, number, user, member.role, member.spend_cap, now).await?;
        let change = member_change(by, AuditAction::MemberSet, team, user_id, Some(&before));
        audit::record(&mut tx, change.to(member_state(user_id, member.role, member.spend_cap)), now).await?;
        tx.commit().await?;
        Ok(member)
    }

    async fn remove_member(&self, by: &Actor, team: Uuid, user_id: &str) -> Answer<TeamMember> {
        validate::id("user_id", user_id)?;
        let (mut tx, number, members) = self.begin_change(team).await?;
        let member = member_of(&members, user_id)?;
        if is_last_owner(&members, user_id) {
            return Err(last_owner());
        }
        let user = self.user_number(&mut tx, user_id).await?;
        let now = Self::now(self);
        teams::remove_member(&mut tx, number, user, now).await?;
        let change = member_change(by, AuditAction::MemberRemoved, team, user_id, Some(&member));
        audit::record(&mut tx, change, now).await?;
        tx.commit().await?;
        Ok(member)
    }
}

/// The same costs added up by model and by member.
fn spend_of(costs: Vec<teams::Cost>) -> TeamSpend {
    let mut spend = TeamSpend::default();
    for teams::Cost { user_id, name, model, spend: micros, charges } in costs {
        let sum = SpendSum { spend: Credits::from_micros(micros), charges, refunded: Credits::ZERO };
        spend.total.add(sum);
        add_to(&mut spend.models, model, None, sum);
        add_to(&mut spend.members, user_id, name, sum);
    }
    for costs in [&mut spend.models, &mut spend.members] {
        costs.sort_by(|a, b| b.sum.spend.cmp(&a.sum.spend).then_with(|| a.key.cmp(&b.key)));
    }
    spend
}

fn add_to(costs: &mut Vec<TeamCost>, key: String, name: Option<String>, sum: SpendSum) {
    match costs.iter_mut().find(|cost| cost.key == key) {
        Some(cost) => cost.sum.add(sum),
        None => costs.push(TeamCost { key, name, sum }),
    }
}

fn member_of(members: &[TeamMember], user_id: &str) -> Answer<TeamMember> {
    let known = members.iter().find(|member| member.user_id == user_id).cloned();
    known.ok_or_else(|| Rejection::NotTeamMember { user: user_id.to_owned() }.into())
}

fn member_state(user_id: &str, role: TeamRole, spend_cap: Option<Credits>) -> Value {
    json!({ "user_id": user_id, "role": role, "spend_cap": spend_cap })
}

fn member_change(by: &Actor, action: AuditAction, team: Uuid, user_id: &str, before: Option<&TeamMember>) -> Change {
    let before = before.map(|member| member_state(user_id, member.role, member.spend_cap));
    Change::new(by, action, AuditSubject::Team, team.to_string()).from(before)
}
