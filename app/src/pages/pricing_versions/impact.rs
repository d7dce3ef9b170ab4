//! Whom a change of plans touches.

use crate::{
    format,
    model::{Credits, PlanChange, PlanImpact},
    ui::{Badge, Column, DataTable, Section, Tone},
};
use leptos::prelude::*;

pub fn view(impacts: Vec<PlanImpact>) -> Option<impl IntoView> {
    if impacts.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("Plan"),
        Column::text("Change"),
        Column::number("Members"),
        Column::text("Allowance a month"),
        Column::text("At once"),
    ];
    Some(view! {
        <div id="affected">
            <Section title="Who is affected" note="members at this moment, from the activation on">
                <DataTable caption="Plans that change, with their members" columns>
                    {impacts.into_iter().map(row).collect_view()}
                </DataTable>
            </Section>
        </div>
    })
}

fn row(impact: PlanImpact) -> impl IntoView {
    let (tone, word) = match impact.change {
        PlanChange::Added => (Tone::Good, "new"),
        PlanChange::Changed => (Tone::Accent, "changed"),
        PlanChange::Removed => (Tone::Bad, "removed"),
    };
    let members = impact.members;
    let effect = match (impact.change, impact.used_up, members) {
        (PlanChange::Removed, _, 1..) => {
            format!("{} pay plain rates, without allowance or features", format::counted(members, "member", "members"))
        }
        (_, 1.., _) => {
            let who = format::counted(impact.used_up, "member has", "members have");
            format!("{who} no allowance left this month")
        }
        _ => "—".to_owned(),
    };
    view! {
        <tr>
            <td class="wrap">{impact.name} " " <code class="quiet">{impact.key}</code></td>
            <td><Badge tone text=word/></td>
            <td class="num">{format::count(members)}</td>
            <td>{allowance(impact.change, impact.allowance_before, impact.allowance_after)}</td>
            <td class="wrap">{effect}</td>
        </tr>
    }
    .into_any()
}

fn allowance(change: PlanChange, before: Credits, after: Credits) -> String {
    match change {
        PlanChange::Added => format::credits(after),
        PlanChange::Removed => format!("{} → none", format::credits(before)),
        PlanChange::Changed if before == after => format!("{}, unchanged", format::credits(before)),
        PlanChange::Changed => format!("{} → {}", format::credits(before), format::credits(after)),
    }
}
