//! Four eyes: what is above somebody's limit waits for somebody else.
//!
//! A request is kept as the very command that it stands for. Approving it runs that command, and the request ends in the
//! same transaction, so that it is done once or not at all; what the ledger refuses by then stays pending, for its reader
//! to decline.

use super::{Desk, money, paging, pricing::active_changed, validate, writer::Origin};
use crate::clock::later;
use crate::ledger::Reply;
use crate::store::{
    StoreError, Tx,
    approvals::{self, Decided},
    audit::{self, Change},
};
use app::backend::{Answer, Approvals, Ledger as _, Pricing as _, Settings as _, Teams as _};
use app::error::{AppError, Code};
use app::model::{
    Actor, AddCredits, Approval, ApprovalKind, ApprovalStatus, AuditAction, AuditSubject, Credits, Page, Proposal,
    Proposed, Refund, Role, Timestamp, TopUpTeam, Uuid,
};
use async_trait::async_trait;
use serde_json::json;
use std::time::Duration;

/// Somebody's yes, on its way into the transaction of what they said yes to.
#[derive(Clone, Debug)]
pub struct Approving {
    pub id: Uuid,
    pub by: Actor,
    pub note: Option<String>,
}

impl Approving {
    /// Locks the request; a refusal when it does not wait any more.
    pub async fn begin(&self, tx: &mut Tx, now: Timestamp) -> Result<Result<(), AppError>, StoreError> {
        Ok(match approvals::lock(tx, self.id).await? {
            None => Err(no_approval(self.id)),
            Some(approval) => waits(&approval, now),
        })
    }

    /// Ends the request and gives what the audit log is to be told.
    pub async fn finish(&self, tx: &mut Tx, result: Option<String>, now: Timestamp) -> Result<Change, StoreError> {
        let decided = Decided {
            status: ApprovalStatus::Approved,
            by: &self.by.name,
            note: self.note.as_deref(),
            result: result.clone(),
        };
        approvals::decide(tx, self.id, decided, now).await?;
        let change = told(&self.by, AuditAction::ApprovalApproved, self.id).because(self.note.as_deref());
        Ok(change.from(json!({ "status": "pending" })).to(json!({ "status": "approved", "result": result })))
    }
}

fn told(by: &Actor, action: AuditAction, id: Uuid) -> Change {
    Change::new(by, action, AuditSubject::Approval, id.to_string())
}

fn no_approval(id: Uuid) -> AppError {
    AppError::new(Code::NotFound, format!("No request {id}."))
}

/// A refusal when the request has ended.
fn waits(approval: &Approval, now: Timestamp) -> Result<(), AppError> {
    let by = approval.decided_by.as_deref().unwrap_or("nobody");
    match approval.status {
        ApprovalStatus::Pending if approval.expires_at > now => Ok(()),
        ApprovalStatus::Pending | ApprovalStatus::Expired => {
            Err(AppError::invalid("id", "names a request whose time is over: ask for it anew"))
        }
        status => {
            Err(AppError::invalid("id", format!("names a request that was {} already, by {by}", status.as_str())))
        }
    }
}

/// What a proposal would do by now, as far as the limits go by it.
struct Weighed {
    subject: String,
    amount: Option<Credits>,
    waits: bool,
}

impl Desk {
    /// Fills in what is there now, and says whether `role` needs somebody else for it.
    async fn weigh(&self, by: &Actor, role: Role, proposal: &mut Proposal) -> Answer<Weighed> {
        let limits = self.settings().await?.limits;
        let above = |limit: Option<Credits>, amount: Credits| limit.is_some_and(|limit| amount > limit);
        match proposal {
            Proposal::Refund(refund) => {
                let detail = self.transaction(refund.transaction_id).await?;
                let amount = refund.amount.unwrap_or(detail.refundable.total);
                let limit = if role == Role::Admin { limits.admin_refund } else { limits.support_refund };
                let total = detail.transaction.refunded.checked_add(amount).unwrap_or(Credits::MAX);
                let waits = above(limit, total) && amount.is_positive() && amount <= detail.refundable.total;
                if waits {
                    // Whoever approves decides on this amount, and not on what remains by then.
                    refund.amount = Some(amount);
                }
                Ok(Weighed { subject: detail.transaction.account, amount: Some(amount), waits })
            }
            Proposal::Grant(grant) => {
                let limit = if role == Role::Admin { limits.admin_grant } else { limits.support_grant };
                let given = self.granted_today(by, &grant.user_id).await?;
                let total = given.checked_add(grant.amount).unwrap_or(Credits::MAX);
                Ok(Weighed { subject: grant.user_id.clone(), amount: Some(grant.amount), waits: above(limit, total) })
            }
            Proposal::TopUp(top_up) => {
                let mut tx = self.db.snapshot().await?;
                let (number, team) = self.find_team(&mut tx, top_up.team_id).await?;
                let given = approvals::granted_by(&mut tx, number, &by.name, self.a_day_ago()).await?;
                let total = given.checked_add(top_up.amount).unwrap_or(Credits::MAX);
                let waits = above(limits.admin_grant, total);
                Ok(Weighed { subject: team.team_id.to_string(), amount: Some(top_up.amount), waits })
            }
            Proposal::Cap { user_id, cap_type, model, to, from } => {
                *from = self.find_cap(user_id, *cap_type, model.as_deref()).await?;
                let limit = to.as_ref().map(|cap| cap.limit);
                let raised = from
                    .as_ref()
                    .is_some_and(|from| to.as_ref().is_none_or(|to| to.limit > from.limit || to.action != from.action));
                let waits = if role == Role::Admin {
                    raised && limits.admin_cap.is_some_and(|most| limit.is_none_or(|limit| limit > most))
                } else {
                    true
                };
                Ok(Weighed { subject: user_id.clone(), amount: limit, waits })
            }
            Proposal::Activation { version, active } => {
                self.version(*version).await?;
                let current = self.versions().await?.into_iter().find(|item| item.active).map(|item| item.version);
                let waits = limits.activation && current != Some(*version);
                if waits && current != *active {
                    return Err(active_changed(current));
                }
                Ok(Weighed { subject: version.to_string(), amount: None, waits })
            }
        }
    }

    async fn granted_today(&self, by: &Actor, user_id: &str) -> Answer<Credits> {
        use crate::store::users;
        let mut tx = self.db.snapshot().await?;
        let Some(account) = users::find(&mut tx, &crate::ledger::AccountKey::user(user_id)).await? else {
            return Ok(Credits::ZERO);
        };
        Ok(approvals::granted_by(&mut tx, account.id, &by.name, self.a_day_ago()).await?)
    }

    fn a_day_ago(&self) -> Timestamp {
        crate::clock::earlier(Self::now(self), Duration::from_hours(24))
    }

    /// Does what needs nobody else.
    async fn carry_out(&self, by: &Actor, proposal: Proposal) -> Answer<Proposed> {
        match proposal {
            Proposal::Refund(refund) => self.refund(by, refund).await.map(Proposed::Refunded),
            Proposal::Grant(grant) => self.add_credits(by, grant).await.map(Proposed::Granted),
            Proposal::TopUp(top_up) => self.top_up_team(by, top_up).await.map(Proposed::Granted),
            Proposal::Cap { user_id, cap_type, model, to, .. } => {
                use app::backend::Caps as _;
                match to {
                    Some(cap) => self.set_cap(by, cap).await.map(drop)?,
                    None => self.delete_cap(by, &user_id, cap_type, model.as_deref()).await.map(drop)?,
                }
                Ok(Proposed::CapSet)
            }
            Proposal::Activation { version, active } => {
                self.activate_after(by, version, active).await?;
                Ok(Proposed::Activated)
            }
        }
    }

    /// Keeps a request; the same form sent twice keeps one.
    async fn ask(&self, by: &Actor, approval: &Approval) -> Answer<()> {
        let asked = self.retry(async || {
            let mut tx = self.db.begin().await?;
            if let Some(known) = approvals::find(&mut tx, approval.id).await? {
                return Ok(known.requested_by == approval.requested_by && known.proposal == approval.proposal);
            }
            approvals::insert(&mut tx, approval).await?;
            let state = json!({
                "kind": approval.kind(),
                "subject": approval.subject,
                "amount": approval.amount,
                "expires_at": approval.expires_at,
            });
            let change =
                told(by, AuditAction::ApprovalRequested, approval.id).because(Some(&approval.reason)).to(state);
            audit::record(&mut tx, change, approval.requested_at).await?;
            tx.commit().await?;
            Ok(true)
        });
        if asked.await? {
            return Ok(());
        }
        Err(AppError::new(Code::IdempotencyConflict, "This form was sent before with other values: reload the page."))
    }

    /// The request, if it waits and `by` may answer it.
    async fn to_decide(&self, by: &Actor, role: Role, id: Uuid) -> Answer<Approval> {
        let approval = self.approval(id).await?;
        if approval.requested_by == by.name {
            return Err(AppError::new(Code::Forbidden, "This is your own request: somebody else must answer it."));
        }
        if !approval.kind().may_decide(role) {
            let message = format!("The role {} does not answer requests of this kind.", role.as_str());
            return Err(AppError::new(Code::Forbidden, message));
        }
        waits(&approval, Self::now(self))?;
        Ok(approval)
    }

    /// Ends a request without doing what it asks for.
    async fn end(
        &self,
        by: &Actor,
        id: Uuid,
        status: ApprovalStatus,
        action: AuditAction,
        note: Option<&str>,
    ) -> Answer<()> {
        let now = Self::now(self);
        let ended = self.retry(async || {
            let mut tx = self.db.begin().await?;
            let Some(approval) = approvals::lock(&mut tx, id).await? else { return Ok(Err(no_approval(id))) };
            let over = approval.status == ApprovalStatus::Pending && approval.expires_at <= now;
            if let Err(refusal) = waits(&approval, now)
                && !(over && status == ApprovalStatus::Expired)
            {
                return Ok(Err(refusal));
            }
            approvals::decide(&mut tx, id, Decided { status, by: &by.name, note, result: None }, now).await?;
            let change = told(by, action, id).because(note);
            let change = change.from(json!({ "status": "pending" })).to(json!({ "status": status }));
            audit::record(&mut tx, change, now).await?;
            tx.commit().await?;
            Ok(Ok(()))
        });
        ended.await?
    }
}

#[async_trait]
impl Approvals for Desk {
    async fn propose(
        &self,
        by: &Actor,
        role: Role,
        mut proposal: Proposal,
        reason: &str,
        request: Option<Uuid>,
    ) -> Answer<Proposed> {
        let weighed = self.weigh(by, role, &mut proposal).await?;
        if !weighed.waits {
            return self.carry_out(by, proposal).await;
        }
        money::check_proposal(&proposal, Self::now(self))?;
        validate::note("reason", reason)?;
        if reason.trim().is_empty() {
            let missing = "is missing: this is above your limit, so say to whoever approves it why it is right";
            return Err(AppError::invalid("reason", missing));
        }
        let now = Self::now(self);
        let hours = self.settings().await?.limits.hours;
        let approval = Approval {
            id: request.unwrap_or_else(|| self.new_id()),
            proposal,
            subject: weighed.subject,
            amount: weighed.amount,
            reason: reason.trim().to_owned(),
            requested_by: by.name.clone(),
            requested_at: now,
            expires_at: later(now, Duration::from_hours(u64::from(hours))),
            status: ApprovalStatus::Pending,
            decided_by: None,
            decided_at: None,
            note: None,
            result: None,
        };
        self.ask(by, &approval).await?;
        Ok(Proposed::Waiting(approval.id))
    }

    async fn approve(&self, by: &Actor, role: Role, id: Uuid, note: Option<&str>) -> Answer<Approval> {
        if let Some(note) = note {
            validate::note("note", note)?;
        }
        let approval = self.to_decide(by, role, id).await?;
        let approving = Approving { id, by: by.clone(), note: note.map(str::to_owned) };
        let asker = Actor { name: approval.requested_by, address: by.address.clone() };
        // One request, one key: even a ledger that had forgotten the request would do it once.
        let key = Some(format!("approval:{id}"));
        match approval.proposal {
            Proposal::Refund(refund) => {
                let command = self.refund_command(&asker, Refund { key, ..refund }).await?;
                self.approved(self.writer.submit_from(command, Origin::approved(&asker, approving)).await?)?;
            }
            Proposal::Grant(grant) => {
                let command = Self::grant_command(&asker, AddCredits { key, ..grant })?;
                self.approved(self.writer.submit_from(command, Origin::approved(&asker, approving)).await?)?;
            }
            Proposal::TopUp(top_up) => {
                let command = Self::top_up_command(&asker, TopUpTeam { key, ..top_up })?;
                self.approved(self.writer.submit_from(command, Origin::approved(&asker, approving)).await?)?;
            }
            Proposal::Cap { user_id, cap_type, model, to, from } => {
                self.approve_cap(&asker, &approving, (&user_id, cap_type, model.as_deref()), to, from).await?;
            }
            Proposal::Activation { version, active } => {
                self.approve_activation(&asker, &approving, version, active).await?;
            }
        }
        self.approval(id).await
    }

    async fn decline(&self, by: &Actor, role: Role, id: Uuid, note: &str) -> Answer<Approval> {
        validate::note("note", note)?;
        if note.trim().is_empty() {
            return Err(AppError::invalid("note", "is missing: say why, for whoever asked"));
        }
        self.to_decide(by, role, id).await?;
        self.end(by, id, ApprovalStatus::Declined, AuditAction::ApprovalDeclined, Some(note.trim())).await?;
        self.approval(id).await
    }

    async fn withdraw(&self, by: &Actor, id: Uuid) -> Answer<Approval> {
        if self.approval(id).await?.requested_by != by.name {
            return Err(AppError::new(Code::Forbidden, "Only whoever asked can take a request back."));
        }
        self.end(by, id, ApprovalStatus::Withdrawn, AuditAction::ApprovalWithdrawn, None).await?;
        self.approval(id).await
    }

    async fn approval(&self, id: Uuid) -> Answer<Approval> {
        let mut tx = self.db.snapshot().await?;
        let mut approval = approvals::find(&mut tx, id).await?.ok_or_else(|| no_approval(id))?;
        mark_over(&mut approval, Self::now(self));
        Ok(approval)
    }

    async fn pending_approvals(&self) -> Answer<Vec<Approval>> {
        let mut tx = self.db.snapshot().await?;
        Ok(approvals::pending(&mut tx, Self::now(self)).await?)
    }

    async fn decided_approvals(&self, cursor: Option<&str>, limit: u32) -> Answer<Page<Approval>> {
        let limit = paging::limit(limit)?;
        let before = paging::plain_cursor(cursor)?;
        let now = Self::now(self);
        let mut tx = self.db.snapshot().await?;
        let rows = approvals::decided(&mut tx, before, limit, now).await?;
        Ok(paging::page(
            rows,
            limit,
            |approval| approval.id.to_string(),
            |mut approval| {
                mark_over(&mut approval, now);
                approval
            },
        ))
    }

    async fn approvals_waiting_for(&self, by: &Actor, role: Role) -> Answer<i64> {
        let kinds: Vec<_> = ApprovalKind::ALL.into_iter().filter(|kind| kind.may_decide(role)).collect();
        let mut tx = self.db.snapshot().await?;
        Ok(approvals::count_for(&mut tx, &kinds, &by.name, Self::now(self)).await?)
    }

    async fn expire_approvals(&self, by: &Actor) -> Answer<u32> {
        let mut tx = self.db.snapshot().await?;
        let due = approvals::due(&mut tx, Self::now(self)).await?;
        drop(tx);
        let mut count = 0;
        for id in due {
            // One that somebody ended meanwhile is no failure.
            count +=
                u32::from(self.end(by, id, ApprovalStatus::Expired, AuditAction::ApprovalExpired, None).await.is_ok());
        }
        Ok(count)
    }
}

/// A request whose time is over has expired, whether or not the reaper has been there.
fn mark_over(approval: &mut Approval, now: Timestamp) {
    if approval.status == ApprovalStatus::Pending && approval.expires_at <= now {
        approval.status = ApprovalStatus::Expired;
    }
}

impl Desk {
    /// The ledger's answer to what was approved, which is a refund's or a grant's.
    #[expect(clippy::unused_self, reason = "reads as a step of `approve`")]
    fn approved(&self, reply: Reply) -> Answer<()> {
        match reply {
            Reply::Refunded(_) | Reply::Added(_) => Ok(()),
            _ => Err(money::mismatch()),
        }
    }
}
