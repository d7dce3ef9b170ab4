//! How much of a limit is used.

use super::Tone;
use crate::{format, model::Credits};
use leptos::prelude::*;

/// A bar of `value` in `max`, with the words for those who do not see it. Past the limit it is full.
#[component]
pub fn Meter(value: Credits, max: Credits, #[prop(optional)] tone: Tone, #[prop(into)] label: String) -> impl IntoView {
    let per_mille = match (max.micros(), value.micros()) {
        (_, value) if value <= 0 => 0,
        (max, _) if max <= 0 => 1000,
        (max, value) => (i128::from(value) * 1000 / i128::from(max)).min(1000),
    };
    let words = format!("{label}: {} of {} credits", format::credits(value), format::credits(max));
    view! {
        <svg class=format!("meter {}", tone.class()) viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=words>
            <rect class="meter-rest" width="1000" height="10"/>
            <rect class="meter-part" width=per_mille.to_string() height="10"/>
        </svg>
    }
}
