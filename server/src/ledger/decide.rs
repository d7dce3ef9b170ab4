//! One decision function: a command against the books.
//!
//! A replay is answered first, whatever has become of the balance since. Then each operation checks in the order that the
//! domain lists, each check an early return, and only what passes all of them makes steps.

use super::{
    adjust,
    books::{Account, Books, Counter},
    charge,
    command::{Action, Command},
    entry::{AccountKey, Entry, Operation, Outcome},
    grant,
    lots::Lot,
    refund, sweep,
};
use crate::ledger::Rejection;
use app::model::{
    AddCreditsResult, AdjustResult, Credits, DeductionResult, EntryKind, RefundResult, SweepResult, Timestamp, Uuid,
};

/// What a command does: nothing yet, until its steps are applied and written.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub account: AccountKey,
    /// None for a replay.
    pub steps: Vec<Step>,
    pub reply: Reply,
}

/// One change, said as the whole new value.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Append(Box<Entry>),
    Lot(Lot),
    Debt(Credits),
    Allowance { month: Timestamp, used: Credits },
    Count { cap: i64, window: Timestamp, counter: Counter },
}

/// The answer to the caller.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    Added(AddCreditsResult),
    Adjusted(AdjustResult),
    Charged(DeductionResult),
    Refunded(RefundResult),
    Swept(SweepResult),
}

/// Decides one command. `new_id` gives the ids of entries, in the order in which they are written.
pub fn decide(
    books: &Books,
    command: &Command,
    now: Timestamp,
    new_id: &mut dyn FnMut() -> Uuid,
) -> Result<Decision, Rejection> {
    if let Some(reply) = replay(books, command)? {
        return Ok(Decision { account: command.account.clone(), steps: Vec::new(), reply });
    }
    let empty = Account::default();
    let account = books.accounts.get(&command.account).unwrap_or(&empty);
    let mut draft = Draft { books, command, account, now, new_id, steps: Vec::new() };
    let reply = match &command.action {
        Action::AddCredits { amount, kind, expires_at, metadata } => {
            grant::add_credits(&mut draft, *amount, *kind, *expires_at, metadata)
        }
        Action::Adjust { amount, reason, allow_negative } => {
            adjust::adjust(&mut draft, *amount, reason, *allow_negative)
        }
        Action::Deduct { price, metadata, occurred_at } => charge::deduct(&mut draft, price, metadata, *occurred_at),
        Action::Refund { transaction, amount, reason, note } => {
            refund::refund(&mut draft, *transaction, *amount, *reason, note.as_deref())
        }
        Action::Sweep => sweep::sweep(&mut draft),
    }?;
    Ok(Decision { account: command.account.clone(), steps: draft.steps, reply })
}

/// The original answer, when this key has been used for this very request.
fn replay(books: &Books, command: &Command) -> Result<Option<Reply>, Rejection> {
    let Some(key) = &command.key else { return Ok(None) };
    let scope = (command.account.clone(), command.action.operation(), key.clone());
    match books.recorded.get(&scope) {
        None => Ok(None),
        Some(entry) if entry.digest.as_deref() == Some(command.digest.as_slice()) => Ok(Some(reply_to(entry, true))),
        Some(entry) => Err(Rejection::IdempotencyConflict { original: entry.id }),
    }
}

/// A decision in the making.
pub(super) struct Draft<'a> {
    pub books: &'a Books,
    pub command: &'a Command,
    pub account: &'a Account,
    pub now: Timestamp,
    new_id: &'a mut dyn FnMut() -> Uuid,
    pub steps: Vec<Step>,
}

impl Draft<'_> {
    /// A new entry after `previous`, or after the account's last: its number, sum and stale part are worked out here.
    pub fn entry(&mut self, kind: EntryKind, amount: Credits, previous: Option<&Entry>) -> Result<Entry, Rejection> {
        let (seq, balance) = previous.map_or((self.account.seq, self.account.balance), |e| (e.seq, e.balance_after));
        let balance_after = balance.checked_add(amount).ok_or(TOO_MUCH)?;
        let command = self.command;
        Ok(Entry {
            id: (self.new_id)(),
            account: command.account.clone(),
            seq: seq + 1,
            kind,
            amount,
            balance_after,
            stale: self.account.stale(self.now),
            user_id: command.account.id.clone(),
            reference: None,
            actor: command.actor.clone(),
            operation: command.action.operation(),
            key: command.key.clone(),
            digest: command.key.as_ref().map(|_| command.digest.clone()),
            pricing_version: None,
            plan_id: None,
            model: None,
            reference_type: None,
            reference_id: None,
            gross: None,
            allowance: Credits::ZERO,
            uncollected: Credits::ZERO,
            quantities: None,
            draws: Vec::new(),
            reason: None,
            note: None,
            outcome: Outcome::default(),
            metadata: None,
            occurred_at: self.now,
            recorded_at: self.now,
        })
    }

    /// Adds the step that writes `entry`, and gives its answer.
    pub fn append(&mut self, entry: Entry) -> Reply {
        let reply = reply_to(&entry, false);
        self.steps.push(Step::Append(Box::new(entry)));
        reply
    }
}

/// An amount that would take a balance past what can be counted.
pub(super) const TOO_MUCH: Rejection =
    Rejection::InvalidAmount { field: "amount", rule: "would take the balance out of range" };

/// The answer that an entry stands for, when it was written and at every replay.
pub fn reply_to(entry: &Entry, idempotent: bool) -> Reply {
    let user_id = entry.user_id.clone();
    match entry.operation {
        Operation::AddCredits => Reply::Added(AddCreditsResult {
            transaction_id: entry.id,
            user_id,
            amount: entry.amount,
            new_balance: entry.spendable_after(),
            lifetime_purchased: entry.outcome.lifetime_purchased.unwrap_or_default(),
            idempotent,
        }),
        Operation::Adjust => Reply::Adjusted(AdjustResult {
            transaction_id: entry.id,
            user_id,
            amount: entry.amount,
            new_balance: entry.spendable_after(),
            idempotent,
        }),
        Operation::Deduct => Reply::Charged(DeductionResult {
            transaction_id: entry.id,
            user_id,
            amount: entry.amount,
            balance_after: entry.spendable_after(),
            idempotent,
            error: None,
            allowance_consumed: entry.allowance,
            gross: entry.gross.unwrap_or_default(),
            uncollected: entry.uncollected,
            cap_warning: entry.outcome.cap_warning.clone(),
            pricing_version: entry.pricing_version,
        }),
        Operation::Refund => {
            let expired = entry.outcome.expired_on_refund.unwrap_or_default();
            Reply::Refunded(RefundResult {
                refund_transaction_id: entry.id,
                original_transaction_id: entry.reference.unwrap_or_default(),
                user_id,
                amount: entry.amount,
                new_balance: Credits::from_micros(entry.spendable_after().micros() - expired.micros()),
                error: None,
                idempotent,
                allowance_restored: entry.allowance,
                expired_on_refund: expired,
                remaining: entry.outcome.remaining.unwrap_or_default(),
            })
        }
        Operation::Sweep => Reply::Swept(SweepResult {
            expired_count: 1,
            expired_amount: Credits::from_micros(-entry.amount.micros()),
            dry_run: false,
        }),
    }
}
