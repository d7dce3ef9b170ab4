//! The HTML document around the app.

use crate::{
    app::App,
    ui::{Density, Theme},
};
use axum::http::{header::COOKIE, request::Parts};
use leptos::{
    config::LeptosOptions,
    hydration::{AutoReload, HydrationScripts},
    prelude::*,
};
use leptos_meta::{HashedStylesheet, MetaTags};

/// The whole page. Scripts carry the nonce of the response's content security policy.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme_of_request().as_str() data-density=density_of_request().as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <HashedStylesheet options=options.clone()/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The theme that the visitor's cookie remembers.
pub fn theme_of_request() -> Theme {
    cookies().as_deref().map_or(Theme::System, Theme::from_cookies)
}

/// The density that the visitor's cookie remembers.
pub fn density_of_request() -> Density {
    cookies().as_deref().map_or(Density::Comfortable, Density::from_cookies)
}

fn cookies() -> Option<String> {
    let header = use_context::<Parts>()?.headers.get(COOKIE).cloned()?;
    header.to_str().ok().map(str::to_owned)
}
