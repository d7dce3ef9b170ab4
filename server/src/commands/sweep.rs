//! `creditdesk sweep`: expiry entries for what is past its time.

use super::{CommandError, Desks};
use app::{backend::Ledger as _, model::Actor};
use clap::Args;
use std::io::Write;

#[derive(Args, Debug)]
pub struct Sweep {
    /// Report what would expire and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Sweep {
    pub async fn run(self, desks: &Desks, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let (db, _) = desks.database().await?;
        let desk = desks.ledger(db.clone());
        let swept = desk.sweep(&Actor::system("sweep"), self.dry_run).await;
        db.close().await;
        let swept = swept?;
        let verb = if self.dry_run { "would expire" } else { "expired" };
        writeln!(out, "{} lots {verb}, {} credits.", swept.expired_count, swept.expired_amount)?;
        Ok(())
    }
}
