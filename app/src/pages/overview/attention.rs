//! What needs attention: nothing at all when all is well.

use crate::{
    format, link,
    model::{Attention, CapAction, CapType, FailingWebhook, LowPool, ReachedCap, Timestamp},
    ui::{Badge, Section, Tone},
};
use leptos::prelude::*;

/// A line: what kind, a sentence in parts, and how pressing.
struct Line {
    tone: Tone,
    kind: &'static str,
    subject: String,
    href: Option<String>,
    words: String,
}

pub(super) fn attention(attention: &Attention, now: Timestamp) -> impl IntoView + use<> {
    if attention.is_empty() {
        return ().into_any();
    }
    let lines = approvals(attention.approval_count)
        .into_iter()
        .chain(attention.caps.iter().map(cap))
        .chain(attention.pools.iter().map(pool));
    let lines: Vec<Line> = lines.chain(attention.webhooks.iter().map(|hook| webhook(hook, now))).collect();
    let more = [
        more(attention.cap_count, attention.caps.len(), "cap reached", "caps reached"),
        more(attention.pool_count, attention.pools.len(), "low pool", "low pools"),
        more(attention.webhook_count, attention.webhooks.len(), "failing webhook", "failing webhooks"),
    ];
    let more = more.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let count = attention.cap_count + attention.pool_count + attention.webhook_count + attention.approval_count;
    view! {
        <Section title="Needs attention" note=format::count(count)>
            <ul class="attention">
                {lines
                    .into_iter()
                    .map(|line| {
                        let subject = line.subject;
                        view! {
                            <li>
                                <Badge tone=line.tone text=line.kind/>
                                {match line.href {
                                    Some(href) => view! { <a class="id-link" href=href><bdi>{subject}</bdi></a> }.into_any(),
                                    None => view! { <bdi>{subject}</bdi> }.into_any(),
                                }}
                                <span class="quiet">{line.words}</span>
                            </li>
                        }
                    })
                    .collect_view()}
                {(!more.is_empty()).then(|| view! { <li class="quiet">{format!("And {more} more.")}</li> })}
            </ul>
        </Section>
    }
    .into_any()
}

fn more(count: i64, shown: usize, one: &str, many: &str) -> Option<String> {
    let rest = count - i64::try_from(shown).unwrap_or(count);
    (rest > 0).then(|| format::counted(rest, one, many))
}

fn approvals(count: i64) -> Option<Line> {
    (count > 0).then(|| Line {
        tone: Tone::Accent,
        kind: "approvals",
        subject: format::counted(count, "request", "requests"),
        href: Some("/approvals".to_owned()),
        words: "above somebody's limit, waiting for somebody else".to_owned(),
    })
}

fn cap(reached: &ReachedCap) -> Line {
    let cap = &reached.cap;
    let window = match cap.cap_type {
        CapType::Daily => "today",
        CapType::Monthly => "this month",
    };
    let of = cap.model.as_deref().map(|model| format!(" on {model}")).unwrap_or_default();
    let effect = match cap.action {
        CapAction::Deny => "further charges are refused",
        CapAction::Warn => "charges are flagged",
        CapAction::Notify => "an event told of it",
    };
    Line {
        tone: if cap.action == CapAction::Deny { Tone::Bad } else { Tone::Warn },
        kind: "cap reached",
        subject: cap.user_id.clone(),
        href: Some(format!("{}#caps", link::user(&cap.user_id))),
        words: format!(
            "{} of {} credits{of} {window}: {effect}",
            format::credits_short(reached.spend),
            format::credits_short(cap.limit)
        ),
    }
}

fn pool(pool: &LowPool) -> Line {
    let empty = !pool.balance.is_positive();
    let words = format!(
        "{} credits left, {} spent in the last 7 days",
        format::credits_short(pool.balance),
        format::credits_short(pool.spent)
    );
    Line {
        tone: if empty { Tone::Bad } else { Tone::Warn },
        kind: if empty { "empty pool" } else { "low pool" },
        subject: pool.name.clone(),
        href: Some(link::team(pool.team_id)),
        words,
    }
}

fn webhook(hook: &FailingWebhook, now: Timestamp) -> Line {
    let words = match &hook.disabled {
        Some(reason) => format!("switched off: {reason}"),
        None => format!("everything sent to it fails, first {}", format::relative(hook.since, now)),
    };
    Line {
        tone: Tone::Bad,
        kind: "failing webhook",
        subject: hook.url.clone(),
        href: Some(format!("/settings/webhooks/{}", hook.id)),
        words,
    }
}
