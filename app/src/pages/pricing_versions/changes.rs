//! What differs between two configurations: by meaning, and as text.

use crate::{
    pricing::{ChangedRate, ChangedTerm, signed},
    ui::{Column, DataTable, Pager},
};
use leptos::prelude::*;

/// Changes by path: old, new, and the percentages where there are some; `csv` is where they are a file.
pub fn table(caption: &'static str, changes: Vec<ChangedTerm>, csv: String) -> impl IntoView {
    if changes.is_empty() {
        return view! { <p class="quiet">"Nothing that prices differently."</p> }.into_any();
    }
    let columns = vec![Column::text("What"), Column::text("Old"), Column::text("New"), Column::number("Change")];
    let shown = changes.len();
    view! {
        <DataTable caption columns>{changes.into_iter().map(row).collect_view()}</DataTable>
        <Pager shown noun="differences" csv/>
    }
    .into_any()
}

fn row(change: ChangedTerm) -> impl IntoView {
    let ChangedTerm { path, old, new, percent, rates } = change;
    let (kind, name) = path.split_once('.').map_or((path.as_str(), ""), |(kind, name)| (kind, name));
    let kind = match kind {
        "models" => "model",
        "tools" => "tool",
        "fixed" => "job",
        "plans" => "plan",
        "min_balance" => "floor",
        other => other,
    }
    .to_owned();
    let name = name.to_owned();
    let words = match (&old, &new, percent) {
        (None, ..) => vec![("new".to_owned(), "")],
        (_, None, _) => vec![("gone".to_owned(), "")],
        (.., Some(percent)) => vec![(signed(&percent), toned(percent.starts_with('-')))],
        _ if rates.is_empty() => vec![("changed".to_owned(), "")],
        _ => rates.iter().map(|rate| (ChangedRate::words(rate), toned(rate.is_less()))).collect(),
    };
    let words = words.into_iter().map(|(word, tone)| view! { <div class=tone>{word}</div> }).collect_view();
    view! {
        <tr>
            <td class="wrap"><span class="quiet">{kind}</span> " " <code>{name}</code></td>
            <td class="change-old">{text(old)}</td>
            <td class="change-new">{text(new)}</td>
            <td class="num">{words}</td>
        </tr>
    }
    .into_any()
}

const fn toned(less: bool) -> &'static str {
    if less { "change-less" } else { "change-more" }
}

fn text(value: Option<String>) -> impl IntoView {
    match value {
        Some(value) => view! { <code class="formula">{value}</code> }.into_any(),
        None => view! { <span class="quiet">"—"</span> }.into_any(),
    }
}

/// The differences between two versions as a file.
pub fn file(from: i64, to: i64) -> String {
    format!("/export/pricing-diff.csv?from={from}&to={to}")
}

/// A unified diff, its lines marked.
pub fn unified(text: &str) -> impl IntoView + use<> {
    let lines: Vec<_> = text
        .lines()
        .map(|line| {
            let class = match line.as_bytes() {
                [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] | [b'@', ..] => "diff-head",
                [b'+', ..] => "diff-new",
                [b'-', ..] => "diff-old",
                _ => "diff-same",
            };
            (class, format!("{line}\n"))
        })
        .collect();
    view! {
        <pre class="diff" tabindex="0" aria-label="The same as text"><code>
            {lines.into_iter().map(|(class, line)| view! { <span class=class>{line}</span> }).collect_view()}
        </code></pre>
    }
    .into_any()
}
