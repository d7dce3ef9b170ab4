//! The people of the dashboard, managed by an admin; and the way in for whom they invite.

#[cfg(feature = "ssr")]
use crate::model::Role;
use crate::{
    error::AppError,
    model::{Invite, People, Uuid},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The people page, for the admin who looks at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeoplePageData {
    pub people: People,
    /// The admin's own id.
    pub me: Uuid,
    /// The link of the invitation that was just made, this once.
    pub link: Option<String>,
}

#[server(prefix = "/ui", endpoint = "people")]
pub async fn load_people() -> Result<PeoplePageData, AppError> {
    let load = async {
        let me = super::require(Role::may_configure).await?.id;
        Ok(PeoplePageData { people: super::access()?.people().await?, me, link: super::once::take("invite") })
    };
    super::answer(load.await)
}

#[cfg(feature = "ssr")]
const PAGE: &str = "/settings/people";

/// Makes a one-time link for a colleague.
#[server(name = InviteForm, prefix = "/ui", endpoint = "invite")]
pub async fn invite(#[server(default)] email: String, #[server(default)] role: String) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let invite = async {
        let staff = super::require(Role::may_configure).await?;
        let (email, role) = (parse::needed("email", &email)?, parse::role(&role)?);
        let token = super::access()?.invite(&super::actor(&staff), &email, role).await?;
        super::once::show("invite", &super::once::absolute(&format!("/join/{token}")));
        Ok(())
    };
    let form = Form::new(format!("{PAGE}#invite"), InviteForm::PATH).typed("email", &email).typed("role", &role);
    form.finish(invite.await, |()| format!("{PAGE}?saved=invited#invite"))
}

/// Takes an invitation back.
#[server(name = RevokeInviteForm, prefix = "/ui", endpoint = "revoke_invite")]
pub async fn revoke_invite(#[server(default)] id: String) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let revoke = async {
        let staff = super::require(Role::may_configure).await?;
        super::access()?.revoke_invite(&super::actor(&staff), parse::id("id", &id)?).await
    };
    Form::new(PAGE, RevokeInviteForm::PATH).finish(revoke.await, |()| format!("{PAGE}?saved=revoked"))
}

/// Gives a person another role.
#[server(name = SetRoleForm, prefix = "/ui", endpoint = "set_role")]
pub async fn set_role(#[server(default)] person: String, #[server(default)] role: String) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let set = async {
        let staff = super::require(Role::may_configure).await?;
        let (id, role) = (parse::id("person", &person)?, parse::role(&role)?);
        super::access()?.set_role(&super::actor(&staff), id, role).await
    };
    Form::new(PAGE, SetRoleForm::PATH).finish(set.await, |()| format!("{PAGE}?saved=role"))
}

/// Keeps a person out (`disabled` has any text), or lets them in again.
#[server(name = DisablePersonForm, prefix = "/ui", endpoint = "disable_person")]
pub async fn disable_person(
    #[server(default)] person: String,
    #[server(default)] disabled: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let out = !disabled.is_empty();
    let set = async {
        let staff = super::require(Role::may_configure).await?;
        super::access()?.set_disabled(&super::actor(&staff), parse::id("person", &person)?, out).await
    };
    let saved = if out { "disabled" } else { "enabled" };
    Form::new(PAGE, DisablePersonForm::PATH).finish(set.await, |()| format!("{PAGE}?saved={saved}"))
}

/// The invitation of a link, while it can be used.
#[server(prefix = "/ui", endpoint = "invitation")]
pub async fn invitation(token: String) -> Result<Option<Invite>, AppError> {
    super::answer(async { super::visit()?.invitation(&token).await }.await)
}

/// Uses an invitation: makes the account and signs its owner in.
#[server(name = JoinForm, prefix = "/ui", endpoint = "join")]
pub async fn join(
    token: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    use super::form::Form;
    use leptos::server_fn::ServerFn;
    let join = async { super::visit()?.join(&token, &name, &password).await };
    let page = format!("/join/{}", crate::ui::encode(&token));
    let form = Form::new(page, JoinForm::PATH).typed("name", &name);
    // Support has no overview: its first page is the users'.
    form.finish(join.await, |staff| if staff.role.may_report() { "/" } else { "/users" }.to_owned()).map(drop)
}
