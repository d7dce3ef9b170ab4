//! The figures of the range, each against the period before.

use crate::{
    figures::spend::SpendFigures,
    format::{self, Delta},
    model::{Credits, SpendBucket},
    ui::Tile,
};
use leptos::prelude::*;

pub(super) fn tiles(figures: &SpendFigures<'_>) -> impl IntoView + use<> {
    let report = figures.report;
    let (now, before) = (report.total, report.previous);
    let step = report.step.as_str();
    let peak = report.buckets.iter().max_by_key(|bucket| bucket.sum.spend).filter(|peak| !peak.sum.spend.is_zero());
    // Charges that no team paid are no team.
    let named = || report.groups.iter().filter(|group| !group.key.is_empty());
    let active = named().filter(|group| group.sum.charges > 0).count();
    let earlier = named().filter(|group| group.previous.charges > 0).count();
    let (active, earlier) = (to_count(active), to_count(earlier));
    let listed_all = report.group_count == report.groups.len();
    let delta = |delta: Delta| figures.words.compared().then_some(delta);
    view! {
        <section class="tiles tiles-four" aria-label="Figures of the range">
            <Tile
                label="Credits spent"
                value=format::credits_short(now.spend)
                exact=exact(now.spend)
                credits=now.spend
                nostrip:delta=delta(Delta::credits(now.spend, before.spend))
                note=format::counted(now.charges, "charge", "charges")
            />
            <Tile
                label="Refunded"
                value=format::credits_short(now.refunded)
                exact=exact(now.refunded)
                credits=now.refunded
                nostrip:delta=delta(Delta::credits(now.refunded, before.refunded))
                note="beside the spend, not netted"
            />
            <Tile
                label=format!("Active {}", report.by.plural())
                value=if listed_all { format::count(active) } else { format!("{}+", format::count(active)) }
                nostrip:delta=listed_all.then(|| delta(Delta::count(active, earlier))).flatten()
                note="charged at least once"
            />
            {peak_tile(figures, peak, step)}
        </section>
    }
}

fn peak_tile(figures: &SpendFigures<'_>, peak: Option<&SpendBucket>, step: &str) -> impl IntoView + use<> {
    let label = format!("Greatest {step}");
    match peak {
        Some(peak) => {
            let share = format!("{} of the range", format::share(peak.sum.spend, figures.report.total.spend));
            view! {
                <Tile
                    label
                    value=format::credits_short(peak.sum.spend)
                    exact=exact(peak.sum.spend)
                    credits=peak.sum.spend
                    href=figures.charges(&[], Some(peak))
                    note=figures.name(peak)
                    also=share
                />
            }
            .into_any()
        }
        None => view! { <Tile label value="none" name=true/> }.into_any(),
    }
}

fn exact(amount: Credits) -> String {
    format!("{} credits", format::credits(amount))
}

fn to_count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
