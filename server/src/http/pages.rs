//! The dashboard: pages and server functions of `app`, and the files of the site folder.

use super::{address::ClientAddress, export, interrupted, price_files, refused, security, sign_on};
use crate::{
    auth::{AccessDesk, StaffDesk, visit::WebVisit},
    config::Site,
};
use app::{
    api::Https,
    app::App,
    backend::{Answer, SharedAccess, SharedBackend, SharedVisit, Visit as _},
    model::Staff,
    shell::shell,
};
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{
        Extensions, HeaderValue, Method, Uri,
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LAST_MODIFIED},
        request::Parts,
    },
    middleware::{self, Next},
    response::Response,
};
use leptos::{context::provide_context, nonce::use_nonce, prelude::use_context};
use leptos_axum::{ErrorHandler, LeptosRoutes, ResponseOptions, generate_route_list, render_app_async_with_context};
use std::{fmt, pin::Pin, sync::Arc};
use tower_http::services::ServeDir;
use tower_sessions::Session;

/// What the pages are given.
#[derive(Clone)]
pub struct Pages {
    pub backend: SharedBackend,
    pub staff: Arc<StaffDesk>,
    pub access: Arc<AccessDesk>,
    pub https: bool,
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

/// Renders the page that a request asks for.
pub type Show = Arc<dyn Fn(Request) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync>;

/// The request for a page in place of one that cannot be answered otherwise, with what the page is to show.
pub(super) fn page_instead<T: Clone + Send + Sync + 'static>(
    mut parts: Parts,
    page: &'static str,
    shown: T,
) -> Request {
    parts.extensions.insert(shown);
    parts.method = Method::GET;
    parts.uri = Uri::from_static(page);
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(CONTENT_TYPE);
    Request::from_parts(parts, Body::empty())
}

impl Pages {
    /// Routes of all pages and server functions; any other path is a file of the site folder or the page "not found".
    pub fn routes(self, site: &Site) -> Router {
        let options = site.leptos_options();
        let context = {
            let pages = self.clone();
            move || pages.provide()
        };
        let missing = ErrorHandler::new_with_context(context.clone(), shell, options.clone());
        let page = {
            let options = options.clone();
            move || shell(options.clone())
        };
        let (visitors, show) = (self.clone(), self.show(site));
        let refusals = {
            let show = show.clone();
            move |request, next| {
                let show = show.clone();
                refused::show(move |request| show(request), request, next)
            }
        };
        let downloads = price_files::routes(self.clone()).layer(middleware::from_fn(refusals.clone()));
        let exports = export::routes().layer(middleware::from_fn(refusals)).merge(sign_on::routes());
        let exports = exports.with_state(self.clone());
        let whole_forms = move |request, next| interrupted::hand_back(visitors.clone(), show.clone(), request, next);
        let files = ServeDir::new(&*options.site_root)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip()
            .call_fallback_on_method_not_allowed(true)
            .fallback(missing);
        Router::new()
            .leptos_routes_with_context(&options, generate_route_list(App), context, page)
            .merge(downloads.with_state(()))
            .fallback_service(files)
            .layer(middleware::from_fn(whole_forms))
            .layer(middleware::from_fn(set_cache_control))
            .with_state(options)
            .merge(exports)
    }

    /// Renders a page in answer to a form.
    pub fn show(&self, site: &Site) -> Show {
        let (pages, options) = (self.clone(), site.leptos_options());
        let show = render_app_async_with_context(move || pages.provide(), move || shell(options.clone()));
        Arc::new(move |request| show(request))
    }

    pub(super) fn visit(&self, extensions: &Extensions) -> Option<WebVisit> {
        let session = extensions.get::<Session>()?.clone();
        Some(WebVisit::new(self.staff.clone(), session, ClientAddress::of(extensions).0))
    }

    /// Whoever is signed in; refused where they must set up a second step before anything else.
    pub async fn visitor(&self, extensions: &Extensions) -> Answer<Option<Staff>> {
        match self.visit(extensions) {
            Some(visit) => visit.staff().await,
            None => Ok(None),
        }
    }

    /// The contexts of one request: the port, the visitor, and the policy that lets this page's own scripts run.
    fn provide(&self) {
        provide_context::<SharedBackend>(self.backend.clone());
        provide_context::<SharedAccess>(self.access.clone());
        provide_context(Https(self.https));
        let Some(parts) = use_context::<Parts>() else { return };
        if let Some(visit) = self.visit(&parts.extensions) {
            provide_context::<SharedVisit>(Arc::new(visit));
        }
        let policy = use_nonce().and_then(|nonce| security::page_policy(&nonce));
        if let (Some(policy), Some(response)) = (policy, use_context::<ResponseOptions>()) {
            response.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// A file with a hash in its name never changes; other files are asked for again after an hour, pages every time.
async fn set_cache_control(request: Request, next: Next) -> Response {
    let hashed = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    let file = response.headers().contains_key(LAST_MODIFIED) || response.status().as_u16() == 304;
    let value = match (file, hashed) {
        (true, true) => "public, max-age=31536000, immutable",
        (true, false) => "public, max-age=3600",
        (false, _) => "private, no-cache",
    };
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(value));
    response
}

/// `/pkg/creditdesk.dyIYnGuoEXUoOuBHZXn9Lw.css`: a long word between the name and its ending.
fn is_hashed(path: &str) -> bool {
    let Some(name) = path.strip_prefix("/pkg/") else { return false };
    name.split('.').rev().nth(1).is_some_and(|word| {
        name.split('.').count() > 2
            && word.len() >= 16
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hashed_name_is_immutable() {
        assert!(is_hashed("/pkg/creditdesk.dyIYnGuoEXUoOuBHZXn9Lw.css"));
        for path in ["/pkg/creditdesk.css", "/pkg/creditdesk_bg.wasm", "/favicon.dyIYnGuoEXUoOuBHZXn9Lw.svg", "/pkg/"] {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
