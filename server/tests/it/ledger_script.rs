//! Random scripts through the whole store, answer by answer against the pure ledger in memory.

use crate::harness::App;
use app::{
    backend::{Ledger, Pricing as _, Users as _},
    error::AppError,
    model::{
        Actor, AddCredits, Adjust, Charge, CreditKind, CreditMetadata, Credits, Deduct, Refund, RefundReason,
        Timestamp, UsageMetrics, Uuid,
    },
    pricing::{Pricing, read_config},
};
use jiff::ToSpan;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use server::{
    ledger::{
        AccountKey, Action, ActivePricing, Books, Charged, Command, Entry, Price, Rejection, Reply, Step, decide,
    },
    store::verify,
};
use std::sync::Arc;

const USERS: [&str; 3] = ["ana", "b/c d?#é", "<script>"];

fn prices() -> Value {
    json!({
        "models": { "m": "input_tokens * 0.001", "n": "input_tokens * 0.0000015" },
        "min_balance": 1,
        "plans": { "pro": { "id": "pro", "name": "Pro", "free_allowance": 2 } },
    })
}

/// The ledger without a store: the same commands, decided in memory from the first to the last.
struct Oracle {
    books: Books,
    entries: Vec<Entry>,
    made: u128,
}

impl Oracle {
    fn run(&mut self, command: &Command, now: Timestamp) -> Result<Reply, Rejection> {
        if let Action::Refund { transaction, .. } = command.action
            && let Some(entry) = self.entries.iter().find(|entry| entry.id == transaction)
        {
            let refunds = self.entries.iter().filter(|e| e.reference == Some(transaction) && e.reason.is_some());
            let charged = Charged { entry: entry.clone(), refunds: refunds.cloned().collect() };
            self.books.charged.insert(transaction, charged);
        }
        let made = &mut self.made;
        let decision = decide(&self.books, command, now, &mut || {
            *made += 1;
            Uuid::from_u128(*made)
        })?;
        self.books.apply(&decision);
        for step in &decision.steps {
            if let Step::Append(entry) = step {
                self.entries.push((**entry).clone());
            }
        }
        Ok(decision.reply)
    }
}

/// Answers as JSON, without the ids, which differ.
fn plain(value: impl serde::Serialize) -> Value {
    let mut value = serde_json::to_value(value).unwrap();
    if let Value::Object(map) = &mut value {
        map.retain(|key, _| !key.ends_with("transaction_id"));
    }
    value
}

fn plain_reply(reply: &Reply) -> Value {
    match reply {
        Reply::Added(result) => plain(result),
        Reply::Adjusted(result) => plain(result),
        Reply::Charged(result) => plain(result),
        Reply::Refunded(result) => plain(result),
        Reply::Swept(result) => plain(result),
        other => panic!("{other:?}"),
    }
}

/// One random step for both; gives what each answered, and the entry it made in each.
async fn step(app: &App, oracle: &mut Oracle, rng: &mut StdRng, pairs: &mut Vec<(Uuid, Uuid)>) -> (Value, Value) {
    let user = USERS[rng.random_range(0..USERS.len())];
    let key = (rng.random_range(0..3) > 0).then(|| format!("k{}", rng.random_range(0..60)));
    let now = app.clock.now();
    let amount = Credits::from_micros(rng.random_range(-1..4_000_000));
    let by = Actor::system("test");
    let command = |digest: String, action: Action| Command {
        account: AccountKey::user(user),
        actor: by.name.clone(),
        key: key.clone(),
        digest: digest.into_bytes(),
        action,
    };
    let desk = &app.desk;
    let user_id = user.to_owned();
    let metadata = CreditMetadata::default();
    match rng.random_range(0..10) {
        0..=2 => {
            let expires_at = rng.random_bool(0.5).then(|| now.checked_add(rng.random_range(1..50).hours()).unwrap());
            let kind = CreditKind::Purchase;
            let action = Action::AddCredits { amount, kind, expires_at, metadata: metadata.clone() };
            let expected = oracle.run(&command(format!("{amount}{expires_at:?}"), action), now);
            let request = AddCredits { user_id, amount, kind, expires_at, metadata, key: key.clone() };
            let answer = desk.add_credits(&by, request).await;
            both(oracle, pairs, answer.as_ref().map(|r| r.transaction_id), answer.as_ref().map(plain), expected)
        }
        3..=6 => {
            let metrics = UsageMetrics {
                model: Some(if rng.random_bool(0.5) { "m" } else { "n" }.to_owned()),
                input_tokens: rng.random_range(0..3_000),
                ..UsageMetrics::default()
            };
            let (price, charge) = if rng.random_bool(0.7) {
                (Price::Metrics(metrics.clone()), Charge::Metrics(metrics))
            } else {
                (Price::Amount(amount), Charge::Amount(amount))
            };
            let action = Action::Deduct { price, metadata: metadata.clone(), occurred_at: None };
            let expected = oracle.run(&command(format!("{charge:?}"), action), now);
            let request = Deduct { user_id, charge, metadata, key: key.clone(), occurred_at: None };
            let answer = desk.deduct(&by, request).await;
            both(oracle, pairs, answer.as_ref().map(|r| r.transaction_id), answer.as_ref().map(plain), expected)
        }
        7 => {
            let amount = Credits::from_micros(-amount.micros());
            let (reason, allow_negative) = ("correction".to_owned(), rng.random_bool(0.3));
            let action = Action::Adjust { amount, reason: reason.clone(), allow_negative };
            let expected = oracle.run(&command(format!("{amount}{allow_negative}"), action), now);
            let request = Adjust { user_id, amount, reason, allow_negative, key: key.clone() };
            let answer = desk.adjust(&by, request).await;
            both(oracle, pairs, answer.as_ref().map(|r| r.transaction_id), answer.as_ref().map(plain), expected)
        }
        _ => {
            let Some(&(stored, known)) = pairs.get(rng.random_range(0..pairs.len().max(1))) else {
                return (Value::Null, Value::Null);
            };
            let account = oracle.entries.iter().find(|entry| entry.id == known).unwrap().account.clone();
            let amount = rng.random_bool(0.6).then_some(amount);
            let action =
                Action::Refund { transaction: known, amount, reason: RefundReason::Fraud, note: None, member: None };
            let command = Command { account, ..command(format!("{known}{amount:?}"), action) };
            let expected = oracle.run(&command, now);
            let request =
                Refund { transaction_id: stored, amount, reason: RefundReason::Fraud, note: None, key: key.clone() };
            let answer = desk.refund(&by, request).await;
            both(oracle, pairs, answer.as_ref().map(|r| r.refund_transaction_id), answer.as_ref().map(plain), expected)
        }
    }
}

fn both(
    oracle: &Oracle,
    pairs: &mut Vec<(Uuid, Uuid)>,
    made: Result<Uuid, &AppError>,
    answer: Result<Value, &AppError>,
    expected: Result<Reply, Rejection>,
) -> (Value, Value) {
    let refused = |error: &AppError| {
        let mut details = error.details.clone();
        details.retain(|key, _| !key.ends_with("transaction_id"));
        json!({ "code": error.code, "field": error.field, "details": details })
    };
    if let (Ok(made), Ok(reply)) = (made, &expected) {
        let known = match reply {
            Reply::Added(r) => r.transaction_id,
            Reply::Adjusted(r) => r.transaction_id,
            Reply::Charged(r) => r.transaction_id,
            Reply::Refunded(r) => r.refund_transaction_id,
            _ => Uuid::nil(),
        };
        if oracle.entries.iter().any(|entry| entry.id == known) && !pairs.iter().any(|(_, k)| *k == known) {
            pairs.push((made, known));
        }
    }
    (
        answer.unwrap_or_else(refused),
        expected.map_or_else(|rejection| refused(&rejection.into()), |reply| plain_reply(&reply)),
    )
}

async fn play(app: &App, seed: u64, steps: usize) {
    let mut rng = StdRng::seed_from_u64(seed);
    let by = Actor::system("test");
    let version = app.desk.publish(&by, prices(), None, true).await.unwrap().version.version;
    let pricing = Arc::new(Pricing::compile(read_config(&prices()).unwrap()).unwrap());
    let books = Books { pricing: Some(ActivePricing { version, pricing }), ..Books::default() };
    let mut oracle = Oracle { books, entries: Vec::new(), made: 0 };
    app.desk.set_plan(&by, USERS[0], Some("pro")).await.unwrap();
    oracle.books.accounts.entry(AccountKey::user(USERS[0])).or_default().plan_id = Some("pro".to_owned());
    let mut pairs = Vec::new();
    for number in 0..steps {
        let (answer, expected) = step(app, &mut oracle, &mut rng, &mut pairs).await;
        assert_eq!(answer, expected, "step {number} of seed {seed}");
        if rng.random_bool(0.2) {
            app.clock.set(app.clock.now().checked_add(rng.random_range(1..40).hours()).unwrap());
        }
        if rng.random_bool(0.05) {
            sweep(app, &mut oracle).await;
        }
    }
    for user in USERS {
        let told = app.desk.balance(user).await.unwrap();
        let account = oracle.books.account(&AccountKey::user(user));
        assert_eq!(told.balance, account.spendable(app.clock.now()), "balance of {user}, seed {seed}");
    }
    let mut tx = app.db.snapshot().await.unwrap();
    assert_eq!(verify::differences(&mut tx, app.clock.now()).await.unwrap(), [], "seed {seed}");
}

async fn sweep(app: &App, oracle: &mut Oracle) {
    let by = Actor::system("test");
    let dry = app.desk.sweep(&by, true).await.unwrap();
    let swept = app.desk.sweep(&by, false).await.unwrap();
    assert_eq!((dry.expired_count, dry.expired_amount), (swept.expired_count, swept.expired_amount));
    assert_eq!(app.desk.sweep(&by, false).await.unwrap().expired_count, 0, "two sweeps are one");
    for user in USERS {
        let account = AccountKey::user(user);
        let command = Command { account, actor: by.name.clone(), key: None, digest: Vec::new(), action: Action::Sweep };
        oracle.run(&command, app.clock.now()).unwrap();
    }
}

on_both! {
    async fn a_random_script_is_answered_as_in_memory(app) {
        play(&app, 1, 500).await;
    }

    async fn another_random_script_is_answered_as_in_memory(app) {
        play(&app, 20_261_125, 500).await;
    }
}
