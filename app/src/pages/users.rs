//! The users: one box that takes anything that can be pasted, and a list.

use super::page;
use crate::{
    api,
    model::{KeyFound, UserRow},
    ui::{
        Badge, Button, ButtonKind, Column, DataTable, Empty, Glyph, LinkButton, Money, PageHead, Pager, SearchInput,
        Section, Tone, UserLink, When, href,
    },
};
use leptos::prelude::*;

#[component]
pub fn Users() -> impl IntoView {
    let query = page::query();
    let q = query.get("q").to_owned();
    let cursor = query.filled("cursor");
    let first_page = cursor.is_none();
    let words = q.clone();
    view! {
        <PageHead title="Users" lead="Find anyone by what you have: an id, a part of a name or e-mail, a transaction id."/>
        <form method="get" action="/users" class="search-form" role="search">
            <SearchInput
                name="q"
                label="Search users"
                value=q.clone()
                placeholder="Id, name, e-mail, transaction id, or the start of an API key"
                autofocus=true
            />
            <Button label="Search"/>
            {(!q.is_empty()).then(|| view! { <LinkButton kind=ButtonKind::Ghost href="/users" label="Clear"/> })}
        </form>
        {page::loaded(
            api::list_users(q, cursor),
            move |list| {
                let next = list.page.next;
                let keys = (!list.keys.is_empty()).then(|| found_keys(list.keys));
                let rows = match (list.page.items.is_empty(), words.is_empty(), first_page) {
                    (false, _, _) => listing(list.page.items, next, &words, first_page, list.may_export).into_any(),
                    (true, true, true) => nothing_yet().into_any(),
                    _ if keys.is_some() => ().into_any(),
                    _ => nothing_matches(words).into_any(),
                };
                view! {
                    {keys}
                    {rows}
                }
            },
        )}
    }
    .into_any()
}

fn listing(
    rows: Vec<UserRow>,
    next: Option<String>,
    q: &str,
    first_page: bool,
    may_export: bool,
) -> impl IntoView + use<> {
    let caption = if q.is_empty() { "Users, latest active first".to_owned() } else { format!("Users that match {q}") };
    let columns = vec![
        Column::text("User"),
        Column::text("Plan"),
        Column::number("Balance"),
        Column::number("Lifetime purchased").wide_only(),
        Column::text("Last activity"),
    ];
    let shown = rows.len();
    let next = next.map(|cursor| href("/users", &[("q", q), ("cursor", &cursor)]));
    let first = (!first_page).then(|| href("/users", &[("q", q)]));
    let csv = may_export.then(|| href("/export/users.csv", &[("q", q)]));
    view! {
        <DataTable caption columns>
            {rows.into_iter().map(row).collect_view()}
        </DataTable>
        <Pager shown noun="users" nostrip:first=first nostrip:next=next nostrip:csv=csv/>
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
        <Empty title=format!("Nothing matches “{q}”") glyph=Glyph::Search>
            <p>"Ids match from their beginning to their end or in part, names and e-mails in part, transaction ids whole."</p>
            <p>
                <a href="/users">"Show all users"</a>
                {(!q.is_empty()).then(|| view! { " or " <a href=page>"open the page of the user id “" {q} "”"</a> })} "."
            </p>
        </Empty>
    }
    .into_any()
}
