//! Credits in money, marked "≈", with the rate named.

use crate::{
    format,
    model::{Credits, Currency},
};
use leptos::prelude::*;

/// What credits are worth, in words: `≈ 12.30 USD`. None while no display in money is set.
pub fn approx(amount: Credits) -> Option<String> {
    let currency = use_context::<Currency>()?;
    Some(format::approx(amount, &currency))
}

/// A quiet line beside credits; nothing while no display in money is set.
#[component]
pub fn Approx(amount: Credits) -> impl IntoView {
    let currency = use_context::<Currency>();
    currency.map(|currency| {
        let rate = format!("{} credits are 1 {}", format::credits(currency.credits_per_unit), currency.code);
        view! { <span class="approx" title=rate>{format::approx(amount, &currency)}</span> }
    })
}
