//! What differs between two configurations: by meaning, and as text.

use crate::{
    pricing::ChangedTerm,
    ui::{Column, DataTable},
};
use leptos::prelude::*;

/// Changes by path: old, new, and the percentage where there is one.
pub fn table(caption: &'static str, changes: Vec<ChangedTerm>) -> impl IntoView {
    if changes.is_empty() {
        return view! { <p class="quiet">"Nothing that prices differently."</p> }.into_any();
    }
    let columns = vec![Column::text("What"), Column::text("Old"), Column::text("New"), Column::number("Change")];
    view! {
        <DataTable caption columns>{changes.into_iter().map(row).collect_view()}</DataTable>
    }
    .into_any()
}

fn row(change: ChangedTerm) -> impl IntoView {
    let ChangedTerm { path, old, new, percent } = change;
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
    let word = match (&old, &new, &percent) {
        (None, _, _) => ("new".to_owned(), ""),
        (_, None, _) => ("gone".to_owned(), ""),
        (_, _, Some(percent)) => match percent.strip_prefix('-') {
            Some(less) => (format!("−{less}%"), "change-less"),
            None => (format!("+{percent}%"), "change-more"),
        },
        _ => ("changed".to_owned(), ""),
    };
    view! {
        <tr>
            <td class="wrap"><span class="quiet">{kind}</span> " " <code>{name}</code></td>
            <td class="change-old">{text(old)}</td>
            <td class="change-new">{text(new)}</td>
            <td class=format!("num {}", word.1)>{word.0}</td>
        </tr>
    }
    .into_any()
}

fn text(value: Option<String>) -> impl IntoView {
    match value {
        Some(value) => view! { <code class="formula">{value}</code> }.into_any(),
        None => view! { <span class="quiet">"—"</span> }.into_any(),
    }
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
