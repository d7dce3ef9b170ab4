//! What the command palette offers beside the pages of the navigation: things to do, and things to read.

use crate::model::Role;
use leptos::prelude::*;

/// An entry of the palette; `href` is the page where it is done.
#[derive(Clone, Copy, Debug)]
pub struct Deed {
    pub href: &'static str,
    pub label: &'static str,
    pub may: fn(Role) -> bool,
}

const fn everyone(_: Role) -> bool {
    true
}

impl Deed {
    pub const ALL: &[Self] = &[
        Self { href: "/users", label: "Find a customer", may: everyone },
        Self { href: "/transactions?kind=usage", label: "Refund a charge: find it", may: Role::may_refund },
        Self { href: "/users", label: "Add credits: find the customer", may: Role::may_grant },
        Self { href: "/teams#create", label: "Make a team", may: Role::may_manage },
        Self { href: "/caps#set", label: "Set a spend cap", may: Role::may_manage },
        Self { href: "/caps/try", label: "Try a cap on the past", may: everyone },
        Self { href: "/expiry?dry=1#sweep", label: "Sweep what has expired", may: Role::may_manage },
        Self { href: "/pricing", label: "Activate a pricing version", may: Role::may_manage },
        Self { href: "/pricing/new", label: "Write a new pricing version", may: Role::may_manage },
        Self { href: "/pricing/import", label: "Import a price list", may: Role::may_manage },
        Self { href: "/pricing/backtest", label: "Back-test prices on past usage", may: Role::may_report },
        Self { href: "/plans/new", label: "Make a plan", may: Role::may_manage },
        Self { href: "/settings/people#invite", label: "Invite somebody, set roles", may: Role::may_configure },
        Self { href: "/settings/keys", label: "API keys", may: Role::may_configure },
        Self { href: "/settings/webhooks", label: "Webhooks", may: Role::may_configure },
        Self { href: "/settings#limits", label: "Limits and approvals", may: Role::may_configure },
        Self { href: "/settings#zone", label: "Reporting time zone", may: Role::may_configure },
        Self { href: "/settings/health", label: "Health of the desk", may: Role::may_configure },
        Self { href: "/account", label: "Your account: two steps, passkeys", may: everyone },
        Self { href: "/help/shortcuts", label: "Keyboard shortcuts", may: everyone },
        Self { href: "/api/docs", label: "API documentation", may: everyone },
        Self { href: "/docs/errors", label: "Error codes explained", may: everyone },
    ];
}

/// The entries that `role` may use, unseen: the palette reads them, as it reads the navigation.
#[component]
pub fn Deeds(role: Role) -> impl IntoView {
    view! {
        <div class="deeds" hidden>
            {Deed::ALL
                .iter()
                .filter(|deed| (deed.may)(role))
                .map(|deed| view! { <a href=deed.href>{deed.label}</a> })
                .collect_view()}
        </div>
    }
    .into_any()
}
