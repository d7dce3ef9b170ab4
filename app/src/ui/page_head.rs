//! The head of a page: where one is, its name, and what can be done.

use super::escape_text;
use leptos::prelude::*;
use leptos_meta::Title;

/// The children are the page's actions. `trail` is the way here: `(href, label)`.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    /// One quiet line under the title.
    #[prop(optional, into)]
    lead: Option<String>,
    #[prop(optional)] trail: Vec<(String, String)>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=escape_text(&title)/>
        <header class="page-head">
            <div class="page-name">
                {(!trail.is_empty())
                    .then(|| {
                        view! {
                            <nav class="trail" aria-label="Breadcrumb">
                                {trail
                                    .into_iter()
                                    .map(|(href, label)| view! { <a href=href><bdi>{label}</bdi></a> })
                                    .collect_view()}
                            </nav>
                        }
                    })}
                <h1 dir="auto">{title}</h1>
                {lead.map(|lead| view! { <div class="lead">{lead}</div> })}
            </div>
            {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
        </header>
    }
    .into_any()
}
