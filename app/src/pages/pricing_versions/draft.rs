//! A draft in its editor, before and after it was first kept.

use super::editor::{self, Edited};
use crate::{
    api::{self, DiscardDraftForm, EditorData, SaveDraftForm},
    link::Query,
    model::{DraftDetail, Role},
    pages::page::{self, Refused},
    ui::{Alert, Button, ButtonKind, ErrorBox, Hidden, LinkButton, PageHead, Toast, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn NewDraftPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<SaveDraftForm>();
    let from = query.get("from").to_owned();
    page::loaded(api::load_editor(from), move |data| fresh(data, &query, &refused))
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
        base: base.as_ref().map(|base| base.version),
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
    page::loaded(api::load_draft(page::segment(2)), move |(detail, role)| whole(&detail, role, &query, &refused))
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
        base: draft.base,
        label: draft.label.clone().unwrap_or_default(),
        text: &draft.content,
        active: detail.active.as_ref(),
    };
    let discard = discard(detail);
    let copied = query.get("copied") == "1";
    let saved = query.get("saved") == "1" && !copied;
    view! {
        <PageHead title lead trail=trail()>
            <LinkButton href=review label="Review"/>
            {discard}
        </PageHead>
        {error.map(|error| view! { <ErrorBox error/> })}
        {copied.then(copied_notice)}
        {saved.then(|| view! { <Toast title="Saved"/> })}
        {editor::view(edited, query)}
    }
    .into_any()
}

/// Somebody else saved meanwhile: both texts are there.
pub fn copied_notice() -> impl IntoView {
    view! {
        <Alert tone=Tone::Warn title="Somebody saved the same draft meanwhile">
            <p>"Nothing was overwritten: theirs is as they left it, and yours is this draft of its own. Both are in the list of drafts."</p>
        </Alert>
    }
}

pub fn discard(detail: &DraftDetail) -> impl IntoView + use<> {
    let id = detail.draft.id.to_string();
    view! {
        <form method="post" action=DiscardDraftForm::url() data-once="">
            <Hidden name="id" value=id/>
            <Button kind=ButtonKind::Danger label="Discard"/>
        </form>
    }
}
