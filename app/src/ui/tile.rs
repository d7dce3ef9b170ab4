//! A figure that is a hero, against the period before.

use super::{Glyph, Icon, approx::approx};
use crate::{
    format::{Delta, Trend},
    model::Credits,
};
use leptos::prelude::*;

#[component]
pub fn Tile(
    #[prop(into)] label: String,
    /// The figure, at most two places.
    #[prop(into)]
    value: String,
    /// Full precision, shown on hover.
    #[prop(optional, into)]
    exact: Option<String>,
    #[prop(optional, into)] unit: Option<String>,
    /// The credits that the figure says, to be shown in money as well.
    #[prop(optional, into)]
    credits: Option<Credits>,
    /// Makes the figure a link.
    #[prop(optional, into)]
    href: Option<String>,
    #[prop(optional, into)] delta: Option<Delta>,
    /// A quiet line below.
    #[prop(optional, into)]
    note: Option<String>,
    /// A second one.
    #[prop(optional, into)]
    also: Option<String>,
    /// A name rather than a figure.
    #[prop(optional)]
    name: bool,
) -> impl IntoView {
    let class = match (name, value.chars().count()) {
        (true, _) => "tile-value tile-name",
        // A figure is never cut off: a long one is set smaller.
        (false, 11..) => "tile-value tile-long",
        (false, _) => "tile-value",
    };
    let unit = unit.map(|unit| view! { <span class="unit">{unit}</span> });
    let figure = match href {
        Some(href) => view! { <a href=href title=exact>{value}</a> }.into_any(),
        None => view! { <span title=exact>{value}</span> }.into_any(),
    };
    view! {
        <div class="tile">
            <div class="tile-label">{label}</div>
            <div class=class>{figure} {unit}</div>
            {credits.and_then(approx)}
            {delta.map(delta_line)}
            {[note, also]
                .into_iter()
                .flatten()
                .map(|line| view! { <div class="tile-note">{line}</div> })
                .collect_view()}
        </div>
    }
    .into_any()
}

fn delta_line(delta: Delta) -> impl IntoView {
    let (glyph, word) = match delta.trend {
        Trend::Up => (Glyph::Up, "up"),
        Trend::Down => (Glyph::Down, "down"),
        Trend::Level => (Glyph::Level, "unchanged"),
    };
    view! {
        <div class="tile-note" title=format!("Previous period: {}", delta.base)>
            <Icon glyph/>
            <span class="unseen">{word}</span>
            <span class="delta-percent">{delta.percent}</span>
            <span class="delta-absolute">{delta.absolute}</span>
        </div>
    }
}
