//! The near word: what an author most likely meant by a misspelt name.

/// Longer words are not compared: no name of ours is as long, and the cost grows with the square.
const MAX_LENGTH: usize = 64;
/// Characters of a caller's text in a message or a path; a whole model name fits.
const MAX_SHOWN: usize = 255;

/// The candidate at most a third of the word's length away in edits, the nearest first.
pub(super) fn near<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if word.is_empty() || word.len() > MAX_LENGTH {
        return None;
    }
    let word = word.to_lowercase();
    let allowed = word.chars().count().div_ceil(3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_LENGTH)
        .map(|candidate| (distance(&word, candidate), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// ` (did you mean `x`?)`, or nothing.
pub(super) fn hint<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    near(word, candidates).map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}

/// A caller's text as it may stand in a message: without control characters and not endless.
pub(super) fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(MAX_SHOWN).flat_map(printable).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

fn printable(c: char) -> impl Iterator<Item = char> {
    let (escaped, plain) = if c.is_control() { (Some(c.escape_default()), None) } else { (None, Some(c)) };
    escaped.into_iter().flatten().chain(plain)
}

/// Levenshtein's: insertions, deletions and replacements.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut last = i + 1;
        for (right, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = *cell;
            last = replaced.min(last + 1).min(diagonal + 1);
            *cell = last;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (a, b, edits) in [("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("abc", "abc", 0)] {
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
    }

    #[test]
    fn finds_the_word_that_was_meant() {
        let names = ["input_tokens", "output_tokens", "tool_calls"];
        assert_eq!(near("input_token", names), Some("input_tokens"));
        assert_eq!(near("Ouput_Tokens", names), Some("output_tokens"));
        assert_eq!(near("price", names), None);
        assert_eq!(near("", names), None);
        assert_eq!(near(&"x".repeat(10_000), names), None);
    }

    #[test]
    fn shows_a_text_safely() {
        assert_eq!(shown("a\nb"), "a\\nb");
        assert_eq!(shown(&"é".repeat(300)).chars().count(), 256);
    }
}
