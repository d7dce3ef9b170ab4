//! What the spend page shows.

use super::ShownRange;
use crate::{
    error::AppError,
    model::{Direction, Order, SpendBy, SpendQuery, SpendReport, SpendSort, Step, Timestamp},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Groups with a colour of their own, unless asked otherwise.
const TOP: usize = 8;
/// As many as there are colours.
const MOST: usize = 12;

/// How the range is to be seen, as the address says it; empty is the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendWords {
    pub by: String,
    pub split: String,
    pub step: String,
    pub top: String,
    /// `cumulative` adds the columns up.
    pub view: String,
    /// `off` hides the period before.
    pub compare: String,
    /// `all` opens what is summed up as "Other".
    pub rows: String,
    /// By what the groups are ordered.
    #[serde(default)]
    pub sort: String,
    /// `asc` or `desc`.
    #[serde(default)]
    pub order: String,
}

impl SpendWords {
    /// Their names in an address.
    pub const NAMES: [&'static str; 9] = ["by", "split", "step", "top", "view", "compare", "rows", "sort", "order"];

    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let [by, split, step, top, view, compare, rows, sort, order] = Self::NAMES.map(get);
        Self { by, split, step, top, view, compare, rows, sort, order }
    }

    /// Reads them: each refusal names its field and the rule.
    pub fn query(&self) -> Result<SpendQuery, AppError> {
        let one_of = |field: &str, words: &str| AppError::invalid(field, format!("must be one of {words}"));
        let by = |field: &str, text: &str| match text {
            "" => Ok(None),
            text => SpendBy::parse(text).map(Some).ok_or_else(|| one_of(field, "model, team, user")),
        };
        let step = match self.step.as_str() {
            "" => None,
            text => Some(Step::parse(text).ok_or_else(|| one_of("step", "hour, day, week, month"))?),
        };
        let top = match self.top.as_str() {
            "" => TOP,
            text => text
                .parse()
                .ok()
                .filter(|top| (1..=MOST).contains(top))
                .ok_or_else(|| AppError::invalid("top", format!("must be between 1 and {MOST}")))?,
        };
        for (field, text, word) in
            [("view", &self.view, "cumulative"), ("compare", &self.compare, "off"), ("rows", &self.rows, "all")]
        {
            if !text.is_empty() && text != word {
                return Err(AppError::invalid(field, format!("must be {word} or left out")));
            }
        }
        SpendSort::read(&self.sort, &self.order)?;
        Ok(SpendQuery { by: by("by", &self.by)?.unwrap_or_default(), split: by("split", &self.split)?, step, top })
    }

    /// The order of the groups, each in its usual direction unless turned.
    pub fn order(&self) -> (SpendSort, Direction) {
        let usual = SpendSort::default();
        SpendSort::read(&self.sort, &self.order).unwrap_or((usual, usual.usual()))
    }

    pub fn cumulative(&self) -> bool {
        self.view == "cumulative"
    }

    pub fn compared(&self) -> bool {
        self.compare.is_empty()
    }

    pub fn opened(&self) -> bool {
        self.rows == "all"
    }
}

/// The report with the range it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpendPageData {
    pub report: SpendReport,
    /// Every model by its first charge, which gives each its colour.
    pub models: Vec<String>,
    pub range: ShownRange,
    pub now: Timestamp,
}

/// `range`, `from`, `to` and `tz` as for the overview.
#[server(prefix = "/ui", endpoint = "spend")]
pub async fn load_spend(
    range: Option<String>,
    from: Option<String>,
    to: Option<String>,
    tz: Option<String>,
    words: SpendWords,
    prove: bool,
) -> Result<SpendPageData, AppError> {
    use crate::{
        model::Role,
        range::{RangeQuery, ReportRange},
    };
    let load = async {
        super::require(Role::may_report).await?;
        let backend = super::backend()?;
        let query = RangeQuery { range: range.as_deref(), from: from.as_deref(), to: to.as_deref(), tz: tz.as_deref() };
        let now = backend.now();
        let range = ReportRange::read(&query, &backend.reporting_zone(), now)?;
        let report = backend.spend(&range, words.query()?, prove).await?;
        Ok(SpendPageData { report, models: backend.models().await?, range: ShownRange::of(&range)?, now })
    };
    super::answer(load.await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_names_its_field() {
        let words =
            |name: &str, value: &str| SpendWords::read(|n| if n == name { value.to_owned() } else { String::new() });
        for (name, value) in [
            ("by", "customer"),
            ("split", "x"),
            ("step", "minute"),
            ("top", "0"),
            ("top", "13"),
            ("top", "-1"),
            ("view", "pie"),
            ("compare", "on"),
            ("rows", "some"),
            ("sort", "size"),
            ("order", "up"),
        ] {
            let error = words(name, value).query().unwrap_err();
            assert_eq!(error.field.as_deref(), Some(name), "{value}");
        }
        let usual = words("", "").query().unwrap();
        assert_eq!(usual, SpendQuery { by: SpendBy::Model, split: None, step: None, top: 8 });
    }
}
