//! How far a long command has come: a bar on a terminal, a line for every tenth otherwise, both on standard error.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// What the numbers of the bar count.
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    Bytes,
    Steps,
}

#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    total: u64,
    /// The last tenth that was written as a line; none while a bar is shown.
    tenth: Option<u64>,
    started: Instant,
}

impl Progress {
    pub fn new(what: &'static str, total: u64, unit: Unit) -> Self {
        let bar = ProgressBar::new(total);
        let template = match unit {
            Unit::Bytes => "{prefix} {wide_bar} {bytes}/{total_bytes} {eta} {msg}",
            Unit::Steps => "{prefix} {wide_bar} {percent}% {eta} {msg}",
        };
        // The templates are constants; the plain style is as good as a failure to draw.
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(what);
        let tenth = (!io::stderr().is_terminal()).then_some(0);
        Self { bar, total, tenth, started: Instant::now() }
    }

    /// For tests and for `--quiet` work: counts the time and shows nothing.
    pub fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), total: 0, tenth: None, started: Instant::now() }
    }

    pub fn advance_to(&mut self, position: u64, message: &str) {
        self.bar.set_position(position.min(self.total));
        self.bar.set_message(message.to_owned());
        let reached = position.saturating_mul(10).checked_div(self.total).unwrap_or(0).min(10);
        if let Some(tenth) = self.tenth.filter(|tenth| *tenth < reached) {
            self.tenth = Some(reached.max(tenth));
            self.say(&format!("{} {}0% {message}", self.bar.prefix(), reached));
        }
    }

    /// Writes a line above the bar. A closed standard error is no reason to stop the work.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| drop(writeln!(io::stderr(), "{line}")));
    }

    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
