//! `creditdesk import-usage FILE…`: usage that happened elsewhere, from CSV files, charged at its own times.

use super::{
    CommandError,
    progress::{Progress, Unit},
    text,
};
use crate::import::usage::{
    charge::Charger,
    quote::Quoter,
    summary::Summary,
    time::read_start,
    walk::{Choices, Walk},
};
use app::backend::SharedBackend;
use app::model::{Credits, Timestamp};
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

/// Charges the usage in CSV files at the times when it happened.
///
/// Reads Azure's inference trace (a timestamp, context and generated tokens), BurstGPT's (a timestamp, model, request tokens,
/// response tokens, total tokens, log type) and any file whose header names its columns: a time, a user, a model, input and
/// output tokens, cache reads and writes, an id. Each row is charged once, whatever the file is called and however often it is
/// imported: an import that broke off is taken up by running it again. Caps, being about today, are not asked; the floor of
/// the balance is. Ends with status 0 when at least one row is in the ledger afterwards.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ImportUsage {
    /// The files, in the order in which they are read.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The user of rows that name none.
    #[arg(long, value_name = "ID", conflicts_with = "users")]
    pub user: Option<String>,
    /// Spreads rows that name no user over N users, import-001 and on; the same row always falls to the same user.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub users: Option<u32>,
    /// The model of rows that name none.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// The date, in UTC, from which BurstGPT's seconds count.
    #[arg(long, value_name = "DATE", default_value = "2024-01-01")]
    pub start: String,
    /// Grants each user who runs short what its remaining rows cost, as a `grant` entry. Reads the files twice.
    #[arg(long)]
    pub fund: bool,
    /// Reads no more than N rows.
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Reads, prices and adds up, and writes nothing.
    #[arg(long)]
    pub dry_run: bool,
}

impl ImportUsage {
    pub async fn run(self, backend: SharedBackend, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let choices = self.choices()?;
        let mut summary = Summary::default();
        let seconds = if self.dry_run {
            self.price(&backend, &choices, &mut summary).await?.1
        } else {
            self.charge(&backend, &choices, &mut summary).await?
        };
        summary.print(out, self.dry_run, seconds)?;
        match (summary.read, summary.imported()) {
            (0, _) => Err(CommandError::Failed("The files hold no rows.".to_owned())),
            (_, 0) => Err(CommandError::Failed("No row could be imported.".to_owned())),
            _ => Ok(()),
        }
    }

    fn choices(&self) -> Result<Choices, CommandError> {
        let start: Timestamp =
            read_start(&self.start).map_err(|error| CommandError::Usage(format!("--start: {error}")))?;
        let (user, model) = (self.user.clone(), self.model.clone());
        Ok(Choices { user, users: self.users, model, start, limit: self.limit })
    }

    /// Charges all rows; answers how long it took.
    async fn charge(
        &self,
        backend: &SharedBackend,
        choices: &Choices,
        summary: &mut Summary,
    ) -> Result<f64, CommandError> {
        let costs = if self.fund { Some(self.price(backend, choices, &mut Summary::default()).await?.0) } else { None };
        let mut charger = Charger::new(backend, costs);
        let mut progress = Progress::new("Importing", self.bytes()?, Unit::Bytes);
        let mut walk = Walk::new(&self.files, choices);
        while let Some(window) = walk.next_window(summary)? {
            charger.charge(&window, summary).await;
            tell(&mut progress, walk.position(), summary);
        }
        progress.finish();
        Ok(progress.elapsed().as_secs_f64())
    }

    /// Prices all rows: what they cost each user, and how long it took.
    async fn price(
        &self,
        backend: &SharedBackend,
        choices: &Choices,
        summary: &mut Summary,
    ) -> Result<(HashMap<String, Credits>, f64), CommandError> {
        let mut quoter = Quoter::new(backend).await?;
        let mut costs: HashMap<String, Credits> = HashMap::new();
        let mut progress = Progress::new("Pricing", self.bytes()?, Unit::Bytes);
        let mut walk = Walk::new(&self.files, choices);
        while let Some(window) = walk.next_window(summary)? {
            for item in window {
                match quoter.cost(&item.user, &item.row.metrics).await {
                    Ok(cost) => {
                        let sum = costs.entry(item.user).or_default();
                        *sum = [*sum, cost].into_iter().sum();
                        summary.quoted(item.row.at, cost);
                    }
                    Err(error) => summary.refused(&item.file, item.row.line, &error),
                }
            }
            // Without --dry-run the rows are read once more, and their faults told then.
            if !self.dry_run {
                summary.take_lines();
            }
            tell(&mut progress, walk.position(), summary);
        }
        progress.finish();
        Ok((costs, progress.elapsed().as_secs_f64()))
    }

    fn bytes(&self) -> Result<u64, CommandError> {
        let size =
            |path: &PathBuf| std::fs::metadata(path).map(|file| file.len()).map_err(|e| CommandError::file(path, e));
        self.files.iter().map(size).sum()
    }
}

fn tell(progress: &mut Progress, position: u64, summary: &mut Summary) {
    for line in summary.take_lines() {
        progress.say(&line);
    }
    progress.advance_to(position, &text::counted(summary.read, "row", "rows"));
}
