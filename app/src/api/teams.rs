//! Teams: listed, shown, made, filled, and who is in them.

use crate::{
    error::AppError,
    model::{Page, Role, Team, TeamDetail, Uuid},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The teams page, for the person who looks at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamsPageData {
    pub page: Page<Team>,
    pub role: Role,
    pub key: String,
}

/// One team's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamPageData {
    pub detail: TeamDetail,
    pub role: Role,
    pub key: String,
}

#[server(prefix = "/ui", endpoint = "teams")]
pub async fn list_teams(cursor: Option<String>) -> Result<TeamsPageData, AppError> {
    let load = async {
        let role = super::require_anyone().await?.role;
        let page = super::backend()?.teams(cursor.as_deref(), 50).await?;
        Ok(TeamsPageData { page, role, key: super::visit()?.form_key() })
    };
    super::answer(load.await)
}

#[server(prefix = "/ui", endpoint = "team")]
pub async fn load_team(id: String) -> Result<TeamPageData, AppError> {
    let load = async {
        let role = super::require_anyone().await?.role;
        let detail = super::backend()?.team(super::parse::team_id(&id)?).await?;
        Ok(TeamPageData { detail, role, key: super::visit()?.form_key() })
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
    use crate::model::{CreateTeam, Credits};
    use leptos::server_fn::ServerFn;
    let create = async {
        let staff = super::require(Role::may_manage).await?;
        let initial_balance = if amount.trim().is_empty() { Credits::ZERO } else { parse::limit("amount", &amount)? };
        let request =
            CreateTeam { name: parse::needed("name", &name)?, initial_balance, key: Some(parse::form_key(&key)?) };
        super::backend()?.create_team(&super::actor(&staff), request).await
    };
    let form = Form::new("/teams#create", CreateTeamForm::PATH)
        .typed("name", &name)
        .typed("amount", &amount)
        .typed("key", &key);
    form.finish(create.await, |made| crate::link::team(made.team_id)).map(drop)
}

/// Adds credits to a pool.
#[server(name = TopUpForm, prefix = "/ui", endpoint = "top_up_team")]
pub async fn top_up_team(
    team_id: Uuid,
    #[server(default)] amount: String,
    #[server(default)] credit_kind: String,
    #[server(default)] key: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::{CreditMetadata, TopUpTeam};
    use leptos::server_fn::ServerFn;
    let add = async {
        let staff = super::require(Role::may_manage).await?;
        let request = TopUpTeam {
            team_id,
            amount: parse::amount("amount", &amount)?,
            kind: parse::credit_kind(&credit_kind)?,
            expires_at: None,
            metadata: CreditMetadata::default(),
            key: Some(parse::form_key(&key)?),
        };
        super::backend()?.top_up_team(&super::actor(&staff), request).await
    };
    let page = crate::link::team(team_id);
    let form = Form::new(format!("{page}#top-up"), TopUpForm::PATH)
        .typed("amount", &amount)
        .typed("kind", &credit_kind)
        .typed("key", &key);
    form.finish(add.await, |_| crate::link::with_query(&page, [("saved", "credits")])).map(drop)
}

/// Adds a member, or sets role and limit of one who is there; an empty limit is none.
#[server(name = PutMemberForm, prefix = "/ui", endpoint = "put_member")]
pub async fn put_member(
    team_id: Uuid,
    #[server(default)] user_id: String,
    #[server(default)] role: String,
    #[server(default)] limit: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let put = async {
        let staff = super::require(Role::may_set_members).await?;
        let user = parse::needed("user_id", &user_id)?;
        let cap = if limit.trim().is_empty() { None } else { Some(parse::limit("limit", &limit)?) };
        let role = parse::team_role(&role)?;
        super::backend()?.add_member(&super::actor(&staff), team_id, &user, role, cap).await
    };
    let page = crate::link::team(team_id);
    let form = Form::new(format!("{page}#members"), PutMemberForm::PATH)
        .typed("user_id", &user_id)
        .typed("role", &role)
        .typed("limit", &limit);
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
