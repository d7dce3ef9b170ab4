//! Addresses of pages, and links to them.

use crate::model::Uuid;
use leptos::prelude::*;
use std::fmt::Write as _;

/// Percent-encodes one path segment or query value.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// `path?name=value&…` with empty values left out.
pub fn href(path: &str, query: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = query
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// The start and the end of an id, which tell version 7 ids of the same minute apart: `0199f2c1…8a4e`.
pub fn short_id(id: &Uuid) -> String {
    let text = id.to_string();
    format!("{}…{}", &text[..8], &text[text.len() - 4..])
}

/// A user's id as a link to the page of that user.
#[component]
pub fn UserLink(#[prop(into)] user_id: String, #[prop(optional, into)] name: Option<String>) -> impl IntoView {
    let href = format!("/users/{}", encode(&user_id));
    let shown = name.unwrap_or_else(|| user_id.clone());
    view! {
        <a class="id-link" href=href title=user_id>
            <bdi>{shown}</bdi>
        </a>
    }
}

/// A shortened transaction id as a link to its page.
#[component]
pub fn TransactionLink(id: Uuid) -> impl IntoView {
    view! {
        <a class="id-link mono" href=format!("/transactions/{id}") title=id.to_string()>
            {short_id(&id)}
        </a>
    }
}
