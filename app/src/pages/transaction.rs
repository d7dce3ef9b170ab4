//! Placeholder.

#[leptos::component]
pub fn TransactionPage() -> impl leptos::IntoView {}
