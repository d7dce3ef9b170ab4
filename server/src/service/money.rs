//! The money operations of the port: each is one command for the writer.

use super::{
    Desk,
    digest::digest,
    validate,
    writer::{Origin, Refusal},
};
use crate::ledger::{AccountKey, AccountKind, Action, Command, Price, Reply};
use crate::store::transactions;
use app::backend::{Answer, Ledger};
use app::error::{AppError, Code};
use app::model::{
    Actor, AddCredits, AddCreditsResult, Adjust, AdjustResult, BalanceResult, Charge, CreditKind, CreditMetadata,
    Credits, Deduct, DeductionResult, Page, Proposal, Refund, RefundResult, SweepResult, Timestamp, TopUpTeam,
    Transaction, TransactionDetail, TransactionQuery, Uuid,
};
use async_trait::async_trait;

/// A defect: the ledger answered another operation than it was asked.
pub(super) fn mismatch() -> AppError {
    AppError::new(Code::Internal, "The ledger's answer does not fit its question.")
}

/// Metadata without the key, which is compared on its own.
pub(super) fn keyless(metadata: &CreditMetadata) -> CreditMetadata {
    CreditMetadata { idempotency_key: None, ..metadata.clone() }
}

/// What is to be priced, or the amount that is known.
pub(super) fn price(charge: Charge) -> Answer<Price> {
    Ok(match charge {
        Charge::Metrics(metrics) => {
            if let Some(model) = &metrics.model {
                validate::id("metrics.model", model)?;
            }
            Price::Metrics(metrics)
        }
        Charge::Amount(amount) => Price::Amount(amount),
    })
}

impl Desk {
    pub(super) async fn command(
        &self,
        by: &Actor,
        account: AccountKey,
        key: Option<String>,
        digest: Vec<u8>,
        action: Action,
    ) -> Answer<Reply> {
        let command = Command { account, actor: by.name.clone(), key, digest, action };
        Ok(self.writer.submit_from(command, Origin::of(by)).await?)
    }

    /// Commands that have no key, one for each account named, in as few commits as they fit in.
    pub(super) async fn commands(&self, by: &Actor, all: Vec<(AccountKey, Action)>) -> Vec<super::writer::Answer> {
        let command =
            |(account, action)| Command { account, actor: by.name.clone(), key: None, digest: Vec::new(), action };
        self.writer.submit_all(all.into_iter().map(command).collect()).await
    }

    /// The command of a charge, when what it says can be a charge.
    fn charge(&self, by: &Actor, request: Deduct) -> Answer<Command> {
        let Deduct { user_id, charge, metadata, key, occurred_at } = request;
        validate::id("user_id", &user_id)?;
        validate::key(key.as_deref())?;
        validate::metadata(&metadata)?;
        let metadata = keyless(&metadata);
        let digest = digest(&(&charge, &metadata, occurred_at));
        let price = price(charge)?;
        // After the digest, which is of what was said: a charge sent again is the same, whenever that is.
        let occurred_at = occurred_at.map(|at| validate::not_ahead(at, self.now()));
        let action = Action::Deduct { price, metadata, occurred_at };
        Ok(Command { account: AccountKey::user(user_id), actor: by.name.clone(), key, digest, action })
    }
}

impl Desk {
    /// The command of a grant, when what it says can be one.
    pub(super) fn grant_command(by: &Actor, request: AddCredits) -> Answer<Command> {
        let AddCredits { user_id, amount, kind, expires_at, metadata, key } = request;
        validate::id("user_id", &user_id)?;
        Self::adding(by, AccountKey::user(user_id), (amount, kind, expires_at), &metadata, key)
    }

    /// The same for a team's pool.
    pub(super) fn top_up_command(by: &Actor, request: TopUpTeam) -> Answer<Command> {
        let TopUpTeam { team_id, amount, kind, expires_at, metadata, key } = request;
        Self::adding(by, AccountKey::team(team_id), (amount, kind, expires_at), &metadata, key)
    }

    fn adding(
        by: &Actor,
        account: AccountKey,
        (amount, kind, expires_at): (Credits, CreditKind, Option<Timestamp>),
        metadata: &CreditMetadata,
        key: Option<String>,
    ) -> Answer<Command> {
        validate::key(key.as_deref())?;
        validate::metadata(metadata)?;
        let metadata = keyless(metadata);
        let digest = digest(&(amount, kind, expires_at, &metadata));
        let action = Action::AddCredits { amount, kind, expires_at, metadata };
        Ok(Command { account, actor: by.name.clone(), key, digest, action })
    }

    /// The command of a refund, when what it says can be one.
    pub(super) async fn refund_command(&self, by: &Actor, request: Refund) -> Answer<Command> {
        let Refund { transaction_id, amount, reason, note, notify, seen, key } = request;
        validate::key(key.as_deref())?;
        if let Some(note) = &note {
            validate::note("note", note)?;
        }
        let (account, member) = self.account_of(transaction_id).await?;
        // Without `seen`: a form sent again is the same request, whatever it was made from.
        let said = (transaction_id, amount, reason, &note);
        let digest = if notify { digest(&(said, notify)) } else { digest(&said) };
        let action = Action::Refund { transaction: transaction_id, amount, reason, note, notify, seen, member };
        Ok(Command { account, actor: by.name.clone(), key, digest, action })
    }
}

/// Refuses what could not be done even if it were approved, while whoever asks can still mend it.
pub(super) fn check_proposal(proposal: &Proposal, now: Timestamp) -> Answer<()> {
    match proposal {
        Proposal::Grant(grant) => {
            validate::id("user_id", &grant.user_id)?;
            check_lot(grant.amount, grant.expires_at, &grant.metadata, now)
        }
        Proposal::TopUp(top_up) => check_lot(top_up.amount, top_up.expires_at, &top_up.metadata, now),
        Proposal::Refund(refund) => refund.note.as_deref().map_or(Ok(()), |note| validate::note("note", note)),
        Proposal::Cap { user_id, to, .. } => {
            validate::id("user_id", user_id)?;
            to.as_ref().map_or(Ok(()), super::caps::check_cap)
        }
        Proposal::Activation { .. } => Ok(()),
    }
}

fn check_lot(amount: Credits, expires_at: Option<Timestamp>, metadata: &CreditMetadata, now: Timestamp) -> Answer<()> {
    validate::metadata(metadata)?;
    if !amount.is_positive() {
        return Err(AppError::invalid_amount("amount", "must be more than 0"));
    }
    if expires_at.is_some_and(|at| at <= now) {
        return Err(AppError::invalid("expires_at", "must be in the future"));
    }
    Ok(())
}

/// What the ledger answered to a charge.
fn charged(reply: Result<Reply, Refusal>) -> Answer<DeductionResult> {
    match reply? {
        Reply::Charged(result) => Ok(result),
        _ => Err(mismatch()),
    }
}

#[async_trait]
impl Ledger for Desk {
    async fn add_credits(&self, by: &Actor, request: AddCredits) -> Answer<AddCreditsResult> {
        let origin = Origin { address: by.address.clone(), approval: None };
        match self.writer.submit_from(Self::grant_command(by, request)?, origin).await? {
            Reply::Added(result) => Ok(result),
            _ => Err(mismatch()),
        }
    }

    async fn adjust(&self, by: &Actor, request: Adjust) -> Answer<AdjustResult> {
        let Adjust { user_id, amount, reason, allow_negative, key } = request;
        validate::id("user_id", &user_id)?;
        validate::key(key.as_deref())?;
        validate::note("reason", &reason)?;
        let digest = digest(&(amount, &reason, allow_negative));
        let action = Action::Adjust { amount, reason, allow_negative };
        match self.command(by, AccountKey::user(user_id), key, digest, action).await? {
            Reply::Adjusted(result) => Ok(result),
            _ => Err(mismatch()),
        }
    }

    async fn deduct(&self, by: &Actor, request: Deduct) -> Answer<DeductionResult> {
        let command = self.charge(by, request)?;
        charged(self.writer.submit(command).await)
    }

    async fn deduct_all(&self, by: &Actor, requests: Vec<Deduct>) -> Vec<Answer<DeductionResult>> {
        let (mut commands, mut answers) = (Vec::with_capacity(requests.len()), Vec::with_capacity(requests.len()));
        for request in requests {
            answers.push(self.charge(by, request).map(|command| commands.push(command)));
        }
        let mut replies = self.writer.submit_all(commands).await.into_iter();
        // Each command has its reply, in order; those that were not even said right have none.
        let answer = |said: Answer<()>| said.and_then(|()| replies.next().map_or_else(|| Err(mismatch()), charged));
        answers.into_iter().map(answer).collect()
    }

    async fn refund(&self, by: &Actor, request: Refund) -> Answer<RefundResult> {
        let origin = Origin { address: by.address.clone(), approval: None };
        match self.writer.submit_from(self.refund_command(by, request).await?, origin).await? {
            Reply::Refunded(result) => Ok(result),
            _ => Err(mismatch()),
        }
    }

    async fn balance(&self, user_id: &str) -> Answer<BalanceResult> {
        validate::id("user_id", user_id)?;
        self.read_balance(&AccountKey::user(user_id)).await
    }

    async fn transactions(&self, query: TransactionQuery) -> Answer<Page<Transaction>> {
        self.read_transactions(query).await
    }

    async fn transaction(&self, id: Uuid) -> Answer<TransactionDetail> {
        self.read_transaction(id).await
    }

    async fn sweep(&self, by: &Actor, dry_run: bool) -> Answer<SweepResult> {
        let mut tx = self.db.snapshot().await?;
        let due = transactions::due(&mut tx, Self::now(self)).await?;
        drop(tx);
        let mut total = SweepResult { dry_run, ..SweepResult::default() };
        let mut add = |count, amount| {
            total.expired_count += count;
            total.expired_amount = [total.expired_amount, amount].into_iter().sum();
        };
        if dry_run {
            for (.., count, micros) in due {
                add(count, app::model::Credits::from_micros(micros));
            }
            return Ok(total);
        }
        let account = |(kind, id, ..): (String, String, _, _)| {
            let kind = if kind == "team" { AccountKind::Team } else { AccountKind::User };
            (AccountKey { kind, id }, Action::Sweep)
        };
        for reply in self.commands(by, due.into_iter().map(account).collect()).await {
            match reply? {
                Reply::Swept(swept) => add(swept.expired_count, swept.expired_amount),
                _ => return Err(mismatch()),
            }
        }
        Ok(total)
    }
}
