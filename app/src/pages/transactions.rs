//! The ledger of all accounts, by filter.

use super::{
    entries::{EntryTable, kind_choices},
    page,
};
use crate::{
    api::{self, TransactionFilter, TransactionList},
    error::AppError,
    ui::{
        Button, ButtonKind, Empty, ErrorBox, Field, Hidden, LinkButton, PageHead, Pager, Select, TextInput,
        field_error, href,
    },
};
use leptos::prelude::*;

#[component]
pub fn Transactions() -> impl IntoView {
    let query = page::query();
    let [user, kind, model, from, to, tz, cursor] =
        ["user", "kind", "model", "from", "to", "tz", "cursor"].map(|name| query.get(name).to_owned());
    let filter = TransactionFilter { user, kind, model, from, to, tz, cursor };
    view! {
        <PageHead title="Transactions" lead="Every entry of the ledger, newest first."/>
        <Suspense>
            {Suspend::new(async move {
                match api::list_transactions(filter.clone()).await {
                    Ok(list) => {
                        view! {
                            {filters(&filter, None, &list.zone)}
                            {listing(&filter, list)}
                        }
                            .into_any()
                    }
                    Err(error) => refused(&filter, error).into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// A filter at fault is shown at its field; any other error below the form.
fn refused(filter: &TransactionFilter, error: AppError) -> impl IntoView + use<> {
    let at_field = error.field.as_deref().is_some_and(|field| ["from", "to", "kind"].contains(&field));
    let form = filters(filter, Some(&error), &filter.tz);
    view! {
        {form}
        {(!at_field).then(|| view! { <ErrorBox error/> })}
    }
    .into_any()
}

fn filters(filter: &TransactionFilter, error: Option<&AppError>, zone: &str) -> impl IntoView + use<> {
    let [from_error, to_error, kind_error] = ["from", "to", "kind"].map(|field| field_error(error, field));
    let (from_wrong, to_wrong) = (from_error.is_some(), to_error.is_some());
    let clear = !filter.is_empty();
    let TransactionFilter { user, kind, model, from, to, tz, .. } = filter.clone();
    let zone_hint = if zone.is_empty() { String::new() } else { format!(" ({zone})") };
    view! {
        <form method="get" action="/transactions" class="filters">
            <Hidden name="tz" value=tz/>
            <Field name="user" label="User id">
                <TextInput name="user" value=user placeholder="Any"/>
            </Field>
            <Field name="kind" label="Kind" nostrip:error=kind_error>
                <Select name="kind" options=kind_choices() selected=kind/>
            </Field>
            <Field name="model" label="Model">
                <TextInput name="model" value=model placeholder="Any"/>
            </Field>
            <Field name="from" label=format!("From{zone_hint}") nostrip:error=from_error>
                <TextInput name="from" kind="date" value=from invalid=from_wrong/>
            </Field>
            <Field name="to" label=format!("To{zone_hint}") nostrip:error=to_error>
                <TextInput name="to" kind="date" value=to invalid=to_wrong/>
            </Field>
            <div class="filters-go">
                <Button label="Filter"/>
                {clear.then(|| view! { <LinkButton kind=ButtonKind::Ghost href="/transactions" label="Clear"/> })}
            </div>
        </form>
    }
    .into_any()
}

fn listing(filter: &TransactionFilter, list: TransactionList) -> impl IntoView + use<> {
    let first_page = filter.cursor.is_empty();
    if list.page.items.is_empty() && filter.is_empty() && first_page {
        return view! {
            <Empty title="Nothing yet">
                <p>"Charges, grants and refunds appear here as they happen. The API's first charge is one request away:"</p>
                <pre><code>{FIRST_CHARGE}</code></pre>
            </Empty>
        }
        .into_any();
    }
    if list.page.items.is_empty() {
        return view! {
            <Empty title="Nothing matches">
                <p>
                    "No entry fits all of these filters. Widen the dates, or "
                    <a href="/transactions">"show every transaction"</a> "."
                </p>
            </Empty>
        }
        .into_any();
    }
    let at = |cursor: &str| {
        let TransactionFilter { user, kind, model, from, to, tz, .. } = filter;
        let pairs = [("user", user), ("kind", kind), ("model", model), ("from", from), ("to", to), ("tz", tz)];
        let pairs = pairs.map(|(name, value)| (name, value.as_str()));
        href("/transactions", &[&pairs[..], &[("cursor", cursor)]].concat())
    };
    let shown = list.page.items.len();
    let next = list.page.next.as_deref().map(at);
    let first = (!first_page).then(|| at(""));
    let table = EntryTable { account: true, balance: false, fresh: None };
    view! {
        {table.view("Transactions, newest first", list.page.items)}
        <Pager shown noun="transactions" nostrip:first=first nostrip:next=next/>
    }
    .into_any()
}

const FIRST_CHARGE: &str = "curl \"$CREDITDESK/api/v1/users/ana/deductions\" \\\n  -H \"Authorization: Bearer \
                            $CREDITDESK_KEY\" \\\n  -H \"Idempotency-Key: call-1\" -H \"Content-Type: \
                            application/json\" \\\n  -d '{\"amount\": 0.4}'";
