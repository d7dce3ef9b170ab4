//! Whom a change of plans touches.

use crate::{
    format, link,
    model::{Credits, PlanChange, PlanImpact},
    ui::{Badge, Column, DataTable, Section, Tone},
};
use leptos::prelude::*;

/// Rates, or features, that are named.
const NAMED: usize = 5;

pub fn view(impacts: Vec<PlanImpact>) -> Option<impl IntoView> {
    if impacts.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("Plan"),
        Column::text("Change"),
        Column::number("Members"),
        Column::text("Allowance a month"),
        Column::text("Rates and features"),
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
    let who = match members {
        0 => view! { "0" }.into_any(),
        some => view! { <a href=link::plan(&impact.key)>{format::count(some)}</a> }.into_any(),
    };
    let contents = contents(&impact.rates, &impact.features);
    view! {
        <tr>
            <td class="wrap">{impact.name} " " <code class="quiet">{impact.key}</code></td>
            <td><Badge tone text=word/></td>
            <td class="num">{who}</td>
            <td>{allowance(impact.change, impact.allowance_before, impact.allowance_after)}</td>
            <td class="wrap">{contents}</td>
            <td class="wrap">{effect}</td>
        </tr>
    }
    .into_any()
}

/// Which rates and features change, the first few by name.
fn contents(rates: &[String], features: &[String]) -> String {
    let told = [("rate of", "rates of", rates), ("feature", "features", features)].map(|(one, many, names)| {
        let first = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        match names.len() {
            0 => String::new(),
            1 => format!("{one} {first}"),
            2..=NAMED => format!("{many} {first}"),
            all => format!("{many} {first} and {} more", all - NAMED),
        }
    });
    match told.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("; ").as_str() {
        "" => "unchanged".to_owned(),
        text => text.to_owned(),
    }
}

fn allowance(change: PlanChange, before: Credits, after: Credits) -> String {
    match change {
        PlanChange::Added => format::credits(after),
        PlanChange::Removed => format!("{} → none", format::credits(before)),
        PlanChange::Changed if before == after => format!("{}, unchanged", format::credits(before)),
        PlanChange::Changed => format!("{} → {}", format::credits(before), format::credits(after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_rates_and_features_are_named() {
        let names = |count: usize| (1..=count).map(|number| format!("m{number}")).collect::<Vec<_>>();
        assert_eq!(contents(&[], &[]), "unchanged");
        assert_eq!(contents(&names(1), &names(2)), "rate of m1; features m1, m2");
        assert_eq!(contents(&names(5), &[]), "rates of m1, m2, m3, m4, m5");
        assert_eq!(contents(&[], &names(8)), "features m1, m2, m3, m4, m5 and 3 more");
    }
}
