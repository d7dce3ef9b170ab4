//! YAML 1.2 as the plain values of JSON.
//!
//! The parser's events are taken instead of a ready-made tree, for three reasons: a number keeps its text and never passes
//! through a float, a key that stands twice is seen with its path, and aliases cannot grow a small text into a large value.

use super::Document;
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;

/// Values in one document, those that aliases repeat counted again.
const MAX_NODES: usize = 200_000;
/// Maps and lists within one another.
const MAX_DEPTH: usize = 32;

/// Reads one document. The error says what is wrong and where.
pub(super) fn read(text: &str) -> Result<Document, String> {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = error.marker();
            format!("{} at line {} column {}", error.info(), at.line(), at.col() + 1)
        })?;
        let at = span.start;
        reader.take(event).map_err(|rule| format!("{rule} at line {} column {}", at.line(), at.col() + 1))?;
    }
    Ok(Document { value: reader.root.unwrap_or_default(), twice: reader.twice })
}

/// A value whose end has not come yet.
enum Open {
    Map { map: Map<String, Value>, key: Option<String> },
    List(Vec<Value>),
}

struct Level {
    open: Open,
    path: String,
    anchor: usize,
    /// Values read before this one.
    before: usize,
}

#[derive(Default)]
struct Reader {
    root: Option<Value>,
    levels: Vec<Level>,
    /// Anchored values with the number of values in each.
    anchors: HashMap<usize, (Value, usize)>,
    nodes: usize,
    twice: Vec<String>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => Err("there is a second document".to_owned()),
            Event::DocumentStart(_) | Event::DocumentEnd | Event::StreamStart | Event::StreamEnd | Event::Nothing => {
                Ok(())
            }
            Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                Err("tags are not read".to_owned())
            }
            Event::Scalar(text, style, anchor, None) => self.scalar(&text, style, anchor),
            Event::Alias(anchor) => {
                let Some((value, nodes)) = self.anchors.get(&anchor).cloned() else {
                    return Err("an alias stands within what it repeats".to_owned());
                };
                self.count(nodes)?;
                self.put(value)
            }
            Event::SequenceStart(anchor, None) => self.open(Open::List(Vec::new()), anchor),
            Event::MappingStart(anchor, None) => self.open(Open::Map { map: Map::new(), key: None }, anchor),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize) -> Result<(), String> {
        self.count(1)?;
        if let Some(Level { open: Open::Map { map, key: key @ None }, path, .. }) = self.levels.last_mut() {
            if map.contains_key(text) {
                self.twice.push(join(path, text));
            }
            *key = Some(text.to_owned());
            return Ok(());
        }
        let value = if style == ScalarStyle::Plain { plain(text) } else { Value::String(text.to_owned()) };
        self.keep(anchor, &value, 1);
        self.put(value)
    }

    fn open(&mut self, open: Open, anchor: usize) -> Result<(), String> {
        self.count(1)?;
        if self.levels.len() >= MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} maps and lists stand within one another"));
        }
        let path = match self.levels.last() {
            None => String::new(),
            Some(Level { open: Open::Map { key: Some(key), .. }, path, .. }) => join(path, key),
            Some(Level { open: Open::Map { key: None, .. }, .. }) => return Err("a key is no text".to_owned()),
            Some(Level { open: Open::List(_), path, .. }) => format!("{path}[]"),
        };
        self.levels.push(Level { open, path, anchor, before: self.nodes - 1 });
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let Some(Level { open, anchor, before, .. }) = self.levels.pop() else { return Ok(()) };
        let value = match open {
            Open::Map { map, .. } => Value::Object(map),
            Open::List(items) => Value::Array(items),
        };
        self.keep(anchor, &value, self.nodes - before);
        self.put(value)
    }

    /// Remembers an anchored value; anchor 0 is none.
    fn keep(&mut self, anchor: usize, value: &Value, nodes: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, (value.clone(), nodes));
        }
    }

    fn put(&mut self, value: Value) -> Result<(), String> {
        match self.levels.last_mut().map(|level| &mut level.open) {
            None => self.root = Some(value),
            Some(Open::List(items)) => items.push(value),
            Some(Open::Map { map, key }) => {
                let key = key.take().ok_or_else(|| "a key is no text".to_owned())?;
                map.insert(key, value);
            }
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize) -> Result<(), String> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MAX_NODES { Err(format!("there are more than {MAX_NODES} values")) } else { Ok(()) }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A text without quotes, by the core schema. A number that JSON would not write so (`.5`, `0x1F`, `.inf`) stays text: an
/// amount is read from its text anyhow, and says itself what is wrong.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        text => match text.parse::<Number>() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::String(text.to_owned()),
        },
    }
}

/// Writes a value as a document in blocks.
pub(super) fn write(value: &Value) -> String {
    let mut out = String::new();
    block(&mut out, value, 0);
    out
}

/// A value that begins on a line of its own, its lines indented.
fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                pad(out, indent);
                out.push_str(&shown_key(key));
                out.push(':');
                below(out, value, indent);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                pad(out, indent);
                out.push('-');
                below(out, item, indent);
            }
        }
        flat => {
            pad(out, indent);
            out.push_str(&inline(flat));
            out.push('\n');
        }
    }
}

/// What follows a key or a dash: on the same line if it is flat, else below.
fn below(out: &mut String, value: &Value, indent: usize) {
    let nested = match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if nested {
        out.push('\n');
        block(out, value, indent + 1);
    } else {
        out.push(' ');
        out.push_str(&inline(value));
        out.push('\n');
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n("  ", indent));
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// A key without quotes where nothing else can be meant.
fn shown_key(key: &str) -> String {
    let plain_word = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    let meant = plain(key) == Value::String(key.to_owned());
    if plain_word && meant { key.to_owned() } else { quoted(key) }
}

/// In double quotes, as JSON has them; what YAML does not take as it is, escaped.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let odd = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    json.chars().map(|c| if odd(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn value(text: &str) -> Value {
        read(text).unwrap().value
    }

    #[test]
    fn reads_what_people_write() {
        let text = "# a price list\nversion: 1\nmodels:\n  gpt-4o: input_tokens * 2.5 / 1000  # dear\n  \"_default\": >-\n    \
                    input_tokens\n    / 1000\nmin_balance: 0.5\nfixed: {report: 3, poem: .5}\nplans: ~\n";
        let expected = json!({
            "version": 1,
            "models": { "gpt-4o": "input_tokens * 2.5 / 1000", "_default": "input_tokens / 1000" },
            "min_balance": 0.5,
            "fixed": { "report": 3, "poem": ".5" },
            "plans": null,
        });
        assert_eq!(value(text).to_string(), expected.to_string());
        assert_eq!(value("a: 9223372036854.775807")["a"].to_string(), "9223372036854.775807");
        assert_eq!(
            value("[yes, no, on, 012, 1_000, '1', true]"),
            json!(["yes", "no", "on", "012", "1_000", "1", true])
        );
        assert_eq!(value(""), Value::Null);
    }

    #[test]
    fn aliases_repeat_a_value_and_cannot_swell() {
        assert_eq!(value("a: &x {k: 1}\nb: *x\n"), json!({ "a": { "k": 1 }, "b": { "k": 1 } }));
        let level =
            |level: usize| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", "));
        let bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned() + &(1..12).map(level).collect::<String>();
        assert!(read(&bomb).unwrap_err().starts_with("there are more than 200000 values"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_place() {
        for (text, rule) in [
            ("a: [1", "line"),
            ("a: !!str 5", "tags are not read at line 1 column"),
            ("a: 1\n---\nb: 2", "there is a second document at line 2"),
            ("? [1, 2]\n: 3", "a key is no text at line 1"),
            ("a: &x [*x]", "an alias stands within what it repeats"),
            (&"[".repeat(40), "more than 32 maps and lists"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(rule), "{text}: {error}");
        }
        assert_eq!(read("a: {x: 1, x: 2}\nb:\n  - {k: 1, k: 2}\na: 3\n").unwrap().twice, ["a.x", "b[].k", "a"]);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(key in ".{0,12}", text in "(?s).{0,20}", number: i64, other in "[-a-z0-9:#'~ ]{0,8}") {
            let value = json!({ key: [text.clone(), number, { other.clone(): text }], "k": other });
            prop_assert_eq!(read(&write(&value)).map(|document| document.value), Ok(value));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,60}") {
            let _ = read(&text);
        }

        #[test]
        fn any_marks_are_read_or_refused(text in "[-:?,\\[\\]{}&*!|>'\"%@` \n\tab0.#~]{0,40}") {
            let _ = read(&text);
        }
    }
}
