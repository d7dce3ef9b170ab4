//! People: the first admin, sign-in, sessions, and who is kept out.

use crate::harness::App;
use app::{
    backend::{Audits as _, Visit as _},
    error::Code,
    model::{Actor, AuditAction, AuditQuery, Role, SecondStep},
};
use server::auth::visit::WebVisit;
use std::{net::IpAddr, sync::Arc};
use totp_rs::{Builder, Secret};
use tower_sessions::Session;

const PASSWORD: &str = "correct horse battery";

fn visit_from(app: &App, session: &Session, address: &str) -> WebVisit {
    let address: IpAddr = address.parse().unwrap();
    WebVisit::new(app.staff.clone(), session.clone(), Some(address))
}

fn new_session(app: &App) -> Session {
    Session::new(None, Arc::new(app.sessions.clone()), None)
}

on_both! {
    async fn the_link_makes_one_admin_and_no_other(app) {
        let token = app.staff.make_welcome().await.unwrap().unwrap();
        let spare = app.staff.make_welcome().await.unwrap().unwrap();
        let visit = visit_from(&app, &new_session(&app), "192.0.2.1");
        assert!(visit.welcome(&token).await.unwrap() && !visit.welcome("guess").await.unwrap());
        let short = visit.create_first_admin(&token, "Ana", "ana@example.com", "short").await.unwrap_err();
        assert_eq!(short.field.as_deref(), Some("password"));
        assert!(visit.welcome(&token).await.unwrap(), "a refused form leaves the link open");
        let staff = visit.create_first_admin(&token, "Ana", "Ana@Example.com", PASSWORD).await.unwrap();
        assert_eq!((staff.email.as_str(), staff.role), ("ana@example.com", Role::Admin));
        for token in [&token, &spare] {
            assert!(!visit.welcome(token).await.unwrap());
            let late = visit.create_first_admin(token, "Eve", "eve@example.com", PASSWORD).await.unwrap_err();
            assert_eq!(late.code, Code::Forbidden);
        }
        assert_eq!(app.staff.make_welcome().await.unwrap(), None, "no link while somebody has an account");
    }

    async fn of_many_who_use_the_link_at_once_one_becomes_admin(app) {
        let token = app.staff.make_welcome().await.unwrap().unwrap();
        let tries = (0..6).map(|number| {
            let (staff, token) = (app.staff.clone(), token.clone());
            tokio::spawn(async move {
                staff.create_first_admin(&token, "Ana", &format!("ana{number}@example.com"), PASSWORD, None).await
            })
        });
        let mut made = 0;
        for attempt in tries.collect::<Vec<_>>() {
            match attempt.await.unwrap() {
                Ok(_) => made += 1,
                Err(error) => assert_eq!(error.code, Code::Forbidden, "{error}"),
            }
        }
        assert_eq!(made, 1);
    }

    async fn the_link_is_good_for_a_day(app) {
        let token = app.staff.make_welcome().await.unwrap().unwrap();
        app.set_time("2026-11-26T11:59:59Z");
        assert!(app.staff.welcome_is_open(&token).await.unwrap());
        app.set_time("2026-11-26T12:00:00Z");
        assert!(!app.staff.welcome_is_open(&token).await.unwrap());
    }

    async fn a_session_begins_with_a_new_id_and_ends(app) {
        app.staff.create(&Actor::system("test"), "Ana", "ana@example.com", Role::Support, PASSWORD).await.unwrap();
        let session = new_session(&app);
        session.insert("before", 1).await.unwrap();
        session.save().await.unwrap();
        let planted = session.id().unwrap();
        let visit = visit_from(&app, &session, "192.0.2.1");
        assert_eq!(visit.sign_in("ANA@example.com", PASSWORD).await.unwrap().unwrap().role, Role::Support);
        session.save().await.unwrap();
        let id = session.id().unwrap();
        assert_ne!(id, planted);
        let reopened = |id| Session::new(Some(id), Arc::new(app.sessions.clone()), None);
        let staff_of = async |id| visit_from(&app, &reopened(id), "192.0.2.1").staff().await.unwrap();
        assert_eq!(staff_of(planted).await, None);
        assert_eq!(staff_of(id).await.unwrap().email, "ana@example.com");
        app.set_time("2026-11-26T00:00:00Z");
        assert_eq!(staff_of(id).await, None, "twelve hours later");
        assert_eq!(app.sessions.delete_expired().await.unwrap(), 1);
    }

    async fn signing_out_ends_the_session_for_good(app) {
        app.staff.create(&Actor::system("test"), "Ana", "ana@example.com", Role::Admin, PASSWORD).await.unwrap();
        let session = new_session(&app);
        visit_from(&app, &session, "192.0.2.1").sign_in("ana@example.com", PASSWORD).await.unwrap();
        session.save().await.unwrap();
        let id = session.id().unwrap();
        visit_from(&app, &session, "192.0.2.1").sign_out().await.unwrap();
        let stolen = Session::new(Some(id), Arc::new(app.sessions.clone()), None);
        assert_eq!(visit_from(&app, &stolen, "192.0.2.1").staff().await.unwrap(), None);
    }

    async fn wrong_passwords_are_refused_alike_and_slowed_down(app) {
        app.staff.create(&Actor::system("test"), "Ana", "ana@example.com", Role::Admin, PASSWORD).await.unwrap();
        let visit = visit_from(&app, &new_session(&app), "192.0.2.1");
        let unknown = visit.sign_in("eve@example.com", PASSWORD).await.unwrap_err();
        let wrong = visit.sign_in("ana@example.com", "wrong password!").await.unwrap_err();
        assert_eq!((unknown.code, &unknown.message), (Code::Unauthenticated, &wrong.message));
        for _ in 0..9 {
            visit.sign_in("ana@example.com", "wrong password!").await.unwrap_err();
        }
        let elsewhere = visit_from(&app, &new_session(&app), "198.51.100.1");
        let slowed = elsewhere.sign_in("ana@example.com", PASSWORD).await.unwrap_err();
        assert_eq!((slowed.code, slowed.details["retry_after"].as_u64()), (Code::RateLimited, Some(60)));
        app.set_time("2026-11-25T12:01:00Z");
        elsewhere.sign_in("ana@example.com", PASSWORD).await.unwrap();
    }

    async fn an_email_has_one_account(app) {
        app.staff.create(&Actor::system("test"), "Ana", "ana@example.com", Role::Admin, PASSWORD).await.unwrap();
        let twice = app.staff.create(&Actor::system("test"), "Ana", " ANA@example.com", Role::Support, PASSWORD).await.unwrap_err();
        assert_eq!(twice.field.as_deref(), Some("email"));
    }
    async fn a_second_step_is_asked_for_and_each_code_is_good_once(app) {
        let by = Actor::staff("ana@example.com");
        let ana = app.staff.create(&Actor::system("test"), "Ana", "ana@example.com", Role::Admin, PASSWORD).await.unwrap();
        app.staff.begin_second_step(&ana).await.unwrap();
        let begun = app.staff.second_step(&ana).await.unwrap().begun.unwrap();
        let secret = Secret::try_from_base32(begun.secret.replace(' ', "")).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        let code = || totp.generate(u64::try_from(app.clock.now().as_second()).unwrap()).to_string();
        let wrong = || if code() == "000000" { "000001" } else { "000000" };
        let sign_in = async || {
            let session = new_session(&app);
            let entered = visit_from(&app, &session, "192.0.2.1").sign_in("ana@example.com", PASSWORD).await.unwrap();
            (session, entered.is_some())
        };
        assert!(sign_in().await.1, "while it is not confirmed, the password is enough");
        let refused = app.staff.confirm_second_step(&by, &ana, wrong()).await.unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (Code::InvalidRequest, Some("code")));
        let recovery = app.staff.confirm_second_step(&by, &ana, &code()).await.unwrap();
        assert_eq!(recovery.len(), 10);
        assert_eq!(app.staff.begin_second_step(&ana).await.unwrap_err().code, Code::EditConflict);

        let (session, entered) = sign_in().await;
        let visit = || visit_from(&app, &session, "192.0.2.1");
        assert!(!entered && visit().steps_asked().await.unwrap().is_some() && visit().staff().await.unwrap().is_none());
        let again = visit().enter_code(&code()).await.unwrap_err();
        assert_eq!(again.code, Code::Unauthenticated, "the code that confirmed is used up");
        app.pass(30);
        assert_eq!(visit().enter_code(&code()).await.unwrap().id, ana.id);
        assert!(visit().staff().await.unwrap().is_some() && visit().steps_asked().await.unwrap().is_none());

        let (session, _) = sign_in().await;
        let visit = || visit_from(&app, &session, "192.0.2.1");
        assert_eq!(visit().enter_code(&code()).await.unwrap_err().code, Code::Unauthenticated, "nor twice elsewhere");
        visit().enter_code(&recovery[3].to_uppercase().replace('-', " ")).await.unwrap();
        let (session, _) = sign_in().await;
        let visit = || visit_from(&app, &session, "192.0.2.1");
        assert_eq!(visit().enter_code(&recovery[3]).await.unwrap_err().code, Code::Unauthenticated);
        assert_eq!(app.staff.second_step(&ana).await.unwrap().recovery_codes, 9);
        app.pass(10 * 60);
        assert!(visit().steps_asked().await.unwrap().is_none(), "the password was given too long ago");
        assert_eq!(visit().enter_code(&code()).await.unwrap_err().code, Code::Unauthenticated);

        let (session, _) = sign_in().await;
        let visit = || visit_from(&app, &session, "192.0.2.1");
        let mut slowed = None;
        for _ in 0..6 {
            slowed = Some(visit().enter_code(wrong()).await.unwrap_err());
        }
        assert_eq!(slowed.unwrap().code, Code::RateLimited);
        assert_eq!(visit().enter_code(&code()).await.unwrap_err().code, Code::RateLimited, "a right one waits as well");

        app.pass(60 * 60);
        assert_eq!(app.staff.end_second_step(&by, &ana, wrong()).await.unwrap_err().code, Code::InvalidRequest);
        app.staff.end_second_step(&by, &ana, &code()).await.unwrap();
        assert!(sign_in().await.1);
        let none = SecondStep { passkey_host: Some("desk.example".to_owned()), ..SecondStep::default() };
        assert_eq!(app.staff.second_step(&ana).await.unwrap(), none);
        let log = app.desk.audit(AuditQuery { limit: 50, ..AuditQuery::default() }).await.unwrap().items;
        let count = |action| log.iter().filter(|entry| entry.action == action).count();
        assert_eq!((count(AuditAction::SecondStepOn), count(AuditAction::SecondStepOff)), (1, 1));
        assert_eq!(count(AuditAction::SignedIn), 4, "who has not shown a code has not signed in");
        assert!(count(AuditAction::SignInFailed) >= 5);
    }

    async fn an_admin_turns_a_lost_second_step_off(app) {
        let ben = app.staff.create(&Actor::system("test"), "Ben", "ben@example.com", Role::Support, PASSWORD).await.unwrap();
        app.staff.begin_second_step(&ben).await.unwrap();
        let begun = app.staff.second_step(&ben).await.unwrap().begun.unwrap();
        let totp = Builder::new().with_secret(Secret::try_from_base32(begun.secret.replace(' ', "")).unwrap()).build().unwrap();
        let code = totp.generate(u64::try_from(app.clock.now().as_second()).unwrap()).to_string();
        app.staff.confirm_second_step(&Actor::staff(&ben.email), &ben, &code).await.unwrap();
        assert!(app.staff.people().await.unwrap().people[0].two_step);
        let visit = visit_from(&app, &new_session(&app), "192.0.2.1");
        assert_eq!(visit.sign_in("ben@example.com", PASSWORD).await.unwrap(), None);
        app.staff.reset_second_step_of(&Actor::system("cli"), " BEN@example.com").await.unwrap();
        assert!(!app.staff.people().await.unwrap().people[0].two_step);
        assert!(visit.sign_in("ben@example.com", PASSWORD).await.unwrap().is_some());
        let unknown = app.staff.reset_second_step_of(&Actor::system("cli"), "eve@example.com").await.unwrap_err();
        assert_eq!(unknown.code, Code::NotFound);
    }
}
