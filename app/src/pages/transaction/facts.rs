//! Every fact that the ledger keeps about an entry.

use crate::{
    link,
    model::{Credits, EntryKind, LotDraw, Role, TransactionDetail},
    ui::{Column, CopyId, DataTable, Fact, Facts, KindBadge, Money, Section, Tile, TransactionLink, UserLink, When},
};
use leptos::prelude::*;

/// The key under which a refund keeps that the customer is to be told.
const NOTIFY: &str = "notify";

pub fn view(detail: &TransactionDetail, role: Role) -> impl IntoView + use<> {
    view! {
        {tiles(detail)}
        {list(detail, role)}
        {draws(detail)}
    }
    .into_any()
}

fn tiles(detail: &TransactionDetail) -> impl IntoView + use<> {
    let entry = &detail.transaction;
    let before = Credits::from_micros(entry.balance_after.micros().saturating_sub(entry.amount.micros()));
    let tile = |label: &'static str, amount: Credits, note: String| {
        let (value, exact) = (crate::format::credits_short(amount), crate::format::credits(amount));
        view! { <Tile label value exact unit=" credits" note/> }
    };
    let amount_note = match (entry.kind.is_charge(), entry.gross) {
        (true, Some(gross)) => format!("of a cost of {}", crate::format::credits(gross)),
        _ => entry.kind.as_str().replace('_', " "),
    };
    view! {
        <div class="tiles">
            {tile("Amount", entry.amount, amount_note)}
            {entry
                .kind
                .is_charge()
                .then(|| tile("Paid by the allowance", entry.allowance, "before any credits".to_owned()))}
            {tile("Balance before", before, "of the account's ledger".to_owned())}
            {tile("Balance after", entry.balance_after, format!("now {}", crate::format::credits(detail.balance.balance)))}
        </div>
    }
    .into_any()
}

fn list(detail: &TransactionDetail, role: Role) -> impl IntoView + use<> {
    let entry = detail.transaction.clone();
    let TransactionDetail { plan_id, reason, note, original, .. } = detail.clone();
    let text = |label: &'static str, value: Option<String>| value.map(|value| view! { <Fact label>{value}</Fact> });
    let version = entry.pricing_version.map(|version| {
        let label = detail.pricing_label.clone().map(|label| format!(" ({label})"));
        let number = if role.may_report() {
            view! { <a href=format!("/pricing/versions/{version}")>{version}</a> }.into_any()
        } else {
            version.into_any()
        };
        view! { <Fact label="Price version">{number} {label}</Fact> }
    });
    let (user, team) = (detail.user_name(), team(detail));
    let notify = entry.kind == EntryKind::Refund && entry.metadata.extra.contains_key(NOTIFY);
    let extra = entry.metadata.extra.iter().filter(|(key, _)| !(notify && *key == NOTIFY));
    let extra: Vec<_> = extra.map(|(key, value)| (key.clone(), plain(value))).collect();
    view! {
        <Section title="Facts">
            <Facts>
                <Fact label="Transaction"><CopyId id=entry.id.to_string()/></Fact>
                <Fact label="Kind"><KindBadge kind=entry.kind/></Fact>
                <Fact label="User"><UserLink user_id=entry.user_id.clone() nostrip:name=user/></Fact>
                {team.map(|team| view! { <Fact label="Account">{team}</Fact> })}
                <Fact label="Entry number">{entry.seq}</Fact>
                <Fact label="Happened"><When at=entry.created_at exact=true/></Fact>
                {(entry.recorded_at != entry.created_at)
                    .then(|| view! { <Fact label="Recorded"><When at=entry.recorded_at exact=true/></Fact> })}
                {text("By", entry.actor)}
                {text("Model", entry.model)}
                {text("Job", entry.metadata.fixed_job)}
                {text("Plan", plan_id)}
                {version}
                {text("Reference type", entry.reference_type)}
                {text("Reference id", entry.reference_id)}
                {text("Reason", reason.map(|reason| reason.replace('_', " ")))}
                {text("Note", note)}
                {notify.then(|| view! { <Fact label="Customer">"the product was asked to tell them"</Fact> })}
                {original.map(|id| view! { <Fact label="Answers"><TransactionLink id/></Fact> })}
                {entry
                    .metadata
                    .idempotency_key
                    .map(|key| view! { <Fact label="Idempotency key"><CopyId id=key/></Fact> })}
                {extra
                    .into_iter()
                    .map(|(key, value)| view! { <Fact label=key>{value}</Fact> })
                    .collect_view()}
            </Facts>
        </Section>
    }
    .into_any()
}

/// The team whose account it is, if it is not the user's own.
fn team(detail: &TransactionDetail) -> Option<impl IntoView + use<>> {
    let entry = &detail.transaction;
    let id = entry.account.parse().ok().filter(|_| entry.account != entry.user_id)?;
    let name = detail.profile.name.clone().unwrap_or_else(|| entry.account.clone());
    Some(
        view! { <a class="id-link" href=link::team(id) title=entry.account.clone()><bdi>{name}</bdi></a> " " <span class="quiet">"team"</span> },
    )
}

/// A value of the metadata: text bare, anything else as JSON.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Lots drawn by a charge, or filled by a refund.
fn draws(detail: &TransactionDetail) -> Option<impl IntoView + use<>> {
    if detail.draws.is_empty() {
        return None;
    }
    let debit = detail.transaction.amount.is_negative();
    let (title, note) = if debit {
        ("Lots drawn", "earliest expiry first, then age")
    } else {
        ("Lots filled", "the one drawn last is filled first")
    };
    let columns =
        vec![Column::text("Origin"), Column::text("Granted by"), Column::text("Expires"), Column::number("Credits")];
    let rows = detail.draws.clone().into_iter().map(draw).collect_view();
    Some(view! {
        <Section title note>
            <DataTable caption=title columns>{rows}</DataTable>
        </Section>
    })
}

fn draw(draw: LotDraw) -> impl IntoView {
    view! {
        <tr>
            <td>
                {match draw.source_kind {
                    Some(kind) => view! { <KindBadge kind/> }.into_any(),
                    None => view! { "debt" }.into_any(),
                }}
            </td>
            <td>{draw.source_transaction_id.map(|id| view! { <TransactionLink id/> })}</td>
            <td>
                {match draw.expires_at {
                    Some(at) => view! { <When at exact=true/> }.into_any(),
                    None => view! { <span class="quiet">"never"</span> }.into_any(),
                }}
            </td>
            <td class="num"><Money amount=draw.amount/></td>
        </tr>
    }
    .into_any()
}
