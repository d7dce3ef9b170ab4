//! Comfortable or compact rows; kept in a cookie as the theme is.

use super::{Glyph, Icon};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    #[default]
    Comfortable,
    Compact,
}

impl Density {
    pub const ALL: [Self; 2] = [Self::Comfortable, Self::Compact];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|density| density.as_str() == text)
    }

    /// Reads a `Cookie` header.
    pub fn from_cookies(header: &str) -> Self {
        header
            .split(';')
            .filter_map(|pair| pair.trim().strip_prefix("density="))
            .find_map(Self::parse)
            .unwrap_or_default()
    }

    const fn other(self) -> Self {
        match self {
            Self::Comfortable => Self::Compact,
            Self::Compact => Self::Comfortable,
        }
    }
}

/// One button that is pressed while rows are compact; `action` is where its form goes.
#[component]
pub fn DensitySwitch(current: Density, #[prop(into)] action: String) -> impl IntoView {
    let pressed = if current == Density::Compact { "true" } else { "false" };
    view! {
        <form class="theme-switch" method="post" action=action aria-label="Density">
            <button
                name="density"
                value=current.other().as_str()
                aria-pressed=pressed
                title=format!("Density: {}", current.as_str())
            >
                <Icon glyph=Glyph::Rows/>
                <span class="unseen">"compact rows"</span>
            </button>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_says_how_dense() {
        assert_eq!(Density::from_cookies("theme=dark; density=compact"), Density::Compact);
        for other in ["", "density=", "density=tight", "xdensity=compact"] {
            assert_eq!(Density::from_cookies(other), Density::Comfortable, "{other}");
        }
    }
}
