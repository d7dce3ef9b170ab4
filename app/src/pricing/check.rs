//! A draft, checked while it is written: every fault at its line, and what a sample of usage would cost.
//!
//! The server does this for the page and for its button, the browser at every pause of the keys; it is the same code and
//! gives the same words.

use super::{Pricing, near::shown, read_config_text, spots::find_spots};
use crate::model::{Breakdown, ConfigError, PricingConfigData, UsageMetrics};

/// Faults that are shown at once.
pub const MAX_FAULTS: usize = 50;

/// Quantities of the sample, as their fields are named.
pub const QUANTITIES: [(&str, &str); 9] = [
    ("input_tokens", "Input tokens"),
    ("output_tokens", "Output tokens"),
    ("cache_read_tokens", "Cache reads"),
    ("cache_write_tokens", "Cache writes"),
    ("search_queries", "Search queries"),
    ("search_results", "Search results"),
    ("web_search_calls", "Web searches"),
    ("code_exec_calls", "Code runs"),
    ("tool_calls", "Tool calls"),
];

/// A fault at its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub path: String,
    pub message: String,
    /// Both from 1.
    pub line: usize,
    pub column: usize,
    /// The same place as a count of UTF-16 units, which is how a browser counts.
    pub offset: usize,
}

/// What is to be said of a draft.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    pub faults: Vec<Fault>,
    /// Faults in all.
    pub count: usize,
    pub config: Option<PricingConfigData>,
    /// The price of the sample, or why there is none; nothing for a draft with faults.
    pub price: Option<Result<Breakdown, String>>,
    /// The price of the sample in the version that the draft is compared with, where it has one.
    pub before: Option<Breakdown>,
}

/// What the sample of usage is, as texts of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    pub plan: String,
    pub metrics: UsageMetrics,
    /// The first field that is no number, with the rule.
    pub fault: Option<String>,
}

impl Sample {
    /// Reads the fields that `get` gives by name; what is empty is left out.
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let mut sample = Self::default();
        let name = |field: &str| Some(get(field).trim().to_owned()).filter(|text| !text.is_empty());
        sample.plan = name("plan").unwrap_or_default();
        sample.metrics.model = name("model");
        sample.metrics.fixed_job = name("fixed_job");
        for (field, label) in QUANTITIES {
            let Some(text) = name(field) else { continue };
            match text.replace([',', ' ', '_'], "").parse::<u64>() {
                Ok(count) => sample.set(field, count),
                Err(_) if sample.fault.is_none() => {
                    sample.fault = Some(format!("{label} must be a whole number, not {:?}.", shown(&text)));
                }
                Err(_) => {}
            }
        }
        sample
    }

    fn set(&mut self, field: &str, count: u64) {
        let metrics = &mut self.metrics;
        match field {
            "input_tokens" => metrics.input_tokens = count,
            "output_tokens" => metrics.output_tokens = count,
            "cache_read_tokens" => metrics.cache_read_tokens = count,
            "cache_write_tokens" => metrics.cache_write_tokens = count,
            "search_queries" => metrics.search_queries = count,
            "search_results" => metrics.search_results = count,
            "web_search_calls" => metrics.web_search_calls = count,
            "code_exec_calls" => metrics.code_exec_calls = count,
            _ => metrics.tool_calls = Some(count),
        }
    }

    fn price(&self, pricing: &Pricing) -> Result<Breakdown, String> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let plan = Some(self.plan.as_str()).filter(|plan| !plan.is_empty());
        if let Some(plan) = plan.filter(|plan| pricing.plan(plan).is_none()) {
            return Err(format!("This draft has no plan {:?}.", shown(plan)));
        }
        pricing.price(&self.metrics, plan).map_err(|error| error.to_string())
    }
}

/// Checks a draft, and prices the sample by it and by `before`.
pub fn check(text: &str, sample: &Sample, before: Option<&Pricing>) -> Checked {
    match read_config_text(text) {
        Err(errors) => {
            let spots = find_spots(text);
            let count = errors.len();
            let faults = errors.into_iter().take(MAX_FAULTS).map(|error| place(text, &spots, error)).collect();
            Checked { faults, count, ..Checked::default() }
        }
        Ok(config) => {
            let price = match Pricing::compile(config.clone()) {
                Ok(pricing) => sample.price(&pricing),
                // The reader has read every formula already.
                Err(_) => Err("The formulas cannot be read.".to_owned()),
            };
            let before = before.and_then(|pricing| sample.price(pricing).ok());
            Checked { config: Some(config), price: Some(price), before, ..Checked::default() }
        }
    }
}

fn place(text: &str, spots: &std::collections::HashMap<String, usize>, error: ConfigError) -> Fault {
    let ConfigError { path, message, position } = error;
    let syntax = if path.is_empty() { syntax_place(text, &message) } else { None };
    let at = syntax.unwrap_or_else(|| match spots.get(&path) {
        // Past the quote that opens a formula.
        Some(start) => position.map_or(*start, |position| start + 1 + position),
        None => nearest(spots, &path),
    });
    let at = floor_boundary(text, at);
    let before = text.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Fault {
        path,
        message,
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        offset: before.encode_utf16().count(),
    }
}

/// What is missing lies in what is there around it.
fn nearest(spots: &std::collections::HashMap<String, usize>, path: &str) -> usize {
    let mut rest = path;
    while let Some((parent, _)) = rest.rsplit_once('.') {
        if let Some(at) = spots.get(parent) {
            return *at;
        }
        rest = parent;
    }
    spots.get("").copied().unwrap_or_default()
}

/// The place that a reader of JSON tells at the end of its message: `… at line 3 column 5`.
fn syntax_place(text: &str, message: &str) -> Option<usize> {
    let (_, place) = message.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
    let before: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    Some(before + column.saturating_sub(1))
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(pairs: &[(&str, &str)]) -> Sample {
        let find = |name: &str| pairs.iter().find(|(field, _)| *field == name).map(|(_, value)| (*value).to_owned());
        Sample::read(|name| find(name).unwrap_or_default())
    }

    #[test]
    fn faults_are_at_their_line() {
        let text = "{\n  \"models\": {\n    \"é gpt-4.1\": \"input_tokens * * 2\"\n  },\n  \"modles\": {}\n}";
        let checked = check(text, &Sample::default(), None);
        let places: Vec<_> = checked.faults.iter().map(|f| (f.path.as_str(), f.line, f.column)).collect();
        assert_eq!(places, [("modles", 5, 13), ("models.é gpt-4.1", 3, 34)]);
        let units: Vec<u16> = text.encode_utf16().collect();
        assert_eq!(String::from_utf16_lossy(&units[checked.faults[1].offset..]).chars().next(), Some('*'));
        let syntax = check("{\n  \"models\" 1", &Sample::default(), None);
        assert_eq!((syntax.faults[0].line, syntax.count), (2, 1));
        let missing = check("{\"min_balance\": 1}", &Sample::default(), None);
        assert_eq!((missing.faults[0].path.as_str(), missing.faults[0].line), ("models", 1));
    }

    #[test]
    fn a_sample_is_priced_by_the_draft_and_by_what_was_before() {
        let text = r#"{"models": {"gpt": "input_tokens * 0.002"}, "plans": {"pro": {"id": "p", "name": "P",
            "rate_overrides": {"gpt": "input_tokens * 0.001"}}}}"#;
        let old = read_config_text(r#"{"models": {"gpt": "input_tokens * 0.004"}}"#).unwrap();
        let old = Pricing::compile(old).unwrap();
        let fields = [("model", "gpt"), ("input_tokens", "1,000")];
        let checked = check(text, &sample(&fields), Some(&old));
        assert_eq!(checked.price.unwrap().unwrap().total.to_string(), "2");
        assert_eq!(checked.before.unwrap().total.to_string(), "4");
        let with = |field, value| check(text, &sample(&[fields[0], fields[1], (field, value)]), None).price.unwrap();
        assert_eq!(with("plan", "pro").unwrap().total.to_string(), "1");
        assert_eq!(with("plan", "max").unwrap_err(), "This draft has no plan \"max\".");
        assert_eq!(with("output_tokens", "many").unwrap_err(), "Output tokens must be a whole number, not \"many\".");
    }

    proptest! {
        #[test]
        fn any_text_is_checked(text in r#"[ \n{}\[\]":,a-é0-9\\]{0,60}"#) {
            let checked = check(&text, &Sample::default(), None);
            prop_assert!(checked.count > 0 || checked.config.is_some());
        }
    }
}
