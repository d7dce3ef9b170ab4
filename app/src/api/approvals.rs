//! What waits for a second person, and the answers.

use crate::{
    error::AppError,
    model::{Approval, Page, Role, Timestamp},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The approvals page, for the person who looks at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalsPageData {
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
    pub role: Role,
    pub me: String,
    pub now: Timestamp,
}

#[server(prefix = "/ui", endpoint = "approvals")]
pub async fn load_approvals(cursor: Option<String>) -> Result<ApprovalsPageData, AppError> {
    let load = async {
        let staff = super::require_anyone().await?;
        let backend = super::backend()?;
        let pending = backend.pending_approvals().await?;
        let decided = backend.decided_approvals(cursor.as_deref(), 50).await?;
        let me = super::actor(&staff).name;
        Ok(ApprovalsPageData { pending, decided, role: staff.role, me, now: backend.now() })
    };
    super::answer(load.await)
}

#[server(prefix = "/ui", endpoint = "approval")]
pub async fn load_approval(id: String) -> Result<ApprovalPageData, AppError> {
    let load = async {
        let staff = super::require_anyone().await?;
        let backend = super::backend()?;
        let approval = backend.approval(super::parse::id("id", &id)?).await?;
        Ok(ApprovalPageData { approval, role: staff.role, me: super::actor(&staff).name, now: backend.now() })
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
