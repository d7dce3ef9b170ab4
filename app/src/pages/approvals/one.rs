//! One request: what would be done, why, and the answer.

use super::{figures, words};
use crate::{
    api::{self, ApprovalPageData, DecideForm},
    islands::forms::Forms,
    link,
    model::{Approval, ApprovalKind, ApprovalStatus, Proposal, Role},
    pages::page::{self, Refused},
    ui::{
        Alert, Badge, Button, ButtonKind, ErrorBox, Fact, Facts, Field, Glyph, Hidden, Money, PageHead, Section,
        TextArea, Tone, TransactionLink, UserLink, When,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn ApprovalPage() -> impl IntoView {
    let query = page::query();
    let saved = query.get("saved").to_owned();
    let refused = Refused::of::<DecideForm>();
    page::opened("Request", ("/approvals", "Approvals"), api::load_approval(page::segment(1)), move |data| {
        whole(data, &saved, &refused)
    })
}

fn whole(data: ApprovalPageData, saved: &str, refused: &Refused) -> impl IntoView + use<> {
    let ApprovalPageData { ref approval, role, ref me, .. } = data;
    let trail = vec![("/approvals".to_owned(), "Approvals".to_owned())];
    let notice = match (saved, approval.status) {
        // Support's caps always wait, whatever their limit.
        ("waiting", ApprovalStatus::Pending) if approval.kind() == ApprovalKind::Cap && role != Role::Admin => {
            Some("An admin must approve it: it waits here")
        }
        ("waiting", ApprovalStatus::Pending) => Some("It is above your limit, so it waits here for somebody else"),
        ("approve", ApprovalStatus::Approved) => Some("Approved and done"),
        ("decline", ApprovalStatus::Declined) => Some("Declined; nothing was changed"),
        ("withdraw", ApprovalStatus::Withdrawn) => Some("Taken back; nothing was changed"),
        _ => None,
    };
    let pending = approval.status == ApprovalStatus::Pending;
    let mine = approval.requested_by == *me;
    let answer = match (pending, mine, approval.kind().may_decide(role)) {
        (false, ..) => ().into_any(),
        (true, true, _) => own(approval, refused).into_any(),
        (true, false, true) => answer(approval, refused).into_any(),
        (true, false, false) => {
            view! { <p class="quiet">"Requests of this kind are answered by another role than " {role.as_str()} "."</p> }
                .into_any()
        }
    };
    view! {
        <PageHead title=words::title(approval) trail/>
        <Forms/>
        {notice.map(|title| view! { <Alert tone=Tone::Good title/> })}
        {facts(&data)}
        {answer}
    }
    .into_any()
}

fn facts(data: &ApprovalPageData) -> impl IntoView + use<> {
    let approval = &data.approval;
    let Approval {
        requested_by, requested_at, expires_at, status, decided_by, decided_at, note, reason, result, ..
    } = approval.clone();
    let (change, subject) = (words::change(approval), subject(data));
    let receiver = figures::receiver(data);
    let amount = approval.amount;
    let pending = status == ApprovalStatus::Pending;
    let result = result.and_then(|id| id.parse().ok());
    let answered = decided_by.zip(decided_at).map(|(by, at)| {
        let by = words::person(&by);
        view! { <Fact label="Answered">{by} ", " <When at exact=true/></Fact> }
    });
    view! {
        <Facts>
            <Fact label="State"><Badge tone=words::tone(status) text=status.as_str()/></Fact>
            {subject}
            {receiver}
            {amount.map(|amount| view! { <Fact label="Credits"><Money amount/></Fact> })}
            {change.map(|text| view! { <Fact label="Change">{text}</Fact> })}
            <Fact label="Asked by">{words::person(&requested_by)} ", " <When at=requested_at exact=true/></Fact>
            <Fact label="Reason"><bdi>{reason}</bdi></Fact>
            {pending.then(|| view! { <Fact label="Waits until"><When at=expires_at exact=true/></Fact> })}
            {answered}
            {note.map(|note| view! { <Fact label="Note"><bdi>{note}</bdi></Fact> })}
            {result.map(|id| view! { <Fact label="Became"><TransactionLink id/></Fact> })}
        </Facts>
    }
    .into_any()
}

/// What it is about, with the way there.
fn subject(data: &ApprovalPageData) -> impl IntoView + use<> {
    let approval = &data.approval;
    let text = approval.subject.clone();
    match &approval.proposal {
        Proposal::Refund(refund) => figures::refund(refund, data).into_any(),
        Proposal::Activation { .. } => {
            let href = link::with_query("/pricing", [("version", text.as_str())]);
            view! { <Fact label="Version"><a href=href>{text}</a></Fact> }.into_any()
        }
        Proposal::TopUp(top_up) => {
            let href = link::team(top_up.team_id);
            view! { <Fact label="Team"><a href=href>{text}</a></Fact> }.into_any()
        }
        Proposal::Grant(_) | Proposal::Cap { .. } => {
            view! { <Fact label="User"><UserLink user_id=text/></Fact> }.into_any()
        }
    }
}

fn answer(approval: &Approval, refused: &Refused) -> impl IntoView + use<> {
    let note = refused.field("note", "");
    let error = refused.beside(&["note"]);
    let id = approval.id.to_string();
    view! {
        <Section title="Your answer" note="what it asks for is checked again, and done at once">
            {error.map(|error| view! { <ErrorBox error/> })}
            <form method="post" action=DecideForm::url() class="form" data-once="">
                <Hidden name="id" value=id/>
                <Field name="note" label="Note" hint="Needed to decline." nostrip:error=note.error>
                    <TextArea name="note" value=note.value maxlength=1000_u32 invalid=note.wrong/>
                </Field>
                <div class="form-go">
                    <Button kind=ButtonKind::Primary label="Approve" glyph=Glyph::Check name="answer" value="approve"/>
                    <Button kind=ButtonKind::Danger label="Decline" name="answer" value="decline"/>
                </div>
            </form>
        </Section>
    }
    .into_any()
}

fn own(approval: &Approval, refused: &Refused) -> impl IntoView + use<> {
    let id = approval.id.to_string();
    let error = refused.beside(&[]);
    view! {
        <Section title="Your own request" note="somebody else must answer it">
            {error.map(|error| view! { <ErrorBox error/> })}
            <form method="post" action=DecideForm::url() data-once="">
                <Hidden name="id" value=id/>
                <Button kind=ButtonKind::Plain label="Take it back" name="answer" value="withdraw"/>
            </form>
        </Section>
    }
    .into_any()
}
