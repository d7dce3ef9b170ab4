//! Price lists as text: what people edit, in JSON or YAML, and what an export gives back.
//!
//! Both readers give the same plain value, with every number as its text, and the keys that stand twice: keeping the last
//! of two prices without a word would be the dearest of mistakes.

mod yaml;

use app::{
    model::{ConfigError, PricingConfigData},
    pricing::{canonical_json, duplicate_keys, read_config_once},
};
use serde_json::Value;
use similar::TextDiff;
use std::path::Path;

/// How a price list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Yaml,
}

/// A text that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub value: Value,
    /// The paths of keys that stand twice in their map.
    pub twice: Vec<String>,
}

impl Format {
    /// YAML for a file whose name says so, else JSON.
    pub fn of(path: &Path) -> Self {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ["yaml", "yml"].iter().any(|known| ending.eq_ignore_ascii_case(known)) { Self::Yaml } else { Self::Json }
    }

    /// The text as a value; the error says what is wrong, with line and column.
    pub fn read(self, text: &str) -> Result<Document, String> {
        match self {
            Self::Json => {
                let value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
                Ok(Document { value, twice: duplicate_keys(text) })
            }
            Self::Yaml => yaml::read(text).map_err(|error| format!("not YAML: {error}")),
        }
    }

    /// A configuration as text that reads back as the same configuration.
    pub fn write(self, config: &PricingConfigData) -> String {
        let canonical = canonical_json(config);
        let value: Value = serde_json::from_str(&canonical).unwrap_or_default();
        match self {
            Self::Json => serde_json::to_string_pretty(&value).map_or(canonical, |text| text + "\n"),
            Self::Yaml => yaml::write(&value),
        }
    }
}

impl Document {
    /// The configuration that this is, or every fault of it.
    pub fn config(&self) -> Result<PricingConfigData, Vec<ConfigError>> {
        read_config_once(&self.value, &self.twice)
    }
}

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// A unified diff of two configurations as YAML, each with the name it is called by; empty where they are the same.
pub fn unified(old: (&str, &PricingConfigData), new: (&str, &PricingConfigData)) -> String {
    let [old_text, new_text] = [old.1, new.1].map(|config| Format::Yaml.write(config));
    TextDiff::from_lines(&old_text, &new_text).unified_diff().context_radius(CONTEXT).header(old.0, new.0).to_string()
}

/// Reads a configuration from text, or gives every fault of it.
pub fn read_config(text: &str, format: Format) -> Result<(Value, PricingConfigData), Vec<ConfigError>> {
    let document =
        format.read(text).map_err(|message| vec![ConfigError { path: String::new(), message, position: None }])?;
    let config = document.config()?;
    Ok((document.value, config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exported_reads_back() {
        let text = r#"{"models": {"gpt: 4 #1": "input_tokens * 0.1", "_default": "input_tokens"}, "fixed": {"job": "0.000001"},
            "min_balance": 9223372036854.775807, "plans": {"pro": {"id": "pro", "name": "Pro \"é\"",
            "features": {"seats": 3, "none": null, "list": [1, [], {}, {"a": true}], "text": "line\nline\u0085\u2028", "no": "yes"}}}}"#;
        let (_, config) = read_config(text, Format::Json).unwrap();
        for format in [Format::Json, Format::Yaml] {
            let written = format.write(&config);
            let (_, again) = read_config(&written, format).unwrap_or_else(|errors| panic!("{errors:?}\n{written}"));
            assert_eq!(again, config, "{written}");
        }
    }

    #[test]
    fn a_key_given_twice_is_a_fault_in_either_format() {
        let json = r#"{"models": {"a": "input_tokens", "a": "input_tokens * 2"}}"#;
        let yaml = "models:\n  a: input_tokens\n  a: input_tokens * 2\n";
        for (text, format) in [(json, Format::Json), (yaml, Format::Yaml)] {
            let errors = read_config(text, format).unwrap_err();
            assert_eq!((errors[0].path.as_str(), errors[0].message.as_str()), ("models.a", "is given twice"));
        }
    }

    #[test]
    fn the_name_of_a_file_tells_its_format() {
        for (name, format) in
            [("a.yaml", Format::Yaml), ("b.YML", Format::Yaml), ("c.json", Format::Json), ("d", Format::Json)]
        {
            assert_eq!(Format::of(Path::new(name)), format, "{name}");
        }
    }
}
