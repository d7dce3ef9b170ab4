//! The line under the charts that lets a reviewer trust them.

use crate::{
    api::ShownRange,
    format,
    model::{Credits, Overview, Proof},
    pages::range_bar::AskedRange,
    range::read_zone,
    ui::{Glyph, Icon},
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

pub(super) fn proof(overview: &Overview, range: &ShownRange, asked: &AskedRange) -> impl IntoView + use<> {
    match &overview.proof {
        Some(proof) => proved(proof, range).into_any(),
        None => unproved(overview, asked).into_any(),
    }
}

fn proved(proof: &Proof, range: &ShownRange) -> impl IntoView + use<> {
    let difference = proof.difference();
    let holds = difference.is_zero();
    let (class, glyph, verdict) = if holds {
        ("proof proof-holds", Glyph::Check, "Adds up")
    } else {
        ("proof proof-differs", Glyph::Warning, "Does not add up")
    };
    let sums = [
        ("Σ days", proof.days, proof.models),
        ("Σ models", proof.models, proof.users),
        ("Σ users", proof.users, proof.ledger),
    ];
    let zone = read_zone(&range.zone).unwrap_or(TimeZone::UTC);
    view! {
        <div class=class id="proof" role=if holds { "status" } else { "alert" }>
            <span class="proof-verdict">
                <Icon glyph/>
                {verdict}
            </span>
            <span class="proof-sums">
                {sums.map(|(name, sum, next)| term(name, sum, next)).into_iter().collect_view()}
                <span class="nowrap">"ledger " <b>{format::credits(proof.ledger)}</b></span>
            </span>
            <span class="proof-difference">"difference " <b>{format::credits(difference)}</b></span>
            <span>{format::counted(proof.entries, "charge", "charges")} " added up"</span>
            <span>"days of " {range.zone.clone()}</span>
            <time datetime=proof.checked_at.to_string()>"checked " {format::exact(proof.checked_at, &zone)}</time>
            {(!holds)
                .then(|| {
                    view! {
                        <span>"Run " <code>"creditdesk verify"</code> ": it names every figure that differs."</span>
                    }
                })}
        </div>
    }
}

/// One sum with the sign between it and what follows.
fn term(name: &'static str, sum: Credits, next: Credits) -> impl IntoView {
    let sign = if sum == next { " =" } else { " ≠" };
    view! { <span class="nowrap">{name} " " <b>{format::credits(sum)}</b> {sign}</span> }
}

fn unproved(overview: &Overview, asked: &AskedRange) -> impl IntoView + use<> {
    let charges = format::counted(overview.current.transaction_count, "charge", "charges");
    view! {
        <div class="proof" id="proof">
            <span>"These figures come from sums kept with every charge."</span>
            <a href=format!("{}#proof", asked.href(&[("prove", "1")]))>"Prove against " {charges}</a>
        </div>
    }
}
