//! A whole server over an empty database, spoken to through its router.
//!
//! [`on_both!`] runs a body over a `SQLite` file and over a `PostgreSQL` database of its own, which is dropped afterwards,
//! also when the body fails.

use app::{
    backend::Reservations as _,
    model::{Actor, Timestamp},
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use server::{
    auth::{ApiKeys, Scopes, StaffDesk, sessions::Sessions},
    clock::{Clock, Ids},
    config::Site,
    http::ApiState,
    router::{Web, router},
    service::{Desk, Options},
    store::{self, Db},
};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::{
    panic,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tower::ServiceExt as _;

/// Where every test's clock stands until it is set.
pub const NOON: &str = "2026-11-25T12:00:00Z";

/// Runs one body on both databases: `on_both! { async fn name(app) { … } }`.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "the body takes what it needs")]
            use super::*;

            async fn body($app: Arc<crate::harness::App>) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                crate::harness::on_sqlite(body).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                crate::harness::on_postgres(body).await;
            }
        }
    )*};
}

pub async fn on_sqlite<F: Future<Output = ()> + Send + 'static>(body: impl FnOnce(Arc<App>) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let app = App::over(&format!("sqlite:{}", folder.path().join("test.db").display())).await;
    let result = tokio::spawn(body(app.clone())).await;
    app.db.close().await;
    if let Err(error) = result {
        panic::resume_unwind(error.into_panic());
    }
}

pub async fn on_postgres<F: Future<Output = ()> + Send + 'static>(body: impl FnOnce(Arc<App>) -> F) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
        eprintln!("skipped: set TEST_POSTGRES_URL to run this on PostgreSQL");
        return;
    };
    let name = format!("creditdesk_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    run_sql(&server, format!("CREATE DATABASE {name}")).await;
    let app = App::over(&with_database(&server, &name)).await;
    let result = tokio::spawn(body(app.clone())).await;
    app.db.close().await;
    run_sql(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    if let Err(error) = result {
        panic::resume_unwind(error.into_panic());
    }
}

async fn run_sql(url: &str, text: String) {
    let mut connection = PgConnection::connect(url).await.expect("TEST_POSTGRES_URL must name a server that answers");
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The address of another database of the same server.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').map_or((url, None), |(address, options)| (address, Some(options)));
    let scheme = address.find("://").map_or(0, |at| at + 3);
    let host = address[scheme..].find('/').map_or(address, |at| &address[..scheme + at]);
    options.map_or_else(|| format!("{host}/{name}"), |options| format!("{host}/{name}?{options}"))
}

/// The server of one test.
#[derive(Clone)]
pub struct App {
    pub router: Router,
    pub db: Db,
    pub clock: Arc<Clock>,
    pub ids: Arc<Ids>,
    pub desk: Arc<Desk>,
    pub keys: Arc<ApiKeys>,
    pub staff: Arc<StaffDesk>,
    pub sessions: Sessions,
    /// The address of the database.
    pub url: String,
    /// A key with every scope.
    pub key: String,
    api: ApiState,
}

impl App {
    async fn over(url: &str) -> Arc<Self> {
        let db = Db::open(url).await.unwrap();
        let setup = store::migrate(&db).await.unwrap();
        let clock = Arc::new(Clock::manual(NOON.parse().unwrap()));
        let ids = Arc::new(Ids::default());
        // The receivers of tests are on this machine.
        let options = Options { webhooks_allow_private: true, ..Options::default() };
        let desk = Desk::open(db.clone(), clock.clone(), ids.clone(), options);
        let keys = Arc::new(ApiKeys::new(db.clone(), clock.clone(), ids.clone()));
        let staff = StaffDesk::new(db.clone(), clock.clone(), ids.clone()).with_passkeys("https://desk.example");
        let staff = Arc::new(staff);
        let sessions = Sessions::new(db.clone(), clock.clone());
        let key = keys.add(&Actor::system("test"), "test", Scopes::all()).await.unwrap();
        let api = ApiState::new(desk.clone(), keys.clone(), db.clone(), setup);
        let url = url.to_owned();
        let app =
            Self { router: Router::new(), db, clock, ids, desk, keys, staff: staff.clone(), sessions, url, key, api };
        Arc::new(app.with_staff(staff))
    }

    /// The same desk with another way in.
    pub fn with_staff(&self, staff: Arc<StaffDesk>) -> Self {
        let router = router(Web {
            api: self.api.clone(),
            staff: staff.clone(),
            sessions: self.sessions.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            site: Site::default(),
            https: false,
            trust_proxy: true,
        });
        Self { router, staff, ..self.clone() }
    }

    /// Moves the clock.
    pub fn set_time(&self, to: &str) {
        self.clock.set(to.parse::<Timestamp>().unwrap());
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.clock.set(self.clock.now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap());
    }

    /// Everything cached is what the entries say.
    pub async fn assert_sound(&self) {
        let mut tx = self.db.snapshot().await.unwrap();
        assert_eq!(server::store::verify::differences(&mut tx, self.clock.now()).await.unwrap(), []);
    }

    /// What the reaper does once a minute.
    pub async fn expire_reservations(&self) -> u32 {
        self.desk.expire_reservations(&Actor::system("reaper")).await.unwrap()
    }

    /// A request to the REST interface: with the key, and for a write with a new idempotency key.
    pub fn api(&self, method: Method, path: &str) -> Call<'_> {
        let unique = self.ids.next(self.clock.now()).to_string();
        let request = Request::builder()
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key))
            .header("Idempotency-Key", unique)
            .method(method)
            .uri(format!("/api/v1{path}"))
            .body(Body::empty())
            .unwrap();
        Call { app: self, request }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.api(Method::GET, path).send().await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.api(Method::POST, path).json(body).send().await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.api(Method::PUT, path).json(body).send().await
    }

    /// Any request, as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_str(&text).unwrap_or_default(),
            // Without the marks between which the browser's side finds its texts.
            text: text.replace("<!>", ""),
            bytes: bytes.to_vec(),
        }
    }

    /// Publishes a small price list and makes it active.
    pub async fn publish_prices(&self) -> Answer {
        self.post("/pricing/versions", json!({ "config": prices() })).await
    }

    /// Gives a user credits.
    pub async fn grant(&self, user: &str, amount: i64) {
        self.post(&format!("/users/{user}/credits"), json!({ "amount": amount })).await.ok();
    }

    /// A user's balance, as JSON text.
    pub async fn balance(&self, user: &str) -> String {
        self.get(&format!("/users/{user}/balance")).await.ok()["balance"].to_string()
    }
}

/// One credit for a thousand tokens, no floor.
pub fn prices() -> Value {
    json!({
        "version": 1,
        "models": { "gpt": "(input_tokens + output_tokens) / 1000" },
        "fixed": { "report": 3 },
        "min_balance": 0,
        "plans": { "pro": { "id": "pro", "name": "Pro", "free_allowance": 10 } },
    })
}

/// A request in the making.
pub struct Call<'a> {
    app: &'a App,
    request: Request<Body>,
}

impl Call<'_> {
    /// Sets a header; an empty value removes it.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if value.is_empty() {
            self.request.headers_mut().remove(name);
        } else {
            self.request.headers_mut().insert(name, value.parse().unwrap());
        }
        self
    }

    pub fn idempotent(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn json(self, body: Value) -> Self {
        self.text(&body.to_string())
    }

    /// A body that need not be JSON, sent as if it were.
    pub fn text(self, body: &str) -> Self {
        let mut call = self.header("content-type", "application/json");
        *call.request.body_mut() = Body::from(body.to_owned());
        call
    }

    /// A body of any type.
    pub fn bytes(self, media_type: &str, body: impl Into<Body>) -> Self {
        let mut call = self.header("content-type", media_type);
        *call.request.body_mut() = body.into();
        call
    }

    pub async fn send(self) -> Answer {
        self.app.send(self.request).await
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
    pub json: Value,
}

impl Answer {
    /// The JSON of a success.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        &self.json
    }

    /// Asserts a refusal, whole: problem+json with this status, code and field.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str, field: Option<&str>) -> &Value {
        assert_eq!((self.status.as_u16(), self.json["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.json["status"], status);
        assert_eq!(self.json["type"], format!("/docs/errors#{code}"));
        assert_eq!(self.json["request_id"].as_str(), self.header("x-request-id"));
        assert_eq!(self.json["field"].as_str(), field, "{}", self.text);
        &self.json
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
