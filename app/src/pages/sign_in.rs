//! Placeholder.

#[leptos::component]
pub fn SignIn() -> impl leptos::IntoView {}
