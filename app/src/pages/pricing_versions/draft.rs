//! A draft in its editor, before and after it was first kept.

use super::editor::{self, Edited};
use crate::{
    api::{self, Begun, DiscardDraftForm, EditorData, SaveDraftForm},
    link::Query,
    model::{DraftDetail, Meanwhile, Role},
    pages::page::{self, Refused},
    ui::{Alert, Button, ButtonKind, ErrorBox, Hidden, LinkButton, PageHead, Toast, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn NewDraftPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<SaveDraftForm>();
    let from = query.get("from").to_owned();
    page::opened("New version", ("/pricing", "Pricing"), api::load_editor(from), move |data| {
        fresh(data, &query, &refused)
    })
}

fn trail() -> Vec<(String, String)> {
    vec![("/pricing".to_owned(), "Pricing".to_owned())]
}

fn fresh(data: EditorData, query: &Query, refused: &Refused) -> impl IntoView + use<> {
    let EditorData { base, text, active } = data;
    let lead = match &base {
        Some(base) => {
            format!("Begun from version {}; nothing is kept or priced by it before it is saved.", base.version)
        }
        None => "The first price list. Nothing is priced by it before it is published and activated.".to_owned(),
    };
    let error = refused.beside(&[]);
    let edited = Edited {
        id: None,
        revision: 0,
        begun: Begun {
            base: base.as_ref().map(|base| base.version),
            seen_active: active.as_ref().map(|active| active.version),
        },
        label: String::new(),
        text: &text,
        active: active.as_ref(),
    };
    view! {
        <PageHead title="New version" lead trail=trail()/>
        {error.map(|error| view! { <ErrorBox error/> })}
        {editor::view(edited, query)}
    }
    .into_any()
}

#[component]
pub fn DraftPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<SaveDraftForm>();
    page::opened("Draft", ("/pricing", "Pricing"), api::load_draft(page::segment(2)), move |(detail, role)| {
        whole(&detail, role, &query, &refused)
    })
}

fn whole(detail: &DraftDetail, role: Role, query: &Query, refused: &Refused) -> impl IntoView + use<> {
    let draft = &detail.draft;
    let title = draft.label.clone().unwrap_or_else(|| "Draft".to_owned());
    let lead = match draft.base {
        Some(base) => format!("A draft begun from version {base}, saved by {}.", draft.updated_by),
        None => format!("A first price list, saved by {}.", draft.updated_by),
    };
    let review = format!("/pricing/drafts/{}/review", draft.id);
    if let Some(version) = draft.published {
        return view! {
            <PageHead title lead trail=trail()/>
            <Alert title=format!("This draft has become version {version}")>
                <LinkButton href=format!("/pricing/versions/{version}") label=format!("Version {version}")/>
            </Alert>
        }
        .into_any();
    }
    if !role.may_manage() {
        return view! {
            <PageHead title lead trail=trail()/>
            <Alert title="Editing needs the role admin"><LinkButton href=review label="Read the draft"/></Alert>
        }
        .into_any();
    }
    let error = refused.beside(&[]);
    let edited = Edited {
        id: Some(draft.id),
        revision: draft.revision,
        begun: Begun { base: draft.base, seen_active: draft.seen_active },
        label: draft.label.clone().unwrap_or_default(),
        text: &draft.content,
        active: detail.active.as_ref(),
    };
    let discard = discard(detail);
    let copied = copied_notice(query);
    let saved = query.get("saved") == "1" && copied.is_none();
    view! {
        <PageHead title lead trail=trail()>
            <LinkButton href=review label="Review"/>
            {discard}
        </PageHead>
        {error.map(|error| view! { <ErrorBox error/> })}
        {copied}
        {saved.then(|| view! { <Toast title="Saved"/> })}
        {editor::view(edited, query)}
    }
    .into_any()
}

/// Why what was saved is a draft of its own, where the page says so.
pub fn copied_notice(query: &Query) -> Option<impl IntoView + use<>> {
    let (title, text) = match Meanwhile::parse(query.get("copied"))? {
        Meanwhile::Saved => (
            "The same draft was saved elsewhere meanwhile",
            "Nothing was overwritten: that one is as it was left, and yours is this draft of its own. Both are in the list of drafts.",
        ),
        Meanwhile::Discarded => (
            "The draft was discarded meanwhile",
            "What you saved is not lost: it is this new draft. The old one is gone.",
        ),
        Meanwhile::Published => {
            ("The draft had become a version meanwhile", "A version never changes. What you saved is this new draft.")
        }
    };
    Some(view! { <Alert tone=Tone::Warn title><p>{text}</p></Alert> })
}

pub fn discard(detail: &DraftDetail) -> impl IntoView + use<> {
    let (id, revision) = (detail.draft.id.to_string(), detail.draft.revision.to_string());
    view! {
        <form method="post" action=DiscardDraftForm::url() data-once="">
            <Hidden name="id" value=id/>
            <Hidden name="revision" value=revision/>
            <Button kind=ButtonKind::Danger label="Discard"/>
        </form>
    }
}
