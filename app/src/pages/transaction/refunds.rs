//! The refunds of a charge, and the way to another one.

use crate::{
    format,
    link::{self, Query},
    model::{Role, Transaction, TransactionDetail},
    pages::notice::done_entry,
    ui::{ButtonKind, Column, DataTable, Glyph, LinkButton, Money, Section, TransactionLink, When},
};
use leptos::prelude::*;

/// Why this entry cannot be refunded by this role; nothing when it can.
pub fn obstacle(detail: &TransactionDetail, role: Role) -> Option<String> {
    let entry = &detail.transaction;
    if !entry.amount.is_negative() && !entry.kind.is_charge() {
        return Some("Only what was taken can be refunded; this entry gave.".to_owned());
    }
    if !detail.refundable.total.is_positive() {
        let gone = entry.refunded.is_positive();
        return Some(if gone { "All of it has been refunded." } else { "There is nothing to give back." }.to_owned());
    }
    (!role.may_refund())
        .then(|| format!("A refund needs the role admin or support; you are signed in as {}.", role.as_str()))
}

/// The button at the head of the page, or why there is none.
pub fn action(detail: &TransactionDetail, role: Role) -> impl IntoView + use<> {
    if let Some(why) = obstacle(detail, role) {
        return view! { <span class="quiet">{why}</span> }.into_any();
    }
    let href = link::refund(detail.transaction.id);
    view! { <LinkButton kind=ButtonKind::Primary href label="Refund" glyph=Glyph::Refund/> }.into_any()
}

pub fn view(detail: &TransactionDetail, query: &Query) -> Option<impl IntoView + use<>> {
    if !detail.transaction.kind.is_charge() && detail.refunds.is_empty() {
        return None;
    }
    let left = &detail.refundable;
    let remains = if left.total.is_positive() {
        format!(
            "{} remain refundable: {} credits and {} of allowance",
            format::credits(left.total),
            format::credits(left.credits),
            format::credits(left.allowance),
        )
    } else {
        "nothing remains refundable".to_owned()
    };
    let fresh = done_entry(query);
    let columns = vec![
        Column::text("When"),
        Column::text("By"),
        Column::text("Reason"),
        Column::number("Credits"),
        Column::number("Allowance"),
        Column::text("Transaction"),
    ];
    let refunds = detail.refunds.clone();
    Some(view! {
        <Section title="Refunds" note=remains>
            {if refunds.is_empty() {
                view! { <p class="quiet">"Nothing of this charge has been given back."</p> }.into_any()
            } else {
                view! {
                    <DataTable caption="Refunds of this charge, oldest first" columns>
                        {refunds.into_iter().map(|refund| row(refund, fresh)).collect_view()}
                    </DataTable>
                }
                    .into_any()
            }}
        </Section>
    })
}

fn row(refund: Transaction, fresh: Option<crate::model::Uuid>) -> impl IntoView {
    let word = |key: &str| refund.metadata.extra.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let reason = word("reason").map(|reason| reason.replace('_', " "));
    let reason = [reason, word("note")].into_iter().flatten().collect::<Vec<_>>().join(": ");
    view! {
        <tr class=(fresh == Some(refund.id)).then_some("row-fresh")>
            <td><When at=refund.created_at/></td>
            <td>{refund.actor.clone()}</td>
            <td>{reason}</td>
            <td class="num"><Money amount=refund.amount signed=true/></td>
            <td class="num"><Money amount=refund.allowance signed=true/></td>
            <td><TransactionLink id=refund.id/></td>
        </tr>
    }
    .into_any()
}
