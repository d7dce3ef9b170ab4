//! The frame around every signed-in page: where one can go, who one is, theme and density.
//!
//! The menu is a popover: on wide screens the style sheet shows it in its place, on narrow ones the browser opens it
//! at the press of a button, also without scripts.

use super::{Deeds, Density, DensitySwitch, Glyph, Icon, ShortcutsHelp, Theme, ThemeSwitch};
use crate::{
    islands::{hands::Hands, palette::Palette},
    model::{Role, Staff},
};
use leptos::prelude::*;

/// A page of the navigation.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub href: &'static str,
    pub label: &'static str,
    pub glyph: Glyph,
    /// Who may open it.
    pub may: fn(Role) -> bool,
}

const fn everyone(_: Role) -> bool {
    true
}

impl Place {
    pub const ALL: [Self; 13] = [
        Self { href: "/", label: "Overview", glyph: Glyph::Overview, may: Role::may_report },
        Self { href: "/spend", label: "Spend", glyph: Glyph::Spend, may: Role::may_report },
        Self { href: "/statement", label: "Statement", glyph: Glyph::Statement, may: Role::may_report },
        Self { href: "/users", label: "Users", glyph: Glyph::Users, may: everyone },
        Self { href: "/transactions", label: "Transactions", glyph: Glyph::Transactions, may: everyone },
        Self { href: "/teams", label: "Teams", glyph: Glyph::Teams, may: everyone },
        Self { href: "/plans", label: "Plans", glyph: Glyph::Plans, may: Role::may_report },
        Self { href: "/caps", label: "Caps", glyph: Glyph::Caps, may: everyone },
        Self { href: "/expiry", label: "Expiry", glyph: Glyph::Expiry, may: Role::may_report },
        Self { href: "/pricing", label: "Pricing", glyph: Glyph::Pricing, may: Role::may_report },
        Self { href: "/approvals", label: "Approvals", glyph: Glyph::Approve, may: everyone },
        Self { href: "/audit", label: "Audit log", glyph: Glyph::Audit, may: Role::may_audit },
        Self { href: "/settings", label: "Settings", glyph: Glyph::Settings, may: Role::may_configure },
    ];

    /// Whether `path` is this page or one below it.
    fn holds(&self, path: &str) -> bool {
        match self.href {
            "/" => path == "/",
            href => path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        }
    }
}

/// `path` is the page shown; the actions are where the small forms go.
#[component]
pub fn Frame(
    staff: Staff,
    /// How many requests wait for this person.
    #[prop(optional)]
    waiting: i64,
    #[prop(into)] path: String,
    theme: Theme,
    density: Density,
    #[prop(into)] theme_action: String,
    #[prop(into)] density_action: String,
    #[prop(into)] leave_action: String,
    children: Children,
) -> impl IntoView {
    let mut places = Place::ALL.into_iter().filter(|place| (place.may)(staff.role)).peekable();
    let home = places.peek().map_or("/", |place| place.href);
    let role = staff.role;
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="frame">
            <aside class="side">
                <Brand href=home/>
                <Palette/>
                <button type="button" class="button button-ghost menu-open" popovertarget="menu">
                    <Icon glyph=Glyph::Menu/>
                    <span>"Menu"</span>
                </button>
                <div id="menu" class="menu" popover="">
                    <nav class="places" aria-label="Pages">
                        {places.map(|place| link_to(place, &path, waiting)).collect_view()}
                    </nav>
                    <div class="me">
                        <div class="switches">
                            <ThemeSwitch current=theme action=theme_action/>
                            <DensitySwitch current=density action=density_action/>
                            <ShortcutsHelp/>
                        </div>
                        <a class="me-name" href="/account" title=format!("Your account: {}", staff.email)>
                            <strong><bdi>{staff.name}</bdi></strong>
                            <span class="quiet">{role.as_str()}</span>
                        </a>
                        <form method="post" action=leave_action>
                            <button class="button button-ghost button-square" title="Sign out">
                                <Icon glyph=Glyph::Leave/>
                                <span class="unseen">"Sign out"</span>
                            </button>
                        </form>
                    </div>
                </div>
                <Deeds role/>
            </aside>
            <main id="main" class="main" tabindex="-1">{children()}</main>
        </div>
        <Hands/>
    }
    .into_any()
}

fn link_to(place: Place, path: &str, waiting: i64) -> impl IntoView + use<> {
    let current = place.holds(path).then_some("page");
    view! {
        <a href=place.href aria-current=current>
            <Icon glyph=place.glyph/>
            <span>{place.label}</span>
            {(place.href == "/approvals" && waiting > 0)
                .then(|| {
                    let words = format!("{waiting} wait for you");
                    view! { <span class="count" title=words>{waiting}</span> }
                })}
        </a>
    }
}

/// The frame of pages before sign-in: a narrow column in the middle, or a wide one to be read.
#[component]
pub fn BareFrame(#[prop(optional)] wide: bool, children: Children) -> impl IntoView {
    view! {
        <div class=if wide { "bare bare-wide" } else { "bare" }>
            <header><Brand href="/"/></header>
            <main id="main" class="bare-main">{children()}</main>
        </div>
    }
    .into_any()
}

#[component]
fn Brand(href: &'static str) -> impl IntoView {
    view! {
        <a class="brand" href=href aria-label="Creditdesk, first page">
            <svg class="brand-mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                <rect class="brand-plate" width="20" height="20" rx="5"/>
                <path class="brand-line" d="M5 6.5h10M5 10h6.5M5 13.5h10" fill="none" stroke-width="1.8" stroke-linecap="round"/>
            </svg>
            <span>"Creditdesk"</span>
        </a>
    }
    .into_any()
}
