//! A part of a page: a heading over a hairline.

use leptos::prelude::*;

#[component]
pub fn Section(
    #[prop(into)] title: String,
    /// A quiet remark beside the title.
    #[prop(optional, into)]
    note: Option<String>,
    /// What stands at the right of the heading.
    #[prop(optional, into)]
    actions: ViewFn,
    /// Further classes.
    #[prop(optional, into)]
    class: String,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("section {class}")>
            <header class="section-head">
                <h2>{title}</h2>
                {note.map(|note| view! { <span class="quiet">{note}</span> })}
                <div class="section-actions">{actions.run()}</div>
            </header>
            {children()}
        </section>
    }
    .into_any()
}
