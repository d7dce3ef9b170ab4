//! What a page shows as files: a small menu that opens without a script.

use crate::ui::{Glyph, Icon};
use leptos::prelude::*;

/// `files` are addresses with what they are called.
pub fn downloads(files: impl IntoIterator<Item = (String, String)>) -> impl IntoView {
    let files: Vec<_> = files.into_iter().collect();
    view! {
        <details class="menu">
            <summary class="button">
                <Icon glyph=Glyph::Download/>
                <span>"Export"</span>
            </summary>
            <ul class="menu-list">
                {files
                    .into_iter()
                    .map(|(href, label)| view! { <li><a href=href download="">{label}</a></li> })
                    .collect_view()}
            </ul>
        </details>
    }
    .into_any()
}
