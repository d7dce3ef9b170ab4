//! Buttons, and links that look like them.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// One primary action a page; the others are plain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    Primary,
    #[default]
    Plain,
    Danger,
    /// No border until hovered.
    Ghost,
}

impl ButtonKind {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Plain => "button",
            Self::Danger => "button button-danger",
            Self::Ghost => "button button-ghost",
        }
    }
}

/// A submit button of the form around it.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(into)] label: String,
    #[prop(optional, into)] glyph: Option<Glyph>,
    /// Sent with the form as `name=value`.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional)] disabled: bool,
    /// The whole name, where several buttons have the same label.
    #[prop(optional, into)]
    title: Option<String>,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=kind.class()
            name=name
            value=value
            disabled=disabled
            title=title.clone()
            aria-label=title
        >
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <span>{label}</span>
        </button>
    }
}

#[component]
pub fn LinkButton(
    #[prop(optional)] kind: ButtonKind,
    #[prop(into)] href: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] glyph: Option<Glyph>,
) -> impl IntoView {
    view! {
        <a class=kind.class() href=href>
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <span>{label}</span>
        </a>
    }
}
