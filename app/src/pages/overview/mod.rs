//! The overview: what was spent, on what, by whom, and the proof that the figures add up.

mod attention;
mod daily;
mod models;
mod proof;
mod tiles;
mod users;

use super::{
    downloads::downloads,
    first_charge::FirstCharge,
    page,
    range_bar::{AskedRange, RangeBar},
};
use crate::{
    api::{self, load_overview},
    charts::Colours,
    error::{AppError, Code},
    ui::{Empty, ErrorBox, LinkButton, PageHead},
};
use leptos::prelude::*;

/// `/?range=30d&tz=Europe/Berlin` or `/?from=2026-01-01&to=2026-01-31`; `&prove=1` adds the ledger up.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let query = page::query();
    let asked = AskedRange::read("/", &query, &[]);
    let prove = query.get("prove") == "1";
    view! {
        <Suspense>
            {
                let asked = asked.clone();
                Suspend::new(async move {
                    let [range, from, to, tz] = asked.parts();
                    match load_overview(range, from, to, tz, prove).await {
                        Ok(page) => shown(asked, page).into_any(),
                        Err(error) => failed(asked, error).into_any(),
                    }
                })
            }
        </Suspense>
    }
}

/// What the page shows, as files.
const FILES: [(&str, &str); 9] = [
    ("/export/overview.csv", "Daily spend, CSV"),
    ("/export/overview.svg", "Daily spend, SVG"),
    ("/export/overview.png", "Daily spend, PNG"),
    ("/export/overview-models.csv", "Spend by model, CSV"),
    ("/export/overview-models.svg", "Spend by model, SVG"),
    ("/export/overview-models.png", "Spend by model, PNG"),
    ("/export/overview-users.csv", "Top users, CSV"),
    ("/export/overview-users.svg", "Top users, SVG"),
    ("/export/overview-users.png", "Top users, PNG"),
];

fn shown(asked: AskedRange, page: api::OverviewPage) -> impl IntoView {
    let api::OverviewPage { overview, attention, models, range, now } = page;
    let colours = Colours::of(models);
    let lead = range.lead();
    if !overview.any_entries {
        return view! {
            <PageHead title="Overview"/>
            <FirstCharge/>
        }
        .into_any();
    }
    let nothing = overview.current.transaction_count == 0;
    let wider = asked.with_preset("90d");
    let menu = downloads(FILES.map(|(path, label)| (asked.same(path), label.to_owned())));
    view! {
        <PageHead title="Overview" lead=lead>{menu}</PageHead>
        <RangeBar asked=asked.clone() shown=Some(range.clone())/>
        {tiles::tiles(&overview, &range)}
        {attention::attention(&attention, now)}
        {if nothing {
            view! {
                <section class="section">
                    <Empty title="No charge in this range">
                        <p>"The ledger has entries, but none of them is a charge on these days."</p>
                        <LinkButton href=wider label="Show the last 90 days"/>
                    </Empty>
                </section>
            }
                .into_any()
        } else {
            view! {
                {daily::daily(&overview, &range, &colours, proof::proof(&overview, &range, &asked))}
                <div class="columns">
                    {models::models(&overview, &range, &colours)} {users::users(&overview, &range)}
                </div>
            }
                .into_any()
        }}
    }
    .into_any()
}

/// A wrong range can be put right where it is; anything else can be tried again.
fn failed(asked: AskedRange, error: AppError) -> impl IntoView {
    let again = asked.href(&[]);
    let about_range = error.field.is_some();
    let (way, label) = match error.code {
        Code::Forbidden => ("/users".to_owned(), "Go to users"),
        _ => (again, "Try again"),
    };
    view! {
        <PageHead title="Overview"/>
        {about_range.then(|| view! { <RangeBar asked shown=None/> })}
        <div class="stack">
            <ErrorBox error/>
            {(!about_range).then(|| view! { <div><LinkButton href=way label/></div> })}
        </div>
    }
}
