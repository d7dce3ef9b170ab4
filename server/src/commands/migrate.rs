//! `creditdesk migrate`: the schema, without a server.

use super::{CommandError, Desks};
use clap::Args;
use std::io::Write;

#[derive(Args, Debug)]
pub struct Migrate {}

impl Migrate {
    pub async fn run(self, desks: &Desks, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let (db, setup) = desks.database().await?;
        db.close().await;
        writeln!(out, "{} tables, {} triggers: up to date.", setup.tables_created.len(), setup.rpcs_created.len())?;
        Ok(())
    }
}
