//! Keyset paging: onwards, and back to the start.

use super::{Glyph, Icon, href};
use leptos::prelude::*;

/// Rows of a page, and where each number of them is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes(Vec<(&'static str, String, bool)>);

impl Sizes {
    /// What may be asked for; the usual one has no word in the address.
    const ALL: [(&'static str, &'static str); 4] = [("25", "25"), ("50", ""), ("100", "100"), ("200", "200")];

    /// Of the page at `path` with these words, of which `size` says how many rows it has now.
    pub fn of(path: &str, words: &[(&str, &str)]) -> Self {
        let now = words.iter().find(|(name, _)| *name == "size").map_or("", |(_, size)| *size);
        let size = |(label, word): (&'static str, &str)| {
            let others = words.iter().filter(|(name, _)| *name != "size").copied();
            let words: Vec<_> = others.chain([("size", word)]).collect();
            (label, href(path, &words), now == word || now == label)
        };
        Self(Self::ALL.into_iter().map(size).collect())
    }
}

/// One of what a word in the plural names.
fn singular(noun: &str) -> String {
    match noun.strip_suffix("ies") {
        _ if noun == "people" => "person".to_owned(),
        Some(stem) => format!("{stem}y"),
        None => noun.strip_suffix('s').unwrap_or(noun).to_owned(),
    }
}

/// `first` and `next` are addresses; either may be missing. The browser's Back leads to the page before.
#[component]
pub fn Pager(
    /// Rows on this page.
    shown: usize,
    #[prop(into)] noun: String,
    #[prop(optional, into)] first: Option<String>,
    #[prop(optional, into)] next: Option<String>,
    /// All rows as a file.
    #[prop(optional, into)]
    csv: Option<String>,
    #[prop(optional)] sizes: Option<Sizes>,
) -> impl IntoView {
    let noun = if shown == 1 { singular(&noun) } else { noun };
    let words = format!("{shown} {noun} on this page");
    view! {
        <nav class="pager" aria-label="Paging">
            <span class="quiet">{words}</span>
            {sizes
                .map(|Sizes(sizes)| {
                    view! {
                        <span class="pager-sizes segments" role="group" aria-label="Rows of a page">
                            {sizes
                                .into_iter()
                                .map(|(label, href, now)| {
                                    view! { <a href=href aria-current=now.then_some("true")>{label}</a> }
                                })
                                .collect_view()}
                        </span>
                    }
                })}
            <span class="pager-links">
                {csv
                    .map(|href| {
                        view! {
                            <a class="button button-ghost" href=href download="">
                                <Icon glyph=Glyph::Download/>
                                <span>"CSV of all"</span>
                            </a>
                        }
                    })}
                {first.map(|href| view! { <a class="button button-ghost" href=href rel="first">"First page"</a> })}
                {next
                    .map(|href| {
                        view! {
                            <a class="button" href=href rel="next">
                                <span>"Next"</span>
                                <Icon glyph=Glyph::Right/>
                            </a>
                        }
                    })}
            </span>
        </nav>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::singular;

    #[test]
    fn one_is_named_in_the_singular() {
        let nouns = ["people", "entries", "deliveries", "users", "rows", "differences"];
        assert_eq!(nouns.map(singular), ["person", "entry", "delivery", "user", "row", "difference"]);
    }
}
