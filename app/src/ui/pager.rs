//! Keyset paging: onwards, and back to the start.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// `first` and `next` are addresses; either may be missing. The browser's Back leads to the page before.
#[component]
pub fn Pager(
    /// Rows on this page.
    shown: usize,
    #[prop(into)] noun: String,
    #[prop(optional, into)] first: Option<String>,
    #[prop(optional, into)] next: Option<String>,
    /// All rows as a file.
    #[prop(optional, into)]
    csv: Option<String>,
) -> impl IntoView {
    // The noun is in the plural.
    let words = if shown == 1 { "one on this page".to_owned() } else { format!("{shown} {noun} on this page") };
    view! {
        <nav class="pager" aria-label="Paging">
            <span class="quiet">{words}</span>
            <span class="pager-links">
                {csv
                    .map(|href| {
                        view! {
                            <a class="button button-ghost" href=href download="">
                                <Icon glyph=Glyph::Download/>
                                <span>"CSV of all"</span>
                            </a>
                        }
                    })}
                {first.map(|href| view! { <a class="button button-ghost" href=href rel="first">"First page"</a> })}
                {next
                    .map(|href| {
                        view! {
                            <a class="button" href=href rel="next">
                                <span>"Next"</span>
                                <Icon glyph=Glyph::Right/>
                            </a>
                        }
                    })}
            </span>
        </nav>
    }
    .into_any()
}
