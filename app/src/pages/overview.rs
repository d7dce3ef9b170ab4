//! Placeholder.

#[leptos::component]
pub fn OverviewPage() -> impl leptos::IntoView {}
