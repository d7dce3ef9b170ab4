//! Picks models from the list: by their names, or all that a pattern and a provider let through.

use super::list::PriceList;
use std::collections::BTreeSet;

/// Names offered for one that is not in the list.
const MAX_NEAR: usize = 5;
/// Below this likeness, from 0 to 1, a name is not offered.
const LIKE: f64 = 0.75;

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    pub models: &'a [String],
    /// `*` stands for any characters, `?` for one.
    pub pattern: Option<&'a str>,
    pub provider: Option<&'a str>,
}

/// The names that were asked for: those given one by one, and those that were let through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen<'a> {
    pub named: BTreeSet<&'a str>,
    pub matched: BTreeSet<&'a str>,
}

/// Picks, or says of every unknown name which ones are near it.
pub fn choose<'a>(list: &'a PriceList, wanted: &Wanted<'_>) -> Result<Chosen<'a>, Vec<String>> {
    let mut chosen = Chosen::default();
    let mut faults = Vec::new();
    for name in wanted.models {
        match list.get_key_value(name.as_str()) {
            Some((name, _)) => drop(chosen.named.insert(name)),
            None => faults.push(unknown(name, near(name, list.keys().map(String::as_str)))),
        }
    }
    if wanted.pattern.is_some() || wanted.provider.is_some() {
        let fits = list.iter().filter(|(name, model)| {
            wanted.pattern.is_none_or(|pattern| matches(pattern, name))
                && wanted.provider.is_none_or(|provider| model.provider.eq_ignore_ascii_case(provider))
        });
        chosen.matched = fits.map(|(name, _)| name.as_str()).collect();
        if chosen.matched.is_empty() {
            faults.push(nothing(list, wanted));
        }
    }
    if faults.is_empty() { Ok(chosen) } else { Err(faults) }
}

fn nothing(list: &PriceList, wanted: &Wanted<'_>) -> String {
    let providers: BTreeSet<&str> = list.values().map(|model| model.provider.as_str()).collect();
    match wanted.provider.filter(|provider| !providers.contains(provider)) {
        Some(provider) => unknown_provider(provider, near(provider, providers)),
        None => format!("no model matches {:?}", wanted.pattern.unwrap_or("*")),
    }
}

fn unknown_provider(provider: &str, near: Vec<&str>) -> String {
    format!("no provider {provider:?} in the list{}", offered(&near))
}

fn unknown(name: &str, near: Vec<&str>) -> String {
    format!("no model {name:?} in the list{}", offered(&near))
}

fn offered(near: &[&str]) -> String {
    if near.is_empty() { String::new() } else { format!("; near it: {}", near.join(", ")) }
}

/// The names most like `word`, compared whole and by their part after the last slash.
pub fn near<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let mut scored: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| {
            let lower = name.to_lowercase();
            let whole = strsim::normalized_levenshtein(&word, &lower);
            let part = strsim::normalized_levenshtein(&last(&word), &last(&lower)) - 0.01;
            (whole.max(part), name)
        })
        .filter(|(score, _)| *score >= LIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.len().cmp(&b.1.len())).then(a.1.cmp(b.1)));
    scored.into_iter().take(MAX_NEAR).map(|(_, name)| name).collect()
}

/// Whether the whole of `text` fits `pattern`; letters match in either case.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where the last star stands, and how much of the text it has taken.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || text.get(t) == Some(c) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::super::list::Listed;
    use super::*;

    fn list() -> PriceList {
        let model = |provider: &str| Listed { provider: provider.to_owned(), ..Listed::default() };
        [
            ("gpt-4o", "openai"),
            ("gpt-4o-mini", "openai"),
            ("mistral/mistral-large", "mistral"),
            ("claude-opus-5", "anthropic"),
        ]
        .into_iter()
        .map(|(name, provider)| (name.to_owned(), model(provider)))
        .collect()
    }

    #[test]
    fn patterns_cover_the_whole_name() {
        assert!(
            matches("gpt-*", "gpt-4o")
                && matches("*", "")
                && matches("*mini", "GPT-4o-mini")
                && matches("gpt-?o", "gpt-4o")
        );
        assert!(!matches("gpt", "gpt-4o") && !matches("gpt-?", "gpt-4o") && !matches("", "a"));
        assert!(matches("a*b*c", "aXbYbZc") && !matches("a*b*c", "aXbYbZ"));
    }

    #[test]
    fn picks_by_name_pattern_and_provider() {
        let list = list();
        let models = ["claude-opus-5".to_owned()];
        let wanted = Wanted { models: &models, pattern: Some("*mini"), provider: Some("OpenAI") };
        let chosen = choose(&list, &wanted).unwrap();
        assert_eq!(chosen.named, BTreeSet::from(["claude-opus-5"]));
        assert_eq!(chosen.matched, BTreeSet::from(["gpt-4o-mini"]));
    }

    #[test]
    fn unknown_names_list_those_near_them() {
        let list = list();
        let models = ["gpt-4o-mni".to_owned(), "mistral-large".to_owned(), "zzz".to_owned()];
        let faults = choose(&list, &Wanted { models: &models, ..Wanted::default() }).unwrap_err();
        assert_eq!(faults[0], "no model \"gpt-4o-mni\" in the list; near it: gpt-4o-mini");
        assert_eq!(faults[1], "no model \"mistral-large\" in the list; near it: mistral/mistral-large");
        assert_eq!(faults[2], "no model \"zzz\" in the list");
        let wanted = Wanted { provider: Some("openia"), ..Wanted::default() };
        assert_eq!(choose(&list, &wanted).unwrap_err(), ["no provider \"openia\" in the list; near it: openai"]);
    }
}
