//! Settings, people and invitations: who may come in, and what holds for the whole desk.

use crate::harness::App;
use app::{
    backend::{Analytics as _, Audits as _, Settings as _, Visit as _},
    error::Code,
    model::{Actor, AuditQuery, Currency, Limits, Role, SettingChange},
};
use server::auth::visit::WebVisit;
use std::sync::Arc;
use tower_sessions::Session;

const PASSWORD: &str = "correct horse battery";

fn ada() -> Actor {
    Actor::staff("ada@example.com")
}

fn visit(app: &App) -> WebVisit {
    let session = Session::new(None, Arc::new(app.sessions.clone()), None);
    WebVisit::new(app.staff.clone(), session, Some("192.0.2.1".parse().unwrap()))
}

on_both! {
    async fn a_stored_zone_wins_over_the_one_of_the_start_until_it_is_taken_away(app) {
        assert_eq!(app.desk.reporting_zone(), "UTC");
        let zone = |zone: Option<&str>| SettingChange::Zone(zone.map(str::to_owned));
        let wrong = app.desk.change_setting(&ada(), zone(Some("Europe/Nowhere"))).await.unwrap_err();
        assert_eq!(wrong.field.as_deref(), Some("zone"));
        app.desk.change_setting(&ada(), zone(Some("Asia/Kathmandu"))).await.unwrap();
        assert_eq!(app.desk.reporting_zone(), "Asia/Kathmandu");
        app.desk.change_setting(&ada(), zone(Some("Asia/Kathmandu"))).await.unwrap();
        let settings = app.desk.change_setting(&ada(), zone(None)).await.unwrap();
        assert_eq!((settings.zone.as_str(), app.desk.reporting_zone().as_str()), ("UTC", "UTC"));
        let query = AuditQuery { action: Some("settings".to_owned()), limit: 10, ..AuditQuery::default() };
        assert_eq!(app.desk.audit(query).await.unwrap().items.len(), 2, "what changed nothing is not told");
    }

    async fn nonsense_is_refused_by_its_field(app) {
        let currency = |code: &str, rate: &str| {
            SettingChange::Currency(Some(Currency { code: code.to_owned(), credits_per_unit: rate.parse().unwrap() }))
        };
        let limits = |limits: Limits| SettingChange::Limits { to: limits, was: None };
        let cases = [
            (currency("usd", "100"), "currency"),
            (currency("EURO", "100"), "currency"),
            (currency("USD", "0"), "rate"),
            (currency("USD", "-1"), "rate"),
            (limits(Limits { hours: 0, ..Limits::default() }), "hours"),
            (limits(Limits { admin_cap: Some("-1".parse().unwrap()), ..Limits::default() }), "admin_cap"),
        ];
        for (change, field) in cases {
            let refused = app.desk.change_setting(&ada(), change).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{refused}");
        }
        app.desk.change_setting(&ada(), currency("USD", "0.5")).await.unwrap();
        assert_eq!(app.desk.currency().unwrap().code, "USD");
    }

    async fn limits_set_by_another_meanwhile_are_not_taken_back_unseen(app) {
        let seen = Limits::default();
        let theirs = Limits { admin_grant: Some("50".parse().unwrap()), ..seen.clone() };
        let set = |to: Limits, was: &Limits| SettingChange::Limits { to, was: Some(was.clone()) };
        app.desk.change_setting(&ada(), set(theirs.clone(), &seen)).await.unwrap();
        let mine = Limits { hours: 24, ..seen.clone() };
        let refused = app.desk.change_setting(&ada(), set(mine.clone(), &seen)).await.unwrap_err();
        assert_eq!(refused.code, Code::EditConflict);
        assert!(refused.message.contains("admin grant none → 50."), "{refused}");
        assert_eq!(app.desk.settings().await.unwrap().limits, theirs);
        let settings = app.desk.change_setting(&ada(), set(mine.clone(), &theirs)).await.unwrap();
        assert_eq!(settings.limits, mine, "whoever has seen them may change them");
    }

    async fn an_invitation_lets_one_person_in_once(app) {
        let token = app.staff.invite(&ada(), "Fay@Example.com", Role::Finance).await.unwrap();
        let seen = visit(&app).invitation(&token).await.unwrap().unwrap();
        assert_eq!((seen.email.as_str(), seen.role), ("fay@example.com", Role::Finance));
        assert_eq!(visit(&app).join(&token, "Fay", "short").await.unwrap_err().field.as_deref(), Some("password"));
        let visitor = visit(&app);
        let fay = visitor.join(&token, "Fay", PASSWORD).await.unwrap();
        assert_eq!((fay.email.as_str(), fay.role), ("fay@example.com", Role::Finance));
        assert_eq!(visitor.staff().await.unwrap(), Some(fay), "and signs them in");
        assert_eq!(visit(&app).join(&token, "Eve", PASSWORD).await.unwrap_err().code, Code::Forbidden);
        assert!(visit(&app).invitation(&token).await.unwrap().is_none());
        let again = app.staff.invite(&ada(), "fay@example.com", Role::Admin).await.unwrap_err();
        assert_eq!(again.field.as_deref(), Some("email"));
    }

    async fn an_invitation_ends_by_the_clock_by_a_later_one_and_by_an_admin(app) {
        let old = app.staff.invite(&ada(), "bob@example.com", Role::Admin).await.unwrap();
        let new = app.staff.invite(&ada(), "bob@example.com", Role::Support).await.unwrap();
        assert!(visit(&app).invitation(&old).await.unwrap().is_none());
        let open = app.staff.people().await.unwrap().invites;
        assert_eq!(open.len(), 1);
        app.staff.revoke_invite(&ada(), open[0].id).await.unwrap();
        assert_eq!(app.staff.revoke_invite(&ada(), open[0].id).await.unwrap_err().code, Code::Forbidden);
        assert_eq!(visit(&app).join(&new, "Bob", PASSWORD).await.unwrap_err().code, Code::Forbidden);
        let late = app.staff.invite(&ada(), "bob@example.com", Role::Support).await.unwrap();
        app.pass(72 * 3_600);
        assert!(visit(&app).invitation(&late).await.unwrap().is_none());
    }

    async fn the_last_admin_stays(app) {
        let create = async |name: &str, role| {
            let email = format!("{name}@example.com");
            app.staff.create(&Actor::system("test"), name, &email, role, PASSWORD).await.unwrap()
        };
        let (ada_, bo) = (create("ada", Role::Admin).await, create("bo", Role::Support).await);
        for refused in [
            app.staff.set_role(&ada(), ada_.id, Role::Finance).await,
            app.staff.set_disabled(&ada(), ada_.id, true).await,
        ] {
            assert_eq!(refused.unwrap_err().code, Code::LastOwner);
        }
        app.staff.set_role(&ada(), bo.id, Role::Admin).await.unwrap();
        // Two admins who demote each other at once: one of them stays.
        let demote = |id| {
            let staff = app.staff.clone();
            tokio::spawn(async move { staff.set_role(&ada(), id, Role::Support).await.is_ok() })
        };
        let (one, other) = (demote(ada_.id), demote(bo.id));
        assert!(one.await.unwrap() ^ other.await.unwrap(), "exactly one is demoted");
    }

    async fn whoever_is_disabled_is_out_at_once(app) {
        let by = Actor::system("test");
        app.staff.create(&by, "Ada", "ada@example.com", Role::Admin, PASSWORD).await.unwrap();
        let sam = app.staff.create(&by, "Sam", "sam@example.com", Role::Support, PASSWORD).await.unwrap();
        let session = Session::new(None, Arc::new(app.sessions.clone()), None);
        let visit = || WebVisit::new(app.staff.clone(), session.clone(), None);
        visit().sign_in("sam@example.com", PASSWORD).await.unwrap();
        session.save().await.unwrap();
        app.staff.set_disabled(&ada(), sam.id, true).await.unwrap();
        assert_eq!(visit().staff().await.unwrap(), None);
        assert_eq!(visit().sign_in("sam@example.com", PASSWORD).await.unwrap_err().code, Code::Unauthenticated);
        app.staff.set_disabled(&ada(), sam.id, false).await.unwrap();
        visit().sign_in("sam@example.com", PASSWORD).await.unwrap();
    }
}
