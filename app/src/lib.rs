//! Creditdesk's shared half: models, pricing and pages, compiled for the server and for the browser.

// A view is one nested type; the default depth is too little for a page.
#![recursion_limit = "256"]

pub mod api;
pub mod error;
pub mod format;
pub mod islands;
pub mod model;
pub mod pricing;
pub mod range;
pub mod refund_plan;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod backend;
#[cfg(feature = "ssr")]
pub mod charts;
#[cfg(feature = "ssr")]
pub mod figures;
#[cfg(feature = "ssr")]
pub mod link;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod pasted;
#[cfg(feature = "ssr")]
pub mod shell;

/// The browser's entry: wakes the islands; everything else is HTML already.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
