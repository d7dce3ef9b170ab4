//! What came of an import.

use crate::commands::text::{counted, credits, grouped, rate};
use app::error::{AppError, Code};
use app::model::{Credits, DeductionResult, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Rows that are named one by one; the rest are counted.
pub const MAX_SHOWN: u64 = 20;

/// Counts and sums of the rows so far, and the lines that are still to be shown.
#[derive(Debug, Default)]
pub struct Summary {
    pub read: u64,
    pub bad: u64,
    pub charged: u64,
    pub there: u64,
    pub refused: BTreeMap<String, u64>,
    pub cost: Credits,
    pub allowance: Credits,
    pub granted: Credits,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    shown: u64,
    lines: Vec<String>,
    advice: BTreeSet<&'static str>,
}

impl Summary {
    pub fn bad(&mut self, file: &str, line: u64, reason: &str) {
        self.bad += 1;
        self.show(format!("{file} line {line}: {reason}"));
    }

    pub fn charged(&mut self, at: Timestamp, charge: &DeductionResult) {
        if charge.idempotent {
            self.there += 1;
        } else {
            self.charged += 1;
            let net = charge.amount.checked_neg().unwrap_or_default();
            self.cost = add(self.cost, net);
            self.allowance = add(self.allowance, charge.allowance_consumed);
        }
        self.cover(at);
    }

    /// For a dry run: what a row would cost, before allowances.
    pub fn quoted(&mut self, at: Timestamp, cost: Credits) {
        self.charged += 1;
        self.cost = add(self.cost, cost);
        self.cover(at);
    }

    pub fn refused(&mut self, file: &str, line: u64, error: &AppError) {
        let code = error.code.as_str();
        *self.refused.entry(code.clone()).or_insert(0) += 1;
        if let Some(advice) = advice(error.code) {
            self.advice.insert(advice);
        }
        self.show(format!("{file} line {line}: {code}: {error}"));
    }

    pub fn funded(&mut self, amount: Credits) {
        self.granted = add(self.granted, amount);
    }

    pub fn note(&mut self, line: String) {
        self.show(line);
    }

    /// The lines that have not been shown yet.
    pub fn take_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    /// Rows that are in the ledger now (or, in a dry run, would be).
    pub fn imported(&self) -> u64 {
        self.charged + self.there
    }

    fn show(&mut self, line: String) {
        self.shown += 1;
        if self.shown <= MAX_SHOWN {
            self.lines.push(line);
        }
    }

    fn cover(&mut self, at: Timestamp) {
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
    }

    pub fn print(&self, out: &mut dyn Write, dry_run: bool, seconds: f64) -> io::Result<()> {
        let mut line = |name: &str, value: String| writeln!(out, "{name:<18}{value}");
        line("Rows read", grouped(self.read))?;
        if dry_run {
            line("Would be charged", grouped(self.charged))?;
        } else {
            line("Charged", grouped(self.charged))?;
            line("Already there", grouped(self.there))?;
        }
        line("Refused", grouped(self.refused.values().sum()))?;
        for (code, count) in &self.refused {
            line("", format!("{code} {}", grouped(*count)))?;
        }
        line("Bad rows", grouped(self.bad))?;
        let allowance = if self.allowance.is_zero() {
            String::new()
        } else {
            format!(", and {} from allowances", credits(self.allowance))
        };
        line(if dry_run { "Credits" } else { "Credits charged" }, credits(self.cost) + &allowance)?;
        if self.granted.is_positive() {
            line("Credits granted", credits(self.granted))?;
        }
        if let (Some(first), Some(last)) = (self.first, self.last) {
            line("From", first.to_string())?;
            line("To", last.to_string())?;
        }
        line("Time", format!("{seconds:.1} s, {} rows/s", grouped(rate(self.read, seconds))))?;
        if self.shown > MAX_SHOWN {
            writeln!(out, "{} not shown one by one.", counted(self.shown - MAX_SHOWN, "more row is", "more rows are"))?;
        }
        for advice in &self.advice {
            writeln!(out, "{advice}")?;
        }
        Ok(())
    }
}

fn add(sum: Credits, more: Credits) -> Credits {
    [sum, more].into_iter().sum()
}

/// What to do about a refusal.
const fn advice(code: Code) -> Option<&'static str> {
    match code {
        Code::InsufficientCredits => Some(
            "insufficient_credits: import again with --fund, which grants what is missing; nothing is charged twice.",
        ),
        Code::UnknownModel => Some(
            "unknown_model: add the model to the pricing (import-prices --models NAME), give it a `_default`, \
             or name another with --model; then import again.",
        ),
        Code::PricingNotLoaded => {
            Some("pricing_not_loaded: set prices first, with import-prices or `pricing set FILE`.")
        }
        Code::IdempotencyConflict => Some(
            "idempotency_conflict: these rows are in the ledger already, imported with another --model or otherwise.",
        ),
        _ => None,
    }
}
