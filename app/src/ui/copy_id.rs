//! An identifier that can be copied.

use super::CopyButton;
use leptos::prelude::*;

/// The text in full, or `short` in its place; the button appears once the [`crate::islands::hands::Hands`] island runs.
#[component]
pub fn CopyId(#[prop(into)] id: String, #[prop(optional, into)] short: Option<String>) -> impl IntoView {
    let shown = short.unwrap_or_else(|| id.clone());
    view! {
        <span class="copy-id">
            <code title=id.clone()>{shown}</code>
            <CopyButton text=id label="Copy"/>
        </span>
    }
}
