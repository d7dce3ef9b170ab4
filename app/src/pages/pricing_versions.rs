//! Placeholder.

#[leptos::component]
pub fn PricingPage() -> impl leptos::IntoView {}
