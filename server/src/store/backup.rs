//! A copy of the embedded database, made while it is in use.

use super::{Db, StoreError};
use std::path::Path;

/// Writes a compact copy of the state at this moment. The file must not be there yet.
pub async fn copy(db: &Db, file: &Path) -> Result<(), StoreError> {
    match db {
        Db::Sqlite { writer, .. } => {
            sqlx::query("VACUUM INTO $1").bind(file.display().to_string()).execute(writer).await?;
            Ok(())
        }
        Db::Postgres(_) => Err(StoreError::corrupt("backup", "PostgreSQL is copied by pg_dump")),
    }
}
