//! Placeholder.

#[leptos::component]
pub fn Welcome() -> impl leptos::IntoView {}
