//! Text controls of a form. Their ids are `f-{name}`, which is what [`super::Field`] labels.

use super::{Glyph, Icon, escape_text};
use leptos::prelude::*;

/// `<input>`.
#[component]
pub fn TextInput(
    #[prop(into)] name: String,
    /// `text`, `email`, `password`, `date`, …
    #[prop(optional, into)]
    kind: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional, into)] autocomplete: Option<String>,
    /// `decimal` for amounts, so that a phone shows digits.
    #[prop(optional, into)]
    inputmode: Option<String>,
    #[prop(optional, into)] list: Option<String>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional)] minlength: Option<u32>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    /// Set together with the field's error.
    #[prop(optional)]
    invalid: bool,
) -> impl IntoView {
    view! {
        <input
            class="input"
            id=format!("f-{name}")
            aria-describedby=format!("f-{name}-hint f-{name}-error")
            name=name
            type=kind.unwrap_or_else(|| "text".to_owned())
            value=value
            placeholder=placeholder
            autocomplete=autocomplete
            inputmode=inputmode
            list=list
            maxlength=maxlength
            minlength=minlength
            required=required
            autofocus=autofocus
            aria-invalid=invalid.then_some("true")
        />
    }
}

/// `<textarea>`.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional)] required: bool,
    #[prop(optional)] invalid: bool,
) -> impl IntoView {
    // A browser drops the first line break inside of the element, so that one is put before the text.
    let text = format!("\n{}", escape_text(&value));
    view! {
        <textarea
            class="input"
            id=format!("f-{name}")
            aria-describedby=format!("f-{name}-hint f-{name}-error")
            name=name
            rows=rows
            placeholder=placeholder
            maxlength=maxlength
            required=required
            aria-invalid=invalid.then_some("true")
        >
            {text}
        </textarea>
    }
}

/// A search box of a GET form; `/` puts the cursor into it.
#[component]
pub fn SearchInput(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    view! {
        <div class="search">
            <Icon glyph=Glyph::Search/>
            <input
                class="input"
                id=format!("f-{name}")
                name=name
                type="search"
                value=value
                placeholder=placeholder
                aria-label=label
                autocomplete="off"
                spellcheck="false"
                autofocus=autofocus
                data-search=""
            />
        </div>
    }
}

/// A value that goes with the form unseen.
#[component]
pub fn Hidden(#[prop(into)] name: String, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}
