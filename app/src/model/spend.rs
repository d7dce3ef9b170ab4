//! What the spend page shows: one range, seen by model, team or user, over time and in total.

use super::{Credits, DailySpendRow, Direction, Order, Timestamp};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What spend is added up by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpendBy {
    #[default]
    Model,
    Team,
    User,
}

impl SpendBy {
    pub const ALL: [Self; 3] = [Self::Model, Self::Team, Self::User];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Team => "team",
            Self::User => "user",
        }
    }

    pub const fn plural(self) -> &'static str {
        match self {
            Self::Model => "models",
            Self::Team => "teams",
            Self::User => "users",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == text)
    }
}

/// How long a column of the chart is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Hour,
    Day,
    Week,
    Month,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    /// The most days of a range of which this step makes no more than about 120 columns.
    pub const fn most_days(self) -> usize {
        match self {
            Self::Hour => 5,
            Self::Day => 120,
            Self::Week => 120 * 7,
            Self::Month => usize::MAX,
        }
    }

    /// What a range of so many days is shown by, unless asked otherwise.
    pub const fn usual(days: usize) -> Self {
        match days {
            0..=2 => Self::Hour,
            3..=120 => Self::Day,
            121..=840 => Self::Week,
            _ => Self::Month,
        }
    }
}

/// The order in which groups are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpendSort {
    #[default]
    Spend,
    Name,
    /// From the period before.
    Change,
    Charges,
}

impl Order for SpendSort {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Spend, "spend"), (Self::Name, "name"), (Self::Change, "change"), (Self::Charges, "charges")];

    fn usual(self) -> Direction {
        match self {
            Self::Name => Direction::Asc,
            Self::Spend | Self::Change | Self::Charges => Direction::Desc,
        }
    }
}

impl SpendSort {
    /// Puts groups, which come by spend, into this order; among equals that stays.
    pub fn arrange<T>(self, direction: Direction, groups: &mut [T], group: impl Fn(&T) -> &SpendGroup) {
        groups.sort_by(|a, b| {
            let (a, b) = (group(a), group(b));
            let order = match self {
                Self::Spend => a.sum.spend.cmp(&b.sum.spend),
                Self::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
                Self::Change => a.change().cmp(&b.change()),
                Self::Charges => a.sum.charges.cmp(&b.sum.charges),
            };
            if direction == Direction::Asc { order } else { order.reverse() }
        });
    }
}

/// How a range is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpendQuery {
    pub by: SpendBy,
    /// Each group again by this.
    pub split: Option<SpendBy>,
    /// The usual one of the range if left out.
    pub step: Option<Step>,
    /// Groups with a colour of their own; the others are one.
    pub top: usize,
}

/// Charges and what was given back of charges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendSum {
    pub spend: Credits,
    pub charges: i64,
    /// Refunds made in this time; beside the spend, never netted.
    pub refunded: Credits,
}

impl SpendSum {
    pub fn add(&mut self, other: Self) {
        self.spend = [self.spend, other.spend].into_iter().sum();
        self.charges += other.charges;
        self.refunded = [self.refunded, other.refunded].into_iter().sum();
    }

    /// Without `other`, which is a part of it.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        let less = |a: Credits, b: Credits| Credits::from_micros(a.micros().saturating_sub(b.micros()));
        Self {
            spend: less(self.spend, other.spend),
            charges: self.charges - other.charges,
            refunded: less(self.refunded, other.refunded),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.spend.is_zero() && self.charges == 0 && self.refunded.is_zero()
    }
}

impl std::iter::Sum for SpendSum {
    fn sum<I: Iterator<Item = Self>>(rows: I) -> Self {
        let mut total = Self::default();
        rows.for_each(|row| total.add(row));
        total
    }
}

/// One model, team or user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendGroup {
    /// A model's name, a team's or a user's id; empty for charges that no team paid.
    pub key: String,
    /// As people know it.
    pub name: String,
    pub sum: SpendSum,
    /// In the period before.
    pub previous: SpendSum,
    /// Of a split: the spend for each of [`SpendReport::splits`].
    pub parts: Vec<Credits>,
}

impl SpendGroup {
    /// How much more than in the period before.
    pub fn change(&self) -> Credits {
        Credits::from_micros(self.sum.spend.micros().saturating_sub(self.previous.spend.micros()))
    }
}

/// A column of the chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendBucket {
    pub start: Timestamp,
    pub end: Timestamp,
    /// Its first and last day in the zone.
    pub first: Date,
    pub last: Date,
    pub sum: SpendSum,
    /// The spend of each of the first [`SpendReport::named`] groups.
    pub parts: Vec<Credits>,
}

impl SpendBucket {
    /// What is not in [`Self::parts`].
    pub fn rest(&self) -> Credits {
        let named: Credits = self.parts.iter().copied().sum();
        Credits::from_micros(self.sum.spend.micros().saturating_sub(named.micros()))
    }
}

/// The sums that must agree; `ledger` is read from the entries themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendProof {
    pub columns: Credits,
    pub groups: Credits,
    pub ledger: Credits,
    /// Charges that `ledger` added up.
    pub entries: i64,
    pub checked_at: Timestamp,
}

impl SpendProof {
    /// The greatest distance from the ledger; zero when all agree.
    pub fn difference(&self) -> Credits {
        let far = |sum: Credits| sum.micros().abs_diff(self.ledger.micros());
        Credits::from_micros(i64::try_from(far(self.columns).max(far(self.groups))).unwrap_or(i64::MAX))
    }
}

/// The spend page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpendReport {
    pub by: SpendBy,
    pub split: Option<SpendBy>,
    pub step: Step,
    pub total: SpendSum,
    pub previous: SpendSum,
    /// The greatest first, then by key.
    pub groups: Vec<SpendGroup>,
    /// How many of `groups` have a colour of their own.
    pub named: usize,
    /// Groups in all, when there are more than are listed.
    pub group_count: usize,
    pub buckets: Vec<SpendBucket>,
    /// Spend of the period before, column by column.
    pub previous_buckets: Vec<Credits>,
    /// Names of the parts of a split, the last of them "Other" if there are more.
    pub splits: Vec<SpendPart>,
    /// Days of the calendar.
    pub calendar: Vec<DailySpendRow>,
    /// Missing when the range holds more charges than are added up at once without being asked.
    pub proof: Option<SpendProof>,
    /// False while the ledger has no entry at all.
    pub any_entries: bool,
}

/// What a group is split into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendPart {
    pub key: String,
    pub name: String,
    pub spend: Credits,
    /// Everything that has no name of its own here.
    pub other: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_listed_by_any_figure_and_equal_ones_stay() {
        let group = |key: &str, spend: i64, before: i64, charges| SpendGroup {
            key: key.to_owned(),
            name: key.to_owned(),
            sum: SpendSum { spend: Credits::from_micros(spend), charges, refunded: Credits::ZERO },
            previous: SpendSum { spend: Credits::from_micros(before), ..SpendSum::default() },
            parts: Vec::new(),
        };
        let by_spend = [group("b", 9, 9, 1), group("C", 5, 0, 7), group("a", 5, 8, 1)];
        let order = |sort: SpendSort, direction| {
            let mut groups: Vec<_> = by_spend.iter().collect();
            sort.arrange(direction, &mut groups, |group| group);
            groups.into_iter().map(|group| group.key.as_str()).collect::<String>()
        };
        assert_eq!(order(SpendSort::Spend, Direction::Desc), "bCa");
        assert_eq!(order(SpendSort::Spend, Direction::Asc), "Cab");
        assert_eq!(order(SpendSort::Name, Direction::Asc), "abC");
        assert_eq!(order(SpendSort::Change, Direction::Desc), "Cba");
        assert_eq!(order(SpendSort::Charges, Direction::Desc), "Cba");
    }
}
