//! Conformance: random scripts, answered by the whole store on each database and by an oracle that shares no code with it,
//! compared field by field after every operation.
//!
//! `CREDITDESK_SCRIPTS` is the number of scripts, for a long run; a failing script shrinks to the shortest.

mod oracle;
mod script;

use crate::harness::{App, NOON, on_postgres, on_sqlite};
use app::{
    backend::{Answer, Caps as _, Ledger as _, Pricing as _, Reservations as _, Teams as _, Users as _},
    error::AppError,
    model::{
        Actor, AddCredits, Adjust, Charge, CreateTeam, CreditKind, CreditMetadata, Credits, Deduct, DeductTeam, Refund,
        RefundReason, Reserve, Settle, SpendCap, TeamRole, TopUpTeam, UsageMetrics, Uuid,
    },
};
use jiff::SignedDuration;
use oracle::{FLOOR, Oracle, PLANS};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use script::{Action, Cap, Op, USERS, script};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Operations of a script.
const LENGTH: usize = 60;
/// Scripts unless asked otherwise: with `LENGTH`, some 500 operations on each database.
const SCRIPTS: u32 = 10;

/// What the store has made, by the oracle's numbers.
#[derive(Default)]
struct Made {
    debits: Vec<Uuid>,
    holds: Vec<Uuid>,
    teams: Vec<Uuid>,
}

fn credits(micros: i64) -> Credits {
    Credits::from_micros(micros)
}

/// Without the ids, which the oracle does not know, and with users by their number.
fn plain(mut value: Value) -> Value {
    match &mut value {
        Value::Object(map) => {
            if let Some(user) = map.get("user_id").and_then(Value::as_str)
                && let Some(number) = USERS.iter().position(|known| *known == user)
            {
                map.insert("user".to_owned(), json!(number));
            }
            map.retain(|key, _| !key.ends_with("_id") || key == "plan_id");
            map.into_iter().for_each(|(_, part)| *part = plain(part.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = plain(item.take())),
        _ => {}
    }
    value
}

fn told(answer: Answer<impl Serialize>) -> Result<Value, Value> {
    match answer {
        Ok(value) => Ok(plain(serde_json::to_value(value).unwrap())),
        Err(AppError { code, field, details, .. }) => {
            Err(json!({ "code": code, "field": field, "details": plain(Value::Object(details)) }))
        }
    }
}

/// Keeps what was made, and tells the answer.
fn made<T: Serialize>(answer: Answer<T>, list: &mut Vec<Uuid>, id: impl Fn(&T) -> Uuid) -> Result<Value, Value> {
    if let Ok(value) = &answer
        && !list.contains(&id(value))
    {
        list.push(id(value));
    }
    told(answer)
}

fn spend_cap(user: usize, cap: Cap) -> SpendCap {
    SpendCap {
        user_id: USERS[user].to_owned(),
        cap_type: cap.cap_type,
        model: cap.model.map(str::to_owned),
        limit: credits(cap.limit),
        action: cap.action,
    }
}

/// The operation through the service.
#[expect(clippy::too_many_lines, reason = "one arm for each operation")]
async fn perform(app: &App, made_so_far: &mut Made, op: &Op) -> Result<Value, Value> {
    let desk = &app.desk;
    let by = Actor::system("script");
    let key = op.key.map(|key| format!("k{key}"));
    let metadata = CreditMetadata::default();
    let name = |user: usize| USERS[user].to_owned();
    match op.action.clone() {
        Action::Add { user, amount, purchase, expires_in } => {
            let expires_at =
                expires_in.map(|hours| app.clock.now().checked_add(SignedDuration::from_hours(hours.into())).unwrap());
            let kind = if purchase { CreditKind::Purchase } else { CreditKind::Grant };
            let request = AddCredits { user_id: name(user), amount: credits(amount), kind, expires_at, metadata, key };
            told(desk.add_credits(&by, request).await)
        }
        Action::Adjust { user, amount, allow_negative } => {
            let reason = "correction".to_owned();
            let request = Adjust { user_id: name(user), amount: credits(amount), reason, allow_negative, key };
            made(desk.adjust(&by, request).await, &mut made_so_far.debits, |result| result.transaction_id)
        }
        Action::Charge { user, model, tokens } => {
            let metrics =
                UsageMetrics { model: Some(model.to_owned()), input_tokens: tokens, ..UsageMetrics::default() };
            let charge = Charge::Metrics(metrics);
            let request = Deduct { user_id: name(user), charge, metadata, key, occurred_at: None };
            made(desk.deduct(&by, request).await, &mut made_so_far.debits, |result| result.transaction_id)
        }
        Action::Spend { user, amount, model } => {
            let metadata = CreditMetadata { model: model.map(str::to_owned), ..metadata };
            let charge = Charge::Amount(credits(amount));
            let request = Deduct { user_id: name(user), charge, metadata, key, occurred_at: None };
            made(desk.deduct(&by, request).await, &mut made_so_far.debits, |result| result.transaction_id)
        }
        Action::Reserve { user, amount, ttl, max } => {
            let request = Reserve {
                user_id: name(user),
                amount: credits(amount),
                operation: None,
                ttl_seconds: Some(ttl),
                max_concurrent: max,
                key,
            };
            made(desk.reserve(&by, request).await, &mut made_so_far.holds, |result| result.reservation_id)
        }
        Action::Settle { hold, amount } => {
            let charge = Charge::Amount(credits(amount));
            let request = Settle { reservation_id: made_so_far.holds[hold], user_id: None, charge, metadata, key };
            made(desk.settle(&by, request).await, &mut made_so_far.debits, |result| result.transaction_id)
        }
        Action::Release { hold } => told(desk.release(&by, made_so_far.holds[hold]).await),
        Action::Renew { hold, ttl } => told(desk.renew(&by, made_so_far.holds[hold], Some(ttl)).await),
        Action::Reap => told(desk.expire_reservations(&by).await),
        Action::Refund { debit, amount } => {
            let request = Refund {
                transaction_id: made_so_far.debits[debit],
                amount: amount.map(credits),
                reason: RefundReason::Fraud,
                note: None,
                notify: false,
                seen: None,
                key,
            };
            told(desk.refund(&by, request).await)
        }
        Action::Sweep { dry_run } => told(desk.sweep(&by, dry_run).await),
        Action::SetPlan { user, plan } => told(desk.set_plan(&by, USERS[user], plan.map(|plan| PLANS[plan].0)).await),
        Action::SetCap { user, cap } => told(desk.set_cap(&by, spend_cap(user, cap)).await).map(|_| Value::Null),
        Action::DeleteCap { user, cap } => {
            told(desk.delete_cap(&by, USERS[user], cap.cap_type, cap.model).await).map(|_| Value::Null)
        }
        Action::CheckCap { user, amount, model } => told(desk.check_cap(USERS[user], amount.map(credits), model).await),
        Action::CreateTeam { amount } => {
            let request = CreateTeam { name: "Pool".to_owned(), initial_balance: credits(amount), key };
            made(desk.create_team(&by, request).await, &mut made_so_far.teams, |result| result.team_id)
        }
        Action::TopUp { team, amount } => {
            let request = TopUpTeam {
                team_id: made_so_far.teams[team],
                amount: credits(amount),
                kind: CreditKind::Grant,
                expires_at: None,
                metadata,
                key,
            };
            told(desk.top_up_team(&by, request).await)
        }
        Action::PutMember { team, user, role, cap } => {
            let role = TeamRole::parse(role).unwrap();
            told(desk.add_member(&by, made_so_far.teams[team], USERS[user], role, cap.map(credits)).await)
        }
        Action::RemoveMember { team, user } => {
            told(desk.remove_member(&by, made_so_far.teams[team], USERS[user]).await)
        }
        Action::ChargeTeam { team, user, amount } => {
            let request = DeductTeam {
                team_id: made_so_far.teams[team],
                user_id: name(user),
                charge: Charge::Amount(credits(amount)),
                metadata,
                key,
            };
            made(desk.deduct_team(&by, request).await, &mut made_so_far.debits, |result| result.transaction_id)
        }
        Action::Balance { user } => told(desk.balance(USERS[user]).await),
        Action::Allowance { user } => told(desk.allowance(USERS[user]).await),
        Action::Team { team } => told(desk.team(made_so_far.teams[team]).await).map(|mut value| {
            value.as_object_mut().unwrap().remove("created_at");
            // Members of one role come by the time they joined, which is often the same here.
            let rank = |member: &Value| ["owner", "admin", "member"].iter().position(|role| member["role"] == *role);
            let members = value["members"].as_array_mut().unwrap();
            members.sort_by_key(|member| (rank(member), member["user"].as_u64()));
            value
        }),
        Action::Wait { seconds } => {
            app.pass(seconds.into());
            Ok(Value::Null)
        }
    }
}

async fn play(app: Arc<App>, ops: Vec<Op>) {
    let mut plans = serde_json::Map::new();
    for (id, allowance, rate) in PLANS {
        let formula = format!("input_tokens * {}", credits(rate / 1000));
        plans.insert(
            id.to_owned(),
            json!({ "id": id, "name": id, "free_allowance": credits(allowance), "rate_overrides": { "m": formula } }),
        );
    }
    let prices = json!({
        "models": { "m": "input_tokens * 0.001", "n": "input_tokens * 0.0000015" },
        "min_balance": credits(FLOOR), "plans": plans,
    });
    app.desk.publish(&Actor::system("script"), prices, None, true).await.unwrap();
    let mut oracle = Oracle::new(NOON.parse().unwrap());
    let mut made = Made::default();
    for (number, op) in ops.into_iter().enumerate() {
        let Some(action) = op.action.among(oracle.debits(), oracle.holds(), oracle.teams()) else { continue };
        let op = Op { action, ..op };
        let expected = oracle.run(&op);
        let answer = perform(&app, &mut made, &op).await;
        assert_eq!(answer, expected, "answer (left) and oracle differ at operation {number}: {op:?}");
    }
    app.assert_sound().await;
}

/// Runs scripts until one fails, and then shrinks it.
fn conform(run: impl Fn(Vec<Op>)) {
    let asked = std::env::var("CREDITDESK_SCRIPTS").ok().map(|text| text.parse().expect("CREDITDESK_SCRIPTS"));
    let config = Config { max_shrink_iters: 400, ..Config::with_cases(asked.unwrap_or(SCRIPTS)) };
    let config = Config { failure_persistence: None, ..config };
    // The same scripts in every run, unless a long one is asked for: that one looks for new ones.
    let mut runner = match asked {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let outcome = runner.run(&script(LENGTH), |ops| {
        run(ops);
        Ok::<(), TestCaseError>(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn scripts_are_answered_on_sqlite_as_by_the_oracle() {
    let runtime = runtime();
    conform(|ops| runtime.block_on(on_sqlite(|app| play(app, ops))));
}

#[test]
fn scripts_are_answered_on_postgres_as_by_the_oracle() {
    let runtime = runtime();
    conform(|ops| runtime.block_on(on_postgres(|app| play(app, ops))));
}
