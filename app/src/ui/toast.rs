//! What was just done.
//!
//! Without scripts it stands in the page as any notice does. Where scripts run the same element floats over a corner, is
//! read out, and goes by itself; the style sheet alone moves it, so nothing jumps when the scripts arrive.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// The children link to the row that stays.
#[component]
pub fn Toast(#[prop(into)] title: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class="alert tone-good toast" role="status" data-toast="">
            <Icon glyph=Glyph::Check/>
            <div class="alert-text">
                <strong>{title}</strong>
                {children.map(|children| view! { <div>{children()}</div> })}
            </div>
            <button type="button" class="toast-close" data-toast-close="" aria-label="Close this message">
                <Icon glyph=Glyph::Close/>
            </button>
        </div>
    }
    .into_any()
}
