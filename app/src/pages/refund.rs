//! Placeholder.

#[leptos::component]
pub fn RefundPage() -> impl leptos::IntoView {}
