//! What needs a person's quick hand. Nothing here is needed to use a page, and nothing else is in the browser's wasm.
//!
//! Islands take no properties: what they need stands in the document, so that no model is downloaded.

pub mod forms;
pub mod hands;
pub mod palette;
pub mod passkeys;
pub mod pricing;
