//! `creditdesk verify`: every balance, lot, report and counter against the entries.

use super::{CommandError, Desks};
use crate::{service::verify::verify, store::verify::Difference};
use clap::Args;
use std::io::Write;

#[derive(Args, Debug)]
pub struct Verify {}

impl Verify {
    /// Names each difference and fails when there is one.
    pub async fn run(self, desks: &Desks, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let (db, _) = desks.database().await?;
        let found = verify(&db).await?.differences;
        db.close().await;
        for difference in &found {
            let Difference { check, what, expected, stored } = difference;
            writeln!(out, "{check}: {what}: expected {expected}, stored {stored} (micro-credits or rows)")?;
        }
        match found.len() {
            0 => Ok(writeln!(out, "No differences: balances, lots, reports and allowances are what the entries say.")?),
            count => Err(CommandError::Failed(format!("{count} differences"))),
        }
    }
}
