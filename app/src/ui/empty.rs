//! Nothing here: why, and what to do next. "Nothing yet", "nothing matches" and "failed" are three different things.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// The children teach: a sentence, a command, a link.
#[component]
pub fn Empty(
    #[prop(into)] title: String,
    #[prop(optional, into)] glyph: Option<Glyph>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph=glyph.unwrap_or(Glyph::Inbox)/>
            <h3>{title}</h3>
            <div class="empty-text">{children()}</div>
        </div>
    }
    .into_any()
}
