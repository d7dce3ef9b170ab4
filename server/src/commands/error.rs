//! Why a command ended without doing what it was asked.

use crate::store::StoreError;
use app::error::AppError;
use std::{fmt, io, path::Path};

/// One sentence for the person at the terminal; the process then ends with status 1.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The ledger refused.
    #[error("{}{}", .0, field_of(.0))]
    Refused(#[from] AppError),
    /// The database cannot be had; the driver's own words help whoever runs the program.
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{path}: {source}")]
    File { path: String, source: io::Error },
    /// The command line or a file asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// The work was done and came to nothing; the report says why.
    #[error("{0}")]
    Failed(String),
    #[error("cannot write the answer: {0}")]
    Output(#[from] io::Error),
}

impl CommandError {
    pub fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }

    pub fn usage(message: impl fmt::Display) -> Self {
        Self::Usage(message.to_string())
    }
}

fn field_of(error: &AppError) -> String {
    error.field.as_ref().map_or_else(String::new, |field| format!(" ({field})"))
}
