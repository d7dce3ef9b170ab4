//! Caps as they stand, counted over the past twice: with what was paid, and with what would have been.

use app::model::{CapAction, CapType};

/// A cap of a user.
#[derive(Clone, Debug)]
pub struct CapTerms {
    /// The number of the user's account.
    pub user: i64,
    pub cap_type: CapType,
    pub model: Option<String>,
    pub action: CapAction,
    pub limit: i64,
}

/// A cap with what the window at hand has counted.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    terms: CapTerms,
    window: i64,
    before: i64,
    after: i64,
    /// When the window at hand was crossed first, within what the report covers.
    since: Option<i64>,
    crossed: Option<Crossed>,
}

/// Windows that would have been crossed and were not.
#[derive(Clone, Debug)]
pub struct Crossed {
    pub terms: CapTerms,
    pub windows: i64,
    pub first: i64,
    pub most: i64,
}

impl Counter {
    pub(super) const fn new(terms: CapTerms) -> Self {
        Self { terms, window: i64::MIN, before: 0, after: 0, since: None, crossed: None }
    }

    /// Counts a charge. `windows` are the starts of its day and of its month; `told` says whether the report covers it.
    pub(super) fn take(&mut self, model: Option<&str>, at: i64, windows: (i64, i64), net: (i64, i64), told: bool) {
        if self.terms.model.is_some() && self.terms.model.as_deref() != model {
            return;
        }
        let window = match self.terms.cap_type {
            CapType::Daily => windows.0,
            CapType::Monthly => windows.1,
        };
        if window != self.window {
            self.close();
            self.window = window;
        }
        self.before = self.before.saturating_add(net.0);
        self.after = self.after.saturating_add(net.1);
        if told && self.after > self.terms.limit {
            self.since.get_or_insert(at);
        }
    }

    /// Ends the window at hand: it counts if it would have been crossed, and was not however late.
    fn close(&mut self) {
        if let Some(first) = self.since
            && self.before <= self.terms.limit
        {
            let crossed =
                self.crossed.get_or_insert_with(|| Crossed { terms: self.terms.clone(), windows: 0, first, most: 0 });
            crossed.most = crossed.most.max(self.after);
            crossed.windows += 1;
        }
        (self.before, self.after, self.since) = (0, 0, None);
    }

    pub(super) fn into_crossed(mut self) -> Option<Crossed> {
        self.close();
        self.crossed
    }
}
