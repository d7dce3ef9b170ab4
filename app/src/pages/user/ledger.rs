//! The user's ledger with its running balance, by kind, a page at a time.

use crate::{
    link::{self, Query},
    model::{Page, Transaction, UserDetail},
    pages::{
        entries::{EntryTable, kind_choices},
        notice::done_entry,
    },
    ui::{Button, Empty, Pager, Section, Select, href},
};
use leptos::prelude::*;

pub fn view(detail: &UserDetail, page: Page<Transaction>, query: &Query) -> impl IntoView + use<> {
    let path = link::user(&detail.user_id);
    let kind = query.get("kind").to_owned();
    let first_page = query.get("cursor").is_empty();
    let at = |cursor: &str| format!("{}#ledger", href(&path, &[("kind", &kind), ("cursor", cursor)]));
    let next = page.next.as_deref().map(at);
    let first = (!first_page).then(|| at(""));
    let csv = link::with_query("/export/transactions.csv", [("user", detail.user_id.as_str()), ("kind", &kind)]);
    let shown = page.items.len();
    let table = EntryTable { balance: true, fresh: done_entry(query), ..EntryTable::default() };
    let action = format!("{path}#ledger");
    let whole = action.clone();
    let rows = match (shown, kind.is_empty() && first_page) {
        (0, true) => view! {
            <Empty title="Nothing yet">
                <p>"Charges, grants and refunds of this user appear here."</p>
            </Empty>
        }
        .into_any(),
        (0, false) => view! {
            <Empty title="Nothing matches">
                <p>"No entry of this kind. " <a href=whole>"Show every kind"</a> "."</p>
            </Empty>
        }
        .into_any(),
        _ => view! {
            {table.view("Ledger of this user, newest first", page.items)}
            <Pager shown noun="entries" nostrip:first=first nostrip:next=next csv/>
        }
        .into_any(),
    };
    let filter = move || {
        view! {
            <form method="get" action=action.clone() class="inline-form">
                <Select name="kind" label="Kind of entry" options=kind_choices() selected=kind.clone()/>
                <Button label="Show"/>
            </form>
        }
    };
    view! {
        <div id="ledger">
            <Section title="Ledger" note="with the balance after each entry" actions=filter>
                {rows}
            </Section>
        </div>
    }
    .into_any()
}
