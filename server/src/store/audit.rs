//! The audit log: one chain of rows, each with the hash of the row before it.
//!
//! [`record`] is called last in the transaction of the change itself: both are there or neither. It locks the chain's head,
//! so two processes append one after the other, and the lock, being the last that a transaction takes, can be part of no
//! circle. Numbers have no gaps, since the head's is given back when a transaction fails.

use super::{
    Arg, StoreError, Tx,
    bulk::{self, Insert},
    sql,
};
use crate::clock::from_micros;
use app::model::{Actor, AuditAction, AuditCheck, AuditEntry, AuditHead, AuditQuery, AuditSubject, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Rows read at a time while the chain is checked.
const STRIDE: i64 = 2_000;
/// What the hash of every row begins with, so that another format can follow one day.
const FORMAT: &[u8] = b"creditdesk-audit-1";

/// A change, to be told with the transaction that makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub actor: String,
    pub address: Option<String>,
    pub action: AuditAction,
    pub subject_kind: AuditSubject,
    pub subject: String,
    pub reason: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Change {
    pub fn new(by: &Actor, action: AuditAction, subject_kind: AuditSubject, subject: impl Into<String>) -> Self {
        Self {
            actor: by.name.clone(),
            address: by.address.clone(),
            action,
            subject_kind,
            subject: subject.into(),
            reason: None,
            before: None,
            after: None,
        }
    }

    #[must_use]
    pub fn because(mut self, reason: Option<&str>) -> Self {
        self.reason = reason.map(str::to_owned);
        self
    }

    /// What was there, where there was something.
    #[must_use]
    pub fn from(mut self, before: impl Into<Option<Value>>) -> Self {
        self.before = before.into();
        self
    }

    #[must_use]
    pub fn to(mut self, after: impl Into<Option<Value>>) -> Self {
        self.after = after.into();
        self
    }
}

/// Appends one change. Call it last in the transaction.
pub async fn record(tx: &mut Tx, change: Change, now: Timestamp) -> Result<(), StoreError> {
    record_all(tx, vec![change], now).await
}

/// Appends changes in the order given. Call it last in the transaction, and once.
pub async fn record_all(tx: &mut Tx, changes: Vec<Change>, now: Timestamp) -> Result<(), StoreError> {
    const INSERT: &str = "INSERT INTO audit_log (seq, at, actor, address, action, subject_kind, subject, reason, \
                          before_state, after_state, previous_hash, hash)";
    if changes.is_empty() {
        return Ok(());
    }
    let (mut seq, mut hash) = lock_head(tx).await?;
    let mut rows: Vec<[Arg; 12]> = Vec::with_capacity(changes.len());
    for change in changes {
        seq += 1;
        let row = Row {
            seq,
            at: now.as_microsecond(),
            actor: change.actor,
            address: change.address,
            action: change.action.as_str().to_owned(),
            subject_kind: change.subject_kind.as_str().to_owned(),
            subject: change.subject,
            reason: change.reason,
            before_state: change.before.map(|state| state.to_string()),
            after_state: change.after.map(|state| state.to_string()),
            previous_hash: hash,
            hash: Vec::new(),
        };
        hash = row.digest();
        rows.push(row.args(hash.clone()));
    }
    bulk::insert(tx, vec![Insert::new(INSERT, "", rows)]).await?;
    sql("UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1").bind(seq).bind(hash).execute_one(tx).await
}

async fn lock_head(tx: &mut Tx) -> Result<(i64, Vec<u8>), StoreError> {
    let lock = tx.for_update();
    sql(format!("SELECT seq, hash FROM audit_head WHERE id = 1{lock}")).one(tx).await
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    seq: i64,
    at: i64,
    actor: String,
    address: Option<String>,
    action: String,
    subject_kind: String,
    subject: String,
    reason: Option<String>,
    before_state: Option<String>,
    after_state: Option<String>,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

const SELECT: &str = "SELECT seq, at, actor, address, action, subject_kind, subject, reason, before_state, after_state, \
                      previous_hash, hash FROM audit_log";

impl Row {
    /// SHA-256 over the content, each field with its length before it, so that no two contents have the same bytes.
    fn digest(&self) -> Vec<u8> {
        let mut sha = Sha256::new();
        sha.update(FORMAT);
        sha.update(self.seq.to_be_bytes());
        sha.update(self.at.to_be_bytes());
        let texts = [
            Some(&self.actor),
            self.address.as_ref(),
            Some(&self.action),
            Some(&self.subject_kind),
            Some(&self.subject),
            self.reason.as_ref(),
            self.before_state.as_ref(),
            self.after_state.as_ref(),
        ];
        for text in texts {
            match text {
                Some(text) => {
                    sha.update((text.len() as u64).to_be_bytes());
                    sha.update(text.as_bytes());
                }
                None => sha.update(u64::MAX.to_be_bytes()),
            }
        }
        sha.update(&self.previous_hash);
        sha.finalize().to_vec()
    }

    fn args(self, hash: Vec<u8>) -> [Arg; 12] {
        [
            self.seq.into(),
            self.at.into(),
            self.actor.into(),
            self.address.into(),
            self.action.into(),
            self.subject_kind.into(),
            self.subject.into(),
            self.reason.into(),
            self.before_state.into(),
            self.after_state.into(),
            self.previous_hash.into(),
            hash.into(),
        ]
    }

    fn read(self) -> Result<AuditEntry, StoreError> {
        let state = |text: Option<String>| {
            text.map(|text| serde_json::from_str(&text)).transpose().map_err(|e| StoreError::corrupt("audit row", e))
        };
        let action = AuditAction::parse(&self.action);
        let kind = AuditSubject::parse(&self.subject_kind);
        Ok(AuditEntry {
            seq: self.seq,
            at: from_micros(self.at),
            actor: self.actor,
            address: self.address,
            action: action.ok_or_else(|| StoreError::corrupt("audit action", &self.action))?,
            subject_kind: kind.ok_or_else(|| StoreError::corrupt("audit subject", &self.subject_kind))?,
            subject: self.subject,
            reason: self.reason,
            before: state(self.before_state)?,
            after: state(self.after_state)?,
            previous_hash: hex(&self.previous_hash),
            hash: hex(&self.hash),
        })
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The end of the chain.
pub async fn head(tx: &mut Tx) -> Result<AuditHead, StoreError> {
    let (seq, hash): (i64, Vec<u8>) = sql("SELECT seq, hash FROM audit_head WHERE id = 1").one(tx).await?;
    Ok(AuditHead { seq, hash: hex(&hash) })
}

/// Walks the whole chain and names the first row that does not fit.
pub async fn check(tx: &mut Tx) -> Result<AuditCheck, StoreError> {
    let head = head(tx).await?;
    let (mut seq, mut previous) = (0, Vec::new());
    loop {
        let rows: Vec<Row> =
            sql(format!("{SELECT} WHERE seq > $1 ORDER BY seq LIMIT $2")).bind(seq).bind(STRIDE).all(tx).await?;
        let last = (rows.len() as u64) < STRIDE.unsigned_abs();
        for row in rows {
            if let Some(broken) = fault(&row, seq, &previous) {
                return Ok(AuditCheck { head, checked: true, broken: Some(broken) });
            }
            (seq, previous) = (row.seq, row.hash);
        }
        if last {
            break;
        }
    }
    let broken = (seq != head.seq || hex(&previous) != head.hash)
        .then(|| format!("the log ends with row {seq}, and its head says row {}", head.seq));
    Ok(AuditCheck { head, checked: true, broken })
}

/// Why `row` does not follow the row number `seq` with the hash `previous`.
fn fault(row: &Row, seq: i64, previous: &[u8]) -> Option<String> {
    if row.seq != seq + 1 {
        return Some(format!("row {} is missing", seq + 1));
    }
    if row.previous_hash != previous {
        return Some(format!("row {} does not name the hash of the row before it", row.seq));
    }
    (row.digest() != row.hash).then(|| format!("row {} was changed: its hash is not that of its content", row.seq))
}

/// One row.
pub async fn find(tx: &mut Tx, seq: i64) -> Result<Option<AuditEntry>, StoreError> {
    let row: Option<Row> = sql(format!("{SELECT} WHERE seq = $1")).bind(seq).optional(tx).await?;
    row.map(Row::read).transpose()
}

/// Rows of the query, newest first: those before number `before`, and one more than its limit when there are more.
pub async fn list(tx: &mut Tx, query: &AuditQuery, before: Option<i64>) -> Result<Vec<AuditEntry>, StoreError> {
    let mut text = format!("{SELECT} WHERE 1 = 1");
    let mut args: Vec<Arg> = Vec::new();
    let mut clause = |condition: &str, values: Vec<Arg>| {
        let mut parts = condition.split('?');
        text.push_str(" AND ");
        text.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            args.push(value);
            let _ = write!(text, "${}{part}", args.len());
        }
    };
    if let Some(actor) = query.actor.as_deref() {
        let names = ["", "staff:", "key:", "system:"].map(|mark| format!("{mark}{actor}").into());
        clause("actor IN (?, ?, ?, ?)", names.into());
    }
    match query.action.as_deref() {
        Some(action) if action.contains('.') => clause("action = ?", vec![action.into()]),
        Some(group) => clause("action LIKE ?", vec![format!("{group}.%").into()]),
        None => {}
    }
    if let Some(subject) = query.subject.as_deref() {
        clause("subject = ?", vec![subject.into()]);
    }
    if let Some(start) = query.start {
        clause("at >= ?", vec![start.into()]);
    }
    if let Some(end) = query.end {
        clause("at < ?", vec![end.into()]);
    }
    if let Some(before) = before {
        clause("seq < ?", vec![before.into()]);
    }
    args.push((i64::from(query.limit) + 1).into());
    let _ = write!(text, " ORDER BY seq DESC LIMIT ${}", args.len());
    let rows: Vec<Row> = sql(text).bind_all(args).all(tx).await?;
    rows.into_iter().map(Row::read).collect()
}
