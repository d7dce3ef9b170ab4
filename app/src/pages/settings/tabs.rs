//! The head of the settings pages, and the way from one to the next.

use crate::ui::PageHead;
use leptos::prelude::*;

const TABS: [(&str, &str); 5] = [
    ("/settings", "General"),
    ("/settings/people", "People"),
    ("/settings/keys", "API keys"),
    ("/settings/webhooks", "Webhooks"),
    ("/settings/health", "Health"),
];

/// `current` is one of the pages.
pub fn tabs(current: &'static str, lead: &'static str) -> impl IntoView {
    view! {
        <PageHead title="Settings" lead/>
        <nav class="tabs" aria-label="Settings">
            {TABS
                .into_iter()
                .map(|(href, label)| {
                    let here = (href == current).then_some("page");
                    view! { <a href=href aria-current=here>{label}</a> }
                })
                .collect_view()}
            <a href="/setup">"First steps"</a>
        </nav>
    }
    .into_any()
}
