//! One entry of the ledger: all facts, how its cost came about, and what has been given back.

mod explain;
mod facts;
mod refunds;
mod words;

pub use refunds::obstacle;

use super::{approvals::waiting, notice::notice, page};
use crate::{
    api::{self, TransactionPageData},
    link::{self, Query},
    model::TransactionDetail,
    ui::{PageHead, Section, short_id},
};
use leptos::prelude::*;

#[component]
pub fn TransactionPage() -> impl IntoView {
    let query = page::query();
    page::opened(
        "Transaction",
        ("/transactions", "Transactions"),
        api::load_transaction(page::segment(1)),
        move |data| whole(data, &query),
    )
}

fn whole(data: TransactionPageData, query: &Query) -> impl IntoView + use<> {
    let TransactionPageData { detail, spend_then, waiting: asked, role, zone, .. } = data;
    let done = notice(query, &detail.refunds);
    let charge = detail.transaction.kind.is_charge();
    let title = format!("{} {}", title(&detail), short_id(&detail.transaction.id));
    let action = refunds::action(&detail, role);
    let words = charge.then(|| words::view(&detail, &zone));
    view! {
        <PageHead title trail=trail(&detail)>{action}</PageHead>
        {done}
        {waiting(&asked)}
        {facts::view(&detail, role)}
        {charge.then(|| explain::view(&detail, spend_then))}
        {words.map(|words| view! { <Section title="In plain words" note="to send to the customer">{words}</Section> })}
        {refunds::view(&detail, query)}
    }
    .into_any()
}

fn title(detail: &TransactionDetail) -> String {
    let kind = detail.transaction.kind.as_str().replace('_', " ");
    let mut letters = kind.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// The way here: the list, and the page of the user.
fn trail(detail: &TransactionDetail) -> Vec<(String, String)> {
    let user = &detail.transaction.user_id;
    let name = detail.user_name().unwrap_or_else(|| user.clone());
    vec![("/transactions".to_owned(), "Transactions".to_owned()), (link::user(user), name)]
}
