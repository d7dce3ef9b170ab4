//! A ledger in memory for tests: it keeps every entry, and checks the invariants after each command.

use crate::ledger::{
    Account, AccountKey, Action, ActivePricing, Books, Charged, Command, Decision, Entry, Price, Rejection, Reply,
    Step, decide,
};
use app::model::{
    AddCreditsResult, CreditKind, CreditMetadata, Credits, DeductionResult, EntryKind, RefundReason, RefundResult,
    Timestamp, UsageMetrics, Uuid,
};
use app::pricing::{Pricing, read_config};
use jiff::ToSpan;
use serde_json::json;
use std::sync::Arc;

pub fn credits(text: &str) -> Credits {
    text.parse().unwrap()
}

pub struct Bench {
    pub books: Books,
    pub now: Timestamp,
    pub entries: Vec<Entry>,
    made: u128,
}

impl Bench {
    /// A floor of `floor`, 1 credit per input token of model `m`, and a plan `pro` with 100 free credits a month.
    pub fn new(floor: &str) -> Self {
        let config = json!({
            "models": { "m": "input_tokens", "half": "input_tokens * 0.5" },
            "min_balance": floor,
            "plans": {
                "pro": { "id": "pro", "name": "Pro", "free_allowance": 100 },
                "max": { "id": "max", "name": "Max", "free_allowance": 150, "rate_overrides": { "m": "input_tokens * 2" } },
            },
        });
        let pricing = Pricing::compile(read_config(&config).unwrap()).unwrap();
        let active = ActivePricing { version: 1, pricing: Arc::new(pricing) };
        Self {
            books: Books { pricing: Some(active), ..Books::default() },
            now: "2026-11-15T12:00:00Z".parse().unwrap(),
            entries: Vec::new(),
            made: 0,
        }
    }

    pub fn ana() -> AccountKey {
        AccountKey::user("ana")
    }

    pub fn account(&self) -> Account {
        self.books.account(&Self::ana())
    }

    pub fn set_plan(&mut self, plan: &str) {
        self.books.accounts.entry(Self::ana()).or_default().plan_id = Some(plan.to_owned());
    }

    pub fn pass(&mut self, seconds: i64) {
        self.now = self.now.checked_add(seconds.seconds()).unwrap();
    }

    pub fn run(&mut self, action: Action, key: Option<&str>) -> Result<Reply, Rejection> {
        let command = Command {
            account: Self::ana(),
            actor: "test".to_owned(),
            key: key.map(str::to_owned),
            digest: format!("{action:?}").into_bytes(),
            action,
        };
        if let Action::Refund { transaction, .. } = command.action {
            self.load_charged(transaction);
        }
        let before = self.books.clone();
        let made = &mut self.made;
        let decided = decide(&self.books, &command, self.now, &mut || {
            *made += 1;
            Uuid::from_u128(*made)
        });
        assert_eq!(format!("{before:?}"), format!("{:?}", self.books), "deciding changes nothing");
        let decision = decided?;
        self.books.apply(&decision);
        self.keep(&decision);
        self.check(&decision);
        Ok(decision.reply)
    }

    /// What the store does for a refund: the debit it names, with the refunds it has had.
    fn load_charged(&mut self, id: Uuid) {
        if let Some(entry) = self.entries.iter().find(|entry| entry.id == id) {
            let refunds = self.entries.iter().filter(|e| e.kind == EntryKind::Refund && e.reference == Some(id));
            let charged = Charged { entry: entry.clone(), refunds: refunds.cloned().collect() };
            self.books.charged.insert(id, charged);
        }
    }

    fn keep(&mut self, decision: &Decision) {
        for step in &decision.steps {
            if let Step::Append(entry) = step {
                self.entries.push((**entry).clone());
            }
        }
    }

    /// Invariants 1 to 4, 6 and 7.
    fn check(&self, decision: &Decision) {
        let account = self.account();
        let mut balance = 0;
        for (index, entry) in self.entries.iter().enumerate() {
            balance += entry.amount.micros();
            assert_eq!(entry.balance_after.micros(), balance, "balance_after chains");
            assert_eq!(entry.seq, i64::try_from(index).unwrap() + 1, "the sequence has no gaps");
            if entry.kind.is_charge() {
                let parts = -entry.amount.micros() + entry.allowance.micros() + entry.uncollected.micros();
                assert_eq!(entry.gross.unwrap().micros(), parts, "requested = net + allowance + uncollected");
                let refunds = self.entries.iter().filter(|e| e.reference == Some(entry.id));
                let refunded: i64 = refunds.filter_map(|e| e.gross).map(Credits::micros).sum();
                assert!(refunded <= entry.gross.unwrap().micros(), "refunds stay within the original");
            }
        }
        assert_eq!(account.balance.micros(), balance, "the balance is the sum of the entries");
        let lots: i64 = account.lots.iter().map(|lot| lot.remaining().micros()).sum();
        assert_eq!(lots - account.debt.micros(), balance, "lots less debt are the balance");
        assert!(account.lots.iter().all(|lot| !lot.consumed.is_negative() && lot.consumed <= lot.granted));
        let charged = decision.steps.iter().any(|step| matches!(step, Step::Append(e) if e.kind.is_charge()));
        if charged {
            assert!(account.available(self.now) >= self.books.floor(), "nothing goes below the floor");
        }
    }

    pub fn add(&mut self, amount: &str, expires_in: Option<i64>) -> AddCreditsResult {
        let expires_at = expires_in.map(|seconds| self.now.checked_add(seconds.seconds()).unwrap());
        let action = Action::AddCredits {
            amount: credits(amount),
            kind: CreditKind::Grant,
            expires_at,
            metadata: CreditMetadata::default(),
        };
        match self.run(action, None).unwrap() {
            Reply::Added(result) => result,
            other => panic!("{other:?}"),
        }
    }

    pub fn deduct(&mut self, amount: &str) -> Result<DeductionResult, Rejection> {
        self.charge(Price::Amount(credits(amount)))
    }

    pub fn call(&mut self, model: &str, input_tokens: u64) -> Result<DeductionResult, Rejection> {
        let metrics = UsageMetrics { model: Some(model.to_owned()), input_tokens, ..UsageMetrics::default() };
        self.charge(Price::Metrics(metrics))
    }

    fn charge(&mut self, price: Price) -> Result<DeductionResult, Rejection> {
        let action = Action::Deduct { price, metadata: CreditMetadata::default(), occurred_at: None };
        match self.run(action, None)? {
            Reply::Charged(result) => Ok(result),
            other => panic!("{other:?}"),
        }
    }

    pub fn refund(&mut self, transaction: Uuid, amount: Option<&str>) -> Result<RefundResult, Rejection> {
        let action = Action::Refund {
            transaction,
            amount: amount.map(credits),
            reason: RefundReason::Goodwill,
            note: None,
            notify: false,
            seen: None,
            member: None,
        };
        match self.run(action, None)? {
            Reply::Refunded(result) => Ok(result),
            other => panic!("{other:?}"),
        }
    }

    pub fn adjust(&mut self, amount: &str, allow_negative: bool) -> Result<Reply, Rejection> {
        let action = Action::Adjust { amount: credits(amount), reason: "correction".to_owned(), allow_negative };
        self.run(action, None)
    }
}
