//! What a listing is ordered by, which way, and which part of it is asked for.

use crate::error::AppError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Asc,
    Desc,
}

impl Direction {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Asc, Self::Desc].into_iter().find(|direction| direction.as_str() == text)
    }

    /// As `aria-sort` says it.
    pub const fn spoken(self) -> &'static str {
        match self {
            Self::Asc => "ascending",
            Self::Desc => "descending",
        }
    }

    #[must_use]
    pub const fn turned(self) -> Self {
        match self {
            Self::Asc => Self::Desc,
            Self::Desc => Self::Asc,
        }
    }
}

/// The figures and names that a listing may be ordered by; the default is the order that it has unless asked.
pub trait Order: Copy + Default + Eq + 'static {
    /// Each with the word that an address says for it.
    const WORDS: &'static [(Self, &'static str)];

    /// Names are read from the beginning of the alphabet, figures from the greatest.
    fn usual(self) -> Direction;

    fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(order, _)| *order == self).map_or("", |(_, word)| word)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, word)| *word == text).map(|(order, _)| *order)
    }

    /// What an address asks for; an empty word is the usual.
    fn read(sort: &str, order: &str) -> Result<(Self, Direction), AppError> {
        let words = || Self::WORDS.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(", ");
        let wrong = || AppError::invalid("sort", format!("must be one of {}", words()));
        let sort = if sort.is_empty() { Self::default() } else { Self::parse(sort).ok_or_else(wrong)? };
        let turned = || AppError::invalid("order", "must be asc or desc");
        let order = if order.is_empty() { sort.usual() } else { Direction::parse(order).ok_or_else(turned)? };
        Ok((sort, order))
    }
}

/// Which rows of a listing, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery<S> {
    /// An id, or words of a name or e-mail, each of which must be found; empty is everything.
    pub search: String,
    pub sort: S,
    pub direction: Direction,
    pub cursor: Option<String>,
    /// 1 to 200.
    pub limit: u32,
}

impl<S: Order> Default for ListQuery<S> {
    fn default() -> Self {
        let sort = S::default();
        Self { search: String::new(), sort, direction: sort.usual(), cursor: None, limit: 50 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UserSort;

    #[test]
    fn an_order_is_read_with_its_usual_direction_and_refused_by_name() {
        let read = |sort, order| UserSort::read(sort, order).map_err(|error| error.to_string());
        assert_eq!(read("", ""), Ok((UserSort::Activity, Direction::Desc)));
        assert_eq!(read("user", ""), Ok((UserSort::User, Direction::Asc)));
        assert_eq!(read("balance", "asc"), Ok((UserSort::Balance, Direction::Asc)));
        assert!(read("height", "").unwrap_err().contains("must be one of activity, user, balance, purchased"));
        assert!(read("", "up").unwrap_err().contains("must be asc or desc"));
    }
}
