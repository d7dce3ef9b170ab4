//! The one place where everything that is reached over HTTP comes together, and the layers around it.

use crate::{
    auth::{AccessDesk, StaffDesk, sessions},
    clock::{Clock, Ids},
    config::Site,
    http::{
        ApiState, Refusal, address, api, health, metrics,
        pages::Pages,
        price_files, problem,
        request_id::{self, RequestId},
        security,
    },
};
use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
};
use std::{any::Any, sync::Arc, time::Duration};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
    trace::{DefaultOnResponse, TraceLayer},
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};
use tracing::{Level, Span};

/// An answer that has not begun after this is given up.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of a form: a whole pricing configuration fits.
const MAX_FORM: usize = 2 * 1024 * 1024;

/// What the routes need.
#[derive(Clone, Debug)]
pub struct Web {
    pub api: ApiState,
    pub staff: Arc<StaffDesk>,
    pub sessions: sessions::Sessions,
    pub clock: Arc<Clock>,
    pub ids: Arc<Ids>,
    pub site: Site,
    /// True when browsers reach us over https: cookies are then secure and the browser is told to stay with https.
    pub https: bool,
    /// True when `X-Forwarded-For` is a proxy's word.
    pub trust_proxy: bool,
}

/// The REST interface, the pages, health, and around them, from the outside in: the request's id, its log line,
/// compression, its measure, security headers, errors written out, the time limit, panics caught.
pub fn router(web: Web) -> Router {
    let session = SessionManagerLayer::new(web.sessions)
        .with_name(sessions::COOKIE)
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_secure(web.https)
        .with_expiry(Expiry::OnInactivity(sessions::LIFETIME));
    let access = Arc::new(AccessDesk { staff: web.staff.clone(), keys: web.api.keys.clone() });
    let pages = Pages { backend: web.api.backend.clone(), staff: web.staff, access, https: web.https };
    let uploads = price_files::uploads(pages.clone(), pages.show(&web.site));
    let pages = pages
        .routes(&web.site)
        .layer(RequestBodyLimitLayer::new(MAX_FORM))
        .merge(uploads)
        .layer(session)
        .layer(security::same_site_writes());
    // One stack: each `Router::layer` would box every route once more, and a request would clone all of the boxes.
    let around = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state((web.clock, web.ids), request_id::set_request_id))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(DefaultOnResponse::new().level(Level::INFO)))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(metrics::measure))
        .layer(middleware::from_fn_with_state(web.https, security::set_headers))
        .layer(middleware::from_fn(problem::write_problems))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(web.trust_proxy, address::note_address));
    Router::new()
        .merge(api::routes(web.api.clone()))
        .merge(metrics::routes(web.api.clone()))
        .merge(health(web.api))
        .merge(pages)
        .layer(around)
}

/// The request in the log: neither its query nor its headers, which may hold what is not ours to keep, nor the token of
/// a link that lets its holder in.
fn span(request: &Request) -> Span {
    let path = request.uri().path();
    let path = ["/welcome/", "/join/"].into_iter().find(|link| path.starts_with(link)).unwrap_or(path);
    let id = request.extensions().get::<RequestId>().map(RequestId::as_str).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path, id)
}

fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(cause = text.unwrap_or("unknown"), "a handler panicked");
    Refusal::from(problem::internal()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, routing::get};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    async fn answer(router: Router) -> (StatusCode, serde_json::Value) {
        let router = router.layer(middleware::from_fn(problem::write_problems));
        let request = Request::builder().uri("/api/v1/test").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], problem::MEDIA_TYPE);
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_our_fault_and_tells_nothing() {
        let handler = async || -> () { panic!("a secret") };
        let router = Router::new().route("/api/v1/test", get(handler)).layer(CatchPanicLayer::custom(panicked));
        let (status, problem) = answer(router).await;
        assert_eq!((status.as_u16(), &problem["code"]), (500, &"internal".into()));
        assert!(!problem.to_string().contains("secret"));
    }

    #[tokio::test]
    async fn what_takes_too_long_is_unavailable() {
        let slow = async || tokio::time::sleep(Duration::from_mins(1)).await;
        let limit = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_millis(10));
        let (status, problem) = answer(Router::new().route("/api/v1/test", get(slow)).layer(limit)).await;
        assert_eq!((status.as_u16(), &problem["code"]), (503, &"unavailable".into()));
    }
}
