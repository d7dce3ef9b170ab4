//! Reports to the ledger, and what came of each.

use app::{
    backend::{Answer, Ledger},
    error::{AppError, Code},
    model::{Actor, Deduct},
};

/// What a report asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    Charge(Box<Deduct>),
    /// Nothing, for this reason.
    Skip(&'static str),
}

/// What came of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Charged,
    /// Charged when it came before.
    Repeated,
    Skipped(&'static str),
    Refused(AppError),
}

/// Charges reports in their order. While the ledger cannot take them all in, the whole request is `unavailable`, so that
/// its sender sends it again: what was charged by then is found to be so.
pub async fn charge_all(ledger: &dyn Ledger, by: &Actor, reports: Vec<Answer<Report>>) -> Answer<Vec<Outcome>> {
    let mut requests = Vec::new();
    let mut outcomes: Vec<Option<Outcome>> = Vec::with_capacity(reports.len());
    for report in reports {
        outcomes.push(match report {
            Ok(Report::Charge(request)) => {
                requests.push(*request);
                None
            }
            Ok(Report::Skip(reason)) => Some(Outcome::Skipped(reason)),
            Err(error) => Some(Outcome::Refused(error)),
        });
    }
    let mut answers = ledger.deduct_all(by, requests).await.into_iter();
    let mut finished = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        finished.push(match outcome {
            Some(outcome) => outcome,
            None => match answers.next() {
                Some(Ok(result)) if result.idempotent => Outcome::Repeated,
                Some(Ok(_)) => Outcome::Charged,
                Some(Err(error)) if error.code == Code::Unavailable => return Err(error),
                Some(Err(error)) => Outcome::Refused(error),
                None => return Err(AppError::new(Code::Internal, "The ledger's answers do not fit its questions.")),
            },
        });
    }
    Ok(finished)
}
