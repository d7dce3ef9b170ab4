//! Storage failures: logged with their cause, never shown to a caller.

use app::error::{AppError, Code};

/// Why the database did not do it. The text may hold a driver's words, so it goes to the log and to the terminal of
/// whoever runs the program, and nowhere else.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("DATABASE_URL {0}")]
    Address(String),
    #[error("cannot create the data folder {0}: {1}")]
    Folder(String, #[source] std::io::Error),
    #[error("cannot open the database file {0}: {1}")]
    File(String, #[source] sqlx::Error),
    #[error("cannot connect to PostgreSQL at {0}: {1}")]
    Connect(String, #[source] sqlx::Error),
    #[error("migration failed: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("the disk did not take {0}: {1}")]
    Disk(String, #[source] std::io::Error),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("database: {0}")]
    Direct(#[from] rusqlite::Error),
    #[error("a change touched {touched} rows where {expected} were expected")]
    Rows { expected: u64, touched: u64 },
    #[error("stored {what} cannot be read: {why}")]
    Corrupt { what: &'static str, why: String },
}

impl StoreError {
    pub fn corrupt(what: &'static str, why: impl ToString) -> Self {
        Self::Corrupt { what, why: why.to_string() }
    }

    /// True when another writer came first and the same work, begun anew, may well succeed.
    pub fn is_conflict(&self) -> bool {
        let error = match self {
            Self::Database(error) => error,
            Self::Direct(error) => return is_taken(error),
            _ => return false,
        };
        error.as_database_error().is_some_and(|error| {
            error.is_unique_violation() || matches!(error.code().as_deref(), Some("40001" | "40P01" | "5" | "517"))
        })
    }

    /// True when a row of that key is there already.
    pub fn is_duplicate(&self) -> bool {
        match self {
            Self::Database(error) => {
                error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
            }
            Self::Direct(error) => is_taken(error),
            _ => false,
        }
    }

    /// True when the database was not to be had, as opposed to having refused.
    pub const fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Connect(..)
                | Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_))
        )
    }
}

/// A unique key that is there already, or a lock that another process holds.
fn is_taken(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{ConstraintViolation, DatabaseBusy, DatabaseLocked};
    matches!(error.sqlite_error_code(), Some(ConstraintViolation | DatabaseBusy | DatabaseLocked))
}

/// The boundary: the cause is logged here, once, and the caller learns only that it was our fault.
impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = %error, "storage failed");
        if let StoreError::Disk(..) = error {
            Self::new(
                Code::Unavailable,
                "The disk does not take what the ledger writes. Ask again with the same idempotency key, which tells whether \
                 it was done.",
            )
        } else if error.is_unavailable() {
            Self::new(Code::Unavailable, "The database cannot be reached; nothing was changed. Try again shortly.")
        } else {
            Self::new(
                Code::Internal,
                "Something failed on our side; nothing was changed. The server's log has the cause.",
            )
        }
    }
}
