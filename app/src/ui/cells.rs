//! Cells of figures, several at once.

use super::Money;
use crate::model::Credits;
use leptos::prelude::*;

/// A cell for each amount.
pub fn amounts(amounts: Vec<Credits>) -> impl IntoView {
    amounts.into_iter().map(|amount| view! { <td class="num"><Money amount/></td> }).collect_view()
}

/// So many cells without a figure: what has not begun has none, which is not 0.
pub fn dashes(count: usize) -> impl IntoView {
    (0..count).map(|_| view! { <td class="num quiet">"—"</td> }).collect_view()
}
