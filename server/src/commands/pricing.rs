//! `creditdesk pricing …`: the versions of the prices, from files and back.

use super::{CommandError, backtest, text::counted};
use crate::pricelist::{self, read_config};
use app::backend::SharedBackend;
use app::error::{AppError, Code};
use app::model::{Actor, BacktestOf, ConfigError, PricingConfigResult, Published};
use app::pricing::{ChangedRate, ChangedTerm, canonical_json, diff, signed};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Reads, publishes, compares, tries and exports pricing versions.
#[derive(Clone, Debug, clap::Args)]
pub struct Pricing {
    #[command(subcommand)]
    pub action: PricingAction,
}

#[derive(Clone, Debug, clap::Subcommand)]
pub enum PricingAction {
    /// Checks a file and names every fault in it; needs no database.
    Validate {
        /// A configuration as JSON, or as YAML in a file named so.
        file: PathBuf,
    },
    /// Publishes a file as the active version; equal content is the version it equals.
    Set {
        /// A configuration as JSON, or as YAML in a file named so.
        file: PathBuf,
        /// What people read beside the version's number.
        #[arg(long, value_name = "TEXT")]
        label: Option<String>,
        /// Publishes and leaves the active version active.
        #[arg(long)]
        no_activate: bool,
    },
    /// Lists all versions, the latest first.
    List,
    /// Makes a version the active one, with its plans.
    Activate { version: i64 },
    /// Shows what changes from one version to another: to the active one when only one is named.
    Diff { from: i64, to: Option<i64> },
    /// Prices the usage of past days anew and shows what it would have cost, by model and by customer; nothing is changed.
    Backtest {
        /// A configuration as JSON, or as YAML in a file named so; or the number of a version.
        #[arg(value_name = "FILE|VERSION")]
        prices: PathBuf,
        /// 7, 30 or 90, today among them.
        #[arg(long, default_value_t = 30)]
        days: i64,
        /// Prints the report as JSON, as the HTTP API has it.
        #[arg(long)]
        json: bool,
    },
    /// Prints a version's configuration, the active one's when none is named; `pricing set` reads it back.
    Export {
        version: Option<i64>,
        #[arg(long, value_enum, default_value = "json")]
        format: Format,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Format {
    /// Indented JSON.
    Json,
    /// YAML, for people to edit.
    Yaml,
    /// JSON in one line with sorted keys: equal content is equal text.
    Canonical,
}

impl Pricing {
    /// Opens the ledger only for what needs one: a file can be checked anywhere.
    pub async fn run(
        self,
        open: impl AsyncFnOnce() -> Result<SharedBackend, CommandError>,
        out: &mut (dyn Write + Send),
    ) -> Result<(), CommandError> {
        if let PricingAction::Validate { file } = &self.action {
            return validate(file, out);
        }
        let backend = open().await?;
        match self.action {
            PricingAction::Validate { .. } => Ok(()),
            PricingAction::Set { file, label, no_activate } => set(&backend, &file, label, !no_activate, out).await,
            PricingAction::List => list(&backend, out).await,
            PricingAction::Activate { version } => {
                let item = backend.activate(&Actor::system("cli"), version).await?;
                Ok(writeln!(out, "Version {}{} is active.", item.version, labelled(item.label.as_deref()))?)
            }
            PricingAction::Diff { from, to } => {
                let from = backend.version(from).await?;
                let to = version(&backend, to).await?;
                Ok(print_diff(out, &from, &to)?)
            }
            PricingAction::Backtest { prices, days, json } => {
                let of = prices_of(&prices, out)?;
                backtest::run(&backend, of, days, json, out).await
            }
            PricingAction::Export { version: number, format } => {
                let found = version(&backend, number).await?;
                Ok(export(out, &found, format)?)
            }
        }
    }
}

/// Checks a file; every fault is a line of the answer, and then the command fails.
pub fn validate(file: &Path, out: &mut dyn Write) -> Result<(), CommandError> {
    match read_config(&read(file)?, pricelist::Format::of(file)) {
        Ok((_, config)) => {
            let models = counted(config.models.len() as u64, "model", "models");
            let plans = counted(config.plans.len() as u64, "plan", "plans");
            Ok(writeln!(out, "{} is valid: {models}, {plans}.", file.display())?)
        }
        Err(errors) => Err(refused(file, &errors, out)?),
    }
}

/// Prints every fault, and gives the failure that sums them up.
fn refused(file: &Path, errors: &[ConfigError], out: &mut dyn Write) -> std::io::Result<CommandError> {
    print_errors(out, errors)?;
    let count = counted(errors.len() as u64, "error", "errors");
    Ok(CommandError::Failed(format!("{} has {count}.", file.display())))
}

/// A file's configuration; every fault is a line of the answer.
fn config_of(file: &Path, out: &mut dyn Write) -> Result<Value, CommandError> {
    match read_config(&read(file)?, pricelist::Format::of(file)) {
        Ok((config, _)) => Ok(config),
        Err(errors) => Err(refused(file, &errors, out)?),
    }
}

/// The prices that a back-test is to try: a number names a version, all else a file.
fn prices_of(prices: &Path, out: &mut dyn Write) -> Result<BacktestOf, CommandError> {
    if let Some(version) = prices.to_str().and_then(|text| text.parse().ok()) {
        return Ok(BacktestOf::Version(version));
    }
    let label = prices.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(BacktestOf::Config { config: config_of(prices, out)?, label })
}

async fn set(
    backend: &SharedBackend,
    file: &Path,
    label: Option<String>,
    activate: bool,
    out: &mut (dyn Write + Send),
) -> Result<(), CommandError> {
    let config = config_of(file, out)?;
    let published = backend.publish(&Actor::system("cli"), config, label, activate).await?;
    Ok(print_published(out, &published)?)
}

async fn list(backend: &SharedBackend, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let versions = backend.versions().await?;
    if versions.is_empty() {
        writeln!(out, "No pricing version yet: `pricing set FILE` or `import-prices FILE` makes the first.")?;
    }
    for item in versions {
        let active = if item.active { "active" } else { "" };
        let label = item.label.unwrap_or_default();
        writeln!(out, "{:>6}  {}  {active:<6}  {label}", item.version, item.created_at.strftime("%F %T"))?;
    }
    Ok(())
}

async fn version(backend: &SharedBackend, number: Option<i64>) -> Result<PricingConfigResult, AppError> {
    let found = match number {
        Some(number) => backend.version(number).await,
        None => backend.active_version().await,
    };
    found.map_err(|error| match error.code {
        Code::PricingNotLoaded => AppError { message: "No pricing version is active.".to_owned(), ..error },
        _ => error,
    })
}

/// Tells what publishing did.
pub fn print_published(out: &mut dyn Write, published: &Published) -> std::io::Result<()> {
    let Published { version, active, created } = published;
    let label = labelled(version.label.as_deref());
    let what = if *created { "published" } else { "has this content already: no changes" };
    let state = if *active { "active" } else { "not active" };
    writeln!(out, "Version {}{label} {what}; it is {state}.", version.version)
}

fn labelled(label: Option<&str>) -> String {
    label.map_or_else(String::new, |label| format!(" ({label})"))
}

fn print_errors(out: &mut dyn Write, errors: &[ConfigError]) -> std::io::Result<()> {
    for ConfigError { path, message, position } in errors {
        let at = position.map_or_else(String::new, |position| format!(" (at byte {position} of the formula)"));
        let path = if path.is_empty() { "(whole file)" } else { path };
        writeln!(out, "{path}: {message}{at}")?;
    }
    Ok(())
}

fn print_diff(out: &mut dyn Write, from: &PricingConfigResult, to: &PricingConfigResult) -> std::io::Result<()> {
    let changes = diff(&from.config, &to.config);
    if changes.is_empty() {
        return writeln!(out, "Versions {} and {} have the same content.", from.version, to.version);
    }
    for change in changes {
        print_change(out, &change)?;
    }
    Ok(())
}

/// `models.gpt-4o  input_tokens * 2 → input_tokens * 3  (+50%)`, or rate by rate `(input +50%, output −10%)`.
fn print_change(out: &mut dyn Write, change: &ChangedTerm) -> std::io::Result<()> {
    let ChangedTerm { path, old, new, percent, rates } = change;
    let part = |text: &Option<String>, none: &str| text.clone().unwrap_or_else(|| none.to_owned());
    let words: Vec<String> =
        percent.iter().map(|percent| signed(percent)).chain(rates.iter().map(ChangedRate::words)).collect();
    let words = if words.is_empty() { String::new() } else { format!("  ({})", words.join(", ")) };
    writeln!(out, "{path}  {} → {}{words}", part(old, "(new)"), part(new, "(gone)"))
}

fn export(out: &mut dyn Write, version: &PricingConfigResult, format: Format) -> std::io::Result<()> {
    match format {
        Format::Canonical => writeln!(out, "{}", canonical_json(&version.config)),
        Format::Json => write!(out, "{}", pricelist::Format::Json.write(&version.config)),
        Format::Yaml => write!(out, "{}", pricelist::Format::Yaml.write(&version.config)),
    }
}

fn read(file: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(file).map_err(|error| CommandError::file(file, error))
}
