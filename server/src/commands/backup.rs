//! `creditdesk backup`: one file that holds the whole desk as it was at one moment.
//!
//! SQLite writes a compact copy of a snapshot of itself, beside whatever the server is doing. PostgreSQL has a tool of its
//! own for that, which is run when it is there.

use super::{CommandError, Desks};
use crate::store;
use clap::Args;
use std::{io::Write, path::PathBuf, process::Command};

#[derive(Args, Debug)]
pub struct Backup {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

impl Backup {
    pub async fn run(self, desks: &Desks, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let Self { file } = self;
        if file.exists() {
            return Err(CommandError::usage(format!(
                "{} is there already: a backup overwrites nothing",
                file.display()
            )));
        }
        let url = desks.settings.database_url();
        if url.starts_with("postgres") {
            dump(&url, &file).await?;
        } else {
            let (db, _) = desks.database().await?;
            let copied = store::backup::copy(&db, &file).await;
            db.close().await;
            copied?;
        }
        let bytes = std::fs::metadata(&file).map_err(|error| CommandError::file(&file, error))?.len();
        writeln!(out, "{}: {bytes} bytes", file.display())?;
        Ok(())
    }
}

/// `pg_dump` in its own compressed format, which `pg_restore` reads back.
async fn dump(url: &str, file: &std::path::Path) -> Result<(), CommandError> {
    let by_hand = "pg_dump --format=custom --file=FILE \"$DATABASE_URL\"";
    let mut command = Command::new("pg_dump");
    // The password by the environment: arguments are for all to see.
    command
        .args(["--format=custom", "--no-password", "--file"])
        .arg(file)
        .arg("--dbname")
        .arg(without_password(url))
        .env("PGPASSWORD", password(url));
    let run = tokio::task::spawn_blocking(move || command.status()).await;
    let run = run.map_err(|error| CommandError::Failed(error.to_string()))?;
    match run {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(CommandError::Failed(format!("pg_dump failed ({status}); by hand: {by_hand}"))),
        Err(error) => Err(CommandError::Failed(format!(
            "pg_dump cannot be run ({error}): install PostgreSQL's client, or run {by_hand}"
        ))),
    }
}

fn password(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let password = parsed.as_ref().and_then(url::Url::password).unwrap_or_default();
    form_urlencoded::parse(format!("p={}", password.replace('+', "%2B")).as_bytes())
        .map(|(_, value)| value.into_owned())
        .next()
        .unwrap_or_default()
}

fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) => {
            // Only an address without a host refuses, and that has no password either.
            let _ = parsed.set_password(None);
            parsed.into()
        }
        Err(_) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_not_among_the_arguments() {
        let url = "postgres://desk:a%2Fb+c@db.example:5433/credits?sslmode=require";
        assert_eq!(without_password(url), "postgres://desk@db.example:5433/credits?sslmode=require");
        assert_eq!(password(url), "a/b+c");
        assert_eq!(password("postgres://desk@db.example/credits"), "");
    }
}
