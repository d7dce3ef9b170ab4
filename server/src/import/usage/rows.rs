//! A file of usage as a stream of rows.

use super::shape::{CacheCount, Columns, Shape, read_header};
use super::time::{read_offset, read_time};
use app::model::{Timestamp, UsageMetrics};
use csv::ByteRecord;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// No row is longer. A quote that is never closed would otherwise take the rest of the file for one field.
const MAX_ROW_BYTES: u64 = 1 << 20;
/// More in one call is a mistake in the file.
const MAX_COUNT: u64 = 1_000_000_000_000;
/// The longest name of a user or a model.
const MAX_NAME: usize = 255;

/// One call, as the file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub at: Timestamp,
    pub user: Option<String>,
    pub metrics: UsageMetrics,
    /// The file's own id of the call.
    pub reference: Option<String>,
    pub log_type: Option<String>,
}

/// A row that cannot be read, or the end of a file that cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    #[error("line {line}: {reason}")]
    Bad { line: u64, reason: String },
    #[error("{0}")]
    File(#[from] io::Error),
}

/// Counts what has been read, and stops at a row without an end.
#[derive(Debug)]
struct Counted<R> {
    inner: R,
    total: Arc<AtomicU64>,
    limit: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let total = self.total.fetch_add(count as u64, Ordering::Relaxed).saturating_add(count as u64);
        if total > self.limit.load(Ordering::Relaxed) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a row is longer than {MAX_ROW_BYTES} bytes: a quote may not be closed"),
            ));
        }
        Ok(count)
    }
}

/// The rows of one file.
pub struct Rows<R> {
    csv: csv::Reader<Counted<R>>,
    record: ByteRecord,
    columns: Columns,
    start: Timestamp,
    total: Arc<AtomicU64>,
    limit: Arc<AtomicU64>,
    ended: bool,
}

impl<R> std::fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("columns", &self.columns).field("total", &self.total).finish_non_exhaustive()
    }
}

impl<R: BufRead> Rows<R> {
    /// Reads the header. `start` is where BurstGPT's seconds count from.
    pub fn open(mut file: R, start: Timestamp) -> Result<Self, RowError> {
        let delimiter = delimiter(file.fill_buf()?);
        let (total, limit) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(MAX_ROW_BYTES)));
        let counted = Counted { inner: file, total: Arc::clone(&total), limit: Arc::clone(&limit) };
        let mut csv = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(counted);
        let columns = match csv.byte_headers() {
            Ok(header) => read_header(header).map_err(|reason| RowError::Bad { line: 1, reason })?,
            Err(error) => return Err(io_error(error).into()),
        };
        Ok(Self { csv, record: ByteRecord::new(), columns, start, total, limit, ended: false })
    }

    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        self.limit.store(self.bytes_read().saturating_add(MAX_ROW_BYTES), Ordering::Relaxed);
        match self.csv.read_byte_record(&mut self.record) {
            Ok(true) => {
                let line = self.record.position().map_or(0, csv::Position::line);
                let row = read_row(&self.record, &self.columns, self.start, line);
                Some(row.map_err(|reason| RowError::Bad { line, reason }))
            }
            Ok(false) => None,
            Err(error) => {
                self.ended = true;
                Some(Err(io_error(error).into()))
            }
        }
    }
}

fn io_error(error: csv::Error) -> io::Error {
    io::Error::from(error)
}

/// The one of `,` `;` and tab that the first line holds most of.
fn delimiter(head: &[u8]) -> u8 {
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| first.split(|byte| *byte == wanted).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|byte| count(*byte)).unwrap_or(b',')
}

fn read_row(record: &ByteRecord, columns: &Columns, start: Timestamp, line: u64) -> Result<Row, String> {
    if record.len() != columns.width {
        return Err(format!("has {} fields, and the header has {}", record.len(), columns.width));
    }
    let field = |column: usize| -> Result<&str, String> {
        std::str::from_utf8(record.get(column).unwrap_or_default())
            .map(str::trim)
            .map_err(|_| format!("field {} is not UTF-8", column + 1))
    };
    let count = |column: Option<usize>| column.map_or(Ok(0), |column| read_count(field(column)?));
    let name = |column: Option<usize>, what: &str| match column {
        Some(column) => read_name(field(column)?, what),
        None => Ok(None),
    };
    let time = field(columns.time)?;
    let at = if columns.shape == Shape::BurstGpt { read_offset(time, start) } else { read_time(time) }?;
    let mut metrics = UsageMetrics {
        model: name(columns.model, "model")?,
        input_tokens: count(columns.input)?,
        output_tokens: count(columns.output)?,
        cache_read_tokens: count(columns.cache_read.map(|(column, _)| column))?,
        cache_write_tokens: count(columns.cache_write)?,
        web_search_calls: count(columns.web_search_calls)?,
        tool_calls: Some(count(columns.tool_calls)?).filter(|calls| *calls > 0),
        ..UsageMetrics::default()
    };
    if let Some((_, CacheCount::Among)) = columns.cache_read {
        metrics.input_tokens = metrics.input_tokens.checked_sub(metrics.cache_read_tokens).ok_or_else(|| {
            format!("{} cached tokens are more than the {} of input", metrics.cache_read_tokens, metrics.input_tokens)
        })?;
    }
    let nothing = UsageMetrics { model: metrics.model.clone(), ..UsageMetrics::default() };
    if metrics == nothing {
        return Err("counts no tokens and no calls".to_owned());
    }
    let reference = name(columns.reference, "id")?;
    Ok(Row {
        line,
        at,
        user: name(columns.user, "user")?,
        metrics,
        reference,
        log_type: name(columns.log_type, "log type")?,
    })
}

/// Reads a count; empty is 0, and a whole number may be written `12.0`, as data frames with gaps do.
fn read_count(text: &str) -> Result<u64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let whole =
        text.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|b| b == b'0')).map_or(text, |(whole, _)| whole);
    match whole.parse::<u64>() {
        Ok(count) if count <= MAX_COUNT => Ok(count),
        Ok(_) => Err(format!("{text:?} is more than {MAX_COUNT}")),
        Err(_) => Err(format!("{text:?} is no count: write a whole number of 0 or more")),
    }
}

fn read_name(text: &str, what: &str) -> Result<Option<String>, String> {
    match text {
        "" => Ok(None),
        _ if text.chars().count() > MAX_NAME => Err(format!("the {what} is longer than {MAX_NAME} characters")),
        _ if text.chars().any(char::is_control) => Err(format!("the {what} has a control character")),
        _ => Ok(Some(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let rows = Rows::open(text.as_bytes(), "2024-01-01T00:00:00Z".parse().unwrap()).unwrap();
        rows.map(|row| match row {
            Ok(row) => {
                let m = row.metrics;
                let who = row.user.unwrap_or_default();
                let model = m.model.unwrap_or_default();
                let (input, output, read) = (m.input_tokens, m.output_tokens, m.cache_read_tokens);
                format!("{}: {} {who} {model} {input} {output} {read}", row.line, row.at)
            }
            Err(error) => error.to_string(),
        })
        .collect()
    }

    #[test]
    fn reads_azures_trace() {
        let rows = read("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n");
        assert_eq!(rows, ["2: 2023-11-16T18:17:03.97996Z   4808 10 0"]);
    }

    #[test]
    fn reads_burstgpt_from_its_start() {
        let rows = read(
            "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n\
             5,ChatGPT,472,18,490,Conversation log\n45.5,GPT-4,1087,230,1317,API log\n",
        );
        assert_eq!(rows, ["2: 2024-01-01T00:00:05Z  ChatGPT 472 18 0", "3: 2024-01-01T00:00:45.5Z  GPT-4 1087 230 0"]);
    }

    #[test]
    fn reads_named_columns_with_any_delimiter() {
        let rows = read("time;user;model;input;output;cached_tokens\n2026-01-31T09:30:00Z; ada ;gpt-4o;100.0;;40\n");
        assert_eq!(rows, ["2: 2026-01-31T09:30:00Z ada gpt-4o 60 0 40"]);
    }

    #[test]
    fn bad_rows_are_named_by_line_and_the_rest_is_read() {
        let rows = read(
            "time,user,input_tokens,output_tokens\n\
             2026-01-31T09:30:00Z,ada,1,2\n\
             never,ada,1,2\n\
             2026-01-31T09:30:00Z,ada,-1,2\n\
             2026-01-31T09:30:00Z,ada\n\
             2026-01-31T09:30:00Z,\"a\nda\",1,2\n\
             2026-01-31T09:30:00Z,ada,0,\n\
             2026-01-31T09:30:00Z,ada,1.5,2\n\
             2026-01-31T09:30:00Z,bob,3,4\n",
        );
        assert_eq!(rows[0], "2: 2026-01-31T09:30:00Z ada  1 2 0");
        assert!(rows[1].starts_with("line 3: \"never\" is no time"), "{}", rows[1]);
        assert_eq!(rows[2], "line 4: \"-1\" is no count: write a whole number of 0 or more");
        assert_eq!(rows[3], "line 5: has 2 fields, and the header has 4");
        assert_eq!(rows[4], "line 6: the user has a control character");
        assert_eq!(rows[5], "line 8: counts no tokens and no calls");
        assert_eq!(rows[6], "line 9: \"1.5\" is no count: write a whole number of 0 or more");
        assert_eq!(rows[7], "10: 2026-01-31T09:30:00Z bob  3 4 0");
    }

    #[test]
    fn an_open_quote_does_not_swallow_the_file() {
        let mut text = String::from("time,input,output\n2026-01-31T09:30:00Z,\"1,2\n");
        text.push_str(&"2026-01-31T09:30:00Z,1,2\n".repeat(100_000));
        let rows: Vec<_> = Rows::open(text.as_bytes(), Timestamp::UNIX_EPOCH).unwrap().collect();
        assert_eq!(rows.len(), 1);
        assert!(rows[0].as_ref().unwrap_err().to_string().contains("quote"));
    }

    #[test]
    fn bytes_that_are_no_text_are_a_bad_row() {
        let text = b"time,user,input\n2026-01-31T09:30:00Z,\xff\xfe,1\n2026-01-31T09:30:00Z,ada,1\n";
        let rows: Vec<_> = Rows::open(text.as_slice(), Timestamp::UNIX_EPOCH).unwrap().collect();
        assert_eq!(rows[0].as_ref().unwrap_err().to_string(), "line 2: field 2 is not UTF-8");
        assert!(rows[1].is_ok());
    }
}
