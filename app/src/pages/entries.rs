//! Rows of the ledger, as the user page and the transactions page list them.

use crate::{
    format,
    model::{EntryKind, Transaction, Uuid},
    ui::{Badge, Choice, Column, CopyButton, DataTable, KindBadge, Money, Sort, Tone, TransactionLink, UserLink, When},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Which of the optional columns are shown, and the row that was just written.
#[derive(Clone, Debug, Default)]
pub struct EntryTable {
    pub account: bool,
    pub balance: bool,
    pub fresh: Option<Uuid>,
    /// The head "When" turns the order round.
    pub sort: Option<Sort>,
    /// The rows are of one team, which the page is about.
    pub of_team: bool,
    /// Names of teams by their ids.
    pub teams: BTreeMap<String, String>,
}

impl EntryTable {
    pub fn view(self, caption: &str, rows: Vec<Transaction>) -> impl IntoView + use<> {
        let when = Column { sort: self.sort.clone(), ..Column::text("When") };
        let mut columns = vec![when, Column::text("Kind"), Column::text("For").wide_only()];
        if self.account {
            columns.push(Column::text("User"));
        }
        columns.push(Column::number("Amount"));
        columns.push(Column::number("Allowance").wide_only());
        if self.balance {
            columns.push(Column::number("Balance after"));
        }
        columns.push(Column::text("Transaction"));
        view! {
            <DataTable caption=caption columns>
                {rows.into_iter().map(|row| self.row(row)).collect_view()}
            </DataTable>
        }
    }

    /// What an entry is for, and which team it belongs to if it is not the user's own.
    fn purpose(&self, entry: &Transaction) -> String {
        let words = words(entry);
        if self.of_team || entry.account == entry.user_id {
            return words;
        }
        let team = self.teams.get(&entry.account).unwrap_or(&entry.account);
        format!("team {team} · {words}")
    }

    fn row(&self, entry: Transaction) -> impl IntoView + use<> {
        let purpose = self.purpose(&entry);
        let refunded = refunded(&entry);
        let fresh = (self.fresh == Some(entry.id)).then_some("row-fresh");
        // A charge takes from the allowance, a refund gives to it.
        let allowance =
            if entry.kind.is_charge() { entry.allowance.checked_neg().unwrap_or_default() } else { entry.allowance };
        view! {
            <tr class=fresh>
                <td><When at=entry.created_at/></td>
                <td>
                    <KindBadge kind=entry.kind/>
                    {refunded.map(|(tone, text)| view! { " " <Badge tone text/> })}
                </td>
                <td class="cut wide-only" title=purpose.clone()>{purpose.clone()}</td>
                {self.account.then(|| view! { <td class="cut"><UserLink user_id=entry.user_id.clone()/></td> })}
                <td class="num"><Money amount=entry.amount signed=true/></td>
                <td class="num wide-only">
                    {if allowance.is_zero() {
                        view! { <span class="quiet">"—"</span> }.into_any()
                    } else {
                        view! { <Money amount=allowance signed=true/> }.into_any()
                    }}
                </td>
                {self.balance.then(|| view! { <td class="num"><Money amount=entry.balance_after/></td> })}
                <td class="nowrap"><TransactionLink id=entry.id/> <CopyButton text=entry.id.to_string() label="Copy the transaction id"/></td>
            </tr>
        }
    }
}

/// What an entry is for, in a few words.
fn words(entry: &Transaction) -> String {
    let metadata = &entry.metadata;
    let word = |key: &str| metadata.extra.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let note = word("note").or_else(|| word("reason").map(|reason| reason.replace('_', " ")));
    let reference = match (&entry.reference_type, &entry.reference_id) {
        (Some(kind), Some(id)) => Some(format!("{kind} {id}")),
        (Some(one), None) | (None, Some(one)) => Some(one.clone()),
        (None, None) => None,
    };
    let parts = [entry.model.clone(), metadata.fixed_job.clone(), reference, note];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    if text.is_empty() {
        entry.actor.clone().map_or_else(|| "—".to_owned(), |actor| format!("by {actor}"))
    } else {
        text
    }
}

/// How much of a charge has been given back.
fn refunded(entry: &Transaction) -> Option<(Tone, String)> {
    if !entry.kind.is_charge() || entry.refunded.is_zero() {
        return None;
    }
    let whole = entry.gross.is_some_and(|gross| entry.refunded >= gross);
    let text = if whole { "refunded".to_owned() } else { format!("{} refunded", format::credits(entry.refunded)) };
    Some((Tone::Accent, text))
}

/// The kinds of entries as choices of a filter.
pub fn kind_choices() -> Vec<Choice> {
    let kinds = EntryKind::ALL.into_iter().map(|kind| Choice::new(kind.as_str(), kind.as_str().replace('_', " ")));
    [Choice::new("", "Every kind"), Choice::new("charges", "all charges")].into_iter().chain(kinds).collect()
}
