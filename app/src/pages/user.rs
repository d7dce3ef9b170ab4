//! Placeholder.

#[leptos::component]
pub fn UserPage() -> impl leptos::IntoView {}
