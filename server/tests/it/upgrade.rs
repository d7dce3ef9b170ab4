//! A desk of an older version, brought to this one: what its rows say stays what they said.

use crate::harness::App;
use app::{
    backend::Ledger as _,
    error::Code,
    model::{Actor, Charge, CreditMetadata, Credits, Deduct, Refund, RefundReason, Timestamp, TransactionQuery, Uuid},
};
use server::{
    service::{Desk, Options},
    store::{self, Db, repair, sql, verify},
};
use std::sync::Arc;

/// A database beside the test's own, as the migrations up to `version` leave it.
async fn older(app: &App, version: i64) -> Db {
    let db = if app.db.is_postgres() {
        let mut tx = app.db.begin().await.unwrap();
        sql("CREATE SCHEMA older").execute(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let mark = if app.url.contains('?') { '&' } else { '?' };
        Db::open(&format!("{}{mark}options=-csearch_path%3Dolder", app.url)).await.unwrap()
    } else {
        Db::open(&format!("{}.older", app.url)).await.unwrap()
    };
    match &db {
        Db::Sqlite { writer, .. } => sqlx::migrate!("../migrations/sqlite").run_to(version, writer).await.unwrap(),
        Db::Postgres(pool) => sqlx::migrate!("../migrations/postgres").run_to(version, pool).await.unwrap(),
    }
    db
}

/// The columns of an entry that the versions say differently.
#[derive(Clone, Copy)]
struct Old {
    id: u128,
    kind: &'static str,
    operation: &'static str,
    amount: i64,
    balance: i64,
    gross: Option<i64>,
    allowance: i64,
    stale: i64,
    reference: Option<u128>,
    key: Option<&'static str>,
    recorded_after: i64,
}

fn micros(credits: i64) -> i64 {
    credits * 1_000_000
}

/// Writes an account with these entries the way versions before 0027 did.
async fn write(db: &Db, entries: &[Old], now: Timestamp) {
    let mut tx = db.begin().await.unwrap();
    let last = entries.last().unwrap();
    sql(
        "INSERT INTO accounts (id, kind, external_id, search_key, seq, balance, lifetime_purchased, debt, created_at, \
         last_activity_at) VALUES (1, 'user', 'ana', 'ana', $1, $2, $3, 0, $4, $4)",
    )
    .bind(i64::try_from(entries.len()).unwrap())
    .bind(micros(last.balance))
    .bind(micros(entries[0].amount))
    .bind(now)
    .execute(&mut tx)
    .await
    .unwrap();
    sql("INSERT INTO lots (account_id, seq, source_entry, kind, granted, consumed, open, created_at) \
         VALUES (1, 1, $1, 'purchase', $2, $3, $4, $5)")
    .bind(Uuid::from_u128(entries[0].id))
    .bind(micros(entries[0].amount))
    .bind(micros(entries[0].amount - last.balance))
    .bind(true)
    .bind(now)
    .execute(&mut tx)
    .await
    .unwrap();
    for (seq, old) in (1_i64..).zip(entries) {
        let draws = (seq > 1).then(|| format!("[[1,{}]]", micros(old.amount.abs())));
        sql("INSERT INTO entries (id, account_id, seq, kind, amount, balance_after, stale, user_id, reference_entry, actor, \
             operation, key, digest, model, gross, allowance, uncollected, quantities, draws, occurred_at, recorded_at) \
             VALUES ($1, 1, $2, $3, $4, $5, $6, 1, $7, 'system:test', $8, $9, $10, 'gpt-4o', $11, $12, 0, $13, $14, $15, $16)")
        .bind(Uuid::from_u128(old.id))
        .bind(seq)
        .bind(old.kind)
        .bind(micros(old.amount))
        .bind(micros(old.balance))
        .bind(micros(old.stale))
        .bind(old.reference.map(Uuid::from_u128))
        .bind(old.operation)
        .bind(old.key)
        .bind(vec![7_u8; 16])
        .bind(old.gross.map(micros))
        .bind(micros(old.allowance))
        .bind((old.kind == "usage").then_some(r#"{"model":"gpt-4o","input_tokens":12}"#))
        .bind(draws)
        .bind(now)
        .bind(now.as_microsecond() + old.recorded_after)
        .execute(&mut tx)
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
}

on_both! {
    async fn entries_of_older_versions_say_what_they_said(app) {
        const HOUR: i64 = 3_600_000_000;
        let db = older(&app, 25).await;
        let now = app.clock.now();
        let [grant, whole, partly, back] = [1_u128, 2, 3, 4];
        let bought = Old {
            id: grant, kind: "purchase", operation: "add_credits", amount: 100, balance: 100, gross: None, allowance: 0,
            stale: 0, reference: None, key: Some("buy"), recorded_after: 0,
        };
        let charge = Old { kind: "usage", operation: "deduct", ..bought };
        write(&db, &[
            bought,
            Old { id: whole, amount: -10, balance: 90, gross: Some(10), key: Some("a"), recorded_after: HOUR, ..charge },
            Old { id: partly, amount: -4, balance: 86, gross: Some(9), allowance: 5, key: Some("b"), stale: 2, ..charge },
            Old {
                id: back, kind: "refund", operation: "refund", amount: 3, balance: 89, gross: Some(3),
                reference: Some(whole), key: None, ..charge
            },
        ], now).await;

        store::migrate(&db).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        repair::repair(&mut tx, now).await.unwrap();
        assert_eq!(verify::differences(&mut tx, now).await.unwrap(), []);
        tx.commit().await.unwrap();

        let desk = Desk::open(db.clone(), app.clock.clone(), app.ids.clone(), Options::default());
        let rows = desk.transactions(TransactionQuery { limit: 10, ..TransactionQuery::default() }).await.unwrap().items;
        let told: Vec<_> = rows
            .iter()
            .map(|row| (
                row.id.as_u128(), row.amount.micros(), row.gross.map(Credits::micros), row.allowance.micros(),
                row.recorded_at.as_microsecond() - row.created_at.as_microsecond(), row.metadata.input_tokens,
            ))
            .collect();
        assert_eq!(told, [
            (back, micros(3), Some(micros(3)), 0, 0, None),
            (partly, micros(-4), Some(micros(9)), micros(5), 0, Some(12)),
            (whole, micros(-10), Some(micros(10)), 0, HOUR, Some(12)),
            (grant, micros(100), None, 0, 0, None),
        ]);

        // What was charged is refunded as far as it was not, a key used is used, and an entry is still never changed.
        let by = Actor::system("test");
        let refund = |amount| Refund {
            transaction_id: Uuid::from_u128(whole), amount: Some(Credits::from_micros(micros(amount))),
            reason: RefundReason::Duplicate, note: None, notify: false, seen: None, key: None,
        };
        desk.refund(&by, refund(7)).await.unwrap();
        assert_eq!(desk.refund(&by, refund(1)).await.unwrap_err().code, Code::AlreadyRefunded);
        let again = Deduct {
            user_id: "ana".to_owned(), charge: Charge::Amount(Credits::from_micros(1)),
            metadata: CreditMetadata::default(), key: Some("a".to_owned()), occurred_at: None,
        };
        assert_eq!(desk.deduct(&by, again).await.unwrap_err().code, Code::IdempotencyConflict);
        let mut tx = db.begin().await.unwrap();
        let refused = sql("UPDATE entries SET amount = 1").execute(&mut tx).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
        drop(tx);
        let mut tx = db.snapshot().await.unwrap();
        assert_eq!(verify::differences(&mut tx, now).await.unwrap(), []);
        drop(tx);
        drop(desk);
        db.close().await;
    }
}
