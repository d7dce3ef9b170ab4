//! Light, dark, or as the system is; kept in a cookie so that nothing flashes.

use super::{Glyph, Icon};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }

    /// Reads a `Cookie` header.
    pub fn from_cookies(header: &str) -> Self {
        header
            .split(';')
            .filter_map(|pair| pair.trim().strip_prefix("theme="))
            .find_map(Self::parse)
            .unwrap_or_default()
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::System => Glyph::System,
            Self::Light => Glyph::Sun,
            Self::Dark => Glyph::Moon,
        }
    }
}

/// Three buttons of one form; `action` is where the form goes.
#[component]
pub fn ThemeSwitch(current: Theme, #[prop(into)] action: String) -> impl IntoView {
    view! {
        <form class="theme-switch" method="post" action=action aria-label="Theme">
            {Theme::ALL
                .into_iter()
                .map(|theme| {
                    let name = theme.as_str();
                    let pressed = if theme == current { "true" } else { "false" };
                    view! {
                        <button name="theme" value=name aria-pressed=pressed title=format!("Theme: {name}")>
                            <Icon glyph=theme.glyph()/>
                            <span class="unseen">{name}</span>
                        </button>
                    }
                })
                .collect_view()}
        </form>
    }
    .into_any()
}
