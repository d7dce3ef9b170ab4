//! A small button that copies.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// It appears once the [`crate::islands::hands::Hands`] island runs; `label` says what it copies.
#[component]
pub fn CopyButton(#[prop(into)] text: String, #[prop(into)] label: String) -> impl IntoView {
    view! {
        <button type="button" class="copy" data-copy=text aria-label=label.clone() title=label>
            <Icon glyph=Glyph::Copy/>
        </button>
    }
}
