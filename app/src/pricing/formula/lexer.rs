//! Text to tokens, one at a time, so that the first fault of a formula is the one that is reported.

use super::{FormulaError, number::read_number};
use rust_decimal::Decimal;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'s> {
    Number(Decimal),
    /// A name or one of the words `if else and or not True False`.
    Word(&'s str),
    /// An operator, a parenthesis or a comma.
    Sign(&'static str),
    End,
}

/// Every sign of the language, the longer ones first.
const SIGNS: [&str; 15] = ["==", "!=", "<=", ">=", "//", "<", ">", "+", "-", "*", "/", "%", "(", ")", ","];

/// Signs that other languages have, and what to write instead; the longer ones first.
const REFUSED_SIGNS: [(&str, &str); 24] = [
    ("**", "`**` is not supported: multiply instead"),
    ("<<", "`<<` is not supported"),
    (">>", "`>>` is not supported"),
    ("<>", "`<>` is not supported: write `!=`"),
    (":=", "assignment is not supported"),
    ("->", "`->` is not supported"),
    ("&&", "`&&` is not supported: write `and`"),
    ("||", "`||` is not supported: write `or`"),
    ("=", "`=` is not supported: keyword arguments do not exist, and a comparison is written `==`"),
    ("!", "`!` is not supported: write `not`"),
    ("&", "`&` is not supported: write `and`"),
    ("|", "`|` is not supported: write `or`"),
    ("^", "`^` is not supported: multiply instead"),
    ("~", "`~` is not supported"),
    ("\"", "text is not supported: a formula knows numbers only"),
    ("'", "text is not supported: a formula knows numbers only"),
    ("`", "text is not supported: a formula knows numbers only"),
    (".", "attributes are not supported"),
    ("[", "indexing and lists are not supported"),
    ("]", "indexing and lists are not supported"),
    ("{", "sets and maps are not supported"),
    ("}", "sets and maps are not supported"),
    ("#", "comments are not supported"),
    ("?", "`?` is not supported: write `a if condition else b`"),
];

#[derive(Debug)]
pub(super) struct Lexer<'s> {
    source: &'s str,
    at: usize,
}

impl<'s> Lexer<'s> {
    pub(super) const fn new(source: &'s str) -> Self {
        Self { source, at: 0 }
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// The next token and the byte offset at which it begins.
    pub(super) fn next(&mut self) -> Result<(Token<'s>, usize), FormulaError> {
        self.at += self.rest().bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        let (at, rest) = (self.at, self.rest());
        let Some(first) = rest.chars().next() else {
            return Ok((Token::End, at));
        };
        let second = rest.as_bytes().get(1).copied().unwrap_or_default();
        if first.is_ascii_digit() || first == '.' && second.is_ascii_digit() {
            return self.number().map(|token| (token, at));
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let length = rest.bytes().take_while(|b| is_word(*b)).count();
            self.at += length;
            return Ok((Token::Word(&rest[..length]), at));
        }
        if let Some((_, message)) = REFUSED_SIGNS.iter().find(|(sign, _)| is_refused(rest, sign)) {
            return Err(FormulaError::new(*message, at));
        }
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            self.at += sign.len();
            return Ok((Token::Sign(sign), at));
        }
        Err(FormulaError::new(format!("`{}` is not part of the formula language", first.escape_debug()), at))
    }

    fn number(&mut self) -> Result<Token<'s>, FormulaError> {
        let (at, rest) = (self.at, self.rest());
        let length = number_length(rest.as_bytes());
        let after = rest.as_bytes().get(length).copied().unwrap_or_default();
        if is_word(after) {
            let message = "a number cannot be followed by a letter or `_`: is an operator missing?";
            return Err(FormulaError::new(message, at + length));
        }
        self.at += length;
        read_number(&rest[..length]).map(Token::Number).map_err(|message| FormulaError::new(message, at))
    }
}

/// `!=` and `==` begin with a sign that alone is refused.
fn is_refused(rest: &str, sign: &str) -> bool {
    rest.starts_with(sign) && !(rest.starts_with("!=") || rest.starts_with("=="))
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Bytes of the literal that `text` begins with.
fn number_length(text: &[u8]) -> usize {
    let mut length = digits_length(text);
    if text.get(length) == Some(&b'.') {
        length += 1;
        length += digits_length(text.get(length..).unwrap_or_default());
    }
    if matches!(text.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(length + 1), Some(b'+' | b'-')));
        let digits = digits_length(text.get(length + 1 + sign..).unwrap_or_default());
        if digits > 0 {
            length += 1 + sign + digits;
        }
    }
    length
}

/// Digits with single underscores between them.
fn digits_length(text: &[u8]) -> usize {
    let mut length = 0;
    loop {
        match (text.get(length), text.get(length + 1)) {
            (Some(digit), _) if digit.is_ascii_digit() => length += 1,
            (Some(b'_'), Some(digit)) if length > 0 && digit.is_ascii_digit() => length += 1,
            _ => return length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(source: &str) -> Result<Vec<String>, FormulaError> {
        let mut lexer = Lexer::new(source);
        let mut found = Vec::new();
        loop {
            match lexer.next()? {
                (Token::End, _) => return Ok(found),
                (Token::Number(value), at) => found.push(format!("{value}@{at}")),
                (Token::Word(word), at) => found.push(format!("{word}@{at}")),
                (Token::Sign(sign), at) => found.push(format!("{sign}@{at}")),
            }
        }
    }

    #[test]
    fn splits_into_tokens_with_their_offsets() {
        assert_eq!(tokens("a<=.5").unwrap(), ["a@0", "<=@1", "0.5@3"]);
        assert_eq!(tokens(" x //\n2e1").unwrap(), ["x@1", "//@3", "20@6"]);
        assert_eq!(tokens("a!=1_0==b").unwrap(), ["a@0", "!=@1", "10@3", "==@6", "b@8"]);
        assert!(tokens("").unwrap().is_empty());
    }

    #[test]
    fn refuses_foreign_signs_at_their_place() {
        for (source, at, hint) in [
            ("a ** 2", 2, "multiply"),
            ("a = 2", 2, "=="),
            ("!a", 0, "not"),
            ("a && b", 2, "and"),
            ("a.b", 1, "attributes"),
            ("a[0]", 1, "indexing"),
            ("'x'", 0, "numbers only"),
            ("1x", 1, "operator missing"),
            ("1__0", 1, "operator missing"),
            ("0x10", 1, "operator missing"),
            ("1e", 1, "operator missing"),
            ("a × 2", 2, "not part"),
            ("a\u{0}", 1, "not part"),
            ("é", 0, "not part"),
        ] {
            let error = tokens(source).unwrap_err();
            assert_eq!(error.position, Some(at), "{source}: {}", error.message);
            assert!(error.message.contains(hint), "{source}: {}", error.message);
        }
    }
}
