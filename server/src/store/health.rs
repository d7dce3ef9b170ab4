//! Whether the database answers.

use super::{Db, StoreError, sql};

/// Asks the database for a row; an error says that it cannot be used now.
pub async fn ping(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.snapshot().await?;
    let _: (i64,) = sql("SELECT count(*) FROM pricing_activations WHERE seq = 0").one(&mut tx).await?;
    Ok(())
}
