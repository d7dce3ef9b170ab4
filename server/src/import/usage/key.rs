//! The idempotency key of a row: what the row says, and how often the file has said it so far.
//!
//! So a file may be renamed, re-sorted apart from equal rows, cut short or imported again, and nothing is charged twice,
//! while two equal rows of one file are two charges. The options of the command (`--model`, `--users`) are no part of it:
//! the same rows imported once more under another model are an `idempotency_conflict`, which is told, not a second charge.

use super::rows::Row;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// A row's place in the world: its key, and a number by which it can be spread over users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowKey {
    pub text: String,
    pub spread: u64,
}

/// The rows of one file so far. A row seen once takes 8 bytes and the set's own share, about 20 in all.
///
/// Rows are told apart by 64 bits here. Should two different rows share them, the second is called a second of its kind:
/// its key is another, and the same one each time.
#[derive(Debug, Default)]
pub struct Seen {
    once: HashSet<u64>,
    more: HashMap<u64, u32>,
}

impl Seen {
    /// The key of the file's next row.
    pub fn key(&mut self, row: &Row) -> RowKey {
        let digest = digest(row);
        let short = first_eight(&digest);
        let occurrence = self.count(short);
        let mut text = String::with_capacity(48);
        text.push_str("usage:");
        for byte in digest.iter().take(16) {
            let _ = write!(text, "{byte:02x}");
        }
        let _ = write!(text, ":{occurrence}");
        // Another mix than the key's own digits, so that equal rows do not all fall to one user.
        let spread = short.wrapping_add(u64::from(occurrence)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
        RowKey { text, spread }
    }

    fn count(&mut self, short: u64) -> u32 {
        if self.once.insert(short) {
            return 1;
        }
        let count = self.more.entry(short).or_insert(1);
        *count = count.saturating_add(1);
        *count
    }
}

fn first_eight(digest: &[u8]) -> u64 {
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// SHA-256 of the fields in a fixed order, each with its length, so that no two rows read alike.
fn digest(row: &Row) -> Vec<u8> {
    let m = &row.metrics;
    let mut hash = Sha256::new();
    hash.update(b"creditdesk usage row 1");
    hash.update(row.at.as_microsecond().to_be_bytes());
    for text in [&row.user, &m.model, &row.reference, &row.log_type] {
        let text = text.as_deref().unwrap_or_default();
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    let counts = [m.input_tokens, m.output_tokens, m.cache_read_tokens, m.cache_write_tokens, m.web_search_calls];
    for count in counts.into_iter().chain([m.tool_calls.unwrap_or(0)]) {
        hash.update(count.to_be_bytes());
    }
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::usage::rows::Rows;
    use app::model::Timestamp;

    fn keys(text: &str) -> Vec<String> {
        let mut seen = Seen::default();
        let rows = Rows::open(text.as_bytes(), Timestamp::UNIX_EPOCH).unwrap();
        rows.map(|row| seen.key(&row.unwrap()).text).collect()
    }

    #[test]
    fn equal_rows_are_numbered_and_the_same_file_gives_the_same_keys() {
        let text = "time,input,output\n100,1,2\n100,1,2\n100,2,1\n100,1,2\n";
        let first = keys(text);
        assert_eq!(first, keys(text));
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 4);
        assert_eq!(&first[0][..38], &first[3][..38]);
        assert!(first[0].ends_with(":1") && first[1].ends_with(":2") && first[3].ends_with(":3"));
        assert!(first[2].ends_with(":1"));
    }

    #[test]
    fn order_of_columns_and_way_of_writing_do_not_matter() {
        let one = keys("time,user,input,output\n1970-01-01T00:01:40Z,ada,1,2\n");
        let other = keys("Output Tokens;Input Tokens;User ID;Time\n2.0;1;ada;100\n");
        assert_eq!(one, other);
    }

    #[test]
    fn a_name_does_not_run_into_the_next() {
        let text = "time,user,model,input\n100,ab,c,1\n100,a,bc,1\n";
        let keys = keys(text);
        assert_ne!(keys[0], keys[1]);
    }
}
