//! A labelled field of a form.

use super::prose;
use crate::error::AppError;
use leptos::prelude::*;

/// The message of `error` if it is about the field `name`.
pub fn field_error(error: Option<&AppError>, name: &str) -> Option<String> {
    error.filter(|error| error.field.as_deref() == Some(name)).map(|error| rule(error, name))
}

/// The message of an error without the name that programs call the field by: the label above it is what people see.
pub fn rule(error: &AppError, name: &str) -> String {
    sentence(error.rule(name))
}

/// `is missing` → `Is missing.`
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// Label, control, hint, and the error at its place. The control inside has the id `f-{name}`, as [`super::TextInput`],
/// [`super::TextArea`] and [`super::Select`] of the same `name` have.
#[component]
pub fn Field(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Option<String>,
    children: Children,
) -> impl IntoView {
    let class = if error.is_some() { "field field-wrong" } else { "field" };
    view! {
        <div class=class>
            <label for=format!("f-{name}")>{label}</label>
            {children()}
            {hint.map(|hint| view! { <div class="field-hint" id=format!("f-{name}-hint")>{hint}</div> })}
            {error
                .map(|error| view! { <div class="field-error" id=format!("f-{name}-error") role="alert">{prose(&error)}</div> })}
        </div>
    }
    .into_any()
}
