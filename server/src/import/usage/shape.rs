//! Which column of a file means what, by its header.
//!
//! Names are compared by their letters and digits alone, so `Input Tokens`, `input_tokens` and `inputTokens` are one. Azure's
//! trace and BurstGPT's are such files with names of their own; the latter counts its seconds from a start.

use csv::ByteRecord;

/// Whose file it is; written into the metadata of each charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Azure,
    BurstGpt,
    Named,
}

impl Shape {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Azure => "azure",
            Self::BurstGpt => "burstgpt",
            Self::Named => "csv",
        }
    }
}

/// How a file counts the tokens that a cache answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheCount {
    /// Beside the input tokens, as Anthropic does (`cache_read_input_tokens`), and as our quantities do.
    Beside,
    /// Among the input tokens, as OpenAI does (`cached_tokens`): they are taken out of them.
    Among,
}

/// Columns by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    pub shape: Shape,
    /// Fields of a whole row.
    pub width: usize,
    pub time: usize,
    pub user: Option<usize>,
    pub model: Option<usize>,
    pub input: Option<usize>,
    pub output: Option<usize>,
    pub cache_read: Option<(usize, CacheCount)>,
    pub cache_write: Option<usize>,
    pub tool_calls: Option<usize>,
    pub web_search_calls: Option<usize>,
    pub reference: Option<usize>,
    pub log_type: Option<usize>,
}

const TIME: &[&str] = &["timestamp", "time", "createdat", "occurredat", "datetime", "date", "created", "ts"];
const USER: &[&str] = &["userid", "user", "account", "accountid", "customer", "customerid", "enduser"];
const MODEL: &[&str] = &["model", "modelname", "modelid"];
const INPUT: &[&str] =
    &["inputtokens", "prompttokens", "input", "prompt", "tokensin", "contexttokens", "requesttokens", "tokensprompt"];
const OUTPUT: &[&str] = &[
    "outputtokens",
    "completiontokens",
    "output",
    "completion",
    "tokensout",
    "generatedtokens",
    "responsetokens",
    "tokenscompletion",
];
const CACHE_BESIDE: &[&str] = &["cachereadtokens", "cachereadinputtokens", "cacheread"];
const CACHE_AMONG: &[&str] = &["cachedtokens", "cachedinputtokens", "inputcachedtokens", "promptcachedtokens"];
const CACHE_WRITE: &[&str] = &["cachewritetokens", "cachecreationinputtokens", "cachecreationtokens", "cachewrite"];
const TOOL_CALLS: &[&str] = &["toolcalls"];
const WEB_SEARCH: &[&str] = &["websearchcalls"];
const REFERENCE: &[&str] = &["requestid", "id", "referenceid", "generationid", "traceid"];
const LOG_TYPE: &[&str] = &["logtype"];

/// Reads a header, or says what it lacks.
pub fn read_header(header: &ByteRecord) -> Result<Columns, String> {
    let names: Vec<String> = header.iter().map(normal).collect();
    let find = |known: &[&str]| known.iter().find_map(|name| names.iter().position(|column| column == name));
    let shape = if names == ["timestamp", "contexttokens", "generatedtokens"] {
        Shape::Azure
    } else if ["timestamp", "requesttokens", "responsetokens"].iter().all(|name| names.iter().any(|n| n == name)) {
        Shape::BurstGpt
    } else {
        Shape::Named
    };
    let beside = find(CACHE_BESIDE).map(|column| (column, CacheCount::Beside));
    let columns = Columns {
        shape,
        width: header.len(),
        time: find(TIME).ok_or_else(|| missing("a time", &["timestamp", "time", "created_at"], header))?,
        user: find(USER),
        model: find(MODEL),
        input: find(INPUT),
        output: find(OUTPUT),
        cache_read: beside.or_else(|| find(CACHE_AMONG).map(|column| (column, CacheCount::Among))),
        cache_write: find(CACHE_WRITE),
        tool_calls: find(TOOL_CALLS),
        web_search_calls: find(WEB_SEARCH),
        reference: find(REFERENCE),
        log_type: find(LOG_TYPE),
    };
    if columns.input.is_none() && columns.output.is_none() && columns.tool_calls.is_none() {
        return Err(missing("quantities", &["input_tokens", "output_tokens"], header));
    }
    Ok(columns)
}

fn normal(name: &[u8]) -> String {
    let letters = String::from_utf8_lossy(name);
    letters.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn missing(what: &str, names: &[&str], header: &ByteRecord) -> String {
    let found: Vec<String> =
        header.iter().take(20).map(|name| format!("{:?}", String::from_utf8_lossy(name).trim())).collect();
    format!(
        "the first line must name the columns, and none of them holds {what} (such as {}); it names {}",
        names.join(", "),
        if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Result<Columns, String> {
        read_header(&ByteRecord::from(header.split(',').collect::<Vec<_>>()))
    }

    #[test]
    fn knows_azure_and_burstgpt_by_their_headers() {
        let azure = read("TIMESTAMP,ContextTokens,GeneratedTokens").unwrap();
        assert_eq!((azure.shape, azure.time, azure.input, azure.output), (Shape::Azure, 0, Some(1), Some(2)));
        let burst = read("Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type").unwrap();
        assert_eq!(burst.shape, Shape::BurstGpt);
        assert_eq!((burst.model, burst.input, burst.output, burst.log_type), (Some(1), Some(2), Some(3), Some(5)));
    }

    #[test]
    fn names_are_compared_by_letters_and_digits() {
        let named = read("\u{feff}Created At,USER-ID,Model,promptTokens,completion_tokens,Cached Tokens,id").unwrap();
        assert_eq!((named.shape, named.time, named.user), (Shape::Named, 0, Some(1)));
        assert_eq!((named.input, named.output), (Some(3), Some(4)));
        assert_eq!(named.cache_read, Some((5, CacheCount::Among)));
        assert_eq!(named.reference, Some(6));
        let beside = read("time,input,output,cache_read_input_tokens,cache_creation_input_tokens").unwrap();
        assert_eq!(beside.cache_read, Some((3, CacheCount::Beside)));
        assert_eq!(beside.cache_write, Some(4));
    }

    #[test]
    fn a_header_that_lacks_something_says_what() {
        assert!(read("user,input,output").unwrap_err().contains("none of them holds a time"));
        let error = read("time,user").unwrap_err();
        assert!(error.contains("quantities") && error.contains("\"user\""), "{error}");
    }
}
