//! One decision function: a command against the books.
//!
//! A replay is answered first, whatever has become of the balance since. Then each operation checks in the order that the
//! domain lists, each check an early return, and only what passes all of them makes steps.

use super::{
    adjust,
    books::{Account, Books, Counter},
    charge,
    command::{Action, Command},
    entry::{AccountKey, AccountKind, Entry, Operation, Outcome},
    grant,
    lots::Lot,
    refund,
    reservation::Reservation,
    reserve, sweep, team,
};
use crate::ledger::Rejection;
use app::model::{
    AddCreditsResult, AdjustResult, CreateTeamResult, Credits, DeductionResult, EntryKind, RefundResult, ReserveResult,
    SweepResult, TeamDeductionResult, Timestamp, Uuid,
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
    Allowance {
        month: Timestamp,
        used: Credits,
    },
    /// `account` is the user's, whose caps they are; it differs from the decision's for a team's charge.
    Count {
        account: AccountKey,
        cap: i64,
        window: Timestamp,
        counter: Counter,
    },
    Reservation(Reservation),
    /// A new team, with the key and the digest of the request for it.
    Team {
        name: String,
        key: Option<String>,
        digest: Vec<u8>,
    },
    /// What a member has spent of the team's pool, net of refunds.
    Spent {
        member: String,
        total: Credits,
    },
}

/// The answer to the caller.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    Added(AddCreditsResult),
    Adjusted(AdjustResult),
    Charged(DeductionResult),
    Refunded(RefundResult),
    Swept(SweepResult),
    Reserved(ReserveResult),
    Held(app::model::Reservation),
    TeamMade(CreateTeamResult),
    TeamCharged(TeamDeductionResult),
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
            draft.check_team()?;
            grant::add_credits(&mut draft, *amount, *kind, *expires_at, metadata)
        }
        Action::Adjust { amount, reason, allow_negative } => {
            adjust::adjust(&mut draft, *amount, reason, *allow_negative)
        }
        Action::Deduct { price, metadata, occurred_at } => charge::deduct(&mut draft, price, metadata, *occurred_at),
        Action::Refund { transaction, amount, reason, note, notify, seen, .. } => {
            let told = refund::Told { reason: *reason, note: note.as_deref(), notify: *notify };
            refund::refund(&mut draft, *transaction, *amount, *seen, told)
        }
        Action::Sweep => sweep::sweep(&mut draft),
        Action::Reserve { amount, operation, ttl, max_concurrent } => {
            reserve::reserve(&mut draft, *amount, operation.as_deref(), *ttl, *max_concurrent)
        }
        Action::Settle { reservation, price, metadata } => reserve::settle(&mut draft, *reservation, price, metadata),
        Action::Release { reservation } => reserve::release(&mut draft, *reservation),
        Action::Renew { reservation, ttl } => reserve::renew(&mut draft, *reservation, *ttl),
        Action::Expire { reservation } => reserve::expire(&mut draft, *reservation),
        Action::CreateTeam { name, initial_balance } => team::create(&mut draft, name, *initial_balance),
        Action::DeductTeam { member, price, metadata } => team::deduct(&mut draft, member, price, metadata),
    }?;
    Ok(Decision { account: command.account.clone(), steps: draft.steps, reply })
}

/// The original answer, when this key has been used for this very request.
fn replay(books: &Books, command: &Command) -> Result<Option<Reply>, Rejection> {
    let Some(key) = &command.key else { return Ok(None) };
    let found = match &command.action {
        Action::Reserve { .. } => reserve::made_before(books, &command.account, key),
        Action::CreateTeam { name, .. } => team::made_before(books, key, name),
        action => {
            let scope = (command.account.clone(), action.operation(), key.clone());
            books.recorded.get(&scope).map(|entry| Made {
                id: entry.id,
                digest: entry.digest.clone().unwrap_or_default(),
                reply: reply_to(entry, true),
            })
        }
    };
    match found {
        None => Ok(None),
        Some(made) if made.digest == command.digest => Ok(Some(made.reply)),
        Some(made) => Err(Rejection::IdempotencyConflict { original: made.id }),
    }
}

/// What a key was used for.
pub(super) struct Made {
    pub id: Uuid,
    pub digest: Vec<u8>,
    pub reply: Reply,
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
    /// A team is there from the command that makes it; a user's account from the first that names it.
    pub fn check_team(&self) -> Result<(), Rejection> {
        let key = &self.command.account;
        let missing = key.kind == AccountKind::Team && !self.books.accounts.contains_key(key);
        if missing { Err(Rejection::TeamNotFound(key.id.clone())) } else { Ok(()) }
    }

    pub fn new_id(&mut self) -> Uuid {
        (self.new_id)()
    }

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
        Operation::Deduct | Operation::Settle => Reply::Charged(DeductionResult {
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
        Operation::CreateTeam => team::made(entry.account.team_id(), "", idempotent),
        Operation::DeductTeam => Reply::TeamCharged(TeamDeductionResult {
            transaction_id: entry.id,
            team_id: entry.account.team_id(),
            user_id,
            amount: entry.amount,
            team_balance_after: entry.spendable_after(),
            error: None,
            idempotent,
            cap_warning: entry.outcome.cap_warning.clone(),
            pricing_version: entry.pricing_version,
        }),
        // Of these only a sweep writes entries.
        Operation::Sweep | Operation::Reserve | Operation::Release | Operation::Renew | Operation::Expire => {
            Reply::Swept(SweepResult {
                expired_count: 1,
                expired_amount: Credits::from_micros(-entry.amount.micros()),
                dry_run: false,
            })
        }
    }
}
