//! The list of faults that reading fills, and the paths at which they lie.

use super::{MAX_ENTRIES, name_fault};
use crate::{
    model::ConfigError,
    pricing::near::{hint, shown},
};
use serde_json::{Map, Value};
use std::fmt;

/// A place in the configuration, as keys joined by dots.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    key: &'p str,
}

impl<'p> Path<'p> {
    pub(super) const fn root() -> Self {
        Self { parent: None, key: "" }
    }

    pub(super) const fn key(&'p self, key: &'p str) -> Self {
        Self { parent: Some(self), key }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parent {
            None => Ok(()),
            Some(Path { parent: None, .. }) => f.write_str(&shown(self.key)),
            Some(parent) => write!(f, "{parent}.{}", shown(self.key)),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Faults(Vec<ConfigError>);

impl Faults {
    pub(super) fn add(&mut self, path: &Path<'_>, message: impl Into<String>) {
        self.add_at(path, message, None);
    }

    pub(super) fn add_at(&mut self, path: &Path<'_>, message: impl Into<String>, position: Option<usize>) {
        self.0.push(ConfigError { path: path.to_string(), message: message.into(), position });
    }

    pub(super) fn into_errors(self) -> Vec<ConfigError> {
        self.0
    }

    pub(super) fn unknown_keys(&mut self, path: &Path<'_>, map: &Map<String, Value>, known: &[&'static str]) {
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let message = format!("is not a known key{}", hint(key, known.iter().copied()));
            self.add(&path.key(key), message);
        }
    }

    /// The entries of a map whose keys are names; notes what is wrong with the map and its keys.
    pub(super) fn entries<'v>(&mut self, path: &Path<'_>, value: &'v Value) -> Vec<(&'v String, &'v Value)> {
        let Value::Object(map) = value else {
            self.add(path, format!("must be a map, not {}", kind_of(value)));
            return Vec::new();
        };
        if map.len() > MAX_ENTRIES {
            self.add(path, format!("has more than {MAX_ENTRIES} entries"));
            return Vec::new();
        }
        for key in map.keys() {
            if let Some(rule) = name_fault(key) {
                self.add(&path.key(key), format!("as a key {rule}"));
            }
        }
        map.iter().collect()
    }
}

/// What a value is, for a message that wanted something else.
pub(super) const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}
