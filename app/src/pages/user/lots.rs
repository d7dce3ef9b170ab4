//! The lots: where the credits came from, what is left of each, and when it expires.

use crate::{
    format,
    link::with_query,
    model::{Lot, Timestamp, UserDetail},
    ui::{
        Badge, Column, DataTable, Empty, KindBadge, Meter, Moment, Money, Pager, Section, Tone, TransactionLink, When,
    },
};
use leptos::prelude::*;

pub fn view(detail: &UserDetail) -> impl IntoView + use<> {
    let now = use_context::<Moment>().map(|moment| moment.now);
    let lots = detail.lots.clone();
    let csv = with_query("/export/lots.csv", [("user", detail.user_id.as_str())]);
    let shown = lots.len();
    let note = format::counted(i64::try_from(lots.len()).unwrap_or(i64::MAX), "lot", "lots");
    view! {
        <Section title="Credits by origin" note=format!("{note}, in the order in which they are drawn")>
            {if lots.is_empty() {
                view! {
                    <Empty title="No credits left">
                        <p>"Credits that are added appear here until they are spent or expire."</p>
                    </Empty>
                }
                    .into_any()
            } else {
                let columns = vec![
                    Column::text("From"),
                    Column::text("Left"),
                    Column::number("Of"),
                    Column::text("Expires"),
                ];
                view! {
                    <DataTable caption="Lots of credits" columns>
                        {lots.into_iter().map(|lot| row(lot, now)).collect_view()}
                    </DataTable>
                    <Pager shown noun="lots" csv/>
                }
                    .into_any()
            }}
        </Section>
    }
    .into_any()
}

fn row(lot: Lot, now: Option<Timestamp>) -> impl IntoView {
    let expired = lot.expires_at.zip(now).is_some_and(|(at, now)| at <= now);
    let tone = if expired { Tone::Bad } else { Tone::Good };
    view! {
        <tr>
            <td>
                <KindBadge kind=lot.kind/>
                <span class="who-more"><TransactionLink id=lot.source_transaction_id/></span>
            </td>
            <td>
                <span class="meter-words"><Money amount=lot.remaining/></span>
                <Meter value=lot.remaining max=lot.granted tone label="Left of this lot"/>
            </td>
            <td class="num"><Money amount=lot.granted/></td>
            <td>
                {match lot.expires_at {
                    Some(at) => view! { <When at/> }.into_any(),
                    None => view! { <span class="quiet">"never"</span> }.into_any(),
                }}
                {expired.then(|| view! { " " <Badge tone=Tone::Bad text="expired, cannot be spent"/> })}
            </td>
        </tr>
    }
    .into_any()
}
