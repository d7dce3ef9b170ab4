//! The command line: one program, one command at a time.

use crate::{
    commands::{self, CommandError, Desks},
    config::Settings,
    store::Db,
};
use clap::{Parser, Subcommand};
use std::{io, process::ExitCode};
use tracing_subscriber::EnvFilter;

/// The credit desk of an AI product: a ledger of prepaid credits, and the dashboard over it.
#[derive(Debug, Parser)]
#[command(name = "creditdesk", version)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the dashboard and the HTTP API
    Serve(commands::serve::Serve),
    /// Bring the database to this program's schema
    Migrate(commands::migrate::Migrate),
    /// API keys of the product's servers
    #[command(subcommand)]
    Key(commands::key::Key),
    /// People who sign in to the dashboard
    #[command(subcommand)]
    User(commands::user::User),
    Demo(commands::demo::Demo),
    ImportUsage(commands::import_usage::ImportUsage),
    ImportPrices(commands::import_prices::ImportPrices),
    Pricing(commands::pricing::Pricing),
    /// Write expiry entries for credits that are past their time
    Sweep(commands::sweep::Sweep),
    /// Recompute balances, lots, reports and allowances from the entries, and name every difference
    Verify(commands::verify::Verify),
    /// Write the whole desk into one file, while it is served
    Backup(commands::backup::Backup),
    /// Measure the ledger and its reports on this machine
    Bench(commands::bench::Bench),
}

impl Command {
    fn log_filter(&self) -> &'static str {
        match self {
            Self::Serve(_) => "info,sqlx=warn",
            _ => "warn,sqlx=error",
        }
    }

    async fn run(self, desks: &Desks) -> Result<(), CommandError> {
        let mut out = io::stdout();
        match self {
            Self::Serve(serve) => serve.run(desks, &mut out).await,
            Self::Migrate(migrate) => migrate.run(desks, &mut out).await,
            Self::Key(key) => key.run(desks, &mut out).await,
            Self::User(user) => user.run(desks, &mut out).await,
            Self::Demo(demo) => desks.fill(demo, &mut out).await,
            Self::ImportUsage(import) => {
                let (backend, db) = desks.backend().await?;
                finish(import.run(backend, &mut out).await, &db).await
            }
            Self::ImportPrices(import) => {
                let (backend, db) = desks.backend().await?;
                finish(import.run(backend, &mut out).await, &db).await
            }
            Self::Pricing(pricing) => pricing.run(async || Ok(desks.backend().await?.0), &mut out).await,
            Self::Sweep(sweep) => sweep.run(desks, &mut out).await,
            Self::Verify(verify) => verify.run(desks, &mut out).await,
            Self::Backup(backup) => backup.run(desks, &mut out).await,
            Self::Bench(bench) => bench.run(desks, &mut out).await,
        }
    }
}

/// Closes the database behind a command, however it ended.
async fn finish(result: Result<(), CommandError>, db: &Db) -> Result<(), CommandError> {
    db.close().await;
    result
}

/// Runs what the command line asks for. Status 1 is a failure, told in one line; 2 is a wrong command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = cli.settings.log.clone().unwrap_or_else(|| cli.command.log_filter().to_owned());
    let result = start_log(&filter).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(cli.command.run(&Desks::new(cli.settings)))
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("creditdesk: {error}\n"));
            ExitCode::FAILURE
        }
    }
}

fn start_log(filter: &str) -> Result<(), CommandError> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| CommandError::usage(format!("CREDITDESK_LOG: {filter:?} is no log filter: {error}")))?;
    let colours = io::IsTerminal::is_terminal(&io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colours)
        .with_target(false)
        .init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }
}
