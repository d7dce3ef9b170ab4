//! A charge in words that can be sent to the customer who asks about it.

use super::explain::{quantities, uncollected};
use crate::{
    format,
    model::{Credits, EntryKind, TransactionDetail},
    range::read_zone,
    ui::{Glyph, Icon},
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

pub fn view(detail: &TransactionDetail, zone: &str) -> impl IntoView + use<> {
    let text = explanation(detail, &read_zone(zone).unwrap_or(TimeZone::UTC));
    view! {
        <div class="words">
            <p id="words">{text.clone()}</p>
            <button type="button" class="button copy-words" data-copy=text>
                <Icon glyph=Glyph::Copy/>
                <span>"Copy"</span>
            </button>
        </div>
    }
    .into_any()
}

/// What was used, what it cost and why, who paid it, and what has been given back since.
pub fn explanation(detail: &TransactionDetail, zone: &TimeZone) -> String {
    let reference = format!("Reference: {}.", detail.transaction.id);
    let sentences = [
        Some(used(detail, zone)),
        cost(detail),
        paid(detail),
        uncollected_words(detail),
        returned(detail),
        Some(reference),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn used(detail: &TransactionDetail, zone: &TimeZone) -> String {
    let entry = &detail.transaction;
    let when = format::exact(entry.created_at, zone);
    let who = if entry.kind == EntryKind::TeamUsage { "a member of your team" } else { "you" };
    let metrics = detail.breakdown.as_ref().map(|breakdown| &breakdown.quantities);
    let model = entry.model.clone().or_else(|| metrics.and_then(|metrics| metrics.model.clone()));
    let job = entry.metadata.fixed_job.clone().or_else(|| metrics.and_then(|metrics| metrics.fixed_job.clone()));
    let what = match (job, model) {
        (Some(job), _) => format!("ran the job {}", format::undirected(&job)),
        (None, Some(model)) => format!("used {}", format::undirected(&model)),
        (None, None) => "used the service".to_owned(),
    };
    let counts = metrics.map(quantities).unwrap_or_default();
    let counts: Vec<_> =
        counts.into_iter().filter(|(name, _)| name != "job").map(|(name, count)| format!("{count} {name}")).collect();
    let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    format!("On {when}, {who} {what}{counts}.")
}

fn cost(detail: &TransactionDetail) -> Option<String> {
    let entry = &detail.transaction;
    let gross = entry.gross.or_else(|| entry.amount.checked_neg())?;
    let Some(breakdown) = &detail.breakdown else {
        return Some(format!("This cost {}.", format::credits_counted(gross)));
    };
    let terms: Vec<_> = breakdown
        .terms
        .iter()
        .filter(|term| !is_zero(&term.value))
        .map(|term| format!("{} {}", term_name(&term.term, &term.key), term.value))
        .collect();
    let parts = if terms.len() > 1 { format!(": {}", terms.join(" + ")) } else { String::new() };
    let version = entry.pricing_version.map(|version| format!(" of that time (version {version})")).unwrap_or_default();
    Some(format!("At the prices{version} this cost {}{parts}.", format::credits_counted(gross)))
}

fn term_name(term: &str, key: &str) -> String {
    match (term, key) {
        ("tool", "_default") => "tools".to_owned(),
        ("tool", tool) => format!("the tool {tool}"),
        ("fixed", job) => format!("the job {job}"),
        (term, _) => term.to_owned(),
    }
}

fn is_zero(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'-'))
}

fn paid(detail: &TransactionDetail) -> Option<String> {
    let entry = &detail.transaction;
    let net = entry.amount.checked_neg()?;
    let whose = if entry.kind == EntryKind::TeamUsage { "your team's" } else { "your" };
    let before = Credits::from_micros(entry.balance_after.micros().saturating_sub(entry.amount.micros()));
    let allowance = format::credits(entry.allowance);
    Some(match (entry.allowance.is_positive(), net.is_zero()) {
        (true, true) => {
            format!("Your plan's allowance paid all of it, so {whose} balance stayed at {}.", format::credits(before))
        }
        (false, true) => format!("Nothing was taken from {whose} balance of {}.", format::credits(before)),
        (some_allowance, false) => {
            let first =
                if some_allowance { format!("Your plan's allowance paid {allowance}; ") } else { String::new() };
            let (taken, after) =
                (format::credits_verb(net, "credit was", "credits were"), format::credits(entry.balance_after));
            let line =
                format!("{taken} taken from {whose} balance, which went from {} to {after}.", format::credits(before));
            first + &line
        }
    })
}

fn uncollected_words(detail: &TransactionDetail) -> Option<String> {
    let missing = uncollected(&detail.transaction);
    missing.is_positive().then(|| format!("{} more could not be collected.", format::credits(missing)))
}

fn returned(detail: &TransactionDetail) -> Option<String> {
    let credits: Credits = detail.refunds.iter().map(|refund| refund.amount).sum();
    let allowance: Credits = detail.refunds.iter().map(|refund| refund.allowance).sum();
    match (credits.is_positive(), allowance.is_positive()) {
        (false, false) => None,
        (true, false) => {
            let given = format::credits_verb(credits, "credit has", "credits have");
            Some(format!("Since then {given} been given back."))
        }
        (false, true) => {
            Some(format!("Since then {} of your allowance have been given back.", format::credits(allowance)))
        }
        (true, true) => Some(format!(
            "Since then {} and {} of your allowance have been given back.",
            format::credits_counted(credits),
            format::credits(allowance)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn detail(changes: serde_json::Value) -> TransactionDetail {
        let mut detail = json!({
            "transaction": {
                "id": "0199f2c1-0000-7000-8000-00000000aaaa", "account": "ana", "user_id": "ana", "seq": 2,
                "amount": -212.5, "kind": "usage", "model": "gpt-4o", "metadata": {}, "balance_after": 50,
                "pricing_version": 3, "created_at": "2026-11-20T10:00:00Z", "recorded_at": "2026-11-20T10:00:00Z",
                "gross": 222.5, "allowance": 10, "refunded": 0
            },
            "profile": {}, "breakdown": null, "pricing_label": null, "plan_id": null, "draws": [], "refunds": [],
            "original": null,
            "refundable": { "total": 222.5, "credits": 212.5, "allowance": 10, "allowance_current": true },
            "balance": { "user_id": "ana", "balance": 50, "available": 50 }, "reason": null, "note": null
        });
        for (key, value) in changes.as_object().unwrap() {
            detail["transaction"][key] = value.clone();
        }
        serde_json::from_value(detail).unwrap()
    }

    #[test]
    fn a_charge_is_told_from_use_to_balance() {
        let mut told = detail(json!({}));
        let term =
            |term: &str, key: &str, value: &str| json!({ "term": term, "key": key, "formula": "x", "value": value });
        told.breakdown = serde_json::from_value(json!({
            "model": "212.5", "tools": "10", "search": "0", "cache": "0", "fixed": "0", "total": 222.5,
            "terms": [term("model", "gpt-4o", "212.5"), term("tool", "web_search", "10"), term("search", "search", "0")],
            "quantities": { "model": "gpt-4o", "input_tokens": 12000, "tools": { "web_search": 2 }, "tool_calls": 3 }
        }))
        .unwrap();
        assert_eq!(
            explanation(&told, &TimeZone::UTC),
            "On 2026-11-20 10:00:00 UTC, you used gpt-4o: 12,000 input tokens, 2 calls of web_search, 1 other tool \
             calls. At the prices of that time (version 3) this cost 222.5 credits: model 212.5 + the tool web_search 10. \
             Your plan's allowance paid 10; 212.5 credits were taken from your balance, which went from 262.5 to 50. \
             Reference: 0199f2c1-0000-7000-8000-00000000aaaa."
        );
    }

    #[test]
    fn what_was_not_taken_is_told_too() {
        let covered = explanation(&detail(json!({ "amount": 0, "gross": 10, "balance_after": 50 })), &TimeZone::UTC);
        assert!(covered.contains("Your plan's allowance paid all of it, so your balance stayed at 50."), "{covered}");
        let short = explanation(&detail(json!({ "amount": -2, "gross": 15, "model": null })), &TimeZone::UTC);
        assert!(short.contains("you used the service."), "{short}");
        assert!(short.contains("3 more could not be collected."), "{short}");
        let one = json!({ "amount": -1, "gross": 1, "allowance": 0, "model": "\u{202e}m" });
        let one = explanation(&detail(one), &TimeZone::UTC);
        assert!(one.contains("you used m. This cost 1 credit."), "{one}");
        assert!(one.contains("1 credit was taken from your balance"), "{one}");
    }
}
