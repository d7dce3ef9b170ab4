//! A statement whose conditions depend on what is asked.

use super::Arg;
use app::model::Direction;
use std::fmt::Write as _;

/// Where a row of a listing stands: the figure or the name that it is ordered by, and its number among equals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Figure(i64, i64),
    Name(String, i64),
}

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

    /// Rows in whose `column` of small letters each of the words is found.
    pub fn push_words(&mut self, column: &str, words: &[String]) {
        for word in words {
            self.push(&format!(" AND {column} LIKE ? ESCAPE '\\'"), [containing(word)]);
        }
    }

    /// Those rows after a place, by a column and `id`: at most `limit` and one more, which tells that there is a next page.
    /// A condition must stand before it.
    pub fn push_page(&mut self, column: &str, direction: Direction, after: Option<Place>, limit: u32) {
        let (beyond, way) = match direction {
            Direction::Asc => (">", "ASC"),
            Direction::Desc => ("<", "DESC"),
        };
        let place = match after {
            None => None,
            Some(Place::Figure(value, number)) => Some([Arg::from(value), Arg::from(number)]),
            Some(Place::Name(name, number)) => Some([Arg::from(name), Arg::from(number)]),
        };
        if let Some(place) = place {
            self.push(&format!(" AND ({column}, id) {beyond} (?, ?)"), place);
        }
        let order = format!(" ORDER BY {column} {way}, id {way} LIMIT ?");
        self.push(&order, [Arg::from(i64::from(limit) + 1)]);
    }
}

/// What `LIKE ? ESCAPE '\'` finds everything by that contains `part`.
fn containing(part: &str) -> Arg {
    let escaped = part.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Arg::from(format!("%{escaped}%"))
}
