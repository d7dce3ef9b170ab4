//! A choice from a list.

use leptos::prelude::*;

/// One option of a [`Select`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// `<select>`; put it in a [`super::Field`] whose `name` is the same.
#[component]
pub fn Select(
    #[prop(into)] name: String,
    options: Vec<Choice>,
    #[prop(optional, into)] selected: String,
    #[prop(optional)] required: bool,
    /// For a select without a [`super::Field`] around it.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    view! {
        <select class="input" id=format!("f-{name}") name=name required=required aria-label=label>
            {options
                .into_iter()
                .map(|option| {
                    let chosen = option.value == selected;
                    view! { <option value=option.value selected=chosen>{option.label}</option> }
                })
                .collect_view()}
        </select>
    }
}
