//! What somebody pastes into the search box: an id, a name, an e-mail as a mail program writes it, a page's address.
//!
//! Pure. Whatever cannot be read as anything else is words to look for.

use crate::{link, model::Uuid};

/// Words that are looked for; more of them do not make a search any better.
const MAX_WORDS: usize = 8;
/// What stands around a word without being part of it.
const AROUND: &[char] =
    &['<', '>', '"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»', '(', ')', '[', ']', '#', ',', ';'];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// Each of them is in the id, the name or the e-mail of whoever is looked for.
    pub words: Vec<String>,
    /// What may be the id of a transaction.
    pub transaction: Option<Uuid>,
    /// What may be the beginning of one, or its short form.
    pub part: Option<IdPart>,
}

/// The first digits of an id, and its last ones where it was shortened in the middle. Lower-case, without hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdPart {
    prefix: String,
    suffix: String,
}

impl Pasted {
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        if let Some(user) = user_of_address(text) {
            return Self { words: vec![user], ..Self::default() };
        }
        let transaction = last_id(text);
        if let Some(id) = transaction.filter(|_| text.contains('/')) {
            return Self { words: vec![id.to_string()], transaction, part: None };
        }
        let mut words: Vec<_> =
            text.split_whitespace().map(bare).filter(|word| !word.is_empty()).take(MAX_WORDS).collect();
        if words.is_empty() && !text.is_empty() {
            words.push(text.to_owned());
        }
        let part = match words.as_slice() {
            [word] if transaction.is_none() => IdPart::read(word),
            _ => None,
        };
        Self { words, transaction, part }
    }
}

impl IdPart {
    /// Eight digits and more, as hexadecimal; `0199f2c1…8a4e` is how pages shorten an id.
    fn read(word: &str) -> Option<Self> {
        let (prefix, suffix) = word.split_once('…').or_else(|| word.split_once("...")).unwrap_or((word, ""));
        let digits = |text: &str| {
            let digits = text.replace('-', "").to_ascii_lowercase();
            digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)
        };
        let (prefix, suffix) = (digits(prefix)?, digits(suffix)?);
        (prefix.len() >= 8 && prefix.len() + suffix.len() <= 32).then_some(Self { prefix, suffix })
    }

    /// The least and the greatest id that begin so.
    pub fn bounds(&self) -> (Uuid, Uuid) {
        let filled = |digit: char| {
            let rest = std::iter::repeat_n(digit, 32_usize.saturating_sub(self.prefix.len()));
            self.prefix.chars().chain(rest).collect::<String>().parse().unwrap_or_default()
        };
        (filled('0'), filled('f'))
    }

    /// True when nothing is said of the end.
    pub const fn is_open(&self) -> bool {
        self.suffix.is_empty()
    }

    pub fn ends(&self, id: Uuid) -> bool {
        id.simple().to_string().ends_with(&self.suffix)
    }
}

/// The user whose page's address it is, with or without the server's.
fn user_of_address(text: &str) -> Option<String> {
    let text = text.trim_matches(AROUND);
    let path = match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        Some(rest) => &rest[rest.find('/')?..],
        None => text,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    Some(link::path_segment(path, 1)).filter(|user| path.starts_with("/users/") && !user.is_empty())
}

/// The id that stands last in a text, or that it is.
fn last_id(text: &str) -> Option<Uuid> {
    const LONG: usize = 36;
    let found = text.char_indices().rev().find_map(|(at, _)| text.get(at..at + LONG)?.parse().ok());
    found.or_else(|| text.trim_matches(AROUND).parse().ok())
}

/// A word without what mail programs and sentences put around it.
fn bare(word: &str) -> String {
    let word = word.trim_matches(AROUND);
    match word.split_at_checked("mailto:".len()) {
        Some((scheme, address)) if scheme.eq_ignore_ascii_case("mailto:") => {
            address.split('?').next().unwrap_or_default().to_owned()
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01a2189a-3577-75f3-95a2-74bb74496f3d";

    fn words(text: &str) -> Vec<String> {
        Pasted::read(text).words
    }

    #[test]
    fn an_id_is_found_in_whatever_stands_around_it() {
        let id: Uuid = ID.parse().unwrap();
        let before = "0199f2c1-0000-7000-8000-00000000aaaa";
        for text in [
            ID.to_owned(),
            ID.to_uppercase(),
            ID.replace('-', ""),
            format!("  {ID} "),
            format!("#{ID}"),
            format!("\"{ID}\""),
            format!("http://127.0.0.1:3000/transactions/{ID}"),
            format!("https://desk.example/transactions/{ID}/refund"),
            format!("/transactions/{ID}?saved=1#refunds"),
            format!("transaction {ID}, é"),
            format!("https://desk.example/transactions/{before}?done={ID}"),
        ] {
            let pasted = Pasted::read(&text);
            assert_eq!((pasted.transaction, pasted.part), (Some(id), None), "{text}");
        }
        assert_eq!(words(&format!("https://desk.example/transactions/{ID}")), [ID]);
    }

    #[test]
    fn a_users_address_is_the_user() {
        for text in [
            "/users/thandiwe-mokoena",
            "http://127.0.0.1:3000/users/thandiwe-mokoena",
            "https://desk.example/users/thandiwe-mokoena?kind=usage#ledger",
            "<https://desk.example/users/thandiwe-mokoena>",
        ] {
            assert_eq!(words(text), ["thandiwe-mokoena"], "{text}");
        }
        assert_eq!(words("/users/a%2Fb%20c"), ["a/b c"]);
        let of_user = Pasted::read(&format!("https://desk.example/users/ana?done={ID}"));
        assert_eq!((of_user.words, of_user.transaction), (vec!["ana".to_owned()], None));
        assert_eq!(words("https://desk.example"), ["https://desk.example"]);
        assert_eq!(words("/users/"), ["/users/"]);
    }

    #[test]
    fn words_are_without_what_stands_around_them() {
        assert_eq!(words("Thandiwe  Mokoena"), ["Thandiwe", "Mokoena"]);
        assert_eq!(words("Ana Pérez <ana@example.com>"), ["Ana", "Pérez", "ana@example.com"]);
        assert_eq!(words("mailto:ana@example.com?subject=hello"), ["ana@example.com"]);
        assert_eq!(words("<MAILTO:ana@example.com>"), ["ana@example.com"]);
        assert_eq!(words("\"u-1\""), ["u-1"]);
        assert_eq!(words("“u-1”, #u-2;"), ["u-1", "u-2"]);
        assert_eq!(words("O'Brien"), ["O'Brien"]);
        assert_eq!(words("<>"), ["<>"]);
        assert_eq!(words(" \t"), Vec::<String>::new());
        assert_eq!(words("a b c d e f g h i j").len(), MAX_WORDS);
    }

    #[test]
    fn a_part_of_an_id_bounds_it() {
        let id: Uuid = ID.parse().unwrap();
        for text in ["01a2189a", "01A2189A", "#01a2189a", "01a2189a-3577", "01a2189a…6f3d", "01a2189a...6f3d"] {
            let part = Pasted::read(text).part.unwrap();
            let (low, high) = part.bounds();
            assert!(low <= id && id <= high && part.ends(id), "{text}");
            assert_eq!(part.is_open(), !text.ends_with("6f3d"), "{text}");
            assert_eq!(low.to_string()[..8], ID[..8]);
            assert!(high.to_string().ends_with("ffff"), "{high}");
        }
        assert!(!Pasted::read("01a2189a…6f3e").part.unwrap().ends(id));
        for text in ["01a2189", "thandiwe", "01a2189a 01a2189b", "…6f3d", ""] {
            assert_eq!(Pasted::read(text).part, None, "{text}");
        }
    }
}
