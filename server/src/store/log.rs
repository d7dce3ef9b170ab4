//! The write-ahead log of the embedded database, and the turns at writing it.
//!
//! SQLite would wait for the disk inside of each commit, and everybody with it. Here a commit only appends to the log, and
//! whoever must answer for it waits for [`Log::sync`]: the next transaction is worked out meanwhile. What is acknowledged is
//! on the disk all the same. After a power cut SQLite reads the log up to the last whole transaction, so what can be lost
//! is the end that nobody was told of.

use super::StoreError;
use std::{
    fs::File,
    io::{Error, ErrorKind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

/// The log of one database file.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    turns: AtomicU64,
    /// Set for good when the disk refused once: what it has then is not known.
    failed: AtomicBool,
}

/// A transaction's turn at writing.
#[derive(Clone, Debug)]
pub struct Turn {
    log: Arc<Log>,
    number: u64,
}

impl Log {
    /// Of the database in the file `path`.
    pub fn of(path: &Path) -> Self {
        let mut path = path.as_os_str().to_owned();
        path.push("-wal");
        Self { path: path.into(), turns: AtomicU64::new(0), failed: AtomicBool::new(false) }
    }

    /// Gives the next turn, unless the disk has failed.
    pub fn turn(self: &Arc<Self>) -> Result<Turn, StoreError> {
        self.check()?;
        Ok(Turn { log: Arc::clone(self), number: self.turns.fetch_add(1, Ordering::SeqCst) })
    }

    /// Another connection counts what others wrote from another number: no turn follows one from before it.
    pub fn reopened(&self) {
        self.turns.fetch_add(1, Ordering::SeqCst);
    }

    /// Holds this thread until everything that was committed is on the disk.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.check()?;
        self.sync_now().map_err(|error| self.fail(error))
    }

    fn fail(&self, error: Error) -> StoreError {
        self.failed.store(true, Ordering::SeqCst);
        StoreError::Disk(self.path.display().to_string(), error)
    }

    fn sync_now(&self) -> Result<(), Error> {
        // Opened each time, as SQLite may have begun another file.
        match File::open(&self.path) {
            Ok(file) => file.sync_data(),
            // Without a log, everything is in the database file, synced before the log was given up.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.failed.load(Ordering::SeqCst) {
            let error = Error::other("it failed before; check the disk, then start again");
            return Err(StoreError::Disk(self.path.display().to_string(), error));
        }
        Ok(())
    }
}

impl Turn {
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Waits until everything that was committed is on the disk.
    pub async fn sync(&self) -> Result<(), StoreError> {
        let log = Arc::clone(&self.log);
        let synced = tokio::task::spawn_blocking(move || log.sync()).await;
        synced.unwrap_or_else(|error| Err(self.log.fail(Error::other(error))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn after_the_disk_failed_once_nobody_gets_a_turn() {
        let folder = tempfile::tempdir().unwrap();
        let log = Arc::new(Log::of(&folder.path().join("new.db")));
        log.sync().expect("a log that is not there needs nothing");
        log.turn().unwrap();
        // A file stands where the folder would be.
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let log = Arc::new(Log::of(&file.join("x.db")));
        let turn = log.turn().unwrap();
        assert!(matches!(turn.sync().await, Err(StoreError::Disk(..))));
        assert!(matches!(log.turn(), Err(StoreError::Disk(..))));
        assert!(matches!(log.sync(), Err(StoreError::Disk(..))));
    }

    #[test]
    fn no_turn_follows_one_of_another_connection() {
        let log = Arc::new(Log::of(Path::new("x.db")));
        let turn = || log.turn().unwrap().number();
        assert_eq!(turn() + 1, turn());
        let before = turn();
        log.reopened();
        assert!(turn() > before + 1);
    }
}
