//! Settings of the desk: a name and JSON.

use super::{StoreError, Tx, sql};
use app::model::{Currency, Limits};
use serde::{Serialize, de::DeserializeOwned};

pub const ZONE: &str = "zone";
pub const CURRENCY: &str = "currency";
pub const LIMITS: &str = "limits";
pub const SET_UP: &str = "set_up";
pub const TWO_STEPS: &str = "two_steps";

/// What is stored; what is not has its default elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    pub zone: Option<String>,
    pub currency: Option<Currency>,
    pub limits: Option<Limits>,
    pub set_up: bool,
    /// True when a second step is asked of everybody who signs in with a password.
    pub two_steps: bool,
}

pub async fn load(tx: &mut Tx) -> Result<Stored, StoreError> {
    let rows: Vec<(String, String)> = sql("SELECT name, value FROM settings").all(tx).await?;
    let mut stored = Stored::default();
    for (name, value) in rows {
        match name.as_str() {
            ZONE => stored.zone = Some(read(&value)?),
            CURRENCY => stored.currency = Some(read(&value)?),
            LIMITS => stored.limits = Some(read(&value)?),
            SET_UP => stored.set_up = read(&value)?,
            TWO_STEPS => stored.two_steps = read(&value)?,
            // Of a newer program.
            _ => {}
        }
    }
    Ok(stored)
}

fn read<T: DeserializeOwned>(value: &str) -> Result<T, StoreError> {
    serde_json::from_str(value).map_err(|error| StoreError::corrupt("setting", error))
}

/// The same for a change: nobody else changes a setting until this transaction ends.
pub async fn load_to_change(tx: &mut Tx) -> Result<Stored, StoreError> {
    // SQLite's writer holds the whole database already.
    if matches!(tx, Tx::Postgres(_)) {
        sql("LOCK TABLE settings IN SHARE ROW EXCLUSIVE MODE").execute(tx).await?;
    }
    load(tx).await
}

/// Sets one, or takes it away.
pub async fn put<T: Serialize>(tx: &mut Tx, name: &str, value: Option<&T>) -> Result<(), StoreError> {
    let Some(value) = value else {
        sql("DELETE FROM settings WHERE name = $1").bind(name).execute(tx).await?;
        return Ok(());
    };
    let text = serde_json::to_string(value).map_err(|error| StoreError::corrupt("setting", error))?;
    sql("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(text)
        .execute_one(tx)
        .await
}
