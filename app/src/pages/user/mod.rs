//! One user: what they have, what limits them, what happened, and what can be done.

mod forms;
mod ladder;
mod ledger;
mod limits;
mod lots;
mod notes;
mod reservations;

pub use ladder::{pools, rungs};

use super::{approvals::waiting, notice::notice, page};
use crate::{
    api::{self, UserPageData},
    format,
    link::Query,
    model::{Credits, UserDetail},
    ui::{Alert, CopyId, Fact, Facts, LinkButton, PageHead, Tile, Tone, When},
};
use leptos::prelude::*;

#[component]
pub fn UserPage() -> impl IntoView {
    let user_id = page::segment(1);
    let query = page::query();
    let refusals = forms::Refusals::read();
    let limits = limits::Refusals::read();
    let note_form = page::Refused::of::<api::AddNoteForm>();
    let load = api::load_user(user_id, query.get("kind").to_owned(), query.filled("cursor"));
    page::opened("User", ("/users", "Users"), load, move |data| whole(data, &query, &refusals, &limits, &note_form))
}

fn whole(
    data: UserPageData,
    query: &Query,
    refusals: &forms::Refusals,
    limited: &limits::Refusals,
    note_form: &page::Refused,
) -> impl IntoView + use<> {
    let UserPageData { detail, transactions, plans, waiting: asked, grant_limit, granted, role, key, .. } = data;
    if !detail.exists {
        api::response_status(crate::error::Code::NotFound);
    }
    let done = notice(query, &detail.transactions.items);
    let notes = detail.exists.then(|| notes::view(&detail, &key, note_form));
    let reservations = reservations::view(&detail);
    let ledger = ledger::view(&detail, transactions, query);
    let (manage, exists) = (role.may_manage(), detail.exists);
    let actions = view! {
        {role.may_grant().then(|| view! { <LinkButton href="#add-credits" label="Add credits" glyph=crate::ui::Glyph::Plus/> })}
        {manage.then(|| view! { <LinkButton href="#adjust" label="Adjust"/> })}
        {manage.then(|| view! { <LinkButton href="#plan" label="Plan"/> })}
        {role.may_cap().then(|| view! { <LinkButton href="#caps" label="Caps"/> })}
        {exists.then(|| view! { <LinkButton href="#notes" label="Notes"/> })}
    };
    view! {
        {head(&detail, actions)}
        {done}
        {limits::notice(query)}
        {waiting(&asked)}
        {(!detail.exists)
            .then(|| {
                view! {
                    <Alert tone=Tone::Plain title="Nothing has named this user yet">
                        <p>"The account starts with its first credits or charge. Check the id if you expected history here."</p>
                    </Alert>
                }
            })}
        {tiles(&detail)}
        <div class="columns">
            {ladder::view(&detail)}
            {lots::view(&detail)}
        </div>
        {reservations}
        {ledger}
        {notes}
        {limits::view(&detail, query, plans, role, limited)}
        {forms::view(&detail, role, (grant_limit, granted), &key, refusals)}
    }
    .into_any()
}

fn head<V: IntoView + 'static>(detail: &UserDetail, actions: V) -> impl IntoView + use<V> {
    let title = detail.profile.name.clone().unwrap_or_else(|| detail.user_id.clone());
    let trail = vec![("/users".to_owned(), "Users".to_owned())];
    let plan = detail.allowance.plan_id.clone().map(|id| match &detail.plan_name {
        Some(name) if !name.eq_ignore_ascii_case(&id) => format!("{name} ({id})"),
        _ => id,
    });
    let (id, email, since) = (detail.user_id.clone(), detail.profile.email.clone(), detail.created_at);
    view! {
        <PageHead title trail>{actions}</PageHead>
        <Facts>
            <Fact label="User id"><CopyId id/></Fact>
            {email.map(|email| view! { <Fact label="E-mail"><CopyId id=email/></Fact> })}
            <Fact label="Plan">{plan.unwrap_or_else(|| "none".to_owned())}</Fact>
            {since.map(|at| view! { <Fact label="First seen"><When at/></Fact> })}
        </Facts>
    }
    .into_any()
}

fn tiles(detail: &UserDetail) -> impl IntoView + use<> {
    let balance = &detail.balance;
    let held = less(balance.balance, balance.available);
    let spendable = less(balance.available, detail.min_balance);
    let held_note = if held.is_positive() {
        format!("{} held by open reservations", format::credits(held))
    } else {
        "nothing is reserved".to_owned()
    };
    let floor_note = if spendable.is_negative() {
        format!("{} below the floor of {}", format::credits(positive(spendable)), format::credits(detail.min_balance))
    } else {
        format!(
            "{} can be spent above the floor of {}",
            format::credits(spendable),
            format::credits(detail.min_balance)
        )
    };
    view! {
        <div class="tiles">
            {tile("Balance", balance.balance, held_note)}
            {tile("Available", balance.available, floor_note)}
            {tile("Allowance left", detail.allowance.allowance_remaining, allowance_note(detail))}
            {tile("Lifetime purchased", balance.lifetime_purchased, "purchases only; refunds do not lower it".to_owned())}
        </div>
    }
    .into_any()
}

fn tile(label: &'static str, amount: Credits, note: String) -> impl IntoView {
    view! {
        <Tile
            label
            value=format::credits_short(amount)
            exact=format!("{} credits", format::credits(amount))
            unit=" credits"
            note
            credits=amount
        />
    }
    .into_any()
}

fn allowance_note(detail: &UserDetail) -> String {
    if detail.allowance.plan_id.is_none() {
        return "no plan, no allowance".to_owned();
    }
    format!(
        "of {} a month, {} to {} (UTC)",
        format::credits(detail.free_allowance),
        detail.allowance.period_start,
        detail.allowance.period_end,
    )
}

fn less(a: Credits, b: Credits) -> Credits {
    Credits::from_micros(a.micros().saturating_sub(b.micros()))
}

fn positive(amount: Credits) -> Credits {
    Credits::from_micros(amount.micros().saturating_abs())
}
