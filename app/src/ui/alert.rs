//! Something that must be read.

use super::{Glyph, Icon, Tone, prose, short_id};
use crate::{
    error::{AppError, Code},
    model::{ConfigError, Uuid},
};
use leptos::prelude::*;
use serde_json::Value;

/// A message with its tone; `role=alert` for warnings and errors, `status` otherwise.
#[component]
pub fn Alert(
    #[prop(optional)] tone: Tone,
    #[prop(into)] title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let glyph = match tone {
        Tone::Good => Glyph::Check,
        Tone::Bad | Tone::Warn => Glyph::Warning,
        Tone::Plain | Tone::Accent => Glyph::Info,
    };
    let role = if matches!(tone, Tone::Bad | Tone::Warn) { "alert" } else { "status" };
    view! {
        <div class=format!("alert {}", tone.class()) role=role>
            <Icon glyph/>
            <div class="alert-text">
                <strong>{title}</strong>
                {children.map(|children| view! { <div>{children()}</div> })}
            </div>
        </div>
    }
    .into_any()
}

/// An error as its receiver needs it: what, which rule, what now, and the code to quote.
#[component]
pub fn ErrorBox(error: AppError) -> impl IntoView {
    let title = match error.code {
        Code::Forbidden => "Not for your role",
        Code::NotFound
        | Code::TransactionNotFound
        | Code::VersionNotFound
        | Code::TeamNotFound
        | Code::PlanNotFound => "Not found",
        Code::Internal => "Something failed on our side",
        Code::Unavailable => "Not available at the moment",
        Code::RateLimited | Code::ConcurrencyLimit => "Too many requests",
        Code::Unauthenticated => "Sign in first",
        Code::SecondStepRequired => "Set up your second step first",
        _ => "That did not work",
    };
    let retry = matches!(error.code, Code::Internal | Code::Unavailable | Code::RateLimited);
    let missing = error.code.status() == 404;
    let facts: Vec<_> = error
        .details
        .iter()
        .filter_map(|(name, value)| fact(name, value).map(|(label, words)| (label, shown(name, words, missing))))
        .collect();
    let faults = faults(&error);
    view! {
        <Alert tone=Tone::Bad title=title>
            <p>{prose(&error.message)}</p>
            {(!facts.is_empty())
                .then(|| {
                    view! {
                        <dl class="facts facts-inline">
                            {facts
                                .into_iter()
                                .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
                                .collect_view()}
                        </dl>
                    }
                })}
            {faults}
            <p class="quiet">
                "Code " <code>{error.code.as_str()}</code>
                {retry.then_some(". Nothing was changed; reload the page to try again.")}
            </p>
        </Alert>
    }
    .into_any()
}

/// A detail's words; what a page shows is linked to, unless it is what is missing.
fn shown(name: &str, words: String, missing: bool) -> AnyView {
    let page = match name {
        "approval_id" => "approvals",
        name if name.ends_with("transaction_id") => "transactions",
        _ => return words.into_any(),
    };
    match words.parse::<Uuid>() {
        Ok(id) if !missing => view! { <a href=format!("/{page}/{id}")>{short_id(&id)}</a> }.into_any(),
        _ => words.into_any(),
    }
}

/// A detail of an error with its name; nothing for what its message or [`faults`] says.
fn fact(name: &str, value: &Value) -> Option<(String, String)> {
    match (name, value) {
        ("roles" | "errors", _) | (_, Value::Null) => None,
        ("active", version) => Some(("active now".to_owned(), format!("version {}", plain(version)))),
        _ => Some((name.trim_end_matches("_id").replace('_', " "), plain(value))),
    }
}

/// What is wrong with a configuration, fault by fault.
fn faults(error: &AppError) -> Option<impl IntoView + use<>> {
    let faults = error.faults();
    let fault = |ConfigError { path, message, .. }| {
        let path = if path.is_empty() { "the whole".to_owned() } else { path };
        view! { <li><code>{path}</code> " " {prose(&message)}</li> }
    };
    (!faults.is_empty()).then(|| view! { <ul class="faults">{faults.into_iter().map(fault).collect_view()}</ul> })
}

/// A value of an error's details in words.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{name}: {}", plain(value))).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn details_are_told_in_words_or_left_out() {
        let told = |name: &str, value: Value| fact(name, &value).map(|(name, value)| format!("{name} {value}"));
        assert_eq!(told("active", json!(2)).as_deref(), Some("active now version 2"));
        assert_eq!(told("min_balance", json!("0.5")).as_deref(), Some("min balance 0.5"));
        for (name, value) in [("active", Value::Null), ("roles", json!(["admin"])), ("errors", json!([{"path": "a"}]))]
        {
            assert_eq!(told(name, value), None, "{name}");
        }
    }
}
