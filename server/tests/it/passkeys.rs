//! Passkeys: made, asked for as the second step, and removed, by an authenticator of software.

use crate::harness::App;
use app::{
    backend::{Audits as _, Visit as _},
    error::Code,
    model::{Actor, AuditAction, AuditQuery, Role, SecondStep, Staff, StepsAsked},
};
use serde_json::{Value, json};
use server::{auth::visit::WebVisit, store};
use std::sync::Arc;
use tower_sessions::Session;
use url::Url;
use webauthn_authenticator_rs::{AuthenticatorBackend as _, softpasskey::SoftPasskey};

const PASSWORD: &str = "correct horse battery";

fn visit(app: &App, session: &Session) -> WebVisit {
    WebVisit::new(app.staff.clone(), session.clone(), Some("192.0.2.1".parse().unwrap()))
}

fn new_session(app: &App) -> Session {
    Session::new(None, Arc::new(app.sessions.clone()), None)
}

async fn create(app: &App, email: &str) -> Staff {
    app.staff.create(&Actor::system("test"), "Somebody", email, Role::Admin, PASSWORD).await.unwrap()
}

/// A session whose password was right, and whether that was enough.
async fn sign_in(app: &App, email: &str) -> (Session, bool) {
    let session = new_session(app);
    let entered = visit(app, &session).sign_in(email, PASSWORD).await.unwrap();
    (session, entered.is_some())
}

fn origin() -> Url {
    Url::parse("https://desk.example").unwrap()
}

/// What a browser answers to the question to make a passkey.
fn make(device: &mut SoftPasskey, options: &str, at: Url) -> String {
    let asked: webauthn_authenticator_rs::prelude::CreationChallengeResponse = serde_json::from_str(options).unwrap();
    serde_json::to_string(&device.perform_register(at, asked.public_key, 1_000).unwrap()).unwrap()
}

/// What it answers to the question to show one.
fn show(device: &mut SoftPasskey, options: &str) -> String {
    let asked: webauthn_authenticator_rs::prelude::RequestChallengeResponse = serde_json::from_str(options).unwrap();
    serde_json::to_string(&device.perform_auth(origin(), asked.public_key, 1_000).unwrap()).unwrap()
}

async fn add(app: &App, session: &Session, device: &mut SoftPasskey, name: &str) -> Vec<String> {
    let options = visit(app, session).begin_passkey().await.unwrap();
    let made = make(device, &options, origin());
    visit(app, session).add_passkey(name, &made).await.unwrap()
}

async fn count(app: &App, action: AuditAction) -> usize {
    let log = app.desk.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap().items;
    log.iter().filter(|entry| entry.action == action).count()
}

on_both! {
    async fn a_passkey_is_asked_for_after_the_password(app) {
        let ana = create(&app, "ana@example.com").await;
        let mut device = SoftPasskey::new(true);
        let (session, entered) = sign_in(&app, "ana@example.com").await;
        assert!(entered);
        let options: Value = serde_json::from_str(&visit(&app, &session).begin_passkey().await.unwrap()).unwrap();
        let asked = &options["publicKey"];
        assert_eq!((&asked["rp"]["id"], &asked["user"]["name"]), (&json!("desk.example"), &json!("ana@example.com")));
        assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
        let codes = add(&app, &session, &mut device, " My laptop ").await;
        assert_eq!(codes.len(), 10, "the first passkey comes with recovery codes");
        let SecondStep { since, recovery_codes, passkeys, .. } = app.staff.second_step(&ana).await.unwrap();
        assert_eq!((since, recovery_codes, passkeys.len()), (None, 10, 1));
        assert_eq!((passkeys[0].name.as_str(), passkeys[0].last_used_at), ("My laptop", None));
        assert!(app.staff.people().await.unwrap().people[0].two_step);
        let mut second = SoftPasskey::new(true);
        assert!(add(&app, &session, &mut second, "Key").await.is_empty(), "the codes of the first are good");

        let (session, entered) = sign_in(&app, "ana@example.com").await;
        let asked = visit(&app, &session).steps_asked().await.unwrap();
        assert!(!entered && visit(&app, &session).staff().await.unwrap().is_none());
        assert_eq!(asked, Some(StepsAsked { authenticator: false, recovery_code: true, passkey: true }));
        let options = visit(&app, &session).ask_passkey(false).await.unwrap();
        let shown = show(&mut device, &options);
        app.pass(60);
        assert_eq!(visit(&app, &session).enter_passkey(&shown).await.unwrap().id, ana.id);
        assert!(visit(&app, &session).staff().await.unwrap().is_some());
        let used = app.staff.second_step(&ana).await.unwrap().passkeys;
        assert_eq!((used[0].last_used_at, used[1].last_used_at), (Some(app.clock.now()), None));

        let (session, _) = sign_in(&app, "ana@example.com").await;
        assert!(visit(&app, &session).enter_code(&codes[0]).await.is_ok(), "a recovery code stands for it");
        assert_eq!(count(&app, AuditAction::PasskeyAdded).await, 2);
        assert_eq!(count(&app, AuditAction::SignedIn).await, 3, "who has not shown a passkey has not signed in");
        app.assert_sound().await;
    }

    async fn a_passkey_is_a_second_step_where_one_is_asked_of_everybody(app) {
        create(&app, "ana@example.com").await;
        crate::two_steps::put(&app, true).await;
        let (session, entered) = sign_in(&app, "ana@example.com").await;
        assert!(entered, "who has none yet comes in by the password");
        assert_eq!(visit(&app, &session).staff().await.unwrap_err().code, Code::SecondStepRequired);
        add(&app, &session, &mut SoftPasskey::new(true), "Key").await;
        assert!(visit(&app, &session).staff().await.unwrap().is_some());
        let id = app.staff.second_step(&visit(&app, &session).staff().await.unwrap().unwrap()).await.unwrap().passkeys[0].id;
        visit(&app, &session).remove_passkey(id).await.unwrap();
        assert_eq!(visit(&app, &session).staff().await.unwrap_err().code, Code::SecondStepRequired);
    }

    async fn what_was_not_asked_for_or_comes_late_is_refused(app) {
        create(&app, "ana@example.com").await;
        let mut device = SoftPasskey::new(true);
        let (session, _) = sign_in(&app, "ana@example.com").await;
        add(&app, &session, &mut device, "Laptop").await;

        let (session, _) = sign_in(&app, "ana@example.com").await;
        let refused = async |shown: &str| visit(&app, &session).enter_passkey(shown).await.unwrap_err();
        let first = visit(&app, &session).ask_passkey(false).await.unwrap();
        let shown = show(&mut device, &first);
        visit(&app, &session).ask_passkey(false).await.unwrap();
        assert_eq!(refused(&shown).await.code, Code::Unauthenticated, "the answer to another question");
        assert_eq!(refused(&shown).await.message, "This was asked for too long ago, or was answered already: begin again.");
        for nonsense in ["", "{}", "{\"id\":1}", "nonsense"] {
            visit(&app, &session).ask_passkey(false).await.unwrap();
            assert_eq!(refused(nonsense).await.code, Code::InvalidRequest, "{nonsense:?}");
        }
        let mut without = SoftPasskey::new(true);
        let other = create(&app, "ben@example.com").await;
        let (of_ben, _) = sign_in(&app, "ben@example.com").await;
        add(&app, &of_ben, &mut without, "Key").await;
        let (of_ben, _) = sign_in(&app, "ben@example.com").await;
        let options = visit(&app, &of_ben).ask_passkey(false).await.unwrap();
        let bens = show(&mut without, &options);
        visit(&app, &session).ask_passkey(false).await.unwrap();
        assert_eq!(refused(&bens).await.code, Code::Unauthenticated, "somebody else's");
        assert_eq!(visit(&app, &of_ben).enter_passkey(&bens).await.unwrap().id, other.id);
        assert_eq!(visit(&app, &of_ben).enter_passkey(&bens).await.unwrap_err().code, Code::Unauthenticated, "twice");

        let (session, _) = sign_in(&app, "ana@example.com").await;
        let options = visit(&app, &session).ask_passkey(false).await.unwrap();
        let shown = show(&mut device, &options);
        app.pass(10 * 60);
        assert_eq!(visit(&app, &session).enter_passkey(&shown).await.unwrap_err().code, Code::Unauthenticated, "late");
        let (session, _) = sign_in(&app, "ana@example.com").await;
        assert_eq!(visit(&app, &new_session(&app)).ask_passkey(false).await.unwrap_err().code, Code::Unauthenticated);
        let mut slowed = None;
        for _ in 0..6 {
            visit(&app, &session).ask_passkey(false).await.unwrap();
            slowed = Some(visit(&app, &session).enter_passkey(&bens).await.unwrap_err());
        }
        assert_eq!(slowed.unwrap().code, Code::RateLimited);
        assert!(count(&app, AuditAction::SignInFailed).await >= 5);
    }

    async fn a_copy_of_a_passkey_is_found_by_its_counter(app) {
        create(&app, "ana@example.com").await;
        let mut device = SoftPasskey::new(true);
        let (session, _) = sign_in(&app, "ana@example.com").await;
        add(&app, &session, &mut device, "Laptop").await;
        let (session, _) = sign_in(&app, "ana@example.com").await;
        let options = visit(&app, &session).ask_passkey(false).await.unwrap();
        let shown = show(&mut device, &options);
        let mut tx = app.db.begin().await.unwrap();
        store::sql("UPDATE staff_passkeys SET counter = 1000").execute(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let copied = visit(&app, &session).enter_passkey(&shown).await.unwrap_err();
        assert_eq!(copied.code, Code::Unauthenticated, "the original has counted further");
        assert!(visit(&app, &session).staff().await.unwrap().is_none());
    }

    async fn a_passkey_is_taken_only_as_it_was_asked_for(app) {
        let ana = create(&app, "ana@example.com").await;
        let (session, _) = sign_in(&app, "ana@example.com").await;
        let visit = || visit(&app, &session);
        let mut device = SoftPasskey::new(true);
        let options = visit().begin_passkey().await.unwrap();
        let elsewhere = make(&mut device, &options, Url::parse("https://desk.example.evil.example").unwrap_or(origin()));
        let refused = visit().add_passkey("Laptop", &elsewhere).await.unwrap_err();
        assert_eq!(refused.code, Code::InvalidRequest, "made for another site");
        assert_eq!(visit().add_passkey("Laptop", &elsewhere).await.unwrap_err().code, Code::InvalidRequest, "not asked for");
        let mut locked = SoftPasskey::new(false);
        let options = visit().begin_passkey().await.unwrap();
        let asked: webauthn_authenticator_rs::prelude::CreationChallengeResponse = serde_json::from_str(&options).unwrap();
        if let Ok(made) = locked.perform_register(origin(), asked.public_key, 1_000) {
            let made = serde_json::to_string(&made).unwrap();
            assert_eq!(visit().add_passkey("Locked", &made).await.unwrap_err().code, Code::InvalidRequest, "not unlocked");
        }
        for name in ["", "a\nb"] {
            let options = visit().begin_passkey().await.unwrap();
            let made = make(&mut SoftPasskey::new(true), &options, origin());
            assert_eq!(visit().add_passkey(name, &made).await.unwrap_err().field.as_deref(), Some("name"));
        }
        let options = visit().begin_passkey().await.unwrap();
        let made = make(&mut device, &options, origin());
        app.pass(10 * 60);
        assert_eq!(visit().add_passkey("Laptop", &made).await.unwrap_err().code, Code::InvalidRequest, "late");
        app.pass(5 * 60);
        let refused = visit().begin_passkey().await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden, "a browser that was left open");
        assert!(refused.message.contains("sign in again"));
        assert_eq!(app.staff.second_step(&ana).await.unwrap().passkeys, []);
        assert_eq!(count(&app, AuditAction::PasskeyAdded).await, 0);
    }

    async fn the_last_second_step_takes_the_recovery_codes_with_it(app) {
        let ana = create(&app, "ana@example.com").await;
        let ben = create(&app, "ben@example.com").await;
        let by = Actor::staff("ana@example.com");
        let (session, _) = sign_in(&app, "ana@example.com").await;
        let (mut one, mut two) = (SoftPasskey::new(true), SoftPasskey::new(true));
        add(&app, &session, &mut one, "One").await;
        add(&app, &session, &mut two, "Two").await;
        let ids: Vec<_> = app.staff.second_step(&ana).await.unwrap().passkeys.iter().map(|passkey| passkey.id).collect();
        let (of_ben, _) = sign_in(&app, "ben@example.com").await;
        assert_eq!(visit(&app, &of_ben).remove_passkey(ids[0]).await.unwrap_err().code, Code::NotFound, "not one's own");
        visit(&app, &session).remove_passkey(ids[0]).await.unwrap();
        assert_eq!(visit(&app, &session).remove_passkey(ids[0]).await.unwrap_err().code, Code::NotFound);
        assert_eq!(app.staff.second_step(&ana).await.unwrap().recovery_codes, 10);
        let (asked, _) = sign_in(&app, "ana@example.com").await;
        let options = visit(&app, &asked).ask_passkey(false).await.unwrap();
        assert!(!options.is_empty());
        visit(&app, &session).remove_passkey(ids[1]).await.unwrap();
        let shown = show(&mut two, &options);
        assert_eq!(visit(&app, &asked).enter_passkey(&shown).await.unwrap_err().code, Code::Unauthenticated, "it has gone");
        assert_eq!(app.staff.second_step(&ana).await.unwrap().recovery_codes, 0);
        assert!(sign_in(&app, "ana@example.com").await.1, "the password is enough again");

        add(&app, &of_ben, &mut SoftPasskey::new(true), "Lost").await;
        assert!(!sign_in(&app, "ben@example.com").await.1);
        app.staff.reset_second_step(&by, ben.id).await.unwrap();
        let step = app.staff.second_step(&ben).await.unwrap();
        assert_eq!((step.passkeys, step.recovery_codes), (vec![], 0));
        assert!(sign_in(&app, "ben@example.com").await.1, "an admin has turned it off");
        assert_eq!(count(&app, AuditAction::PasskeyRemoved).await, 2);
        assert_eq!(count(&app, AuditAction::SecondStepOff).await, 1);
    }
}
