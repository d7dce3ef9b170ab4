//! What the pages of a listing ask for: a search, an order, a part.

use crate::model::{Direction, Order};
use serde::{Deserialize, Serialize};

/// What the page of a listing shows, as the URL says it; empty is "any", or the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListFilter {
    pub q: String,
    pub sort: String,
    /// `asc` or `desc`.
    pub order: String,
    /// Rows of a page.
    pub size: String,
    pub cursor: String,
}

impl ListFilter {
    /// Reads the words of an address.
    pub fn read(word: impl Fn(&str) -> String) -> Self {
        let [q, sort, order, size, cursor] = ["q", "sort", "order", "size", "cursor"].map(word);
        Self { q, sort, order, size, cursor }
    }

    /// All but the cursor, as an address says it.
    pub fn pairs(&self) -> [(&'static str, &str); 4] {
        [("q", &self.q), ("sort", &self.sort), ("order", &self.order), ("size", &self.size)]
    }

    /// How the listing is ordered; none where the words cannot be read, which the page says by itself.
    pub fn order<S: Order>(&self) -> Option<(S, Direction)> {
        S::read(&self.sort, &self.order).ok()
    }
}
