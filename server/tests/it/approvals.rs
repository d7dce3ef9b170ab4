//! Four eyes: who waits, who may answer, and that what is approved is done once.

use crate::harness::App;
use app::{
    backend::{Approvals as _, Audits as _, Caps as _, Ledger as _, Pricing as _, Settings as _, Teams as _},
    error::Code,
    model::{
        Actor, AddCredits, ApprovalStatus, AuditQuery, CapAction, CapType, CreditKind, CreditMetadata, Limits,
        Proposal, Proposed, Refund, RefundReason, Role, SettingChange, SpendCap, TopUpTeam, Uuid,
    },
};
use serde_json::json;
use std::sync::Arc;

fn sam() -> Actor {
    Actor::staff("sam@example.com")
}

fn fay() -> Actor {
    Actor::staff("fay@example.com")
}

pub fn grant(amount: &str) -> Proposal {
    Proposal::Grant(AddCredits {
        user_id: "ana".to_owned(),
        amount: amount.parse().unwrap(),
        kind: CreditKind::Grant,
        expires_at: None,
        metadata: CreditMetadata::default(),
        key: None,
    })
}

fn cap(limit: &str) -> SpendCap {
    SpendCap {
        user_id: "ana".to_owned(),
        cap_type: CapType::Daily,
        model: None,
        limit: limit.parse().unwrap(),
        action: CapAction::Deny,
    }
}

fn cap_proposal(limit: &str) -> Proposal {
    Proposal::Cap { user_id: "ana".to_owned(), cap_type: CapType::Daily, model: None, to: Some(cap(limit)), from: None }
}

/// A charge of 500 credits to ana, and a proposal to refund all of it.
async fn charge(app: &App) -> Proposal {
    app.grant("ana", 2_000).await;
    let charge = app.post("/users/ana/deductions", json!({ "amount": 500 })).await.ok()["transaction_id"].clone();
    Proposal::Refund(Refund {
        transaction_id: charge.as_str().unwrap().parse().unwrap(),
        amount: None,
        reason: RefundReason::Goodwill,
        note: None,
        notify: false,
        seen: None,
        key: None,
    })
}

pub async fn limits(app: &App, limits: Limits) {
    app.desk
        .change_setting(&Actor::staff("ada@example.com"), SettingChange::Limits { to: limits, was: None })
        .await
        .unwrap();
}

/// Keeps a request of support, which is above its limit.
pub async fn ask(app: &App, proposal: Proposal) -> Uuid {
    match app.desk.propose(&sam(), Role::Support, proposal, "they asked kindly", None).await.unwrap() {
        Proposed::Waiting(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn actions(app: &App) -> Vec<String> {
    let rows = app.desk.audit(AuditQuery { limit: 200, ..AuditQuery::default() }).await.unwrap().items;
    rows.into_iter().rev().map(|row| row.action.as_str().to_owned()).collect()
}

on_both! {
    async fn what_is_within_the_limit_is_done_at_once_and_what_is_above_waits(app) {
        assert_eq!(Limits::default().support_grant.unwrap().to_string(), "100");
        let first = app.desk.propose(&sam(), Role::Support, grant("60"), "", None).await.unwrap();
        assert!(matches!(first, Proposed::Granted(_)));
        // Many small ones are one large one: 60 and 41 within a day are above 100.
        let refused = app.desk.propose(&sam(), Role::Support, grant("41"), " ", None).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("reason"), "{refused}");
        let id = ask(&app, grant("41")).await;
        assert_eq!(app.balance("ana").await, "60", "nothing moves before somebody else says so");
        let approval = app.desk.approve(&fay(), Role::Finance, id, Some("fine")).await.unwrap();
        assert_eq!((approval.status, approval.decided_by.as_deref()), (ApprovalStatus::Approved, Some("staff:fay@example.com")));
        assert_eq!(app.balance("ana").await, "101");
        app.pass(24 * 3_600 + 1);
        let later = app.desk.propose(&sam(), Role::Support, grant("100"), "", None).await.unwrap();
        assert!(matches!(later, Proposed::Granted(_)), "a day later it begins anew");
        let told = actions(&app).await;
        let expected = [
            "key.created",  "credits.added", "approval.requested", "approval.approved",
            "credits.added", "credits.added",
        ];
        assert_eq!(told, expected);
        app.assert_sound().await;
    }

    async fn a_teams_pool_is_filled_within_the_same_limit(app) {
        limits(&app, Limits { admin_grant: Some("100".parse().unwrap()), ..Limits::default() }).await;
        let team = app.post("/teams", json!({ "name": "Atlas" })).await.ok()["team_id"].clone();
        let team: Uuid = team.as_str().unwrap().parse().unwrap();
        let top_up = |amount: &str| Proposal::TopUp(TopUpTeam {
            team_id: team,
            amount: amount.parse().unwrap(),
            kind: CreditKind::Grant,
            expires_at: None,
            metadata: CreditMetadata::default(),
            key: None,
        });
        let pool = async || app.desk.team(team).await.unwrap().team.balance.to_string();
        let ada = Actor::staff("ada@example.com");
        let first = app.desk.propose(&ada, Role::Admin, top_up("60"), "", None).await.unwrap();
        assert!(matches!(first, Proposed::Granted(_)));
        let refused = app.desk.propose(&ada, Role::Admin, top_up("41"), "", None).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("reason"), "{refused}");
        let asked = app.desk.propose(&ada, Role::Admin, top_up("41"), "a new customer", None).await.unwrap();
        let Proposed::Waiting(id) = asked else { panic!("{asked:?}") };
        assert_eq!(pool().await, "60");
        assert_eq!(app.desk.approval(id).await.unwrap().subject, team.to_string());
        app.desk.approve(&fay(), Role::Finance, id, None).await.unwrap();
        assert_eq!(pool().await, "101");
        app.assert_sound().await;
    }

    async fn nobody_answers_their_own_or_what_is_not_for_their_role(app) {
        let id = ask(&app, grant("500")).await;
        for (by, role) in [(sam(), Role::Support), (sam(), Role::Admin), (Actor::staff("tom@example.com"), Role::Support)] {
            let refused = app.desk.approve(&by, role, id, None).await.unwrap_err();
            assert_eq!(refused.code, Code::Forbidden, "{by:?}");
        }
        app.grant("ana", 1).await;
        let raise = ask(&app, cap_proposal("50")).await;
        assert_eq!(app.desk.approve(&fay(), Role::Finance, raise, None).await.unwrap_err().code, Code::Forbidden);
        assert_eq!(app.desk.withdraw(&fay(), id).await.unwrap_err().code, Code::Forbidden);
        assert_eq!(app.desk.approvals_waiting_for(&fay(), Role::Finance).await.unwrap(), 1);
        assert_eq!(app.desk.approvals_waiting_for(&sam(), Role::Admin).await.unwrap(), 0);
        assert_eq!(app.desk.approvals_waiting_for(&fay(), Role::Admin).await.unwrap(), 2);
        app.desk.withdraw(&sam(), id).await.unwrap();
        assert_eq!(app.desk.approval(id).await.unwrap().status, ApprovalStatus::Withdrawn);
        let late = app.desk.approve(&fay(), Role::Finance, id, None).await.unwrap_err();
        assert!(late.message.contains("withdrawn already"), "{late}");
        assert_eq!(app.balance("ana").await, "1");
    }

    async fn of_many_approvals_at_once_one_moves_the_money(app) {
        limits(&app, Limits { support_refund: Some("100".parse().unwrap()), ..Limits::default() }).await;
        let id = ask(&app, charge(&app).await).await;
        assert_eq!(app.balance("ana").await, "1500");
        let tries = (0..12).map(|number| {
            let (desk, by) = (app.desk.clone(), Actor::staff(&format!("fay{number}@example.com")));
            tokio::spawn(async move { desk.approve(&by, Role::Finance, id, None).await })
        });
        let mut done = 0;
        for attempt in tries.collect::<Vec<_>>() {
            done += i32::from(attempt.await.unwrap().is_ok());
        }
        assert_eq!(done, 1);
        assert_eq!(app.balance("ana").await, "2000");
        let approval = app.desk.approval(id).await.unwrap();
        let refund: Uuid = approval.result.unwrap().parse().unwrap();
        assert_eq!(app.desk.transaction(refund).await.unwrap().transaction.actor.as_deref(), Some("staff:sam@example.com"));
        app.assert_sound().await;
    }

    async fn what_has_become_impossible_is_refused_and_still_waits(app) {
        limits(&app, Limits { support_refund: Some("100".parse().unwrap()), ..Limits::default() }).await;
        let proposal = charge(&app).await;
        let id = ask(&app, proposal.clone()).await;
        // Meanwhile an admin has refunded a part, so that the 500 asked for do not remain.
        let Proposal::Refund(part) = proposal else { unreachable!() };
        let part = Refund { amount: Some("10".parse().unwrap()), ..part };
        app.desk.propose(&Actor::staff("ada@example.com"), Role::Admin, Proposal::Refund(part), "", None).await.unwrap();
        let stale = app.desk.approve(&fay(), Role::Finance, id, None).await.unwrap_err();
        assert_eq!(stale.code, Code::OverRefund);
        assert_eq!(app.desk.approval(id).await.unwrap().status, ApprovalStatus::Pending);
        assert_eq!(app.balance("ana").await, "1510");
        app.desk.decline(&fay(), Role::Finance, id, "part was refunded").await.unwrap();

        app.desk.set_cap(&Actor::key("test"), cap("5")).await.unwrap();
        let raise = ask(&app, cap_proposal("50")).await;
        app.desk.set_cap(&Actor::key("test"), cap("7")).await.unwrap();
        let ada = Actor::staff("ada@example.com");
        let stale = app.desk.approve(&ada, Role::Admin, raise, None).await.unwrap_err();
        assert!(stale.message.contains("The cap has changed"), "{stale}");
        app.desk.decline(&ada, Role::Admin, raise, "ask anew").await.unwrap();
        let again = ask(&app, cap_proposal("50")).await;
        app.desk.approve(&ada, Role::Admin, again, None).await.unwrap();
        assert_eq!(app.desk.caps("ana").await.unwrap()[0].cap.limit.to_string(), "50");
        app.assert_sound().await;
    }

    async fn an_activation_waits_for_a_second_admin(app) {
        app.publish_prices().await.ok();
        let other = json!({ "version": 1, "models": { "gpt": "input_tokens" }, "min_balance": 0 });
        let ada = Actor::staff("ada@example.com");
        app.desk.publish(&ada, other, None, false).await.unwrap();
        limits(&app, Limits { activation: true, ..Limits::default() }).await;
        let propose = async || {
            let proposal = Proposal::Activation { version: 2, active: Some(1) };
            app.desk.propose(&ada, Role::Admin, proposal, "new prices", None).await.unwrap()
        };
        let Proposed::Waiting(id) = propose().await else { panic!("it must wait") };
        assert_eq!(app.desk.active_version().await.unwrap().version, 1);
        app.desk.approve(&Actor::staff("bo@example.com"), Role::Admin, id, None).await.unwrap();
        assert_eq!(app.desk.active_version().await.unwrap().version, 2);
        app.assert_sound().await;
    }

    async fn a_request_ends_by_the_clock(app) {
        let id = ask(&app, grant("500")).await;
        app.pass(72 * 3_600);
        assert_eq!(app.desk.approval(id).await.unwrap().status, ApprovalStatus::Expired, "before the reaper, too");
        assert_eq!(app.desk.pending_approvals().await.unwrap(), []);
        let late = app.desk.approve(&fay(), Role::Finance, id, None).await.unwrap_err();
        assert!(late.message.contains("time is over"), "{late}");
        assert_eq!(app.desk.expire_approvals(&Actor::system("reaper")).await.unwrap(), 1);
        assert_eq!(app.desk.expire_approvals(&Actor::system("reaper")).await.unwrap(), 0);
        assert_eq!(actions(&app).await.last().map(String::as_str), Some("approval.expired"));
        let page = app.desk.decided_approvals(None, 10).await.unwrap();
        assert_eq!(page.items.len(), 1);
    }

    async fn what_waits_is_not_asked_for_again(app) {
        limits(&app, Limits { support_refund: Some("100".parse().unwrap()), ..Limits::default() }).await;
        let proposal = charge(&app).await;
        let first = ask(&app, proposal.clone()).await;
        let again = app.desk.propose(&Actor::staff("tom@example.com"), Role::Support, proposal.clone(), "why", None).await;
        let again = again.unwrap_err();
        assert_eq!((again.code, &again.details["approval_id"]), (Code::ApprovalRequired, &json!(first)));
        assert_eq!(again.message, "This is asked for already, by sam@example.com, just now: that request waits for an answer.");
        ask(&app, charge(&app).await).await;
        let raise = ask(&app, cap_proposal("50")).await;
        let other = app.desk.propose(&sam(), Role::Support, cap_proposal("60"), "why", None).await.unwrap_err();
        assert_eq!(other.details["approval_id"], json!(raise));
        ask(&app, grant("500")).await;
        ask(&app, grant("500")).await;
        assert_eq!(app.desk.approvals_about("ana").await.unwrap().len(), 5);
        let own = app.desk.own_approvals(&sam(), 10).await.unwrap();
        assert_eq!((own.len(), own[4].id), (5, first), "the newest first");
        // Answered, it may be asked for again.
        app.desk.decline(&fay(), Role::Finance, first, "no").await.unwrap();
        ask(&app, proposal).await;
    }

    async fn of_many_who_ask_at_once_one_waits(app) {
        limits(&app, Limits { support_refund: Some("100".parse().unwrap()), ..Limits::default() }).await;
        let proposal = charge(&app).await;
        let tries = (0..8).map(|number| {
            let (desk, proposal) = (app.desk.clone(), proposal.clone());
            let by = Actor::staff(&format!("sam{number}@example.com"));
            tokio::spawn(async move { desk.propose(&by, Role::Support, proposal, "why", None).await })
        });
        let mut asked = 0;
        for attempt in tries.collect::<Vec<_>>() {
            asked += i32::from(attempt.await.unwrap().is_ok());
        }
        assert_eq!((asked, app.desk.pending_approvals().await.unwrap().len()), (1, 1));
    }

    async fn what_a_disabled_person_asked_for_is_only_declined(app) {
        let by = Actor::system("test");
        app.staff.create(&by, "Sam", "sam@example.com", Role::Support, "correct horse battery").await.unwrap();
        let id = ask(&app, grant("500")).await;
        let person = app.staff.people().await.unwrap().people[0].staff.id;
        app.staff.set_disabled(&Actor::staff("ada@example.com"), person, true).await.unwrap();
        let refused = app.desk.approve(&fay(), Role::Finance, id, None).await.unwrap_err();
        assert_eq!(refused.message, "Whoever asked is disabled by now: decline it.");
        assert_eq!(app.balance("ana").await, "0");
        app.desk.decline(&fay(), Role::Finance, id, "they have left").await.unwrap();
    }

    async fn a_form_sent_twice_makes_one_request(app) {
        let key = Some(app.ids.next(app.clock.now()));
        let propose = async |amount: &str| app.desk.propose(&sam(), Role::Support, grant(amount), "why", key).await;
        let first = propose("500").await.unwrap();
        assert_eq!(propose("500").await.unwrap(), first);
        assert_eq!(propose("501").await.unwrap_err().code, Code::IdempotencyConflict);
        assert_eq!(app.desk.pending_approvals().await.unwrap().len(), 1);
    }
}
