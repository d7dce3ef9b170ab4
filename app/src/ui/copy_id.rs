//! An identifier that can be copied.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// The text in full, or `short` in its place; the button appears once the [`crate::islands::hands::Hands`] island runs.
#[component]
pub fn CopyId(#[prop(into)] id: String, #[prop(optional, into)] short: Option<String>) -> impl IntoView {
    let shown = short.unwrap_or_else(|| id.clone());
    view! {
        <span class="copy-id">
            <code title=id.clone()>{shown}</code>
            <button type="button" class="copy" data-copy=id aria-label="Copy" title="Copy">
                <Icon glyph=Glyph::Copy/>
            </button>
        </span>
    }
}
