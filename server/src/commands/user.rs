//! `creditdesk user`: people who sign in to the dashboard.

use super::{CommandError, Desks};
use crate::auth;
use app::model::{Actor, Role};
use clap::Subcommand;
use std::io::{self, BufRead, Write};

#[derive(Debug, Subcommand)]
pub enum User {
    /// Make an account; its password is made up and printed, alone and for the only time
    Add {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// admin, finance or support
        #[arg(long, value_parser = read_role)]
        role: Role,
        /// Read the password from standard input instead
        #[arg(long)]
        password_stdin: bool,
    },
    /// Turn off the two-step sign-in of somebody who has lost authenticator or passkeys, and recovery codes
    ResetTwoStep {
        #[arg(long)]
        email: String,
    },
    /// Forget whom the identity provider knows somebody as; their next sign-on links anew, by the e-mail
    UnlinkSignOn {
        #[arg(long)]
        email: String,
    },
}

fn read_role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "must be admin, finance or support".to_owned())
}

impl User {
    pub async fn run(self, desks: &Desks, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let (email, name, role, password_stdin) = match self {
            Self::Add { email, name, role, password_stdin } => (email, name, role, password_stdin),
            Self::ResetTwoStep { email } => {
                let (db, _) = desks.database().await?;
                desks.staff(db.clone()).reset_second_step_of(&Actor::system("cli"), &email).await?;
                db.close().await;
                return Ok(());
            }
            Self::UnlinkSignOn { email } => {
                let (db, _) = desks.database().await?;
                desks.staff(db.clone()).unlink_of(&Actor::system("cli"), &email).await?;
                db.close().await;
                return Ok(());
            }
        };
        let (given, password) = if password_stdin {
            (true, read_line(&mut io::stdin().lock())?)
        } else {
            (false, auth::made_up_password())
        };
        let (db, _) = desks.database().await?;
        desks.staff(db.clone()).create(&Actor::system("cli"), &name, &email, role, &password).await?;
        db.close().await;
        if !given {
            writeln!(out, "{password}")?;
        }
        Ok(())
    }
}

fn read_line(input: &mut dyn BufRead) -> Result<String, CommandError> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
