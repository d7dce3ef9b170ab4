//! Placeholder.

#[leptos::component]
pub fn Users() -> impl leptos::IntoView {}
