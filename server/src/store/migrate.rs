//! Numbered migrations with checksums: the same names on both sides, embedded in the program.

use super::{Db, StoreError, sql};
use app::model::SetupResult;
use sqlx::migrate::Migrator;

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// Brings the database to this program's schema and reports what is in it. Run again, it changes nothing.
pub async fn migrate(db: &Db) -> Result<SetupResult, StoreError> {
    match db {
        Db::Sqlite { writer, .. } => SQLITE.run(writer).await?,
        Db::Postgres(pool) => POSTGRES.run(pool).await?,
    }
    report(db).await
}

/// What is in the database.
pub async fn report(db: &Db) -> Result<SetupResult, StoreError> {
    let (tables, triggers) = match db {
        Db::Sqlite { .. } => (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        ),
        Db::Postgres(_) => (
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
             WHERE table_schema = current_schema() ORDER BY table_name",
            "SELECT DISTINCT CAST(trigger_name AS TEXT) FROM information_schema.triggers \
             WHERE trigger_schema = current_schema() ORDER BY 1",
        ),
    };
    let mut tx = db.snapshot().await?;
    let names = |rows: Vec<(String,)>| rows.into_iter().map(|(name,)| name).collect::<Vec<_>>();
    Ok(SetupResult {
        tables_created: names(sql(tables).all(&mut tx).await?),
        rpcs_created: names(sql(triggers).all(&mut tx).await?),
        errors: Vec::new(),
        success: true,
    })
}
