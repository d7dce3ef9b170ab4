//! A statement whose conditions depend on what is asked.

use super::Arg;
use std::fmt::Write as _;

/// A statement that grows, with `?` for the next argument.
#[derive(Debug, Default)]
pub struct Text {
    pub text: String,
    pub args: Vec<Arg>,
}

impl Text {
    pub fn push(&mut self, words: &str, values: impl IntoIterator<Item = Arg>) {
        let mut parts = words.split('?');
        self.text.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            self.args.push(value);
            let _ = write!(self.text, "${}{part}", self.args.len());
        }
    }
}

/// What `search_key LIKE ? ESCAPE '\'` finds everything by that contains `part`.
pub fn containing(part: &str) -> Arg {
    let escaped = part.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Arg::from(format!("%{escaped}%"))
}
