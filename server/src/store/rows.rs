//! Entries as rows: the one place that reads and writes their columns.

use super::{Arg, StoreError};
use crate::clock::from_micros;
use crate::ledger::{AccountKey, AccountKind, Draw, Entry, Operation};
use app::model::{Credits, EntryKind, Uuid};
use sqlx::FromRow;

/// Reads entries with the names of their accounts. Conditions follow it.
pub const SELECT_ENTRY: &str = "SELECT e.id, e.account_id, a.kind AS account_kind, a.external_id AS account_name, \
     u.external_id AS user_name, e.seq, e.kind, e.amount, e.balance_after, e.stale, e.reference_entry, e.actor, \
     e.operation, e.key, e.digest, e.pricing_version, e.plan_id, e.model, e.reference_type, e.reference_id, e.gross, \
     e.allowance, e.uncollected, e.quantities, e.draws, e.reason, e.note, e.outcome, e.metadata, e.occurred_at, \
     e.recorded_at \
     FROM entries e JOIN accounts a ON a.id = e.account_id JOIN accounts u ON u.id = e.user_id ";

/// Writes entries; [`entry_args`] gives the columns in this order.
pub const INSERT_ENTRY: &str = "INSERT INTO entries (id, account_id, seq, kind, amount, balance_after, stale, user_id, reference_entry, actor, \
     operation, key, digest, pricing_version, plan_id, model, reference_type, reference_id, gross, allowance, uncollected, \
     quantities, draws, reason, note, outcome, metadata, occurred_at, recorded_at)";
pub const ENTRY_WIDTH: usize = 29;

#[derive(Debug, FromRow)]
pub struct EntryRow {
    id: Uuid,
    pub account_id: i64,
    account_kind: String,
    account_name: String,
    user_name: String,
    seq: i64,
    kind: String,
    amount: i64,
    balance_after: i64,
    stale: Option<i64>,
    reference_entry: Option<Uuid>,
    actor: Option<String>,
    operation: String,
    key: Option<String>,
    digest: Option<Vec<u8>>,
    pricing_version: Option<i64>,
    plan_id: Option<String>,
    model: Option<String>,
    reference_type: Option<String>,
    reference_id: Option<String>,
    gross: Option<i64>,
    allowance: Option<i64>,
    uncollected: Option<i64>,
    quantities: Option<String>,
    draws: Option<String>,
    reason: Option<String>,
    note: Option<String>,
    outcome: Option<String>,
    metadata: Option<String>,
    occurred_at: i64,
    recorded_at: Option<i64>,
}

impl TryFrom<EntryRow> for Entry {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        let kind = EntryKind::parse(&row.kind).ok_or_else(|| StoreError::corrupt("entry kind", &row.kind))?;
        Ok(Self {
            id: row.id,
            account: AccountKey { kind: read_account_kind(&row.account_kind)?, id: row.account_name },
            seq: row.seq,
            kind,
            amount: Credits::from_micros(row.amount),
            balance_after: Credits::from_micros(row.balance_after),
            stale: credits(row.stale),
            user_id: row.user_name,
            reference: row.reference_entry,
            actor: row.actor.unwrap_or_default(),
            operation: Operation::parse(&row.operation)
                .ok_or_else(|| StoreError::corrupt("operation", &row.operation))?,
            key: row.key,
            digest: row.digest,
            pricing_version: row.pricing_version,
            plan_id: row.plan_id,
            model: row.model,
            reference_type: row.reference_type,
            reference_id: row.reference_id,
            gross: row
                .gross
                .or_else(|| kind.is_charge().then(|| row.amount.saturating_neg()))
                .map(Credits::from_micros),
            allowance: credits(row.allowance),
            uncollected: credits(row.uncollected),
            quantities: row.quantities,
            draws: read_draws(row.draws.as_deref(), row.amount)?,
            reason: row.reason,
            note: row.note,
            outcome: match row.outcome {
                Some(text) => serde_json::from_str(&text).map_err(|error| StoreError::corrupt("outcome", error))?,
                None => crate::ledger::Outcome::default(),
            },
            metadata: row.metadata,
            occurred_at: from_micros(row.occurred_at),
            recorded_at: from_micros(row.recorded_at.unwrap_or(row.occurred_at)),
        })
    }
}

/// An empty column is zero.
fn credits(micros: Option<i64>) -> Credits {
    Credits::from_micros(micros.unwrap_or_default())
}

pub fn read_account_kind(text: &str) -> Result<AccountKind, StoreError> {
    match text {
        "user" => Ok(AccountKind::User),
        "team" => Ok(AccountKind::Team),
        other => Err(StoreError::corrupt("account kind", other)),
    }
}

/// The arguments of one entry, in the order of [`INSERT_ENTRY`]. What says nothing more than its amount and its time do is
/// left empty.
pub fn entry_args(entry: &Entry, account_id: i64, user_id: i64) -> Result<[Arg; ENTRY_WIDTH], StoreError> {
    let outcome = if entry.outcome == crate::ledger::Outcome::default() {
        None
    } else {
        Some(serde_json::to_string(&entry.outcome).map_err(|error| StoreError::corrupt("outcome", error))?)
    };
    let some = |credits: Credits| Some(credits).filter(|credits| *credits != Credits::ZERO);
    let paid_whole = |gross: &Credits| entry.kind.is_charge() && gross.micros() == -entry.amount.micros();
    Ok([
        entry.id.into(),
        account_id.into(),
        entry.seq.into(),
        entry.kind.as_str().into(),
        entry.amount.into(),
        entry.balance_after.into(),
        some(entry.stale).into(),
        user_id.into(),
        entry.reference.into(),
        entry.actor.as_str().into(),
        entry.operation.as_str().into(),
        entry.key.as_deref().into(),
        entry.digest.clone().into(),
        entry.pricing_version.into(),
        entry.plan_id.as_deref().into(),
        entry.model.as_deref().into(),
        entry.reference_type.as_deref().into(),
        entry.reference_id.as_deref().into(),
        entry.gross.filter(|gross| !paid_whole(gross)).into(),
        some(entry.allowance).into(),
        some(entry.uncollected).into(),
        entry.quantities.as_deref().into(),
        write_draws(entry).into(),
        entry.reason.as_deref().into(),
        entry.note.as_deref().into(),
        outcome.into(),
        entry.metadata.as_deref().into(),
        entry.occurred_at.into(),
        Some(entry.recorded_at).filter(|at| *at != entry.occurred_at).into(),
    ])
}

/// The lot, where all of the amount is of one; else JSON: `[[lot, micro-credits], …]`.
fn write_draws(entry: &Entry) -> Option<String> {
    match entry.draws.as_slice() {
        [] => None,
        [draw] if draw.amount.micros() == entry.amount.micros().saturating_abs() => Some(draw.lot.to_string()),
        draws => {
            let pairs: Vec<(i64, i64)> = draws.iter().map(|draw| (draw.lot, draw.amount.micros())).collect();
            serde_json::to_string(&pairs).ok()
        }
    }
}

fn read_draws(text: Option<&str>, amount: i64) -> Result<Vec<Draw>, StoreError> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let pairs: Vec<(i64, i64)> = match text.parse() {
        Ok(lot) => vec![(lot, amount.saturating_abs())],
        Err(_) => serde_json::from_str(text).map_err(|error| StoreError::corrupt("draws of an entry", error))?,
    };
    Ok(pairs.into_iter().map(|(lot, micros)| Draw { lot, amount: Credits::from_micros(micros) }).collect())
}
