//! Two servers over one database: each has writers, and memories of accounts, of its own.

use crate::harness::App;
use app::{
    backend::{Caps as _, Ledger as _, Reservations as _, Teams as _, Users as _},
    error::Code,
    model::{
        Actor, AddCredits, CapAction, CapType, Charge, CreateTeam, CreditKind, CreditMetadata, Credits, Deduct,
        DeductTeam, Reserve, Settle, SpendCap, TeamRole,
    },
};
use server::{
    service::{Desk, Options},
    store::Db,
};
use std::{collections::BTreeMap, sync::Arc};
use tokio::task::JoinSet;

fn credits(amount: i64) -> Credits {
    Credits::from_micros(amount * 1_000_000)
}

/// Two servers, each with connections of its own.
async fn two(app: &App) -> [Arc<Desk>; 2] {
    let other = Db::open(&app.url).await.unwrap();
    [(app.db.clone(), 2), (other, 1)].map(|(db, writers)| {
        Desk::open(db, app.clock.clone(), app.ids.clone(), Options { writers, ..Options::default() })
    })
}

fn deduct(amount: i64, key: Option<String>) -> Deduct {
    Deduct {
        user_id: "ana".to_owned(),
        charge: Charge::Amount(credits(amount)),
        metadata: CreditMetadata::default(),
        key,
        occurred_at: None,
    }
}

async fn fund(desk: &Desk, user: &str, amount: i64) {
    let request = AddCredits {
        user_id: user.to_owned(),
        amount: credits(amount),
        kind: CreditKind::Grant,
        expires_at: None,
        metadata: CreditMetadata::default(),
        key: None,
    };
    desk.add_credits(&Actor::system("test"), request).await.unwrap();
}

/// How often each code came back; `None` is a success.
async fn tally(mut calls: JoinSet<Option<Code>>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    while let Some(code) = calls.join_next().await {
        let name = code.unwrap().map_or("ok".to_owned(), Code::as_str);
        *counts.entry(name).or_insert(0) += 1;
    }
    counts
}

fn counts<const N: usize>(pairs: [(&str, usize); N]) -> BTreeMap<String, usize> {
    pairs.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

on_both! {
    async fn exactly_as_many_charges_succeed_as_the_balance_pays_for(app) {
        let desks = two(&app).await;
        fund(&desks[0], "ana", 30).await;
        let mut calls = JoinSet::new();
        for number in 0..64 {
            let desk = desks[number % 2].clone();
            calls.spawn(async move {
                desk.deduct(&Actor::system("test"), deduct(1, None)).await.err().map(|error| error.code)
            });
        }
        assert_eq!(tally(calls).await, counts([("ok", 30), ("insufficient_credits", 34)]));
        assert_eq!(desks[1].balance("ana").await.unwrap().balance, Credits::ZERO);
        app.assert_sound().await;
    }

    async fn one_key_charges_once_whichever_server_is_asked(app) {
        let desks = two(&app).await;
        fund(&desks[0], "ana", 30).await;
        let mut calls = JoinSet::new();
        for number in 0..64 {
            let desk = desks[number % 2].clone();
            calls.spawn(async move {
                let answer = desk.deduct(&Actor::system("test"), deduct(1, Some("k".to_owned()))).await;
                match answer {
                    Ok(result) if result.idempotent => Some(Code::IdempotencyConflict),
                    Ok(_) => None,
                    Err(error) => Some(error.code),
                }
            });
        }
        // Of the successes all but one say that they are a replay.
        assert_eq!(tally(calls).await, counts([("ok", 1), ("idempotency_conflict", 63)]));
        assert_eq!(desks[0].balance("ana").await.unwrap().balance, credits(29));
        app.assert_sound().await;
    }

    async fn a_change_by_one_server_is_seen_by_the_other(app) {
        let [a, b] = two(&app).await;
        let by = Actor::system("test");
        fund(&a, "ana", 30).await;
        a.deduct(&by, deduct(1, None)).await.unwrap();
        b.deduct(&by, deduct(2, None)).await.unwrap();
        assert_eq!(a.deduct(&by, deduct(1, None)).await.unwrap().balance_after, credits(26));
        let cap = SpendCap {
            user_id: "ana".to_owned(),
            cap_type: CapType::Daily,
            model: None,
            limit: credits(5),
            action: CapAction::Deny,
        };
        b.set_cap(&by, cap).await.unwrap();
        a.deduct(&by, deduct(1, None)).await.unwrap();
        let codes = [a.deduct(&by, deduct(1, None)).await, b.deduct(&by, deduct(1, None)).await];
        assert!(codes.iter().all(|answer| answer.as_ref().is_err_and(|error| error.code == Code::CapReached)), "{codes:?}");
        b.delete_cap(&by, "ana", CapType::Daily, None).await.unwrap();
        a.deduct(&by, deduct(1, None)).await.unwrap();
        app.publish_prices().await.ok();
        b.set_plan(&by, "ana", Some("pro")).await.unwrap();
        assert_eq!(a.deduct(&by, deduct(1, None)).await.unwrap().allowance_consumed, credits(1));
        app.assert_sound().await;
    }

    // The second server has one writer, so nothing but the other server comes between its batches.
    async fn a_writer_alone_in_its_process_sees_what_another_process_wrote(app) {
        let [a, b] = two(&app).await;
        let by = Actor::system("test");
        for user in ["ana", "cat"] {
            fund(&b, user, 30).await;
        }
        for round in 0..4 {
            b.deduct(&by, deduct(1, None)).await.unwrap();
            let left = 30 - 3 * round;
            assert_eq!(b.deduct(&by, deduct(1, None)).await.unwrap().balance_after, credits(left - 2), "round {round}");
            assert_eq!(a.deduct(&by, deduct(1, None)).await.unwrap().balance_after, credits(left - 3), "round {round}");
            // A batch without the account comes between: it must not make what is remembered of her look fresh.
            let other = Deduct { user_id: "cat".to_owned(), ..deduct(1, None) };
            b.deduct(&by, other).await.unwrap();
        }
        app.assert_sound().await;
    }

    async fn a_deny_cap_holds_across_servers(app) {
        let desks = two(&app).await;
        let by = Actor::system("test");
        fund(&desks[0], "ana", 1000).await;
        let cap = SpendCap {
            user_id: "ana".to_owned(),
            cap_type: CapType::Daily,
            model: None,
            limit: credits(20),
            action: CapAction::Deny,
        };
        desks[0].set_cap(&by, cap).await.unwrap();
        let mut calls = JoinSet::new();
        for number in 0..64 {
            let desk = desks[number % 2].clone();
            calls.spawn(async move {
                desk.deduct(&Actor::system("test"), deduct(1, None)).await.err().map(|error| error.code)
            });
        }
        assert_eq!(tally(calls).await, counts([("ok", 20), ("cap_reached", 44)]));
        app.assert_sound().await;
    }

    async fn a_members_limit_holds_across_servers(app) {
        let desks = two(&app).await;
        let by = Actor::system("test");
        let request = CreateTeam { name: "Pool".to_owned(), initial_balance: credits(1000), key: None };
        let team = desks[0].create_team(&by, request).await.unwrap().team_id;
        desks[1].add_member(&by, team, "ana", TeamRole::Member, Some(credits(20))).await.unwrap();
        let mut calls = JoinSet::new();
        for number in 0..64 {
            let desk = desks[number % 2].clone();
            calls.spawn(async move {
                let request = DeductTeam {
                    team_id: team,
                    user_id: "ana".to_owned(),
                    charge: Charge::Amount(credits(1)),
                    metadata: CreditMetadata::default(),
                    key: None,
                };
                desk.deduct_team(&Actor::system("test"), request).await.err().map(|error| error.code)
            });
        }
        assert_eq!(tally(calls).await, counts([("ok", 20), ("member_cap_exceeded", 44)]));
        assert_eq!(desks[0].team_balance(team).await.unwrap().balance, credits(980));
        app.assert_sound().await;
    }

    async fn as_many_reservations_as_allowed_are_open_across_servers(app) {
        let desks = two(&app).await;
        fund(&desks[0], "ana", 1000).await;
        let mut calls = JoinSet::new();
        for number in 0..64 {
            let desk = desks[number % 2].clone();
            calls.spawn(async move {
                let request = Reserve {
                    user_id: "ana".to_owned(),
                    amount: credits(1),
                    operation: None,
                    ttl_seconds: None,
                    max_concurrent: Some(5),
                    key: None,
                };
                desk.reserve(&Actor::system("test"), request).await.err().map(|error| error.code)
            });
        }
        assert_eq!(tally(calls).await, counts([("ok", 5), ("concurrency_limit", 59)]));
        assert_eq!(desks[1].balance("ana").await.unwrap().available, credits(995));
    }

    async fn a_reservation_is_closed_once_whoever_comes_first(app) {
        let desks = two(&app).await;
        fund(&desks[0], "ana", 1000).await;
        for round in 0..8 {
            let request = Reserve {
                user_id: "ana".to_owned(),
                amount: credits(10),
                operation: None,
                ttl_seconds: Some(60),
                max_concurrent: None,
                key: None,
            };
            let id = desks[0].reserve(&Actor::system("test"), request).await.unwrap().reservation_id;
            if round % 2 == 1 {
                app.pass(60);
            }
            let before = desks[0].balance("ana").await.unwrap().balance;
            let mut calls = JoinSet::new();
            for number in 0..16 {
                let desk = desks[number % 2].clone();
                calls.spawn(async move {
                    let by = Actor::system("test");
                    match number % 3 {
                        0 => {
                            let request = Settle {
                                reservation_id: id,
                                user_id: None,
                                charge: Charge::Amount(credits(3)),
                                metadata: CreditMetadata::default(),
                                key: None,
                            };
                            desk.settle(&by, request).await.map(|_| true)
                        }
                        1 => desk.release(&by, id).await.map(|_| false),
                        _ => desk.expire_reservations(&by).await.map(|_| false),
                    }
                });
            }
            let mut settled = 0;
            while let Some(answer) = calls.join_next().await {
                match answer.unwrap() {
                    Ok(true) => settled += 1,
                    Ok(false) => {}
                    Err(error) => assert!(
                        matches!(error.code, Code::ReservationSettled | Code::ReservationExpired),
                        "{error:?}"
                    ),
                }
            }
            assert!(settled <= 1, "settled {settled} times");
            let after = desks[1].balance("ana").await.unwrap();
            assert_eq!(after.balance, Credits::from_micros(before.micros() - settled * 3_000_000));
            assert_eq!(after.available, after.balance, "nothing is held any more");
        }
        app.assert_sound().await;
    }
}
