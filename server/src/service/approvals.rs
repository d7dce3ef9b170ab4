//! Four eyes: what is above somebody's limit waits for somebody else.
//!
//! A request is kept as the very command that it stands for. Approving it runs that command, and the request ends in the
//! same transaction, so that it is done once or not at all; what the ledger refuses by then stays pending, for its reader
//! to decline.

use super::{Desk, money, paging, pricing::active_changed, validate, writer::Origin};
use crate::clock::later;
use crate::ledger::{AccountKey, Reply};
use crate::store::{
    StoreError, Tx,
    access::staff,
    approvals::{self, Decided},
    audit::{self, Change},
    users,
};
use app::backend::{Answer, Approvals, Ledger as _, Pricing as _, Settings as _, Teams as _};
use app::error::{AppError, Code};
use app::format;
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

fn other_form() -> AppError {
    AppError::new(Code::IdempotencyConflict, "This form was sent before with other values: reload the page.")
}

fn asked_already(other: &Approval, now: Timestamp) -> AppError {
    let (by, when) = (format::person(&other.requested_by), format::relative(other.requested_at, now));
    let message = format!("This is asked for already, by {by}, {when}: that request waits for an answer.");
    AppError::new(Code::ApprovalRequired, message).with("approval_id", other.id)
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
                let refunded = detail.transaction.refunded;
                let total = refunded.checked_add(amount).unwrap_or(Credits::MAX);
                // One that was made before another refund is the ledger's to answer: it knows whether it was that one.
                let current = refund.seen.is_none_or(|seen| seen == refunded);
                let fits = amount.is_positive() && amount <= detail.refundable.total;
                let waits = above(limits.refund(role), total) && current && fits;
                if waits {
                    // Whoever approves decides on this amount, and not on what remains by then; they see what was refunded.
                    refund.amount = Some(amount);
                    refund.seen = None;
                }
                Ok(Weighed { subject: detail.transaction.account, amount: Some(amount), waits })
            }
            Proposal::Grant(grant) => {
                let limit = limits.grant(role);
                let given = self.granted_lately(by, &grant.user_id).await?;
                let total = given.checked_add(grant.amount).unwrap_or(Credits::MAX);
                Ok(Weighed { subject: grant.user_id.clone(), amount: Some(grant.amount), waits: above(limit, total) })
            }
            Proposal::TopUp(top_up) => {
                let limit = limits.grant(role);
                let given = self.topped_up_lately(by, top_up.team_id).await?;
                let total = given.checked_add(top_up.amount).unwrap_or(Credits::MAX);
                let subject = top_up.team_id.to_string();
                Ok(Weighed { subject, amount: Some(top_up.amount), waits: above(limit, total) })
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
                let before = match to {
                    Some(cap) => self.set_cap(by, cap).await?,
                    None => self.delete_cap(by, &user_id, cap_type, model.as_deref()).await?,
                };
                Ok(Proposed::CapSet(before))
            }
            Proposal::Activation { version, active } => {
                self.activate_after(by, version, active).await?;
                Ok(Proposed::Activated)
            }
        }
    }

    /// Keeps a request; the same form sent twice keeps one, and what waits already is not asked for again.
    async fn ask(&self, by: &Actor, approval: &Approval) -> Answer<()> {
        let asked = self.retry(async || {
            let mut tx = self.db.begin().await?;
            if let Some(known) = approvals::find(&mut tx, approval.id).await? {
                let same = known.requested_by == approval.requested_by && known.proposal == approval.proposal;
                return Ok(if same { Ok(()) } else { Err(other_form()) });
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
            // The audit log's head is held from here on: of two who ask at once the second finds the first's request.
            let waiting = approvals::pending(&mut tx, approval.requested_at).await?;
            let double = |other: &&Approval| other.id != approval.id && other.proposal.doubles(&approval.proposal);
            if let Some(other) = waiting.iter().find(double) {
                return Ok(Err(asked_already(other, approval.requested_at)));
            }
            tx.commit().await?;
            Ok(Ok(()))
        });
        asked.await?
    }

    /// Refuses what was asked by somebody who may do nothing here any more.
    async fn check_asker(&self, name: &str) -> Answer<()> {
        let Some(email) = name.strip_prefix("staff:") else { return Ok(()) };
        let mut tx = self.db.snapshot().await?;
        match staff::by_email(&mut tx, email).await? {
            Some(account) if account.disabled => {
                Err(AppError::new(Code::EditConflict, "Whoever asked is disabled by now: decline it."))
            }
            _ => Ok(()),
        }
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
            let because = match proposal {
                Proposal::Cap { .. } if role != Role::Admin => "an admin must approve it, so say why it is right",
                _ => "this is above your limit, so say to whoever approves it why it is right",
            };
            return Err(AppError::invalid("reason", format!("is missing: {because}")));
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
        self.check_asker(&approval.requested_by).await?;
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

    async fn approvals_about(&self, subject: &str) -> Answer<Vec<Approval>> {
        let mut tx = self.db.snapshot().await?;
        Ok(approvals::about(&mut tx, subject, Self::now(self)).await?)
    }

    async fn own_approvals(&self, by: &Actor, limit: u32) -> Answer<Vec<Approval>> {
        let now = Self::now(self);
        let mut tx = self.db.snapshot().await?;
        let mut own = approvals::of(&mut tx, &by.name, limit).await?;
        for approval in &mut own {
            mark_over(approval, now);
        }
        Ok(own)
    }

    async fn granted_lately(&self, by: &Actor, user_id: &str) -> Answer<Credits> {
        let mut tx = self.db.snapshot().await?;
        let Some(account) = users::find(&mut tx, &AccountKey::user(user_id)).await? else { return Ok(Credits::ZERO) };
        Ok(approvals::granted_by(&mut tx, account.id, &by.name, self.a_day_ago()).await?)
    }

    async fn topped_up_lately(&self, by: &Actor, team: Uuid) -> Answer<Credits> {
        let mut tx = self.db.snapshot().await?;
        let (number, _) = self.find_team(&mut tx, team).await?;
        Ok(approvals::granted_by(&mut tx, number, &by.name, self.a_day_ago()).await?)
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
