//! What waits for a second person, oldest first, and what became of the rest.

mod figures;
mod one;
mod waiting;
mod words;

pub use one::ApprovalPage;
pub use waiting::waiting;
pub use words::title as request_title;

use super::page;
use crate::{
    api::{self, ApprovalsPageData},
    model::{Approval, Role},
    ui::{Badge, Column, DataTable, Empty, Glyph, Money, PageHead, Pager, Section, When, href},
};
use leptos::prelude::*;

#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let cursor = page::query().filled("cursor");
    let later = cursor.is_some();
    view! {
        <PageHead title="Approvals" lead="What is above somebody's limit waits here for somebody else."/>
        {page::loaded(api::load_approvals(cursor), move |data| whole(data, later))}
    }
    .into_any()
}

fn whole(data: ApprovalsPageData, later: bool) -> impl IntoView {
    let ApprovalsPageData { own, mut pending, decided, role, me, .. } = data;
    let csv = role.may_report().then(|| "/export/approvals.csv".to_owned());
    // Those of one's own are above.
    pending.retain(|approval| approval.requested_by != me);
    let waiting = if pending.is_empty() {
        let title = if own.is_empty() { "Nothing waits" } else { "Nothing of others waits" };
        view! {
            <Empty title glyph=Glyph::Check>
                <p>"Refunds, grants, raised caps and activations above a limit appear here. Limits are in the settings."</p>
            </Empty>
        }
        .into_any()
    } else {
        let columns = vec![
            Column::text("Request"),
            Column::number("Credits"),
            Column::text("Asked by"),
            Column::text("Waits until").wide_only(),
            Column::text("For you"),
        ];
        let rows = pending.iter().map(|approval| pending_row(approval, role)).collect_view();
        let (shown, csv) = (pending.len(), csv.clone());
        view! {
            <DataTable caption="Pending requests, the oldest first" columns>{rows}</DataTable>
            <Pager shown noun="requests" nostrip:csv=csv/>
        }
        .into_any()
    };
    let shown = decided.items.len();
    let next = decided.next.map(|cursor| href("/approvals", &[("cursor", &cursor)]));
    let first = later.then(|| "/approvals".to_owned());
    let history = (shown > 0).then(|| {
        let columns = vec![
            Column::text("Request"),
            Column::number("Credits"),
            Column::text("Asked by").wide_only(),
            Column::text("Answer"),
            Column::text("When"),
        ];
        let rows = decided.items.iter().map(decided_row).collect_view();
        view! {
            <Section title="Answered">
                <DataTable caption="Answered requests, newest first" columns>{rows}</DataTable>
                <Pager shown noun="requests" nostrip:first=first nostrip:next=next nostrip:csv=csv/>
            </Section>
        }
    });
    view! {
        {(!later && !own.is_empty()).then(|| own_requests(&own))}
        {(!later).then_some(waiting)}
        {history}
    }
    .into_any()
}

/// What one has asked for, and what became of it.
fn own_requests(own: &[Approval]) -> impl IntoView + use<> {
    let columns = vec![
        Column::text("Request"),
        Column::number("Credits"),
        Column::text("State"),
        Column::text("Note").wide_only(),
        Column::text("When"),
    ];
    let rows = own.iter().map(own_row).collect_view();
    let shown = own.len();
    view! {
        <Section title="Your requests" note="the latest ones">
            <DataTable caption="Your own requests, newest first" columns>{rows}</DataTable>
            <Pager shown noun="requests" csv="/export/own-approvals.csv"/>
        </Section>
    }
    .into_any()
}

fn own_row(approval: &Approval) -> impl IntoView + use<> {
    let by = approval.decided_by.as_deref().map(words::person).unwrap_or_default();
    let at = approval.decided_at.unwrap_or(approval.requested_at);
    view! {
        <tr>
            {request(approval)}
            <td class="num">{amount(approval)}</td>
            <td><Badge tone=words::tone(approval.status) text=approval.status.as_str()/> " " <span class="quiet">{by}</span></td>
            <td class="cut wide-only"><bdi>{approval.note.clone()}</bdi></td>
            <td><When at/></td>
        </tr>
    }
    .into_any()
}

fn amount(approval: &Approval) -> impl IntoView + use<> {
    match approval.amount {
        Some(amount) => view! { <Money amount/> }.into_any(),
        None => view! { <span class="quiet">"—"</span> }.into_any(),
    }
}

fn request(approval: &Approval) -> impl IntoView + use<> {
    let text = words::title(approval);
    view! {
        <td class="cut">
            <a href=format!("/approvals/{}", approval.id)><bdi>{text}</bdi></a>
            <div class="quiet"><bdi>{approval.reason.clone()}</bdi></div>
        </td>
    }
}

fn pending_row(approval: &Approval, role: Role) -> impl IntoView + use<> {
    let yours = if approval.kind().may_decide(role) {
        view! { <a class="button" href=format!("/approvals/{}", approval.id)>"Answer"</a> }.into_any()
    } else {
        view! { <span class="quiet">"another role answers"</span> }.into_any()
    };
    let by = words::person(&approval.requested_by);
    view! {
        <tr>
            {request(approval)}
            <td class="num">{amount(approval)}</td>
            <td class="cut">{by} " " <span class="quiet"><When at=approval.requested_at/></span></td>
            <td class="wide-only"><When at=approval.expires_at exact=true/></td>
            <td>{yours}</td>
        </tr>
    }
    .into_any()
}

fn decided_row(approval: &Approval) -> impl IntoView + use<> {
    let by = approval.decided_by.as_deref().map(words::person).unwrap_or_default();
    let at = approval.decided_at.unwrap_or(approval.expires_at);
    view! {
        <tr>
            {request(approval)}
            <td class="num">{amount(approval)}</td>
            <td class="cut wide-only">{words::person(&approval.requested_by)}</td>
            <td><Badge tone=words::tone(approval.status) text=approval.status.as_str()/> " " <span class="quiet">{by}</span></td>
            <td><When at/></td>
        </tr>
    }
    .into_any()
}
