//! Credits on a page: tabular figures, right-aligned in tables, the sign and a word and never colour alone.

use crate::{format, model::Credits};
use leptos::prelude::*;

/// Full precision. `signed` also shows a plus; `unit` adds the word "credits".
#[component]
pub fn Money(amount: Credits, #[prop(optional)] signed: bool, #[prop(optional)] unit: bool) -> impl IntoView {
    let text = if signed { format::credits_signed(amount) } else { format::credits(amount) };
    let class = match (signed, amount.is_negative(), amount.is_zero()) {
        (true, false, false) => "money money-in",
        (_, true, _) => "money money-out",
        (_, _, true) => "money money-none",
        _ => "money",
    };
    view! {
        <span class=class>
            {text}
            {unit.then(|| view! { <span class="unit">" credits"</span> })}
        </span>
    }
}

/// At most two places; full precision on hover.
#[component]
pub fn MoneyShort(amount: Credits, #[prop(optional)] unit: bool) -> impl IntoView {
    view! {
        <span class="money" title=format!("{} credits", format::credits(amount))>
            {format::credits_short(amount)}
            {unit.then(|| view! { <span class="unit">" credits"</span> })}
        </span>
    }
}
