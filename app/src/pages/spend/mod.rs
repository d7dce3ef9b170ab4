//! Spend: one range by model, team or user, over time, in total, split once more, and against the period before.

mod calendar;
mod controls;
mod groups;
mod over_time;
mod tiles;

use super::{
    first_charge::FirstCharge,
    page,
    range_bar::{AskedRange, RangeBar},
};
use crate::{
    api::{SpendPageData, SpendWords, load_spend},
    charts::Colours,
    error::{AppError, Code},
    figures::spend::SpendFigures,
    ui::{Empty, ErrorBox, Glyph, LinkButton, PageHead},
};
use leptos::prelude::*;

/// `/spend?range=30d&by=team&split=model&step=week&top=5&view=cumulative&compare=off&rows=all`; everything is optional.
#[component]
pub fn SpendPage() -> impl IntoView {
    let query = page::query();
    let asked = AskedRange::read("/spend", &query, &SpendWords::NAMES);
    let words = SpendWords::read(|name| query.get(name).to_owned());
    let prove = query.get("prove") == "1";
    view! {
        <Suspense>
            {
                let (asked, words) = (asked.clone(), words.clone());
                Suspend::new(async move {
                    let [range, from, to, tz] = asked.parts();
                    match load_spend(range, from, to, tz, words.clone(), prove).await {
                        Ok(data) => shown(&asked, &words, &data).into_any(),
                        Err(error) => failed(asked, error).into_any(),
                    }
                })
            }
        </Suspense>
    }
    .into_any()
}

fn shown(asked: &AskedRange, words: &SpendWords, data: &SpendPageData) -> impl IntoView + use<> {
    let SpendPageData { report, models, range, now } = data;
    if !report.any_entries {
        return view! {
            <PageHead title="Spend"/>
            <FirstCharge/>
        }
        .into_any();
    }
    let colours = Colours::of(models.clone());
    let figures = SpendFigures { report, words, range, colours: &colours, now: *now };
    let lead = range.lead();
    let nothing = report.total.charges == 0;
    let body = if nothing {
        let wider = asked.with_preset("90d");
        view! {
            <section class="section">
                <Empty title="Nothing matches: no charge on these days" glyph=Glyph::Calendar>
                    <p>"The ledger has entries, but none of them is a charge in this range."</p>
                    <LinkButton href=wider label="Show the last 90 days"/>
                </Empty>
            </section>
        }
        .into_any()
    } else {
        view! {
            {over_time::over_time(&figures, asked)}
            {groups::groups(&figures, asked)}
            {calendar::calendar(&figures)}
        }
        .into_any()
    };
    let menu = controls::downloads(asked, report);
    view! {
        <PageHead title="Spend" lead=lead>{menu}</PageHead>
        <RangeBar asked=asked.clone() shown=Some(range.clone())/>
        {controls::controls(&figures, asked)}
        {tiles::tiles(&figures)}
        {body}
    }
    .into_any()
}

/// A wrong range can be put right where it is; anything else can be tried again.
fn failed(asked: AskedRange, error: AppError) -> impl IntoView {
    let about_range = error.field.as_deref().is_some_and(|field| ["range", "from", "to", "tz"].contains(&field));
    let (way, label) = match (error.code, error.field.is_some()) {
        (Code::Forbidden, _) => ("/users".to_owned(), "Go to users"),
        (_, true) => ("/spend".to_owned(), "Show spend as usual"),
        _ => (asked.href(&[]), "Try again"),
    };
    view! {
        <PageHead title="Spend"/>
        {about_range.then(|| view! { <RangeBar asked shown=None/> })}
        <div class="stack">
            <ErrorBox error/>
            {(!about_range).then(|| view! { <div><LinkButton href=way label/></div> })}
        </div>
    }
    .into_any()
}
