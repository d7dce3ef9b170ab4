//! Rows to the ledger, a window of 256 at a time.
//!
//! All of a window is asked at once, in the order of the file, so that the ledger can commit it together; the next begins
//! when all have been answered. That bounds what is in flight to what the ledger's queue holds, and makes funding exact:
//! between two windows nothing of ours is under way.

use super::key::RowKey;
use super::rows::Row;
use super::shape::Shape;
use super::summary::Summary;
use app::backend::{Answer, SharedBackend};
use app::error::{AppError, Code};
use app::model::{Actor, AddCredits, Charge, CreditKind, CreditMetadata, Credits, Deduct, DeductionResult};
use futures_util::future::join_all;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// Rows asked at once: the most that the ledger commits together.
pub const WINDOW: usize = 256;
/// Tries of a request that the ledger is too busy for, each after twice the pause of the last.
const MAX_TRIES: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// A row that is ready to be charged.
#[derive(Clone, Debug)]
pub struct Item {
    pub file: String,
    pub row: Row,
    pub user: String,
    pub key: RowKey,
    pub shape: Shape,
}

impl Item {
    fn request(&self) -> Deduct {
        let mut metadata = CreditMetadata {
            reference_type: self.row.reference.as_ref().map(|_| "request".to_owned()),
            reference_id: self.row.reference.clone(),
            ..CreditMetadata::default()
        };
        metadata.extra.insert("import".to_owned(), self.shape.as_str().into());
        if let Some(log_type) = &self.row.log_type {
            metadata.extra.insert("log_type".to_owned(), log_type.as_str().into());
        }
        Deduct {
            user_id: self.user.clone(),
            charge: Charge::Metrics(self.row.metrics.clone()),
            metadata,
            key: Some(self.key.text.clone()),
            occurred_at: Some(self.row.at),
        }
    }
}

/// Charges windows, and with `--fund` grants what their users lack.
pub struct Charger<'a> {
    backend: &'a SharedBackend,
    actor: Actor,
    /// With `--fund`: what the rows of each user cost that have not been charged yet.
    unpaid: Option<HashMap<String, Credits>>,
}

impl std::fmt::Debug for Charger<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Charger").field("actor", &self.actor).finish_non_exhaustive()
    }
}

impl<'a> Charger<'a> {
    /// `costs` are what all rows of each user will cost, when the command may fund them.
    pub fn new(backend: &'a SharedBackend, costs: Option<HashMap<String, Credits>>) -> Self {
        Self { backend, actor: Actor::system("import-usage"), unpaid: costs }
    }

    /// Charges one window and notes what came of each row.
    pub async fn charge(&mut self, window: &[Item], summary: &mut Summary) {
        let answers = self.ask(window.iter().collect()).await;
        let mut short = Vec::new();
        for (item, answer) in window.iter().zip(answers) {
            match answer {
                Err(error) if self.unpaid.is_some() && error.code == Code::InsufficientCredits => short.push(item),
                answer => self.note(item, answer, summary),
            }
        }
        if short.is_empty() {
            return;
        }
        self.fund(&short, summary).await;
        let answers = self.ask(short.clone()).await;
        for (item, answer) in short.into_iter().zip(answers) {
            self.note(item, answer, summary);
        }
    }

    async fn ask(&self, items: Vec<&Item>) -> Vec<Answer<DeductionResult>> {
        join_all(items.into_iter().map(|item| patiently(|| self.backend.deduct(&self.actor, item.request())))).await
    }

    fn note(&mut self, item: &Item, answer: Answer<DeductionResult>, summary: &mut Summary) {
        match answer {
            Ok(charged) => {
                if let Some(unpaid) = self.unpaid.as_mut().and_then(|unpaid| unpaid.get_mut(&item.user)) {
                    *unpaid = unpaid.checked_sub(charged.gross).unwrap_or_default().max(Credits::ZERO);
                }
                summary.charged(item.row.at, &charged);
            }
            Err(error) => summary.refused(&item.file, item.row.line, &error),
        }
    }

    /// Grants each user who ran short what all its remaining rows lack, before allowances. The key is of the row that ran
    /// short and the amount: an import that broke off after the grant finds the credits there and asks for none.
    async fn fund(&self, short: &[&Item], summary: &mut Summary) {
        let mut first: BTreeMap<&str, &Item> = BTreeMap::new();
        for item in short {
            first.entry(&item.user).or_insert(item);
        }
        let grants = join_all(first.into_values().map(|item| self.fund_one(item))).await;
        for (user, granted) in grants {
            match granted {
                Ok(amount) => summary.funded(amount),
                Err(error) => summary.note(format!("{user} could not be funded: {error}")),
            }
        }
    }

    async fn fund_one<'i>(&self, item: &'i Item) -> (&'i str, Answer<Credits>) {
        (&item.user, self.grant(item).await)
    }

    async fn grant(&self, item: &Item) -> Answer<Credits> {
        let user = self.backend.user(&item.user).await?;
        let unpaid = self.unpaid.as_ref().and_then(|unpaid| unpaid.get(&item.user)).copied().unwrap_or_default();
        let missing = unpaid
            .checked_add(user.min_balance)
            .and_then(|wanted| wanted.checked_sub(user.balance.available))
            .ok_or_else(|| AppError::invalid_amount("amount", "is out of range"))?;
        if !missing.is_positive() {
            return Ok(Credits::ZERO);
        }
        let mut metadata = CreditMetadata::default();
        metadata.extra.insert("import".to_owned(), item.shape.as_str().into());
        let grant = AddCredits {
            user_id: item.user.clone(),
            amount: missing,
            kind: CreditKind::Grant,
            expires_at: None,
            metadata,
            key: Some(format!("fund:{}:{}", item.key.text, missing.micros())),
        };
        let granted = patiently(|| self.backend.add_credits(&self.actor, grant.clone())).await?;
        Ok(if granted.idempotent { Credits::ZERO } else { granted.amount })
    }
}

/// Asks again, after a pause, while the ledger is too busy to take the request.
pub async fn patiently<T, F: Future<Output = Answer<T>>>(ask: impl Fn() -> F) -> Answer<T> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..MAX_TRIES {
        match ask().await {
            Err(error) if error.code == Code::Unavailable => tokio::time::sleep(pause).await,
            answer => return answer,
        }
        pause *= 2;
    }
    ask().await
}
