//! `creditdesk key`: API keys of the product's servers.

use super::{CommandError, Desks};
use crate::{auth::Scopes, store::access::keys::StoredKey};
use app::model::Actor;
use clap::Subcommand;
use std::io::Write;

#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key and print it, alone and for the only time
    Add {
        /// What it is for, as the ledger and the audit log will name it
        name: String,
        /// Any of read,charge,grant,refund,manage [default: all]
        #[arg(long, value_name = "SCOPES")]
        scopes: Option<String>,
    },
    /// List all keys
    List,
    /// Make a key useless
    Revoke { name: String },
}

impl Key {
    pub async fn run(self, desks: &Desks, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let (db, _) = desks.database().await?;
        let keys = desks.keys(db.clone());
        let by = Actor::system("cli");
        match self {
            Self::Add { name, scopes } => {
                let scopes = scopes.map_or(Ok(Scopes::all()), |text| text.parse())?;
                writeln!(out, "{}", keys.add(&by, &name, scopes).await?)?;
            }
            Self::List => {
                for key in keys.list().await? {
                    writeln!(out, "{}", line(&key))?;
                }
            }
            Self::Revoke { name } => keys.revoke(&by, &name).await?,
        }
        db.close().await;
        Ok(())
    }
}

/// Fields with a tab between them: name, first characters, scopes, made, last used, state.
fn line(key: &StoredKey) -> String {
    let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {at:.0}"));
    let state = key.revoked_at.map_or_else(|| "active".to_owned(), |at| format!("revoked {at:.0}"));
    format!("{}\t{}…\t{}\tmade {:.0}\t{used}\t{state}", key.name, key.prefix, key.scopes, key.created_at)
}
