//! A draft before it becomes a version: what it changes, whom it touches, and whether somebody came first.

use super::{
    changes,
    draft::{copied_notice, discard},
    impact,
};
use crate::{
    api::{self, DiscardDraftForm, PublishDraftForm, RebaseDraftForm},
    islands::forms::Forms,
    link::{self, Query},
    model::{DraftDetail, PricingConfigData, PricingConfigResult, Role, UnknownRate},
    pages::page::{self, Refused},
    pricing::{
        ChangedTerm,
        check::{Sample, check},
        diff,
    },
    ui::{Alert, Button, ButtonKind, ErrorBox, Hidden, LinkButton, PageHead, Section, Tone, verdict_html},
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn ReviewPage() -> impl IntoView {
    let query = page::query();
    let published = Refused::of::<PublishDraftForm>();
    let rebased = Refused::of::<RebaseDraftForm>();
    let discarded = Refused::of::<DiscardDraftForm>();
    page::opened("Draft", ("/pricing", "Pricing"), api::load_draft(page::segment(2)), move |(detail, role)| {
        let error = published.beside(&[]).or_else(|| rebased.beside(&[])).or_else(|| discarded.beside(&[]));
        whole(&detail, role, &query, error)
    })
}

/// Where the draft is edited: a plan in its form, everything else as text.
fn editor_of(detail: &DraftDetail) -> String {
    let draft = &detail.draft;
    match &draft.plan_form {
        Some(form) => link::plan_editor(form, draft.id),
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
        {copied_notice(query)}
        {error.map(|error| view! { <ErrorBox error/> })}
        {rebased(query)}
        {open.then(|| conflict(detail, checked.config.as_ref(), may))}
        {open.then(|| unknown_rates(&detail.unknown_rates))}
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

/// The active version, where it is another than the author knew of.
fn overtaking(detail: &DraftDetail) -> Option<&PricingConfigResult> {
    detail.active.as_ref().filter(|active| detail.draft.seen_active != Some(active.version))
}

/// Another version became active since the draft was begun: what that changed, and the ways on.
fn conflict(detail: &DraftDetail, mine: Option<&PricingConfigData>, may: bool) -> Option<impl IntoView + use<>> {
    let active = overtaking(detail)?;
    let begun = match (&detail.seen, detail.draft.base) {
        (Some(seen), Some(base)) if seen.version != base => {
            format!("from version {base}, while version {} was active", seen.version)
        }
        (Some(seen), _) => format!("from version {}", seen.version),
        (None, _) => "without sight of it".to_owned(),
    };
    let title = format!("Version {} became active since this draft was begun {begun}", active.version);
    let theirs = detail.seen.as_ref().map(|seen| (seen, diff(&seen.config, &active.config)));
    let words = match &theirs {
        Some((seen, theirs)) => {
            let ours = mine.map(|mine| diff(&seen.config, mine)).unwrap_or_default();
            at_both(theirs, &ours) + " Published as it is, this draft would take all of them back."
        }
        None => "Published as it is, this draft would take the place of all that the version has.".to_owned(),
    };
    let changed = theirs.map(|(seen, theirs)| {
        let title = format!("What version {} changed", active.version);
        let file = changes::file(seen.version, active.version);
        let (note, table) =
            (format!("against version {}", seen.version), changes::table("What changed meanwhile", theirs, file));
        view! { <Section title note>{table}</Section> }
    });
    Some(view! {
        <div id="conflict">
            <Alert tone=Tone::Warn title><p>{words}</p></Alert>
            {changed}
            {may.then(|| rebase(detail, active.version))}
        </div>
    })
}

/// How many of their changes are at a place that is changed here as well.
fn at_both(theirs: &[ChangedTerm], ours: &[ChangedTerm]) -> String {
    match theirs.iter().filter(|change| ours.iter().any(|own| own.path == change.path)).count() {
        0 => "None of its changes is at a place that this draft changes as well.".to_owned(),
        1 => "One of its changes is at a place that this draft changes as well.".to_owned(),
        count => format!("{count} of its changes are at places that this draft changes as well."),
    }
}

fn rebase(detail: &DraftDetail, active: i64) -> impl IntoView + use<> {
    let (id, revision) = (detail.draft.id.to_string(), detail.draft.revision.to_string());
    view! {
        <form method="post" action=RebaseDraftForm::url() class="form activate-form" data-once="">
            <Hidden name="id" value=id/>
            <Hidden name="revision" value=revision/>
            <Button kind=ButtonKind::Primary label=format!("Put the draft on top of version {active}")/>
        </form>
    }
}

/// Rates that price nothing as long as no call names their model: most likely a misspelt name.
fn unknown_rates(rates: &[UnknownRate]) -> Option<impl IntoView + use<>> {
    if rates.is_empty() {
        return None;
    }
    let rows: Vec<_> = rates.iter().map(|rate| (rate.plan.clone(), rate.model.clone())).collect();
    Some(view! {
        <Alert tone=Tone::Warn title="A plan has a rate for a model that nothing else knows">
            <p>"No version prices it and no charge has named it. It can be published; look whether the name is right:"</p>
            <ul>
                {rows
                    .into_iter()
                    .map(|(plan, model)| view! { <li><code>{model}</code> " in plan " <code>{plan}</code></li> })
                    .collect_view()}
            </ul>
        </Alert>
    })
}

fn differences(detail: &DraftDetail, config: &PricingConfigData) -> impl IntoView + use<> {
    match &detail.active {
        Some(active) => {
            let changes = diff(&active.config, config);
            let file = format!("/export/draft-diff.csv?draft={}", detail.draft.id);
            view! {
                <Section title="What changes" note=format!("against version {}, the active one", active.version)>
                    {changes::table("What the draft changes", changes, file)}
                </Section>
            }
            .into_any()
        }
        None => view! { <p class="quiet">"No version is active yet: this will be the first."</p> }.into_any(),
    }
}

fn publish(detail: &DraftDetail) -> impl IntoView + use<> {
    let active = detail.active.as_ref().map(|active| active.version);
    let stale = overtaking(detail).is_some();
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
