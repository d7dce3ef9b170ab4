//! Text with code in it.

use leptos::prelude::*;

/// Text in which what stands between backticks is code.
pub fn prose(text: &str) -> impl IntoView + use<> {
    text.split('`')
        .map(str::to_owned)
        .enumerate()
        .map(
            |(index, part)| {
                if index % 2 == 1 { view! { <code class="mono">{part}</code> }.into_any() } else { part.into_any() }
            },
        )
        .collect_view()
}
