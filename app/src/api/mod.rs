//! Server functions: authenticate, parse, one call on the port; about ten lines each.
//!
//! Each is declared `#[server(prefix = "/ui", endpoint = "its_name")]` and begins with [`require`]. An [`AppError`]
//! travels as JSON; the real HTTP status goes with it, and someone who is not signed in is sent to the sign-in page.

#[cfg(feature = "ssr")]
mod context;
mod error;
mod overview;
mod session;

#[cfg(feature = "ssr")]
pub use context::{answer, backend, require, require_anyone, response_status, visit};
pub use overview::{LoadOverview, OverviewPage, ShownRange, load_overview};
pub use session::{SetTheme, SignOut, set_theme, sign_out};
