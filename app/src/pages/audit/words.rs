//! The log in words.

use crate::{
    format, link,
    model::{AuditAction, AuditEntry, AuditSubject, Timestamp},
    ui::Tone,
};
use jiff::tz::TimeZone;
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// `cap.set` → `Cap set`.
pub fn action(action: AuditAction) -> String {
    capital(&action.as_str().replace("session.", "").replace(['.', '_'], " "))
}

pub fn group(group: &str) -> String {
    capital(&group.replace('_', " "))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    first + letters.as_str()
}

pub const fn tone(action: AuditAction) -> Tone {
    use AuditAction as A;
    match action {
        A::SignInFailed
        | A::StaffDisabled
        | A::KeyRevoked
        | A::WebhookDeleted
        | A::CapDeleted
        | A::MemberRemoved
        | A::DraftDiscarded => Tone::Warn,
        A::ApprovalDeclined | A::ApprovalExpired => Tone::Bad,
        A::CreditsAdded | A::ApprovalApproved => Tone::Good,
        A::CreditsRefunded | A::PricingActivated => Tone::Accent,
        _ => Tone::Plain,
    }
}

/// What a row is about, as a link where it has a page.
pub fn subject(entry: &AuditEntry) -> impl IntoView + use<> {
    let text = entry.subject.clone();
    let href = match entry.subject_kind {
        AuditSubject::User => Some(link::user(&text)),
        AuditSubject::Team => text.parse().ok().map(link::team),
        // A discarded draft is pricing, too, and has no page.
        AuditSubject::Pricing if text.parse::<i64>().is_ok() => {
            Some(link::with_query("/pricing", [("version", text.as_str())]))
        }
        AuditSubject::Approval => Some(format!("/approvals/{text}")),
        _ => None,
    };
    let kind = entry.subject_kind.as_str();
    match href {
        Some(href) => {
            view! { <span class="quiet">{kind} " "</span> <a class="id-link" href=href>{text}</a> }.into_any()
        }
        None => view! { <span class="quiet">{kind} " "</span> {text} }.into_any(),
    }
}

/// One field that differs: its name, before, after.
pub struct Differing {
    pub field: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// The fields of both states, those that differ first.
pub fn differences(entry: &AuditEntry) -> Vec<Differing> {
    let fields = |state: &Option<Value>| state.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    let (before, after) = (fields(&entry.before), fields(&entry.after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut rows: Vec<Differing> = names
        .into_iter()
        .map(|name| Differing {
            field: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect();
    rows.sort_by_key(|row| row.before == row.after);
    rows
}

/// A value as a person reads it.
pub fn plain(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::Null) => "none".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.is_empty() => "none".to_owned(),
        Some(Value::Array(items)) => items.iter().map(|item| plain(Some(item))).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    }
}

/// Fields that hold amounts of credits.
const AMOUNTS: [&str; 12] = [
    "amount",
    "balance",
    "limit",
    "spend_cap",
    "initial_balance",
    "support_refund",
    "support_grant",
    "admin_refund",
    "admin_grant",
    "admin_cap",
    "uncollected",
    "credits_per_unit",
];

/// The value of a field in a summary: amounts grouped, instants to the minute.
fn brief(field: &str, value: Option<&Value>) -> String {
    let text = plain(value);
    if AMOUNTS.contains(&field) {
        return format::read_credits(&text).map_or(text, format::credits);
    }
    match text.parse::<Timestamp>() {
        Ok(at) if field.ends_with("_at") => format!("{} UTC", format::minute(at, &TimeZone::UTC)),
        _ => text,
    }
}

/// What changed, in a line: `limit 50 → 75`, and why.
pub fn summary(entry: &AuditEntry) -> String {
    let changed = differences(entry).into_iter().filter(|row| row.before != row.after);
    let mut parts: Vec<String> = changed
        .filter(|row| !row.field.ends_with("_id"))
        .map(|row| match (&row.before, &row.after) {
            (Some(before), Some(after)) => {
                let (before, after) = (brief(&row.field, Some(before)), brief(&row.field, Some(after)));
                format!("{} {before} → {after}", row.field.replace('_', " "))
            }
            (Some(before), None) => format!("{} was {}", row.field.replace('_', " "), brief(&row.field, Some(before))),
            (None, after) => format!("{} {}", row.field.replace('_', " "), brief(&row.field, after.as_ref())),
        })
        .collect();
    parts.extend(entry.reason.clone());
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_summary_groups_amounts_and_tells_instants_to_the_minute() {
        let told = |field: &str, value: Value| brief(field, Some(&value));
        assert_eq!(told("balance", json!("5608.71094")), "5,608.71094");
        assert_eq!(told("limit", Value::Null), "none");
        assert_eq!(told("label", json!("2026")), "2026");
        assert_eq!(told("expires_at", json!("2026-11-29T19:49:35.064438Z")), "2026-11-29 19:49 UTC");
    }
}
