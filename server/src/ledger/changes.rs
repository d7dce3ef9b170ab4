//! What the audit log is told of a decision about money: pure, like the decisions themselves.
//!
//! Charges, reservations and settlements are the product's own traffic, and their record is the ledger; what is told here
//! is what a person or a key does to a balance beside them.

use super::{
    command::{Action, Command},
    decide::{Decision, Step},
    entry::Entry,
};
use app::model::{AuditAction, Credits};
use serde_json::{Value, json};

/// A change of an account, without who and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub action: AuditAction,
    pub reason: Option<String>,
    pub before: Option<Value>,
    pub after: Value,
}

/// What is to be told, if anything; a replay has no steps and tells nothing.
pub fn of(command: &Command, decision: &Decision) -> Option<Told> {
    let (action, reason) = match &command.action {
        Action::AddCredits { metadata, .. } => {
            let reason = ["reason", "note"].into_iter().find_map(|key| metadata.extra.get(key)?.as_str());
            (AuditAction::CreditsAdded, reason.map(str::to_owned))
        }
        Action::Adjust { reason, .. } => (AuditAction::CreditsAdjusted, Some(reason.clone())),
        Action::Refund { reason, note, .. } => {
            let note = note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
            (AuditAction::CreditsRefunded, Some(format!("{}{note}", reason.as_str())))
        }
        Action::Sweep => (AuditAction::CreditsSwept, None),
        Action::CreateTeam { .. } => (AuditAction::TeamCreated, None),
        _ => return None,
    };
    let entries: Vec<&Entry> = decision
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Append(entry) => Some(entry.as_ref()),
            _ => None,
        })
        .collect();
    let (before, after) = match (&command.action, entries.as_slice()) {
        (Action::CreateTeam { name, initial_balance }, _) => {
            (None, json!({ "name": name, "balance": initial_balance }))
        }
        (_, []) => return None,
        (_, [first, .., last] | [first @ last]) => {
            let before = first.balance_after.checked_sub(first.amount).unwrap_or_default();
            (Some(json!({ "balance": before })), state(command, first, last, &entries))
        }
    };
    Some(Told { action, reason, before, after })
}

/// The balance after the last of the entries, and what they were.
fn state(command: &Command, first: &Entry, last: &Entry, entries: &[&Entry]) -> Value {
    let amount: Credits = entries.iter().map(|entry| entry.amount).sum();
    let mut state = json!({ "balance": last.balance_after, "amount": amount, "kind": first.kind });
    match &command.action {
        Action::Sweep => state["lots"] = json!(entries.len()),
        Action::Refund { transaction, .. } => {
            state["transaction_id"] = json!(first.id);
            state["refunded_transaction_id"] = json!(transaction);
            if first.allowance.is_positive() {
                state["allowance"] = json!(first.allowance);
            }
        }
        Action::AddCredits { expires_at: Some(at), .. } => {
            state["transaction_id"] = json!(first.id);
            state["expires_at"] = json!(at);
        }
        _ => state["transaction_id"] = json!(first.id),
    }
    state
}
