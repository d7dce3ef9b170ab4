//! Back-tests: which prices and which days, and the latest.

mod files;
mod report;

pub use report::BacktestPage;

use super::page::{self, Refused};
use crate::{
    api::{self, BacktestForm, BacktestsData},
    islands::forms::Forms,
    link::Query,
    model::{Backtest, BacktestState},
    ui::{
        Badge, Button, ButtonKind, Choice, Column, DataTable, Empty, ErrorBox, Field, Glyph, LinkButton, PageHead,
        Pager, Section, Select, Tone, When,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn BacktestsPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<BacktestForm>();
    page::loaded(api::load_backtests(), move |data| whole(data, &query, &refused))
}

fn whole(data: BacktestsData, query: &Query, refused: &Refused) -> impl IntoView + use<> {
    let subjects = subjects(&data);
    if subjects.is_empty() {
        return view! {
            {head()}
            <Empty title="No prices yet" glyph=Glyph::Pricing>
                <p>"A back-test prices past usage by a version or a draft, and there is neither yet."</p>
                <LinkButton href="/pricing" label="Go to pricing"/>
            </Empty>
        }
        .into_any();
    }
    let asked = match (query.get("version"), query.get("draft")) {
        ("", "") => String::new(),
        ("", draft) => format!("d{draft}"),
        (version, _) => format!("v{version}"),
    };
    let subject = refused.field("subject", &asked);
    let days = refused.field("days", "30");
    let error = refused.beside(&["subject", "days"]);
    let ranges = ["7", "30", "90"].map(|days| Choice::new(days, format!("Last {days} days"))).to_vec();
    view! {
        <Forms/>
        {head()}
        {error.map(|error| view! { <ErrorBox error/> })}
        <form method="post" action=BacktestForm::url() class="filters" data-once="">
            <Field name="subject" label="Prices" nostrip:error=subject.error>
                <Select name="subject" options=subjects selected=subject.value/>
            </Field>
            <Field name="days" label="Usage" nostrip:error=days.error>
                <Select name="days" options=ranges selected=days.value/>
            </Field>
            <div class="filters-go"><Button kind=ButtonKind::Primary label="Run the back-test"/></div>
        </form>
        {latest(data.latest)}
    }
    .into_any()
}

fn head() -> impl IntoView {
    view! {
        <PageHead
            title="Back-test"
            lead="What past usage would have cost at other prices, and whom that would have hurt. Nothing is changed."
            trail=vec![("/pricing".to_owned(), "Pricing".to_owned())]
        />
    }
}

fn subjects(data: &BacktestsData) -> Vec<Choice> {
    let drafts = data.drafts.iter().map(|draft| {
        let label = draft.label.clone().unwrap_or_else(|| "without a label".to_owned());
        Choice::new(format!("d{}", draft.id), format!("Draft: {label}"))
    });
    let versions = data.versions.iter().map(|row| {
        let active = if row.item.active { ", active" } else { "" };
        let label = row.item.label.as_deref().map(|label| format!(": {label}")).unwrap_or_default();
        Choice::new(format!("v{}", row.item.version), format!("Version {}{active}{label}", row.item.version))
    });
    drafts.chain(versions).collect()
}

fn latest(tests: Vec<Backtest>) -> impl IntoView {
    if tests.is_empty() {
        return view! { <p class="quiet">"None has been run yet. The quantities of every charge are kept, so any range can be tried."</p> }
            .into_any();
    }
    let columns = vec![
        Column::text("Prices"),
        Column::text("Usage"),
        Column::text("Run"),
        Column::text("By").wide_only(),
        Column::text("State"),
    ];
    let shown = tests.len();
    view! {
        <Section title="Latest" note="kept, so that a link can be passed on">
            <DataTable caption="The latest back-tests" columns>
                {tests
                    .into_iter()
                    .map(|test| {
                        let (tone, word) = (tone(test.state), test.state.as_str());
                        view! {
                            <tr>
                                <td class="wrap"><a href=format!("/pricing/backtests/{}", test.id)>{test.label}</a></td>
                                <td>{format!("{} days", test.days)}</td>
                                <td><When at=test.created_at/></td>
                                <td class="wide-only wrap">{test.requested_by}</td>
                                <td><Badge tone text=word/></td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </DataTable>
            <Pager shown noun="back-tests" csv="/export/backtests.csv"/>
        </Section>
    }
    .into_any()
}

const fn tone(state: BacktestState) -> Tone {
    match state {
        BacktestState::Running => Tone::Accent,
        BacktestState::Done => Tone::Good,
        BacktestState::Failed => Tone::Bad,
        BacktestState::Stopped => Tone::Warn,
    }
}
