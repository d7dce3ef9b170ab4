//! Placeholder.

#[leptos::component]
pub fn Transactions() -> impl leptos::IntoView {}
