//! What a request is about, in the figures that whoever answers it decides by.

use crate::{
    api::{ApprovalPageData, Receiver},
    format,
    model::{ApprovalStatus, Credits, Refund},
    refund_plan::RefundPlan,
    ui::{Fact, TransactionLink, UserLink},
};
use leptos::prelude::*;

/// The charge that would be given back, and while that waits, what would come of it now.
pub fn refund(refund: &Refund, data: &ApprovalPageData) -> Option<impl IntoView + use<>> {
    let charge = data.charge.as_ref()?;
    let entry = &charge.transaction;
    let (id, user_id, name) = (entry.id, entry.user_id.clone(), charge.profile.name.clone());
    let cost = entry.gross.or_else(|| entry.amount.checked_neg()).unwrap_or_default();
    let (cost, refunded) = (format::credits_counted(cost), format::credits(entry.refunded));
    let (reason, note, notify) = (refund.reason.label(), refund.note.clone(), refund.notify);
    let amount = refund.amount.unwrap_or(charge.refundable.total);
    let outcome = waits(data).then(|| {
        let plan = RefundPlan::new(charge, None, data.now);
        plan.sentence(&amount.to_string()).unwrap_or_else(|rule| rule.to_string())
    });
    Some(view! {
        <Fact label="Customer"><UserLink user_id nostrip:name=name/></Fact>
        <Fact label="Charge"><TransactionLink id/></Fact>
        <Fact label="It cost">{cost}</Fact>
        <Fact label="Refunded already">{refunded}</Fact>
        <Fact label="Refund for">{reason} {note.map(|note| view! { ": " <bdi>{note}</bdi> })}</Fact>
        {notify.then(|| view! { <Fact label="Tell the customer">"yes"</Fact> })}
        {outcome.map(|text| view! { <Fact label="Would do">{text}</Fact> })}
    })
}

/// Who would get credits, and while that waits, what they would have then.
pub fn receiver(data: &ApprovalPageData) -> Option<impl IntoView + use<>> {
    let Receiver { name, balance, given } = data.receiver.clone()?;
    let amount = data.approval.amount.unwrap_or_default();
    let after = Credits::from_micros(balance.micros().saturating_add(amount.micros()));
    let change = format!("{} → {}", format::credits(balance), format::credits(after));
    let (waits, given) = (waits(data), format::credits(given));
    Some(view! {
        {name.map(|name| view! { <Fact label="Name"><bdi>{name}</bdi></Fact> })}
        {waits.then(|| view! { <Fact label="Balance">{change}</Fact> })}
        <Fact label="Given by whoever asked, last 24 hours">{given}</Fact>
    })
}

fn waits(data: &ApprovalPageData) -> bool {
    data.approval.status == ApprovalStatus::Pending
}
