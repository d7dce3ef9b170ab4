//! The users: one box that takes anything that can be pasted, and a list.

use super::{
    entries::EntryTable,
    page::{self, kept},
};
use crate::{
    api::{self, ListFilter},
    format,
    model::{KeyFound, Transaction, UserRow, UserSort},
    ui::{
        Badge, Button, ButtonKind, Column, DataTable, Empty, Glyph, LinkButton, Money, PageHead, Pager, SearchInput,
        Section, Sizes, Tone, UserLink, When, href,
    },
};
use leptos::prelude::*;

#[component]
pub fn Users() -> impl IntoView {
    let query = page::query();
    let filter = ListFilter::read(|name| query.get(name).to_owned());
    let ListFilter { q, sort, order, size, .. } = filter.clone();
    let clear = (!q.is_empty()).then(|| href("/users", &[("sort", &sort), ("order", &order), ("size", &size)]));
    view! {
        <PageHead title="Users" lead="Find anyone by what you have: an id, a part of a name or e-mail, a transaction id."/>
        <form method="get" action="/users" class="search-form" role="search">
            <SearchInput
                name="q"
                label="Search users"
                value=q.clone()
                placeholder="Id, name, e-mail, transaction, page address, key"
                autofocus=true
            />
            {kept([("sort", sort.as_str()), ("order", &order), ("size", &size)])}
            <Button label="Search"/>
            {clear.map(|href| view! { <LinkButton kind=ButtonKind::Ghost href label="Clear"/> })}
        </form>
        {page::loaded(
            api::list_users(filter.clone()),
            move |list| {
                let next = list.page.next;
                let keys = (!list.keys.is_empty()).then(|| found_keys(list.keys));
                let entries = (!list.transactions.is_empty()).then(|| found_entries(list.transactions));
                let rows = match (list.page.items.is_empty(), filter.q.is_empty(), filter.cursor.is_empty()) {
                    (false, _, _) => listing(list.page.items, next, &filter, list.may_export).into_any(),
                    (true, true, true) => nothing_yet().into_any(),
                    _ if keys.is_some() || entries.is_some() => ().into_any(),
                    _ => nothing_matches(filter.q).into_any(),
                };
                view! {
                    {keys}
                    {entries}
                    {rows}
                }
            },
        )}
    }
    .into_any()
}

fn listing(rows: Vec<UserRow>, next: Option<String>, filter: &ListFilter, may_export: bool) -> impl IntoView + use<> {
    let ListFilter { q, size, cursor, .. } = filter;
    let caption = if q.is_empty() { "Users".to_owned() } else { format!("Users that match {}", format::isolated(q)) };
    let sort = |column: Column, sort: UserSort| {
        column.ordered(sort, filter.order(), |sort, order| {
            href("/users", &[("q", q), ("sort", sort), ("order", order), ("size", size)])
        })
    };
    let columns = vec![
        sort(Column::text("User"), UserSort::User),
        Column::text("Plan"),
        sort(Column::number("Balance"), UserSort::Balance),
        sort(Column::number("Lifetime purchased").wide_only(), UserSort::Purchased),
        sort(Column::text("Last activity"), UserSort::Activity),
    ];
    let shown = rows.len();
    let next = next.map(|cursor| href("/users", &[&filter.pairs()[..], &[("cursor", &cursor)]].concat()));
    let first = (!cursor.is_empty()).then(|| href("/users", &filter.pairs()));
    let csv = may_export.then(|| href("/export/users.csv", &filter.pairs()));
    let sizes = Sizes::of("/users", &filter.pairs());
    view! {
        <DataTable caption columns>
            {rows.into_iter().map(row).collect_view()}
        </DataTable>
        <Pager shown noun="users" nostrip:first=first nostrip:next=next nostrip:csv=csv sizes/>
    }
    .into_any()
}

fn row(user: UserRow) -> impl IntoView {
    let id = user.user_id.clone();
    let second = [user.profile.name.as_ref().map(|_| id), user.profile.email].into_iter().flatten();
    let second = second.collect::<Vec<_>>().join(" · ");
    view! {
        <tr>
            <td class="who">
                <UserLink user_id=user.user_id nostrip:name=user.profile.name/>
                {(!second.is_empty()).then(|| view! { <span class="quiet who-more"><bdi>{second}</bdi></span> })}
            </td>
            <td>{user.plan_id.unwrap_or_else(|| "—".to_owned())}</td>
            <td class="num"><Money amount=user.balance/></td>
            <td class="num wide-only"><Money amount=user.lifetime_purchased/></td>
            <td>
                {match user.last_activity {
                    Some(at) => view! { <When at/> }.into_any(),
                    None => view! { <span class="quiet">"never"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
    .into_any()
}

/// Entries whose shortened id was searched for.
fn found_entries(rows: Vec<Transaction>) -> impl IntoView {
    let table = EntryTable { account: true, ..EntryTable::default() };
    view! {
        <Section title="Transactions" note="their ids fit, the newest first">
            {table.view("Transactions whose ids fit", rows)}
        </Section>
    }
    .into_any()
}

/// API keys belong to no user; who has one before them wants to know which it is.
fn found_keys(keys: Vec<KeyFound>) -> impl IntoView {
    let columns = vec![
        Column::text("API key"),
        Column::text("Begins with"),
        Column::text("Scopes"),
        Column::text("Last used"),
        Column::text("State"),
    ];
    view! {
        <Section title="API keys" note="a key belongs to a program, not to a user">
            <DataTable caption="API keys that begin so" columns>{keys.into_iter().map(key_row).collect_view()}</DataTable>
        </Section>
    }
    .into_any()
}

fn key_row(key: KeyFound) -> impl IntoView {
    let (tone, state) = if key.revoked_at.is_some() { (Tone::Bad, "revoked") } else { (Tone::Good, "works") };
    view! {
        <tr>
            <td>{key.name}</td>
            <td><code>{key.prefix} "…"</code></td>
            <td>{key.scopes}</td>
            <td>
                {match key.last_used_at {
                    Some(at) => view! { <When at/> }.into_any(),
                    None => view! { <span class="quiet">"never"</span> }.into_any(),
                }}
            </td>
            <td><Badge tone text=state/></td>
        </tr>
    }
    .into_any()
}

fn nothing_yet() -> impl IntoView {
    const FIRST: &str = "curl \"$CREDITDESK/api/v1/users/ana/credits\" \\\n  -H \"Authorization: Bearer $CREDITDESK_KEY\" \
                         \\\n  -H \"Idempotency-Key: first\" -H \"Content-Type: application/json\" \\\n  \
                         -d '{\"amount\": 100, \"kind\": \"grant\"}'";
    view! {
        <Empty title="No users yet" glyph=Glyph::Users>
            <p>"A user appears with the first credits or charge that names them. This gives ana 100 credits:"</p>
            <pre><code>{FIRST}</code></pre>
            <p class="quiet">"Make a key with " <code>"creditdesk key add my-product"</code> "."</p>
        </Empty>
    }
    .into_any()
}

fn nothing_matches(q: String) -> impl IntoView {
    let page = crate::link::user(&q);
    view! {
        <Empty title=format!("Nothing matches “{}”", format::isolated(&q)) glyph=Glyph::Search>
            <p>"Every word must be in the id, the name or the e-mail. Transaction ids match whole, by their first eight characters, or as the pages shorten them."</p>
            <p>
                <a href="/users">"Show all users"</a>
                {(!q.is_empty()).then(|| view! { " or " <a href=page>"open the page of the user id “" <bdi>{q}</bdi> "”"</a> })} "."
            </p>
        </Empty>
    }
    .into_any()
}
