//! Where in a JSON text each value stands, so that a fault can be shown at its place.
//!
//! Faults name their place by keys joined with dots, and keys hold dots themselves (`models.gpt-4.1`), so that a path cannot
//! be taken apart. This walks the text and joins the keys in the same way.

use super::near::shown;
use std::collections::HashMap;

/// Paths of a text with the byte at which each value starts; the first of two alike. Ends where the text is no JSON.
pub(super) fn find_spots(text: &str) -> HashMap<String, usize> {
    let mut scan = Scan { text, at: 0, spots: HashMap::new() };
    let _ = scan.value("", 0);
    scan.spots
}

/// Values inside each other; deeper ones are not looked for.
const MAX_DEPTH: usize = 64;

struct Scan<'t> {
    text: &'t str,
    at: usize,
    spots: HashMap<String, usize>,
}

impl Scan<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn value(&mut self, path: &str, depth: usize) -> Option<()> {
        let first = self.peek()?;
        self.spots.entry(path.to_owned()).or_insert(self.at);
        match first {
            _ if depth > MAX_DEPTH => None,
            b'{' => {
                self.at += 1;
                if self.peek()? == b'}' {
                    self.at += 1;
                    return Some(());
                }
                loop {
                    self.peek()?;
                    let key = self.string()?;
                    self.expect(b':')?;
                    let key = shown(&key);
                    let path = if path.is_empty() { key } else { format!("{path}.{key}") };
                    self.value(&path, depth + 1)?;
                    match self.peek()? {
                        b',' => self.at += 1,
                        b'}' => break,
                        _ => return None,
                    }
                }
                self.at += 1;
                Some(())
            }
            b'[' => {
                self.at += 1;
                if self.peek()? == b']' {
                    self.at += 1;
                    return Some(());
                }
                loop {
                    self.value(&format!("{path}[]"), depth + 1)?;
                    match self.peek()? {
                        b',' => self.at += 1,
                        b']' => break,
                        _ => return None,
                    }
                }
                self.at += 1;
                Some(())
            }
            b'"' => self.string().map(drop),
            _ => {
                let rest = self.text.as_bytes().get(self.at..)?;
                let length = rest
                    .iter()
                    .take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'))
                    .count();
                self.at += length;
                (length > 0).then_some(())
            }
        }
    }

    /// A string's content, unescaped.
    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.expect(b'"')?;
        loop {
            match self.text.as_bytes().get(self.at)? {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        serde_json::from_str(self.text.get(start..self.at)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_the_paths_that_faults_have() {
        let text = "{ \"models\": {\"gpt-4.1\": \"input_tokens\", \"é\\n\": \"x\"},\n \"list\": [1, {\"a\": -2e5}], \"min_balance\" : 5 }";
        let spots = find_spots(text);
        let at = |path: &str| spots.get(path).map(|at| &text[*at..*at + 2]);
        assert_eq!(at(""), Some("{ "));
        assert_eq!(at("models.gpt-4.1"), Some("\"i"));
        assert_eq!(at("models.é\\n"), Some("\"x"));
        assert_eq!(at("list[].a"), Some("-2"));
        assert_eq!(at("min_balance"), Some("5 "));
        assert_eq!(at("plans"), None);
    }

    #[test]
    fn any_text_ends() {
        for text in ["", "{", "[", "\"", "{\"a\\", "{\"a\":", "[1,", "nonsense", "{\"a\" 1}", "\\", "{\"é"] {
            find_spots(text);
        }
        find_spots(&"[".repeat(100_000));
    }
}
