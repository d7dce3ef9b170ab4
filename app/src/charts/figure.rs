//! A chart on a page: the picture for wide and for narrow screens, and the same figures as a table.

use super::{DrawError, paint};
use leptos::prelude::*;

/// The children are the table.
#[component]
pub fn Figure(
    /// `chart-columns` or `chart-bars`.
    class: &'static str,
    wide: Result<String, DrawError>,
    narrow: Result<String, DrawError>,
    /// What the table is called, as "Daily spend as a table".
    #[prop(into)]
    table: String,
    children: Children,
) -> impl IntoView {
    let picture = match (wide, narrow) {
        (Ok(wide), Ok(narrow)) => view! {
            <div class="chart-wide" inner_html=wide></div>
            <div class="chart-narrow" inner_html=narrow></div>
        }
        .into_any(),
        _ => view! { <div class="quiet">"The chart could not be drawn; the table below has its figures."</div> }
            .into_any(),
    };
    view! {
        <figure class=format!("chart {class}")>
            {picture}
            <details class="more">
                <summary>{table}</summary>
                {children()}
            </details>
        </figure>
    }
    .into_any()
}

/// What a colour stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendItem {
    pub name: String,
    pub slot: usize,
}

/// Colours and their names; `hatched` explains the unfinished bar.
#[component]
pub fn Legend(
    items: Vec<LegendItem>,
    #[prop(optional, into)] hatched: Option<String>,
    /// What the marks over the columns are.
    #[prop(optional, into)]
    marked: Option<String>,
) -> impl IntoView {
    view! {
        <ul class="legend">
            {items
                .into_iter()
                .map(|item| {
                    view! {
                        <li>
                            <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
                                <rect width="10" height="10" fill=paint(item.slot)/>
                            </svg>
                            {item.name}
                        </li>
                    }
                })
                .collect_view()}
            {marked
                .map(|words| {
                    view! {
                        <li>
                            <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
                                <path d="M0 5h10" stroke="var(--ink)" stroke-width="2"/>
                            </svg>
                            {words}
                        </li>
                    }
                })}
            {hatched
                .map(|words| {
                    view! {
                        <li>
                            <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
                                <path d="M0 10 10 0M-3 6 4-1M6 13l8-8" stroke="currentColor" stroke-width="2"/>
                            </svg>
                            {words}
                        </li>
                    }
                })}
        </ul>
    }
    .into_any()
}
