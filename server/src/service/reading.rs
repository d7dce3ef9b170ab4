//! Reading the ledger for people: balances, pages of entries, one entry explained.

use super::{Desk, paging, validate};
use crate::ledger::{Account, AccountKey, Action, Command, Draw, Entry, Lot, refundable};
use crate::store::{
    Tx,
    books::{self, Loaded, Lock},
    cache::Cache,
    transactions::{self, After, Filter},
    users,
};
use app::backend::Answer;
use app::error::{AppError, Code};
use app::model::{
    BalanceResult, Breakdown, CreditMetadata, Credits, LotDraw, Page, Refundable, Timestamp, Transaction,
    TransactionDetail, TransactionQuery, TransactionTotals, Uuid,
};
use std::collections::HashMap;

impl Desk {
    /// Loads one account's books without locking them.
    pub(super) async fn peek(&self, tx: &mut Tx, key: &AccountKey, now: Timestamp) -> Answer<Loaded> {
        let command = Command {
            account: key.clone(),
            actor: String::new(),
            key: None,
            digest: Vec::new(),
            action: Action::Sweep,
        };
        Ok(books::load(tx, &[&command], Lock::Read, now, &self.compiled, &mut Cache::default()).await?)
    }

    pub(super) async fn peek_user(&self, user_id: &str) -> Answer<Loaded> {
        validate::id("user_id", user_id)?;
        let mut tx = self.db.snapshot().await?;
        self.peek(&mut tx, &AccountKey::user(user_id), Self::now(self)).await
    }

    pub(super) async fn read_balance(&self, key: &AccountKey) -> Answer<BalanceResult> {
        let now = Self::now(self);
        let mut tx = self.db.snapshot().await?;
        let loaded = self.peek(&mut tx, key, now).await?;
        Ok(balance(key, &loaded.books.account(key), now))
    }

    /// The account that an entry belongs to, and the member whose charge of a team it is; neither ever changes.
    pub(super) async fn account_of(&self, id: Uuid) -> Answer<(AccountKey, Option<String>)> {
        let mut tx = self.db.snapshot().await?;
        let found = transactions::find(&mut tx, id).await?;
        let entry = found.ok_or_else(|| not_found(id))?.entry;
        let member = (!entry.is_own()).then_some(entry.user_id);
        Ok((entry.account, member))
    }

    /// The query as the store takes it; none when it names a user or a team that is not there.
    async fn filter(tx: &mut Tx, query: &TransactionQuery) -> Answer<Option<Filter>> {
        let mut filter = Filter {
            kind: query.kind,
            charges: query.charges,
            model: query.model.clone(),
            start: query.start,
            end: query.end,
            min: query.min,
            oldest: query.oldest,
            ..Filter::default()
        };
        if let Some(team) = query.team {
            let Some(account) = users::find(tx, &AccountKey::team(team)).await? else { return Ok(None) };
            filter.account = Some(account.id);
        }
        if let Some(user) = &query.user_id {
            validate::id("user_id", user)?;
            let Some(account) = users::find(tx, &AccountKey::user(user.as_str())).await? else { return Ok(None) };
            if query.charges || query.team.is_some() {
                filter.user = Some(account.id);
            } else {
                filter.account = Some(account.id);
            }
        }
        Ok(Some(filter))
    }

    pub(super) async fn read_totals(&self, query: TransactionQuery) -> Answer<TransactionTotals> {
        let mut tx = self.db.snapshot().await?;
        match Self::filter(&mut tx, &query).await? {
            Some(filter) => Ok(transactions::totals(&mut tx, &filter).await?),
            None => Ok(TransactionTotals::default()),
        }
    }

    pub(super) async fn read_transactions(&self, query: TransactionQuery) -> Answer<Page<Transaction>> {
        let limit = if query.limit == 0 { 50 } else { query.limit };
        let limit = paging::limit(limit)?;
        let mut tx = self.db.snapshot().await?;
        let Some(mut filter) = Self::filter(&mut tx, &query).await? else {
            return Ok(Page { items: Vec::new(), next: None });
        };
        filter.limit = limit;
        filter.after = paging::cursor(query.cursor.as_deref(), |text| read_cursor(text, filter.account.is_some()))?;
        let by_account = filter.account.is_some();
        let entries = transactions::list(&mut tx, &filter).await?;
        let Page { items: entries, next } =
            paging::page(entries, limit, |entry| write_cursor(entry, by_account), |entry| entry);
        Ok(Page { items: rows(&mut tx, &entries).await?, next })
    }

    pub(super) async fn read_transaction(&self, id: Uuid) -> Answer<TransactionDetail> {
        let now = Self::now(self);
        let mut tx = self.db.snapshot().await?;
        let charged = transactions::find(&mut tx, id).await?.ok_or_else(|| not_found(id))?;
        let entry = &charged.entry;
        let loaded = self.peek(&mut tx, &entry.account, now).await?;
        let info = users::find(&mut tx, &entry.account).await?.ok_or_else(|| not_found(id))?;
        let seqs: Vec<i64> = entry.draws.iter().map(|draw| draw.lot).collect();
        let lots = transactions::lots(&mut tx, info.id, Some(&seqs)).await?;
        let (breakdown, pricing_label) = self.explain(&mut tx, entry).await?;
        let refunded: Credits = charged.refunds.iter().filter_map(|refund| refund.gross).sum();
        let is_debit = entry.gross.is_some() && entry.reference.is_none();
        Ok(TransactionDetail {
            transaction: row(entry, Some(refunded)),
            profile: info.profile(),
            breakdown,
            pricing_label,
            plan_id: entry.plan_id.clone(),
            draws: draws(&entry.draws, &lots),
            refunds: charged.refunds.iter().map(|refund| row(refund, None)).collect(),
            original: entry.reference,
            refundable: if is_debit { refundable(&charged, now) } else { Refundable::default() },
            balance: balance(&entry.account, &loaded.books.account(&entry.account), now),
            reason: entry.reason.clone(),
            note: entry.note.clone(),
        })
    }

    /// Prices the quantities of a past charge again, under the version that priced it.
    async fn explain(&self, tx: &mut Tx, entry: &Entry) -> Answer<(Option<Breakdown>, Option<String>)> {
        let Some(version) = entry.pricing_version else { return Ok((None, None)) };
        let label = crate::store::versions::by_number(tx, version).await?.and_then(|version| version.label);
        let Some(pricing) = self.compiled.version(tx, version).await? else { return Ok((None, label)) };
        let breakdown = entry.metrics().and_then(|metrics| pricing.price(&metrics, entry.plan_id.as_deref()).ok());
        Ok((breakdown, label))
    }
}

fn not_found(id: Uuid) -> AppError {
    AppError::new(Code::TransactionNotFound, format!("No transaction {id}.")).with("transaction_id", id)
}

/// What a caller is told of an account; one that nothing has named is all zeros.
pub(super) fn balance(key: &AccountKey, account: &Account, now: Timestamp) -> BalanceResult {
    BalanceResult {
        user_id: key.id.clone(),
        balance: account.spendable(now),
        lifetime_purchased: account.lifetime_purchased,
        available: account.available(now),
    }
}

/// Entries as rows of a listing.
pub(super) async fn rows(tx: &mut Tx, entries: &[Entry]) -> Answer<Vec<Transaction>> {
    let charges: Vec<Uuid> = entries.iter().filter(|entry| entry.gross.is_some()).map(|entry| entry.id).collect();
    let refunded = transactions::refunded(tx, &charges).await?;
    Ok(entries.iter().map(|entry| row(entry, refunded.get(&entry.id).copied())).collect())
}

/// An entry as a row of a listing. The keys that the ledger owns are put back into its metadata.
pub(super) fn row(entry: &Entry, refunded: Option<Credits>) -> Transaction {
    let mut metadata: CreditMetadata =
        entry.metadata.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    metadata.model.clone_from(&entry.model);
    metadata.idempotency_key.clone_from(&entry.key);
    metadata.reference_type.clone_from(&entry.reference_type);
    metadata.reference_id.clone_from(&entry.reference_id);
    if let Some(metrics) = entry.metrics() {
        metadata.input_tokens = Some(metrics.input_tokens);
        metadata.output_tokens = Some(metrics.output_tokens);
        metadata.fixed_job = metrics.fixed_job;
    }
    if entry.allowance.is_positive()
        && entry.kind.is_charge()
        && let Ok(value) = serde_json::to_value(entry.allowance)
    {
        metadata.extra.insert("allowance_consumed".to_owned(), value);
    }
    for (key, text) in [("reason", &entry.reason), ("note", &entry.note)] {
        if let Some(text) = text {
            metadata.extra.insert(key.to_owned(), text.as_str().into());
        }
    }
    if entry.outcome.notify {
        metadata.extra.insert("notify".to_owned(), true.into());
    }
    Transaction {
        id: entry.id,
        account: entry.account.id.clone(),
        user_id: entry.user_id.clone(),
        seq: entry.seq,
        amount: entry.amount,
        kind: entry.kind,
        model: entry.model.clone(),
        reference_type: entry.reference_type.clone(),
        reference_id: entry.reference_id.clone(),
        metadata,
        balance_after: entry.balance_after,
        pricing_version: entry.pricing_version,
        actor: Some(entry.actor.clone()).filter(|actor| !actor.is_empty()),
        created_at: entry.occurred_at,
        recorded_at: entry.recorded_at,
        gross: entry.gross,
        allowance: entry.allowance,
        refunded: refunded.unwrap_or_default(),
    }
}

fn draws(draws: &[Draw], lots: &[Lot]) -> Vec<LotDraw> {
    let lots: HashMap<i64, &Lot> = lots.iter().map(|lot| (lot.seq, lot)).collect();
    let draw = |draw: &Draw| {
        let lot = lots.get(&draw.lot);
        LotDraw {
            source_transaction_id: lot.map(|lot| lot.source),
            source_kind: lot.map(|lot| lot.kind),
            expires_at: lot.and_then(|lot| lot.expires_at),
            amount: draw.amount,
        }
    };
    draws.iter().map(draw).collect()
}

/// A cursor says where the page before ended: a number within an account, a time and an id otherwise.
fn write_cursor(entry: &Entry, by_account: bool) -> String {
    if by_account {
        format!("s{}", entry.seq)
    } else {
        format!("t{}.{}", entry.occurred_at.as_microsecond(), entry.id.simple())
    }
}

fn read_cursor(text: &str, by_account: bool) -> Option<After> {
    let seq = || text.strip_prefix('s')?.parse().ok().map(After::Seq);
    let time = || {
        let (at, id) = text.strip_prefix('t')?.split_once('.')?;
        Some(After::Time(at.parse().ok()?, Uuid::try_parse(id).ok()?))
    };
    if by_account { seq() } else { time() }
}
