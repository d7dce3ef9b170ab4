//! Requests that wait, on the pages of what they are about.

use super::words;
use crate::{
    model::Approval,
    ui::{Alert, Tone, When},
};
use leptos::prelude::*;

/// A notice for each of them, with the way to it.
pub fn waiting(approvals: &[Approval]) -> impl IntoView + use<> {
    approvals.iter().map(one).collect_view()
}

fn one(approval: &Approval) -> impl IntoView + use<> {
    let title = format!("Waits for approval: {}", words::title(approval));
    let by = words::person(&approval.requested_by);
    let (at, href) = (approval.requested_at, format!("/approvals/{}", approval.id));
    view! {
        <Alert tone=Tone::Accent title>
            <p>
                "Asked for by " {by} ", " <When at/> ". "
                <a href=href>"Open the request"</a>
            </p>
        </Alert>
    }
    .into_any()
}
