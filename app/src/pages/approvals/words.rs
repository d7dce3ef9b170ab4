//! Requests in words.

use crate::{
    format,
    model::{Approval, ApprovalStatus, Proposal, SpendCap},
    ui::Tone,
};

pub use crate::format::person;

pub const fn tone(status: ApprovalStatus) -> Tone {
    match status {
        ApprovalStatus::Pending => Tone::Accent,
        ApprovalStatus::Approved => Tone::Good,
        ApprovalStatus::Declined => Tone::Bad,
        ApprovalStatus::Withdrawn | ApprovalStatus::Expired => Tone::Warn,
    }
}

/// What is asked for, in a line.
pub fn title(approval: &Approval) -> String {
    let subject = format::isolated(&approval.subject);
    let amount = approval.amount.map(format::credits).unwrap_or_default();
    let credits = approval.amount.map(format::credits_counted).unwrap_or_default();
    match &approval.proposal {
        Proposal::Refund(_) => format!("Refund {credits} to {subject}"),
        Proposal::Grant(grant) => {
            let kind = crate::model::EntryKind::from(grant.kind).as_str();
            format!("Add {credits} ({kind}) to {subject}")
        }
        Proposal::TopUp(top_up) => {
            let kind = crate::model::EntryKind::from(top_up.kind).as_str();
            format!("Add {amount} credits ({kind}) to the team {subject}")
        }
        Proposal::Cap { cap_type, model, to: Some(_), .. } => {
            format!("Set the {} cap of {subject}{} to {amount}", cap_type.as_str(), of(model.as_deref()))
        }
        Proposal::Cap { cap_type, model, to: None, .. } => {
            format!("Take the {} cap of {subject}{} away", cap_type.as_str(), of(model.as_deref()))
        }
        Proposal::Activation { version, .. } => format!("Make pricing version {version} active"),
    }
}

fn of(model: Option<&str>) -> String {
    model.map(|model| format!(" on {model}")).unwrap_or_default()
}

/// Before and after, where the request says both.
pub fn change(approval: &Approval) -> Option<String> {
    let cap = |cap: &Option<SpendCap>| {
        cap.as_ref().map_or_else(
            || "no cap".to_owned(),
            |cap| format!("{} credits ({})", format::credits(cap.limit), format!("{:?}", cap.action).to_lowercase()),
        )
    };
    match &approval.proposal {
        Proposal::Cap { from, to, .. } => Some(format!("{} → {}", cap(from), cap(to))),
        Proposal::Activation { version, active } => {
            let now = active.map_or_else(|| "none".to_owned(), |active| format!("version {active}"));
            Some(format!("{now} → version {version}"))
        }
        Proposal::Refund(_) | Proposal::Grant(_) | Proposal::TopUp(_) => None,
    }
}
