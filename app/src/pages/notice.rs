//! The notice after a write: what was done, in the ledger's own numbers, with a link to the row that stays.

use crate::{
    format,
    link::Query,
    model::{EntryKind, Transaction, Uuid},
    ui::{Toast, TransactionLink},
};
use leptos::prelude::*;

/// The entry that was just written, as the address names it.
pub fn done_entry(query: &Query) -> Option<Uuid> {
    query.get("done").parse().ok()
}

/// `entries` are those in which the new one is looked for; one that is not among them is only linked to.
pub fn notice(query: &Query, entries: &[Transaction]) -> Option<impl IntoView + use<>> {
    let id = done_entry(query)?;
    let again = !query.get("again").is_empty();
    let title = match entries.iter().find(|entry| entry.id == id) {
        Some(entry) => said(entry),
        None => "Done".to_owned(),
    };
    Some(view! {
        <Toast title>
            <p>
                {again.then_some("It had been sent before and was made once. ")} "The entry is in the ledger for good: "
                <TransactionLink id/> "."
            </p>
        </Toast>
    })
}

fn said(entry: &Transaction) -> String {
    let amount = format::credits_counted(entry.amount);
    let balance = format::credits(entry.balance_after);
    match entry.kind {
        EntryKind::Refund if entry.allowance.is_positive() => {
            format!("Refunded {amount} and {} of allowance", format::credits(entry.allowance))
        }
        EntryKind::Refund => format!("Refunded {amount}"),
        EntryKind::Adjustment => format!("Adjusted by {amount}; the balance after it is {balance}"),
        _ => format!("Added {amount}; the balance after it is {balance}"),
    }
}
