//! `creditdesk verify`: every balance, lot, report and counter against the entries.

use super::{CommandError, Desks};
use crate::{
    service::verify::verify,
    store::{
        audit::{self, Change},
        repair,
        verify::Difference,
    },
};
use app::model::{Actor, AuditAction, AuditSubject};
use clap::Args;
use std::io::Write;

#[derive(Args, Debug)]
pub struct Verify {
    /// Make reports and counters anew from the entries first; entries, balances and lots are never changed
    #[arg(long)]
    repair: bool,
}

impl Verify {
    /// Names each difference and fails when there is one.
    pub async fn run(self, desks: &Desks, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let (db, _) = desks.database().await?;
        if self.repair {
            let mut tx = db.begin().await?;
            let now = desks.clock.now();
            repair::repair(&mut tx, now).await?;
            let by = Actor::system("cli");
            let change = Change::new(&by, AuditAction::LedgerRepaired, AuditSubject::Ledger, "reports and counters");
            audit::record(&mut tx, change, now).await?;
            tx.commit().await?;
            writeln!(out, "Reports and counters were made anew from the entries.")?;
        }
        let verification = verify(&db, desks.clock.now()).await?;
        db.close().await;
        let (found, head) = (verification.differences, verification.audit_head);
        if head.seq > 0 {
            writeln!(out, "Audit log: {} rows, the chain ends with {}", head.seq, head.hash)?;
        }
        for difference in &found {
            let Difference { check, what, expected, stored } = difference;
            writeln!(out, "{check}: {what}: expected {expected}, stored {stored} (micro-credits or rows)")?;
        }
        match found.len() {
            0 => Ok(writeln!(
                out,
                "No differences: balances, lots, reports, allowances, caps and teams are what the entries say, and the \
                 audit log is one chain."
            )?),
            count => Err(CommandError::Failed(format!("{count} differences"))),
        }
    }
}
