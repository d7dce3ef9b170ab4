//! Small labels: a word with a tone, never a tone alone.

use crate::model::EntryKind;
use leptos::prelude::*;

/// What a colour says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Accent,
    Good,
    Warn,
    Bad,
}

impl Tone {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "tone-plain",
            Self::Accent => "tone-accent",
            Self::Good => "tone-good",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
        }
    }
}

#[component]
pub fn Badge(#[prop(optional)] tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class=format!("badge {}", tone.class())>{text}</span> }
}

/// The kind of an entry in the ledger.
#[component]
pub fn KindBadge(kind: EntryKind) -> impl IntoView {
    let tone = match kind {
        EntryKind::Purchase | EntryKind::Subscription | EntryKind::Grant => Tone::Good,
        EntryKind::Refund => Tone::Accent,
        EntryKind::Adjustment | EntryKind::Expiry => Tone::Warn,
        EntryKind::Usage | EntryKind::TeamUsage => Tone::Plain,
    };
    view! { <Badge tone text=kind.as_str().replace('_', " ")/> }
}
