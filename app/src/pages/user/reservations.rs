//! Credits that are held for calls under way, and what became of the latest holds.

use crate::{
    format,
    link::with_query,
    model::{Reservation, ReservationStatus, UserDetail},
    ui::{Badge, Column, CopyId, DataTable, Money, Pager, Section, Tone, TransactionLink, When},
};
use leptos::prelude::*;

/// Nothing where the user never had one.
pub fn view(detail: &UserDetail) -> Option<impl IntoView + use<>> {
    if detail.reservations.is_empty() {
        return None;
    }
    let open = detail.reservations.iter().filter(|held| held.status == ReservationStatus::Active).count();
    let note = format!("{} open; the latest ones", format::count(i64::try_from(open).unwrap_or(i64::MAX)));
    let columns = vec![
        Column::text("Reservation"),
        Column::text("State"),
        Column::number("Held"),
        Column::text("For").wide_only(),
        Column::text("Made").wide_only(),
        Column::text("Until"),
        Column::text("Settled by"),
    ];
    let rows: Vec<_> = detail.reservations.iter().cloned().map(row).collect();
    let shown = rows.len();
    let csv = with_query("/export/reservations.csv", [("user", detail.user_id.as_str())]);
    Some(
        view! {
            <Section title="Reservations" note>
                <DataTable caption="Reservations of this user, newest first" columns>{rows}</DataTable>
                <Pager shown noun="reservations" csv/>
            </Section>
        }
        .into_any(),
    )
}

fn row(held: Reservation) -> impl IntoView {
    let tone = match held.status {
        ReservationStatus::Active => Tone::Accent,
        ReservationStatus::Settled => Tone::Good,
        ReservationStatus::Released => Tone::Plain,
        ReservationStatus::Expired => Tone::Warn,
    };
    let id = held.reservation_id;
    view! {
        <tr>
            <td><CopyId id=id.to_string() short=crate::ui::short_id(&id)/></td>
            <td><Badge tone text=held.status.as_str()/></td>
            <td class="num"><Money amount=held.amount/></td>
            <td class="cut wide-only">{held.operation.unwrap_or_else(|| "—".to_owned())}</td>
            <td class="wide-only"><When at=held.created_at/></td>
            <td><When at=held.expires_at/></td>
            <td>
                {match held.transaction_id {
                    Some(id) => view! { <TransactionLink id/> }.into_any(),
                    None => view! { <span class="quiet">"—"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
    .into_any()
}
