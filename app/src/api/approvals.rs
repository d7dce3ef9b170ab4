//! What waits for a second person, and the answers.

#[cfg(feature = "ssr")]
use crate::model::{Actor, Proposal};
use crate::{
    error::AppError,
    model::{Approval, Credits, Page, Role, Timestamp, TransactionDetail},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The approvals page, for the person who looks at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalsPageData {
    /// What whoever looks has asked for, the newest first.
    pub own: Vec<Approval>,
    /// The oldest first.
    pub pending: Vec<Approval>,
    /// The newest first.
    pub decided: Page<Approval>,
    pub role: Role,
    /// Their name as requests hold it.
    pub me: String,
    pub now: Timestamp,
}

/// One request, for the person who looks at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalPageData {
    pub approval: Approval,
    /// Of a refund: the charge as it is now.
    pub charge: Option<TransactionDetail>,
    /// Of a grant or a top-up: who would get it.
    pub receiver: Option<Receiver>,
    pub role: Role,
    pub me: String,
    pub now: Timestamp,
}

/// Whom credits would be added to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receiver {
    pub name: Option<String>,
    pub balance: Credits,
    /// What whoever asks has given them in the last 24 hours.
    pub given: Credits,
}

/// Requests of one's own that are shown, the latest ones.
#[cfg(feature = "ssr")]
const OWN: u32 = 10;

#[server(prefix = "/ui", endpoint = "approvals")]
pub async fn load_approvals(cursor: Option<String>) -> Result<ApprovalsPageData, AppError> {
    let load = async {
        let staff = super::require_anyone().await?;
        let backend = super::backend()?;
        let pending = backend.pending_approvals().await?;
        let decided = backend.decided_approvals(cursor.as_deref(), 50).await?;
        let me = super::actor(&staff);
        let own = backend.own_approvals(&me, OWN).await?;
        Ok(ApprovalsPageData { own, pending, decided, role: staff.role, me: me.name, now: backend.now() })
    };
    super::answer(load.await)
}

#[server(prefix = "/ui", endpoint = "approval")]
pub async fn load_approval(id: String) -> Result<ApprovalPageData, AppError> {
    let load = async {
        let staff = super::require_anyone().await?;
        let backend = super::backend()?;
        let approval = backend.approval(super::parse::id("id", &id)?).await?;
        let charge = match &approval.proposal {
            Proposal::Refund(refund) => Some(backend.transaction(refund.transaction_id).await?),
            _ => None,
        };
        let by = Actor { name: approval.requested_by.clone(), address: None };
        let receiver = match &approval.proposal {
            Proposal::Grant(grant) => {
                let detail = backend.user(&grant.user_id).await?;
                let given = backend.granted_lately(&by, &grant.user_id).await?;
                Some(Receiver { name: detail.profile.name, balance: detail.balance.balance, given })
            }
            Proposal::TopUp(top_up) => {
                let team = backend.team_balance(top_up.team_id).await?;
                let given = backend.topped_up_lately(&by, top_up.team_id).await?;
                Some(Receiver { name: Some(team.name), balance: team.balance, given })
            }
            _ => None,
        };
        let (me, now) = (super::actor(&staff).name, backend.now());
        Ok(ApprovalPageData { approval, charge, receiver, role: staff.role, me, now })
    };
    super::answer(load.await)
}

/// Answers a request: `answer` is approve, decline or withdraw.
#[server(name = DecideForm, prefix = "/ui", endpoint = "decide")]
pub async fn decide(
    #[server(default)] id: String,
    #[server(default)] answer: String,
    #[server(default)] note: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use leptos::server_fn::ServerFn;
    let decide = async {
        let staff = super::require_anyone().await?;
        let (by, backend, request) = (super::actor(&staff), super::backend()?, parse::id("id", &id)?);
        let note = parse::optional("note", &note)?;
        match answer.as_str() {
            "approve" => backend.approve(&by, staff.role, request, note.as_deref()).await,
            "decline" => backend.decline(&by, staff.role, request, note.as_deref().unwrap_or_default()).await,
            "withdraw" => backend.withdraw(&by, request).await,
            _ => Err(AppError::invalid("answer", "must be approve, decline or withdraw")),
        }
    };
    let page = format!("/approvals/{}", crate::ui::encode(&id));
    let form = Form::new(page.clone(), DecideForm::PATH).typed("note", &note);
    form.finish(decide.await, |_| crate::link::with_query(&page, [("saved", answer.as_str())])).map(drop)
}
