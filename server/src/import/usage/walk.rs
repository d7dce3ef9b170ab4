//! The rows of several files, one window after the other, with their users and models filled in.

use super::charge::{Item, WINDOW};
use super::key::{RowKey, Seen};
use super::rows::{Row, RowError, Rows};
use super::shape::Shape;
use super::summary::Summary;
use crate::commands::CommandError;
use app::model::Timestamp;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

/// What the command line says about the rows.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// The user of rows that name none.
    pub user: Option<String>,
    /// Spreads the rows that name no user over so many.
    pub users: Option<u32>,
    /// The model of rows that name none.
    pub model: Option<String>,
    /// Where BurstGPT's seconds count from.
    pub start: Timestamp,
    /// Rows to read in all.
    pub limit: Option<u64>,
}

struct Open {
    name: String,
    rows: Rows<BufReader<File>>,
    seen: Seen,
    shape: Shape,
}

/// Walks the files in their order.
pub struct Walk<'a> {
    files: std::slice::Iter<'a, PathBuf>,
    choices: &'a Choices,
    open: Option<Open>,
    /// Bytes of the files that are behind us.
    behind: u64,
    left: u64,
}

impl std::fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Walk").field("left", &self.left).finish_non_exhaustive()
    }
}

impl<'a> Walk<'a> {
    pub fn new(files: &'a [PathBuf], choices: &'a Choices) -> Self {
        Self { files: files.iter(), choices, open: None, behind: 0, left: choices.limit.unwrap_or(u64::MAX) }
    }

    /// Bytes read so far.
    pub fn position(&self) -> u64 {
        self.behind + self.open.as_ref().map_or(0, |open| open.rows.position())
    }

    /// The next rows, at most a window of them; none when all files have been read. Bad ones go to the summary.
    pub fn next_window(&mut self, summary: &mut Summary) -> Result<Option<Vec<Item>>, CommandError> {
        let mut window = Vec::with_capacity(WINDOW);
        while self.left > 0 && window.len() < WINDOW {
            let Some(open) = self.open.as_mut() else {
                match self.files.next() {
                    Some(path) => self.open = Some(self.open_file(path)?),
                    None => break,
                }
                continue;
            };
            let Some(row) = open.rows.next() else {
                self.behind += open.rows.position();
                self.open = None;
                continue;
            };
            match row {
                Ok(row) => window.push(open.item(row, self.choices)),
                Err(RowError::Bad { line, reason }) => summary.bad(&open.name, line, &reason),
                Err(RowError::File(error)) => {
                    return Err(CommandError::File { path: open.name.clone(), source: error });
                }
            }
            self.left -= 1;
            summary.read += 1;
        }
        Ok(Some(window).filter(|window| !window.is_empty() || (self.open.is_some() && self.left > 0)))
    }

    fn open_file(&self, path: &PathBuf) -> Result<Open, CommandError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| CommandError::file(path, error))?;
        let rows = Rows::open(BufReader::new(file), self.choices.start).map_err(|error| match error {
            RowError::File(error) => CommandError::file(path, error),
            RowError::Bad { reason, .. } => CommandError::Usage(format!("{name}: {reason}")),
        })?;
        let columns = rows.columns();
        if columns.user.is_none() && self.choices.user.is_none() && self.choices.users.is_none() {
            return Err(CommandError::Usage(format!(
                "{name} has no column of users: say whose calls these are with --user ID, or spread them with --users N"
            )));
        }
        let shape = columns.shape;
        Ok(Open { name, rows, seen: Seen::default(), shape })
    }
}

impl Open {
    fn item(&mut self, mut row: Row, choices: &Choices) -> Item {
        let key = self.seen.key(&row);
        let user = row.user.clone().unwrap_or_else(|| fill_user(choices, &key));
        if row.metrics.model.is_none() {
            row.metrics.model.clone_from(&choices.model);
        }
        Item { file: self.name.clone(), row, user, key, shape: self.shape }
    }
}

/// `import-001` … by what the row says, so that the same row falls to the same user whatever surrounds it.
fn fill_user(choices: &Choices, key: &RowKey) -> String {
    match (&choices.user, choices.users) {
        (Some(user), _) => user.clone(),
        (None, users) => format!("import-{:03}", key.spread % u64::from(users.unwrap_or(1).max(1)) + 1),
    }
}
