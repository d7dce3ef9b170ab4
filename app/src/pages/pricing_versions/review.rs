//! A draft before it becomes a version: what it changes, whom it touches, and whether somebody came first.

use super::{
    changes,
    draft::{copied_notice, discard},
    impact,
};
use crate::{
    api::{self, DiscardDraftForm, PublishDraftForm, RebaseDraftForm},
    islands::forms::Forms,
    link::Query,
    model::{DraftDetail, PricingConfigData, Role},
    pages::page::{self, Refused},
    pricing::{
        check::{Sample, check},
        diff,
    },
    ui::{Alert, Button, ButtonKind, ErrorBox, Hidden, LinkButton, PageHead, Section, Tone, encode, verdict_html},
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn ReviewPage() -> impl IntoView {
    let query = page::query();
    let published = Refused::of::<PublishDraftForm>();
    let rebased = Refused::of::<RebaseDraftForm>();
    let discarded = Refused::of::<DiscardDraftForm>();
    page::loaded(api::load_draft(page::segment(2)), move |(detail, role)| {
        let error = published.beside(&[]).or_else(|| rebased.beside(&[])).or_else(|| discarded.beside(&[]));
        whole(&detail, role, &query, error)
    })
}

/// Where the draft is edited: a plan in its form, everything else as text.
fn editor_of(detail: &DraftDetail) -> String {
    let draft = &detail.draft;
    match &draft.plan_form {
        Some(form) => format!("/plans/{}/edit?draft={}", encode(&form.key), draft.id),
        None => format!("/pricing/drafts/{}", draft.id),
    }
}

fn whole(
    detail: &DraftDetail,
    role: Role,
    query: &Query,
    error: Option<crate::error::AppError>,
) -> impl IntoView + use<> {
    let draft = &detail.draft;
    let id = draft.id;
    let open = draft.published.is_none();
    let may = role.may_manage() && open;
    let title = format!("Review: {}", draft.label.clone().unwrap_or_else(|| "draft".to_owned()));
    let lead = match draft.base {
        Some(base) => format!("Begun from version {base} by {}, saved by {}.", draft.created_by, draft.updated_by),
        None => format!("A first price list, saved by {}.", draft.updated_by),
    };
    let checked = check(&draft.content, &Sample::default(), None);
    let good = checked.config.is_some();
    let verdict = verdict_html(&checked);
    let published = draft.published.map(|version| {
        view! {
            <Alert title=format!("This draft has become version {version}")>
                <LinkButton href=format!("/pricing/versions/{version}") label=format!("Version {version}")/>
            </Alert>
        }
    });
    let copied = query.get("copied") == "1";
    let editor = may.then(|| editor_of(detail)).map(|href| view! { <LinkButton href label="Edit"/> });
    let discard = may.then(|| discard(detail));
    view! {
        <Forms/>
        <PageHead title lead trail=vec![("/pricing".to_owned(), "Pricing".to_owned())]>
            {good.then(|| view! { <LinkButton href=format!("/pricing/backtest?draft={id}") label="Back-test"/> })}
            {editor}
            {discard}
        </PageHead>
        {published}
        {copied.then(copied_notice)}
        {error.map(|error| view! { <ErrorBox error/> })}
        {rebased(query)}
        {open.then(|| conflict(detail, checked.config.as_ref(), may))}
        {(!good).then(|| view! { <Section title="Check"><div inner_html=verdict></div></Section> })}
        {checked.config.as_ref().map(|config| differences(detail, config))}
        {impact::view(detail.impacts.clone())}
        {(may && good).then(|| publish(detail))}
    }
    .into_any()
}

fn rebased(query: &Query) -> Option<impl IntoView + use<>> {
    if query.get("rebased") != "1" {
        return None;
    }
    let both: Vec<String> = query.get("both").lines().map(str::to_owned).collect();
    Some(if both.is_empty() {
        view! { <Alert tone=Tone::Good title="The changes are on top of the active version"/> }.into_any()
    } else {
        view! {
            <Alert tone=Tone::Warn title="The changes are on top of the active version; some places were changed by both">
                <p>"The draft's value stands there. Look at each:"</p>
                <ul>{both.into_iter().map(|path| view! { <li><code>{path}</code></li> }).collect_view()}</ul>
            </Alert>
        }
        .into_any()
    })
}

/// Another version became active since the draft was begun: what that changed, and the ways on.
fn conflict(detail: &DraftDetail, mine: Option<&PricingConfigData>, may: bool) -> Option<impl IntoView + use<>> {
    let (seen, active) = (detail.seen.as_ref()?, detail.active.as_ref()?);
    let theirs = diff(&seen.config, &active.config);
    let title =
        format!("Version {} became active since this draft was begun from version {}", active.version, seen.version);
    let ours: Vec<String> =
        mine.map(|mine| diff(&seen.config, mine)).unwrap_or_default().into_iter().map(|c| c.path).collect();
    let both = theirs.iter().filter(|change| ours.contains(&change.path)).count();
    let words = match both {
        0 => "None of its changes is at a place that this draft changes as well.".to_owned(),
        1 => "One of its changes is at a place that this draft changes as well.".to_owned(),
        count => format!("{count} of its changes are at places that this draft changes as well."),
    };
    let (id, revision) = (detail.draft.id.to_string(), detail.draft.revision.to_string());
    let label = format!("Put the draft on top of version {}", active.version);
    Some(view! {
        <div id="conflict">
            <Alert tone=Tone::Warn title>
                <p>{words} " Published as it is, this draft would take all of them back."</p>
            </Alert>
            <Section title=format!("What version {} changed", active.version) note=format!("against version {}", seen.version)>
                {changes::table("What changed meanwhile", theirs)}
                {may.then(|| view! {
                    <form method="post" action=RebaseDraftForm::url() class="form activate-form" data-once="">
                        <Hidden name="id" value=id/>
                        <Hidden name="revision" value=revision/>
                        <Button kind=ButtonKind::Primary label/>
                    </form>
                })}
            </Section>
        </div>
    })
}

fn differences(detail: &DraftDetail, config: &PricingConfigData) -> impl IntoView + use<> {
    match &detail.active {
        Some(active) => {
            let changes = diff(&active.config, config);
            view! {
                <Section title="What changes" note=format!("against version {}, the active one", active.version)>
                    {changes::table("What the draft changes", changes)}
                </Section>
            }
            .into_any()
        }
        None => view! { <p class="quiet">"No version is active yet: this will be the first."</p> }.into_any(),
    }
}

fn publish(detail: &DraftDetail) -> impl IntoView + use<> {
    let active = detail.active.as_ref().map(|active| active.version);
    let stale = detail.seen.is_some();
    let label = if stale { "Publish all the same" } else { "Publish as a version" };
    let kind = if stale { ButtonKind::Danger } else { ButtonKind::Primary };
    let (id, revision) = (detail.draft.id.to_string(), detail.draft.revision.to_string());
    let active_was = active.map(|active| active.to_string()).unwrap_or_default();
    view! {
        <div id="publish">
            <Section title="Publish">
                <p class="before-form">
                    "It becomes a version that can never change. It prices nothing until it is activated, which is the next step."
                </p>
                <form method="post" action=PublishDraftForm::url() class="form" data-once="">
                    <Hidden name="id" value=id/>
                    <Hidden name="revision" value=revision/>
                    <Hidden name="active_was" value=active_was/>
                    <div class="form-go"><Button kind label/></div>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
