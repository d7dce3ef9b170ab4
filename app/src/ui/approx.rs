//! Credits in money, marked "≈", with the rate named.

use crate::{
    format,
    model::{Credits, Currency},
};
use leptos::prelude::*;

/// What credits are worth, as a quiet line: `≈ 12.30 USD`. None while no display in money is set.
pub fn approx(amount: Credits) -> Option<impl IntoView> {
    let currency = use_context::<Currency>()?;
    let rate = format!("{} credits are 1 {}", format::credits(currency.credits_per_unit), currency.code);
    Some(view! { <div class="tile-note" title=rate>{format::approx(amount, &currency)}</div> })
}
