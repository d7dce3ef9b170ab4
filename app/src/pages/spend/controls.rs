//! How the range is seen: small groups of links, each of which changes one word of the address.

use crate::{
    figures::spend::SpendFigures,
    model::{SpendBy, SpendReport, Step},
    pages::{downloads::downloads as menu, range_bar::AskedRange},
};
use leptos::prelude::*;

/// A choice: its label, its address, whether it is the one shown, and why it cannot be chosen.
struct Choice {
    label: &'static str,
    href: String,
    current: bool,
    barred: Option<&'static str>,
}

pub(super) fn controls(figures: &SpendFigures<'_>, asked: &AskedRange) -> impl IntoView + use<> {
    let (report, words) = (figures.report, figures.words);
    let to = |name: &'static str, value: &str| asked.href(&[(name, value)]);
    let open = |label, href, current| Choice { label, href, current, barred: None };
    let days = report_days(figures);
    let by = SpendBy::ALL.map(|by| {
        // A split by the same thing says nothing, so it goes.
        let split = report.split.filter(|split| *split != by).map_or("", SpendBy::as_str);
        let href = asked.href(&[("by", by.as_str()), ("split", split), ("rows", "")]);
        open(title(by), href, report.by == by)
    });
    let split = std::iter::once(open("Nothing", to("split", ""), report.split.is_none())).chain(
        SpendBy::ALL
            .into_iter()
            .filter(|by| *by != report.by)
            .map(|by| open(title(by), to("split", by.as_str()), report.split == Some(by))),
    );
    let steps = [("Hour", Step::Hour), ("Day", Step::Day), ("Week", Step::Week), ("Month", Step::Month)];
    let steps = steps.map(|(label, step)| Choice {
        label,
        href: to("step", step.as_str()),
        current: report.step == step,
        barred: (days > step.most_days()).then_some("More than 120 columns: choose a shorter range"),
    });
    let views = [
        open("Each", to("view", ""), !words.cumulative()),
        open("Cumulative", to("view", "cumulative"), words.cumulative()),
    ];
    let compare =
        [open("Before", to("compare", ""), words.compared()), open("Nothing", to("compare", "off"), !words.compared())];
    let tops = ["5", "8", "12"].map(|top| {
        let current = if words.top.is_empty() { top == "8" } else { words.top == top };
        open(top, to("top", if top == "8" { "" } else { top }), current)
    });
    view! {
        <div class="view-bar">
            {group("By", by)} {group("Split by", split)} {group("Step", steps)} {group("Columns", views)}
            {group("Compare with", compare)} {group("Top", tops)}
        </div>
    }
    .into_any()
}

fn report_days(figures: &SpendFigures<'_>) -> usize {
    let days = figures.range.last.since(figures.range.first).map_or(0, |span| span.get_days());
    usize::try_from(days).unwrap_or(0) + 1
}

const fn title(by: SpendBy) -> &'static str {
    match by {
        SpendBy::Model => "Model",
        SpendBy::Team => "Team",
        SpendBy::User => "User",
    }
}

fn group(name: &'static str, options: impl IntoIterator<Item = Choice>) -> impl IntoView {
    let options: Vec<_> = options.into_iter().collect();
    view! {
        <div class="view-group" role="group" aria-label=name>
            <span class="view-name">{name}</span>
            <span class="segments">
                {options
                    .into_iter()
                    .map(|option| {
                        if let Some(why) = option.barred {
                            return view! { <span class="segment-off" title=why>{option.label}</span> }.into_any();
                        }
                        let current = option.current.then_some("true");
                        view! { <a href=option.href aria-current=current>{option.label}</a> }.into_any()
                    })
                    .collect_view()}
            </span>
        </div>
    }
}

/// The same figures as files.
pub(super) fn downloads(asked: &AskedRange, report: &SpendReport) -> impl IntoView + use<> {
    let mut files = vec![
        ("/export/spend.csv", "Over time, CSV".to_owned()),
        ("/export/spend-groups.csv", format!("By {}, CSV", report.by.as_str())),
        ("/export/spend-calendar.csv", "Calendar, CSV".to_owned()),
        ("/export/spend.svg", "Over time, SVG".to_owned()),
        ("/export/spend.png", "Over time, PNG".to_owned()),
    ];
    if let Some(split) = report.split {
        let names = ["SVG", "PNG"].map(|kind| format!("By {} and {}, {kind}", report.by.as_str(), split.as_str()));
        files.extend(["/export/spend-split.svg", "/export/spend-split.png"].into_iter().zip(names));
    }
    files.push(("/export/spend-calendar.svg", "Calendar, SVG".to_owned()));
    files.push(("/export/spend-calendar.png", "Calendar, PNG".to_owned()));
    let files: Vec<(String, String)> = files.into_iter().map(|(path, label)| (asked.same(path), label)).collect();
    menu(files)
}
