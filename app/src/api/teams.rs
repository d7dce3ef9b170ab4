//! Teams: listed, shown, made, filled, and who is in them.

use super::{ListFilter, ShownRange};
#[cfg(feature = "ssr")]
use crate::model::TransactionQuery;
use crate::{
    error::AppError,
    model::{Credits, Page, Role, SpendSum, Team, TeamDetail, TeamSpend, Transaction, Uuid},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The teams page, for the person who looks at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamsPageData {
    pub page: Page<Team>,
    /// What teams paid in `range`; those that were not charged are left out.
    pub spent: Vec<(Uuid, SpendSum)>,
    pub range: ShownRange,
    pub role: Role,
    pub key: String,
}

/// One team's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamPageData {
    pub detail: TeamDetail,
    pub spend: TeamSpend,
    pub range: ShownRange,
    /// The latest charges, grants and refunds of the pool.
    pub entries: Page<Transaction>,
    pub role: Role,
    pub key: String,
    /// Credits that this person may add to a pool within a day by themselves; none: as many as they like.
    pub limit: Option<Credits>,
}

/// The days that the teams' spend is of: the last 30, today among them.
#[cfg(feature = "ssr")]
pub fn last_days(backend: &crate::backend::SharedBackend) -> Result<crate::range::ReportRange, AppError> {
    let query = crate::range::RangeQuery { range: Some("30d"), ..Default::default() };
    crate::range::ReportRange::read(&query, &backend.reporting_zone(), backend.now())
}

#[server(prefix = "/ui", endpoint = "teams")]
pub async fn list_teams(filter: ListFilter) -> Result<TeamsPageData, AppError> {
    let load = async {
        let role = super::require_anyone().await?.role;
        let backend = super::backend()?;
        let range = last_days(&backend)?;
        let page = backend.teams(super::parse::list_query(&filter)?).await?;
        let spent = backend.teams_spend(&range).await?;
        Ok(TeamsPageData { page, spent, range: ShownRange::of(&range)?, role, key: super::visit()?.form_key() })
    };
    super::answer(load.await)
}

#[server(prefix = "/ui", endpoint = "team")]
pub async fn load_team(id: String) -> Result<TeamPageData, AppError> {
    let load = async {
        let role = super::require_anyone().await?.role;
        let (backend, team) = (super::backend()?, super::parse::team_id(&id)?);
        let range = last_days(&backend)?;
        let query = TransactionQuery { team: Some(team), limit: 10, ..TransactionQuery::default() };
        Ok(TeamPageData {
            detail: backend.team(team).await?,
            spend: backend.team_spend(team, &range).await?,
            range: ShownRange::of(&range)?,
            entries: backend.transactions(query).await?,
            role,
            key: super::visit()?.form_key(),
            limit: backend.settings().await?.limits.admin_grant,
        })
    };
    super::answer(load.await)
}

/// Makes a team; what its pool starts with may be left empty.
#[server(name = CreateTeamForm, prefix = "/ui", endpoint = "create_team")]
pub async fn create_team(
    #[server(default)] name: String,
    #[server(default)] amount: String,
    #[server(default)] key: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::CreateTeam;
    use leptos::server_fn::ServerFn;
    let create = async {
        let staff = super::require(Role::may_manage).await?;
        let initial_balance = if amount.trim().is_empty() { Credits::ZERO } else { parse::limit("amount", &amount)? };
        let request =
            CreateTeam { name: parse::needed("name", &name)?, initial_balance, key: Some(parse::form_key(&key)?) };
        super::backend()?.make_team(&super::actor(&staff), staff.role, request).await
    };
    let create = async { create.await.map_err(|error| super::form::renamed("initial_balance", "amount", error)) };
    let form = Form::new("/teams#create", CreateTeamForm::PATH)
        .typed("name", &name)
        .typed("amount", &amount)
        .typed("key", &key);
    form.finish(create.await, |made| crate::link::team(made.team_id)).map(drop)
}

/// Adds credits to a pool; above the limit somebody else must approve it, and then the note says why.
#[server(name = TopUpForm, prefix = "/ui", endpoint = "top_up_team")]
pub async fn top_up_team(
    team_id: Uuid,
    #[server(default)] amount: String,
    #[server(default)] credit_kind: String,
    #[server(default)] note: String,
    #[server(default)] key: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::{CreditMetadata, Proposal, Proposed, TopUpTeam};
    use leptos::server_fn::ServerFn;
    let add = async {
        let staff = super::require(Role::may_manage).await?;
        let note = parse::optional("note", &note)?;
        let key = parse::form_key(&key)?;
        let request = TopUpTeam {
            team_id,
            amount: parse::amount("amount", &amount)?,
            kind: parse::credit_kind(&credit_kind)?,
            expires_at: None,
            metadata: CreditMetadata::noted(note.as_deref()),
            key: Some(key.clone()),
        };
        let (why, by) = (note.unwrap_or_default(), super::actor(&staff));
        super::backend()?.propose(&by, staff.role, Proposal::TopUp(request), &why, key.parse().ok()).await
    };
    let page = crate::link::team(team_id);
    let form = Form::new(format!("{page}#top-up"), TopUpForm::PATH)
        .typed("amount", &amount)
        .typed("kind", &credit_kind)
        .typed("note", &note)
        .typed("key", &key);
    form.finish(add.await.map_err(|error| super::form::renamed("reason", "note", error)), |done| match done {
        Proposed::Granted(done) => super::form::done(&page, done.transaction_id, done.idempotent),
        other => super::form::proposed(other, &page),
    })
    .map(drop)
}

/// Adds a member, or sets role and limit of one who is there; an empty limit is none.
#[server(name = PutMemberForm, prefix = "/ui", endpoint = "put_member")]
pub async fn put_member(
    team_id: Uuid,
    #[server(default)] user_id: String,
    #[server(default)] role: String,
    #[server(default)] limit: String,
    #[server(default)] new_user: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let put = async {
        let staff = super::require(Role::may_set_members).await?;
        let user = parse::needed("user_id", &user_id)?;
        if new_user.is_empty() && !super::backend()?.user(&user).await?.exists {
            let unknown = "names nobody yet. If it is right, tick below to add them before their first charge";
            return Err(AppError::invalid("user_id", unknown));
        }
        let cap = if limit.trim().is_empty() { None } else { Some(parse::limit("limit", &limit)?) };
        let role = parse::team_role(&role)?;
        super::backend()?.add_member(&super::actor(&staff), team_id, &user, role, cap).await
    };
    let page = crate::link::team(team_id);
    let form = Form::new(format!("{page}#members"), PutMemberForm::PATH)
        .typed("user_id", &user_id)
        .typed("role", &role)
        .typed("limit", &limit)
        .typed("new_user", &new_user);
    form.finish(put.await, |_| crate::link::with_query(&page, [("saved", "member")])).map(drop)
}

/// Takes a member off the team; their charges stay.
#[server(name = RemoveMemberForm, prefix = "/ui", endpoint = "remove_member")]
pub async fn remove_member(team_id: Uuid, #[server(default)] user_id: String) -> Result<(), AppError> {
    use super::form::Form;
    use leptos::server_fn::ServerFn;
    let remove = async {
        let staff = super::require(Role::may_set_members).await?;
        super::backend()?.remove_member(&super::actor(&staff), team_id, &user_id).await
    };
    let page = crate::link::team(team_id);
    let form = Form::new(format!("{page}#members"), RemoveMemberForm::PATH);
    form.finish(remove.await, |_| crate::link::with_query(&page, [("saved", "removed")])).map(drop)
}
