//! A button for what cannot be taken back: it opens what would be lost, and the button that does it. Without scripts, too.

use super::ButtonKind;
use leptos::prelude::*;

/// The children are the form that does it.
#[component]
pub fn Confirm(
    #[prop(into)] label: String,
    #[prop(optional)] kind: ButtonKind,
    /// The whole name, where several have the same label.
    #[prop(optional, into)]
    title: Option<String>,
    /// What is lost, and what stays.
    #[prop(into)]
    what: String,
    children: Children,
) -> impl IntoView {
    let title = title.unwrap_or_else(|| label.clone());
    view! {
        <details class="confirm">
            <summary class=kind.class() aria-label=title>{label} "…"</summary>
            <div class="confirm-box">
                <p>{what}</p>
                {children()}
            </div>
        </details>
    }
    .into_any()
}
