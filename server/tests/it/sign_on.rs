//! Sign-on by an identity provider that can be told to lie: what it proves, and what is refused.

use crate::harness::{Answer, App};
use app::{
    backend::Audits as _,
    model::{Actor, AuditAction, AuditEntry, AuditQuery, Role},
};
use axum::{
    Form, Json, Router,
    body::Body,
    extract::State,
    http::{HeaderMap, Method, Request, StatusCode},
    routing::{get, post},
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey as _,
    core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};
use server::auth::{
    StaffDesk,
    provider::{Admits, Provider, ProviderSettings},
};
use sha2::{Digest as _, Sha256, Sha512};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;
use url::Url;

const PASSWORD: &str = "correct horse battery";
const HOST: &str = "http://desk.example";

/// A signing key made of one repeated byte.
fn key(byte: u8) -> CoreEdDsaPrivateSigningKey {
    const HEAD: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let text = BASE64_STANDARD.encode([&HEAD[..], &[byte; 32]].concat());
    let pem = format!("-----BEGIN {0} KEY-----\n{text}\n-----END {0} KEY-----", "PRIVATE");
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(byte.to_string()))).unwrap()
}

/// How a token is made wrong.
type Lie = fn(&mut Value);

/// What a code stands for.
struct Grant {
    challenge: String,
    claims: Value,
    told: Value,
}

/// An identity provider on a free port of this machine.
#[derive(Clone)]
struct Issuer {
    url: String,
    clock: Arc<server::clock::Clock>,
    state: Arc<Mutex<Signing>>,
}

struct Signing {
    grants: HashMap<String, Grant>,
    /// The key that signs, and the one that is published.
    signs: u8,
    published: u8,
    down: bool,
    asked: u32,
}

impl Issuer {
    async fn start(app: &App) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let signing = Signing { grants: HashMap::new(), signs: 7, published: 7, down: false, asked: 0 };
        let issuer = Self { url, clock: app.clock.clone(), state: Arc::new(Mutex::new(signing)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(me))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    /// The desk with this provider.
    fn desk(&self, app: &App, admits: Option<Admits>, passwords: bool) -> App {
        let provider = Provider::new(ProviderSettings {
            name: "Example".to_owned(),
            issuer: self.url.clone(),
            client_id: "desk".to_owned(),
            client_secret: Some("quiet".to_owned()),
            base: HOST.to_owned(),
            admits,
        });
        let staff = StaffDesk::new(app.db.clone(), app.clock.clone(), app.ids.clone());
        app.with_staff(Arc::new(staff.signing_on(Some(provider.unwrap()), passwords)))
    }

    /// What the provider does once somebody has proved themselves to it: a code, for the token that `tamper` makes of a
    /// right one, and for what is told besides.
    fn grant(&self, asked: &Url, claims: Value, told: Value, tamper: impl FnOnce(&mut Value)) -> String {
        let word = |name: &str| asked.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!((word("response_type"), word("code_challenge_method")), ("code".to_owned(), "S256".to_owned()));
        assert_eq!(word("redirect_uri"), format!("{HOST}/sign-in/oidc/callback"));
        let now = self.clock.now().as_second();
        let mut all = json!({
            "iss": self.url, "aud": "desk", "nonce": word("nonce"), "iat": now, "exp": now + 300,
        });
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        tamper(&mut all);
        let mut state = self.state.lock().unwrap();
        let code = format!("code-{}", state.grants.len());
        state.grants.insert(code.clone(), Grant { challenge: word("code_challenge"), claims: all, told });
        code
    }
}

async fn discovery(State(issuer): State<Issuer>) -> Result<Json<Value>, StatusCode> {
    let mut state = issuer.state.lock().unwrap();
    state.asked += 1;
    if state.down {
        return Err(StatusCode::BAD_GATEWAY);
    }
    let url = &issuer.url;
    Ok(Json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/auth"),
        "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/me"),
        "jwks_uri": format!("{url}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    })))
}

async fn keys(State(issuer): State<Issuer>) -> Json<Value> {
    let published = issuer.state.lock().unwrap().published;
    Json(json!({ "keys": [key(published).as_verification_key()] }))
}

/// Takes a code once, from who knows the secret and began the sign-on.
async fn token(
    State(issuer): State<Issuer>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    let secret = format!("Basic {}", BASE64_STANDARD.encode("desk:quiet"));
    if headers.get("authorization").is_none_or(|value| *value != *secret) {
        return refused("invalid_client");
    }
    let mut state = issuer.state.lock().unwrap();
    let Some(Grant { challenge, claims, told }) = state.grants.get_mut(&form["code"]).map(|grant| Grant {
        challenge: std::mem::replace(&mut grant.challenge, "used".to_owned()),
        claims: grant.claims.clone(),
        told: grant.told.clone(),
    }) else {
        return refused("invalid_grant");
    };
    if BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"])) != challenge {
        return refused("invalid_grant");
    }
    let head = json!({ "alg": "EdDSA", "typ": "JWT", "kid": state.signs.to_string() });
    let [head, claims] = [head, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
    let message = format!("{head}.{claims}");
    let signature = key(state.signs).sign(&CoreJwsSigningAlgorithm::EdDsa, message.as_bytes()).unwrap();
    let id_token = format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
    let access = access_token(&told);
    (StatusCode::OK, Json(json!({ "access_token": access, "token_type": "Bearer", "id_token": id_token })))
}

/// The access token is what it gives access to.
fn access_token(told: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(told.to_string())
}

/// The first half of its SHA-512, as Ed25519 hashes.
fn at_hash(told: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&Sha512::digest(access_token(told))[..32])
}

async fn me(headers: HeaderMap) -> Json<Value> {
    let token = headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
    Json(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token).unwrap()).unwrap())
}

async fn open(app: &App, path: &str, cookie: &str) -> Answer {
    let request = Request::builder().method(Method::GET).uri(path).header("host", "desk.example");
    let request = request.header("accept", "text/html").header("cookie", cookie).header("x-forwarded-for", "192.0.2.1");
    app.send(request.body(Body::empty()).unwrap()).await
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.header("location").unwrap().to_owned()
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").expect("a session").split(';').next().unwrap().to_owned()
}

/// The way to the provider: where it leads, and the cookie of the browser.
async fn begin(app: &App, next: &str) -> (Url, String) {
    let there = open(app, &format!("/sign-in/oidc?next={next}"), "").await;
    (Url::parse(&location(&there)).unwrap(), cookie(&there))
}

fn state_of(asked: &Url) -> String {
    asked.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned()
}

async fn finish(app: &App, code: &str, state: &str, cookie: &str) -> Answer {
    open(app, &format!("/sign-in/oidc/callback?code={code}&state={state}"), cookie).await
}

/// The whole way of somebody whom the provider knows.
async fn sign_on(app: &App, issuer: &Issuer, claims: Value, tamper: impl FnOnce(&mut Value)) -> Answer {
    let (asked, cookie) = begin(app, "%2Fplans%3Fa%3Db").await;
    let code = issuer.grant(&asked, claims, json!({}), tamper);
    finish(app, &code, &state_of(&asked), &cookie).await
}

fn ana() -> Value {
    json!({ "sub": "1", "email": "Ana@Example.com", "email_verified": true, "name": "Ana" })
}

/// The page that shows the refusal: its status, and what it says.
async fn refusal(app: &App, answer: &Answer) -> (u16, String) {
    let place = location(answer);
    assert!(place.starts_with("/sign-in?next=%2Fplans%3Fa%3Db&"), "{place}");
    let page = open(app, &place, "").await;
    (page.status.as_u16(), page.text)
}

async fn log(app: &App) -> Vec<AuditEntry> {
    app.desk.audit(AuditQuery { limit: 50, ..AuditQuery::default() }).await.unwrap().items
}

async fn create(app: &App, email: &str, role: Role) {
    app.staff.create(&Actor::system("test"), "Somebody", email, role, PASSWORD).await.unwrap();
}

on_both! {
    async fn a_person_comes_in_by_their_verified_email_and_is_known_again_by_the_subject(app) {
        let issuer = Issuer::start(&app).await;
        let desk = issuer.desk(&app, None, true);
        create(&app, "ana@example.com", Role::Finance).await;
        assert_eq!(issuer.state.lock().unwrap().asked, 0, "the provider is asked when somebody comes");
        let page = open(&desk, "/sign-in?next=%2Fplans", "").await;
        assert!(page.text.contains("/sign-in/oidc?next=%2Fplans") && page.text.contains("Sign in with Example"), "{}", page.text);
        assert!(!open(&app, "/sign-in", "").await.text.contains("oidc"), "no button where there is no provider");

        let (asked, before) = begin(&desk, "%2Fplans%3Fa%3Db").await;
        assert!(asked.as_str().starts_with(&format!("{}/auth?", issuer.url)), "{asked}");
        let code = issuer.grant(&asked, ana(), json!({}), |_| {});
        let back = finish(&desk, &code, &state_of(&asked), &before).await;
        assert_eq!(location(&back), "/plans?a=b");
        assert_ne!(cookie(&back), before, "the session gets a new id");
        assert_eq!(open(&desk, "/plans", &cookie(&back)).await.status, 200);
        assert!(open(&desk, "/plans", &before).await.status.is_redirection());

        // Renamed at the provider: the subject counts from now on, whatever the e-mail.
        let moved = json!({ "sub": "1", "email": "eve@example.com", "email_verified": false });
        assert_eq!(location(&sign_on(&desk, &issuer, moved, |_| {}).await), "/plans?a=b");
        assert_eq!(issuer.state.lock().unwrap().asked, 1, "and what it says of itself is remembered");
        let log = log(&app).await;
        let ways: Vec<_> = log.iter().filter(|entry| entry.action == AuditAction::SignedIn).collect();
        assert_eq!(ways.len(), 2);
        for entry in ways {
            assert_eq!((entry.actor.as_str(), entry.address.as_deref()), ("staff:ana@example.com", Some("192.0.2.1")));
            assert_eq!(entry.after, Some(json!({ "way": "oidc" })));
        }
        assert_eq!(log.iter().filter(|entry| entry.action == AuditAction::SignOnLinked).count(), 1);
    }

    async fn whom_the_provider_vouches_for_is_not_asked_for_a_second_step_here(app) {
        let issuer = Issuer::start(&app).await;
        let desk = issuer.desk(&app, None, true);
        create(&app, "ana@example.com", Role::Finance).await;
        crate::two_steps::put(&app, true).await;
        let session = cookie(&sign_on(&desk, &issuer, ana(), |_| {}).await);
        assert_eq!(open(&desk, "/plans", &session).await.status, 200);
        // In the same browser by the password: nobody vouches for them any more.
        let form = "email=ana%40example.com&password=correct+horse+battery";
        let request = Request::builder().method(Method::POST).uri("/ui/sign_in").header("host", "desk.example");
        let request = request.header("accept", "text/html").header("cookie", &session).header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(Body::from(form)).unwrap();
        let session = cookie(&desk.send(request).await);
        assert_eq!(open(&desk, "/plans", &session).await.header("location"), Some("/account"));
        let page = open(&desk, "/account", &session).await.text;
        assert!(page.contains("Whoever signs in by the identity provider is not asked"), "{page}");
        let session = cookie(&sign_on(&desk, &issuer, ana(), |_| {}).await);
        assert_eq!(open(&desk, "/plans", &session).await.status, 200);
    }

    async fn what_proves_nothing_lets_nobody_in(app) {
        let issuer = Issuer::start(&app).await;
        let desk = issuer.desk(&app, None, true);
        create(&app, "ana@example.com", Role::Admin).await;
        let lies: [(&str, Lie); 7] = [
            ("nonce", |claims| claims["nonce"] = json!("another")),
            ("no nonce", |claims| drop(claims.as_object_mut().unwrap().remove("nonce"))),
            ("audience", |claims| claims["aud"] = json!("another")),
            ("a second audience", |claims| claims["aud"] = json!(["desk", "another"])),
            ("issuer", |claims| claims["iss"] = json!("https://id.example.org")),
            ("another access token", |claims| claims["at_hash"] = json!(at_hash(&json!({ "email": "eve@example.com" })))),
            ("expired", |claims| claims["exp"] = json!(claims["iat"].as_i64().unwrap() - 3_600)),
        ];
        for (lie, tamper) in lies {
            let (status, text) = refusal(&desk, &sign_on(&desk, &issuer, ana(), tamper).await).await;
            assert_eq!(status, 401, "{lie}");
            assert!(text.contains("does not prove who you are"), "{lie}: {text}");
            app.pass(60);
        }
        let companion = sign_on(&desk, &issuer, ana(), |claims| claims["at_hash"] = json!(at_hash(&json!({})))).await;
        assert_eq!(location(&companion), "/plans?a=b", "the access token that is meant");
        issuer.state.lock().unwrap().signs = 8;
        let (status, _) = refusal(&desk, &sign_on(&desk, &issuer, ana(), |_| {}).await).await;
        assert_eq!(status, 401, "a key that is not published");
        issuer.state.lock().unwrap().published = 8;
        app.pass(60);
        assert_eq!(location(&sign_on(&desk, &issuer, ana(), |_| {}).await), "/plans?a=b", "a new key is asked for");
        assert_eq!(log(&app).await.iter().filter(|entry| entry.action == AuditAction::SignedIn).count(), 2);
    }

    async fn an_answer_is_taken_once_and_by_who_began_it(app) {
        let issuer = Issuer::start(&app).await;
        let desk = issuer.desk(&app, None, true);
        create(&app, "ana@example.com", Role::Admin).await;
        let begun_elsewhere = "This was begun elsewhere";
        let (asked, cookie_of_ana) = begin(&desk, "%2Fplans%3Fa%3Db").await;
        let code = issuer.grant(&asked, ana(), json!({}), |_| {});
        let stranger = finish(&desk, &code, &state_of(&asked), "").await;
        assert!(location(&stranger).starts_with("/sign-in?"), "another browser");
        let (status, text) = refusal(&desk, &finish(&desk, &code, "guess", &cookie_of_ana).await).await;
        assert!(status == 401 && text.contains(begun_elsewhere), "{text}");
        let again = finish(&desk, &code, &state_of(&asked), &cookie_of_ana).await;
        let page = open(&desk, &location(&again), "").await.text;
        assert!(page.contains(begun_elsewhere), "a wrong state ends it: {page}");

        let (asked, cookie_of_ana) = begin(&desk, "%2Fplans%3Fa%3Db").await;
        let code = issuer.grant(&asked, ana(), json!({}), |_| {});
        let state = state_of(&asked);
        let other = format!("/sign-in/oidc/callback?code={code}&state={state}&iss=https%3A%2F%2Fid.example.org");
        let (status, _) = refusal(&desk, &open(&desk, &other, &cookie_of_ana).await).await;
        assert_eq!(status, 401, "another provider's answer");

        // The code of one sign-on is of no use in another: the verifier differs.
        let (asked, _) = begin(&desk, "%2Fplans%3Fa%3Db").await;
        let stolen = issuer.grant(&asked, ana(), json!({}), |_| {});
        let (mine, my_cookie) = begin(&desk, "%2Fplans%3Fa%3Db").await;
        let (status, _) = refusal(&desk, &finish(&desk, &stolen, &state_of(&mine), &my_cookie).await).await;
        assert_eq!(status, 401);

        let (asked, late) = begin(&desk, "%2Fplans%3Fa%3Db").await;
        let code = issuer.grant(&asked, ana(), json!({}), |_| {});
        app.pass(10 * 60);
        let (_, text) = refusal(&desk, &finish(&desk, &code, &state_of(&asked), &late).await).await;
        assert!(text.contains(begun_elsewhere), "ten minutes later: {text}");

        let (asked, cookie_of_ana) = begin(&desk, "%2Fplans%3Fa%3Db").await;
        let denied = format!("/sign-in/oidc/callback?error=access_denied&error_description=%3Cb%3E&state={}", state_of(&asked));
        let (status, text) = refusal(&desk, &open(&desk, &denied, &cookie_of_ana).await).await;
        assert!(status == 401 && text.contains("Example did not let you in") && !text.contains("access_denied"), "{text}");
        assert!(!log(&app).await.iter().any(|entry| entry.action == AuditAction::SignedIn));
    }

    async fn only_who_is_expected_is_let_in(app) {
        let issuer = Issuer::start(&app).await;
        let desk = issuer.desk(&app, None, true);
        create(&app, "ana@example.com", Role::Admin).await;
        let refused = async |claims: Value, words: &str| {
            let (status, text) = refusal(&desk, &sign_on(&desk, &issuer, claims, |_| {}).await).await;
            assert_eq!(status, 403, "{text}");
            assert!(text.contains(words), "{words}: {text}");
        };
        refused(json!({ "sub": "1", "email": "ana@example.com", "email_verified": false }), "has not verified").await;
        refused(json!({ "sub": "1", "email": "ana@example.com" }), "has not verified").await;
        refused(json!({ "sub": "2", "email": "eve@example.com", "email_verified": true }), "ask an admin to invite you").await;
        refused(json!({ "sub": "2", "email": "eve", "email_verified": true }), "is none").await;

        let by = Actor::staff("ana@example.com");
        app.staff.invite(&by, "ben@example.com", Role::Support).await.unwrap();
        let ben = || json!({ "sub": "3", "email": "BEN@example.com", "email_verified": true, "name": "Ben" });
        app.pass(73 * 3_600);
        refused(ben(), "ask an admin to invite you").await;
        let token = app.staff.invite(&by, "ben@example.com", Role::Support).await.unwrap();
        assert_eq!(location(&sign_on(&desk, &issuer, ben(), |_| {}).await), "/plans?a=b");
        assert_eq!(app.staff.invitation(&token).await.unwrap(), None, "the invitation is taken up");
        let people = app.staff.people().await.unwrap().people;
        let made = people.iter().find(|person| person.staff.email == "ben@example.com").unwrap();
        assert_eq!((made.staff.name.as_str(), made.staff.role), ("Ben", Role::Support));

        // Whoever gets the e-mail of somebody who has signed on before is somebody else.
        refused(json!({ "sub": "4", "email": "ben@example.com", "email_verified": true }), "another identity").await;
        app.staff.set_disabled(&by, made.staff.id, true).await.unwrap();
        refused(ben(), "disabled").await;
        app.staff.set_disabled(&by, made.staff.id, false).await.unwrap();
        app.staff.unlink_of(&Actor::system("cli"), "ben@example.com").await.unwrap();
        let renewed = json!({ "sub": "4", "email": "ben@example.com", "email_verified": true });
        assert_eq!(location(&sign_on(&desk, &issuer, renewed, |_| {}).await), "/plans?a=b");

        let log = log(&app).await;
        let failed: Vec<_> = log.iter().filter(|entry| entry.action == AuditAction::SignInFailed).collect();
        assert_eq!(failed.len(), 7);
        assert!(failed.iter().all(|entry| entry.actor == "visitor" && entry.after == Some(json!({ "way": "oidc" }))));
    }

    async fn a_domain_lets_in_with_the_role_that_is_set(app) {
        let issuer = Issuer::start(&app).await;
        let admits = Admits { domains: vec!["example.com".to_owned()], role: Role::Support };
        let desk = issuer.desk(&app, Some(admits), false);
        let first = refusal(&desk, &sign_on(&desk, &issuer, ana(), |_| {}).await).await;
        assert_eq!(first.0, 403, "the first account is an admin's, by the link");
        create(&app, "root@example.com", Role::Admin).await;
        assert_eq!(location(&sign_on(&desk, &issuer, ana(), |_| {}).await), "/plans?a=b");
        let people = app.staff.people().await.unwrap().people;
        assert_eq!(people[1].staff.role, Role::Support);
        let elsewhere = json!({ "sub": "9", "email": "ana@example.com.evil.example", "email_verified": true });
        assert_eq!(refusal(&desk, &sign_on(&desk, &issuer, elsewhere, |_| {}).await).await.0, 403);

        let page = open(&desk, "/sign-in", "").await.text;
        assert!(page.contains("Sign in with Example") && !page.contains("type=\"password\""), "{page}");
        let refused = desk.staff.sign_in("root@example.com", PASSWORD, None).await.unwrap_err();
        assert_eq!(refused.code, app::error::Code::Forbidden, "the password is switched off, right or wrong");
    }

    async fn what_is_not_in_the_token_is_asked_for(app) {
        let issuer = Issuer::start(&app).await;
        let desk = issuer.desk(&app, None, true);
        create(&app, "ana@example.com", Role::Admin).await;
        let try_with = async |told: Value| {
            let (asked, cookie) = begin(&desk, "%2Fplans%3Fa%3Db").await;
            let code = issuer.grant(&asked, json!({ "sub": "1" }), told, |_| {});
            finish(&desk, &code, &state_of(&asked), &cookie).await
        };
        let of_another = json!({ "sub": "2", "email": "ana@example.com", "email_verified": true });
        assert_eq!(refusal(&desk, &try_with(of_another).await).await.0, 503, "told of somebody else");
        let nothing = refusal(&desk, &try_with(json!({ "sub": "1" })).await).await;
        assert!(nothing.0 == 403 && nothing.1.contains("does not tell your e-mail"), "{}", nothing.1);
        let told = json!({ "sub": "1", "email": "ana@example.com", "email_verified": true });
        assert_eq!(location(&try_with(told).await), "/plans?a=b");
    }

    async fn a_provider_that_is_down_is_said_so_and_asked_again(app) {
        let issuer = Issuer::start(&app).await;
        let desk = issuer.desk(&app, None, true);
        create(&app, "ana@example.com", Role::Admin).await;
        issuer.state.lock().unwrap().down = true;
        let (status, text) = refusal(&desk, &open(&desk, "/sign-in/oidc?next=%2Fplans%3Fa%3Db", "").await).await;
        assert!(status == 503 && text.contains("Example cannot be reached just now"), "{text}");
        assert!(!text.contains("502") && !text.contains("127.0.0.1"), "no driver's words");
        issuer.state.lock().unwrap().down = false;
        assert_eq!(location(&sign_on(&desk, &issuer, ana(), |_| {}).await), "/plans?a=b");
        app.pass(3_600);
        assert_eq!(location(&sign_on(&desk, &issuer, ana(), |_| {}).await), "/plans?a=b");
        assert_eq!(issuer.state.lock().unwrap().asked, 3, "what it says is good for an hour");
    }

    async fn who_tries_too_often_waits(app) {
        let issuer = Issuer::start(&app).await;
        let desk = issuer.desk(&app, None, true);
        create(&app, "ana@example.com", Role::Admin).await;
        for _ in 0..20 {
            assert_eq!(location(&sign_on(&desk, &issuer, ana(), |_| {}).await), "/plans?a=b", "right ones cost nothing");
        }
        for _ in 0..30 {
            location(&open(&desk, "/sign-in/oidc/callback?code=a&state=b", "").await);
        }
        let (status, text) = refusal(&desk, &open(&desk, "/sign-in/oidc?next=%2Fplans%3Fa%3Db", "").await).await;
        assert!(status == 429 && text.contains("Too many tries"), "{text}");
        app.pass(10);
        begin(&desk, "").await;
    }

    async fn it_leads_on_to_this_site_only(app) {
        let issuer = Issuer::start(&app).await;
        let desk = issuer.desk(&app, None, true);
        create(&app, "ana@example.com", Role::Admin).await;
        for next in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", ""] {
            let (asked, cookie) = begin(&desk, next).await;
            let code = issuer.grant(&asked, ana(), json!({}), |_| {});
            assert_eq!(location(&finish(&desk, &code, &state_of(&asked), &cookie).await), "/", "{next}");
        }
        let missing = location(&open(&app, "/sign-in/oidc", "").await);
        let page = open(&app, &missing, "").await;
        assert!(page.status == 404 && page.text.contains("No identity provider is set up"), "{}", page.text);
    }
}
