//! The page that every error's `type` points at: each code with its meaning and what to do.

use crate::{
    error::{Code, help::Help},
    ui::{Badge, BareFrame, Fact, Facts, PageHead, Tone, prose},
};
use leptos::prelude::*;

#[component]
pub fn ErrorCodes() -> impl IntoView {
    view! {
        <BareFrame wide=true>
            <PageHead
                title="Errors"
                lead="What the HTTP API answers when it refuses, and what to do about it. The codes are stable."
            />
            <nav class="codes" aria-label="Codes">
                {Code::ALL
                    .map(|code| {
                        let code = code.as_str();
                        view! { <a class="mono" href=format!("#{code}")>{code.clone()}</a> }
                    })
                    .collect_view()}
            </nav>
            {Code::ALL.map(explained).collect_view()}
        </BareFrame>
    }
    .into_any()
}

fn explained(code: Code) -> impl IntoView {
    let Help { meaning, action, details } = code.help();
    let status = code.status();
    let tone = if status < 500 { Tone::Warn } else { Tone::Bad };
    let code = code.as_str();
    view! {
        <section class="code-entry" id=code.clone()>
            <header class="section-head">
                <h2 class="mono"><a href=format!("#{code}")>{code.clone()}</a></h2>
                <Badge tone text=status.to_string()/>
            </header>
            <p>{prose(meaning)}</p>
            <p class="quiet">{prose(action)}</p>
            {(!details.is_empty())
                .then(|| {
                    let facts = details
                        .iter()
                        .map(|(name, meaning)| view! { <Fact label=*name>{prose(meaning)}</Fact> })
                        .collect_view();
                    view! { <Facts>{facts}</Facts> }
                })}
        </section>
    }
    .into_any()
}
